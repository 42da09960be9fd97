#!/usr/bin/env node
// Runs the sources in a clone of the repository (Node strips their types) and the compiled files in an installed package.
import { existsSync } from 'node:fs';
import module from 'node:module';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `error: speechops needs Node 24 or newer, this is ${process.version}: in a clone of the repository \`npm ci\` brings it along for \`npx speechops\` and npm scripts\n`,
  );
  process.exit(2);
}
// What was compiled once is not compiled again by the next command: half of the time of a short one.
module.enableCompileCache();
const source = new URL('../workflows/cli/speechops.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/workflows/cli/speechops.js', import.meta.url).href);
