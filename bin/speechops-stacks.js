#!/usr/bin/env node
// What cdktf.json names under `app`: the sources in a clone of the repository, the compiled files in an installed package.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`error: speechops-stacks needs Node 24 or newer, this is ${process.version}\n`);
  process.exit(2);
}
// They are optional: who only runs pipelines does without their 290 MB.
const { peerDependencies: peers } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const missing = Object.keys(peers).filter((name) => !isInstalled(`${name}/package.json`));
if (missing.length > 0) {
  const wanted = missing.map((name) => `"${name}@${peers[name]}"`).join(' ');
  process.stderr.write(
    `error: Install what stacks are made with: ${missing.join(', ')} cannot be found, run \`npm install --save-dev ${wanted}\`\n`,
  );
  process.exit(2);
}
const source = new URL('../stacks/main.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/stacks/main.js', import.meta.url).href);

function isInstalled(file) {
  try {
    return existsSync(fileURLToPath(import.meta.resolve(file)));
  } catch {
    return false;
  }
}
