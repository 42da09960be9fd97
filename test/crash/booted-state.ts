import { cp } from 'node:fs/promises';
import path from 'node:path';
import { inject } from 'vitest';

/** A `.speechops` whose embedded store has been opened once, and holds no run. */
export interface BootedState {
  /** Gives the folder one of its own. */
  copyTo(folder: string): Promise<void>;
}

/** The one that `set-up-booted-state.ts` has made for all test files. */
export function bootedState(): BootedState {
  const template = inject('bootedState');
  return {
    copyTo: async (folder) => await cp(template, path.join(folder, '.speechops'), { recursive: true }),
  };
}
