import type { Mutant } from '../run-mutants.ts';

/** In `workflows/engine/`: what still runs when a run is cancelled. */
export const engineMutants: readonly Mutant[] = [
  {
    name: 'no-clean-up-after-cancel',
    file: 'execute-step.ts',
    text: 'if (scope.signal.reason instanceof RunCancelled) return true;',
    replacement: '',
    means: 'a cancelled run leaves what is charged',
    tests: ['clean-up.test.ts'],
  },
];
