import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // A test that waits leaves its processor to another one.
    maxWorkers: 2,
    include: ['test/**/*.test.ts'],
    // Tests that run the whole program take seconds, and several times as long on a machine that does other things.
    testTimeout: 120_000,
    hookTimeout: 30_000,
  },
});
