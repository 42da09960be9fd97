import type { Mutant } from '../run-mutants.ts';

/** In `workflows/blocks/`: how content is cut to be sent. */
export const blockMutants: readonly Mutant[] = [
  {
    name: 'block-too-large',
    file: 'cut-blocks.ts',
    text: '8 * 1024 * 1024',
    replacement: '9 * 1024 * 1024',
    means: 'the service refuses every block',
    tests: ['blocks.test.ts'],
  },
];
