#!/usr/bin/env node
// What cdktf.json names under `app`, and CDKTF's command line for who has not installed it: the sources in a clone of the repository, the compiled files in an installed package.
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { requireNode } from './require-node.js';

requireNode('speechops-stacks');
const [command, ...rest] = process.argv.slice(2);
if (command === '--help' || command === '-h') {
  process.stdout
    .write(`Usage: speechops-stacks                  write the stacks of environment.yaml to cdktf.out/, for Terraform
       speechops-stacks --check          say what is wrong with environment.yaml, and write nothing
       speechops-stacks cdktf COMMAND …  the same through CDKTF's command line, fetched when it is first used:
                                         deploy, diff, destroy, output, list, synth

--format json prints what is wrong and what was written for programs, --version the version.
SPEECHOPS_ENVIRONMENTS names another document than environment.yaml, SPEECHOPS_CDKTF a cdktf that is installed.
Deploying with cdktf is tried again while the account is not ready for its private endpoint.

Example: speechops-stacks cdktf deploy dev
`);
  process.exit(0);
}
const packageFile = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
if (command === '--version' || command === '-V') {
  process.stdout.write(`${packageFile.version}\n`);
  process.exit(0);
}
if (command !== undefined && command !== 'cdktf' && !command.startsWith('-')) {
  process.stderr.write(
    `error: Leave out ${[command, ...rest].join(' ')}, or write cdktf before it: speechops-stacks takes nothing else (see --help)\n`,
  );
  process.exit(2);
}
// They are optional: who only runs pipelines does without their 290 MB.
const { peerDependencies: peers } = packageFile;
const missing = Object.keys(peers).filter((name) => !isInstalled(`${name}/package.json`));
if (missing.length > 0) {
  // Of what is taken the first: the rest is what goes by the same name through an alias.
  const wanted = missing.map((name) => `"${name}@${peers[name].split(' || ')[0]}"`).join(' ');
  process.stderr.write(
    `error: Install what stacks are made with: ${missing.join(', ')} cannot be found, run \`npm install --save-dev ${wanted}\`\n`,
  );
  process.exit(2);
}
// What was compiled once is not compiled again by the next command.
module.enableCompileCache();
const main = command === 'cdktf' ? 'cdktf/main' : 'main';
const source = new URL(`../stacks/${main}.ts`, import.meta.url);
await import(existsSync(source) ? source.href : new URL(`../dist/stacks/${main}.js`, import.meta.url).href);

function isInstalled(file) {
  try {
    return existsSync(fileURLToPath(import.meta.resolve(file)));
  } catch {
    return false;
  }
}
