import type { Mutant } from '../run-mutants.ts';

/** In `workflows/scoring/alignment/`: which words of two texts are set against each other. */
export const alignmentMutants: readonly Mutant[] = [
  {
    name: 'carry-of-the-rows-above',
    file: 'fill-rows.ts',
    text: '(make3 + (above >>> 2))',
    replacement: 'make3',
    means: 'alignments are not those of sclite',
    tests: ['aligner.test.ts'],
  },
  {
    name: 'ties',
    file: 'fill-rows.ts',
    text: 'equal | (h3 & vBelow3) | kept2',
    replacement: 'equal | h3 | kept2',
    means: 'ties end otherwise than in sclite',
    tests: ['aligner.test.ts'],
  },
  {
    name: 'detour-overlooked',
    file: 'aligner.ts',
    text: '|| !detours.areAsGood(pair, middle)',
    replacement: '|| true',
    means: 'a part that was moved is not found in a long text',
    tests: ['aligner.test.ts'],
  },
  {
    name: 'words-apart-everywhere',
    file: 'detours.ts',
    text: 'if (!places(',
    replacement: 'if (true || !places(',
    means: 'a long way beside the diagonal that is better is not found',
    tests: ['aligner.test.ts'],
  },
  {
    name: 'lower-limit-of-cells',
    file: 'aligner.ts',
    text: 'const mostCells = 4e10;',
    replacement: 'const mostCells = 4e6;',
    means: 'a text is refused that is not too long',
    tests: ['aligner.test.ts'],
  },
];
