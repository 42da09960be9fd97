#!/usr/bin/env node
// Runs the sources in a clone of the repository (Node strips their types) and the compiled files in an installed package.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { requireNode } from './require-node.js';

requireNode('speechops');
// What was compiled once is not compiled again by the next command: half of the time of a short one.
module.enableCompileCache();
const { speechops } = await load('workflows/cli/speechops');
await speechops({
  environmentCheck: async () => (await load('stacks/check-environments')).checkEnvironments,
  environmentObjects: async () => (await load('stacks/environment-objects')).environmentObjects,
});

async function load(name) {
  const source = new URL(`../${name}.ts`, import.meta.url);
  return await import(existsSync(source) ? source.href : new URL(`../dist/${name}.js`, import.meta.url).href);
}
