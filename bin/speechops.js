#!/usr/bin/env node
// Runs the sources in a clone of the repository (Node strips their types) and the compiled files in an installed package.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { requireNode } from './require-node.js';

requireNode('speechops');
// What was compiled once is not compiled again by the next command: half of the time of a short one.
module.enableCompileCache();
const source = new URL('../workflows/cli/speechops.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/workflows/cli/speechops.js', import.meta.url).href);
