#!/usr/bin/env node
// Runs the sources in a clone of the repository (Node strips their types) and the compiled files in an installed package.
import { existsSync } from 'node:fs';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `error: speechops needs Node 24 or newer, this is ${process.version}: in a clone of the repository \`npm ci\` brings it along for \`npx speechops\` and npm scripts\n`,
  );
  process.exit(2);
}
const source = new URL('../workflows/cli/speechops.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/workflows/cli/speechops.js', import.meta.url).href);
