import type { Mutant } from '../run-mutants.ts';

/** In `workflows/data/`: which smoke audio is taken. */
export const dataMutants: readonly Mutant[] = [
  {
    name: 'long-smoke-audio',
    file: 'wav-format.ts',
    text: 'if (seconds > longestSeconds)',
    replacement: 'if (seconds > 2 * longestSeconds)',
    means: 'smoke audio that the service refuses is found after the training',
    tests: ['wav-format.test.ts'],
  },
  {
    name: 'silent-smoke-audio',
    file: 'smoke-audio.ts',
    text: '...audio.flatMap((file) => (written.has(file) ? [] : [`${file} has no line in ${name}`])),',
    replacement: '',
    means: 'a recording without a transcript is left out without a word',
    tests: ['smoke-audio.test.ts'],
  },
];
