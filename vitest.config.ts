import { tmpdir } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Many tests wait for processes and clocks: what they leave of two processors is for one more.
    maxWorkers: 3,
    // Of the processes that tests start, the first compiles the program for the others.
    env: { NODE_COMPILE_CACHE: path.join(tmpdir(), 'node-compile-cache') },
    include: ['test/**/*.test.ts'],
    // Tests that run the whole program take seconds, and several times as long on a machine that does other things.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
