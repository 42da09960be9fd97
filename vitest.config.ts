import { globSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { SlowestFiles } from './test/slowest-files.ts';
import { slowTests } from './test/slow-tests.ts';

/** The tests that put something in the place of a module, which their process must not have loaded before. */
const mocking = globSync('test/**/*.test.ts', { cwd: import.meta.dirname }).filter((file) =>
  /^vi\.mock\(/m.test(readFileSync(path.join(import.meta.dirname, file), 'utf8')),
);

export default defineConfig({
  test: {
    // Many tests wait for processes and clocks: what they leave of two processors is for one more.
    maxWorkers: 3,
    // Of the processes that tests start, the first compiles the program for the others.
    env: { NODE_COMPILE_CACHE: path.join(tmpdir(), 'node-compile-cache') },
    // Tests that run the whole program take seconds, and several times as long on a machine that does other things.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: ['default', new SlowestFiles()],
    projects: [
      {
        extends: true,
        // Files share their processes and what these have loaded: to load it for each file would be two thirds of the time.
        test: { name: 'fast', include: ['test/**/*.test.ts'], exclude: [...slowTests, ...mocking], isolate: false },
      },
      { extends: true, test: { name: 'fast-mocking', include: mocking, exclude: slowTests } },
      {
        extends: true,
        test: { name: 'slow', include: slowTests, globalSetup: 'test/crash/set-up-booted-state.ts' },
      },
    ],
  },
});
