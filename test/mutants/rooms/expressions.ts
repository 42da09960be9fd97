import type { Mutant } from '../run-mutants.ts';

/** In `workflows/expressions/`: what conditions calculate. */
export const expressionMutants: readonly Mutant[] = [
  {
    name: 'unrounded-difference',
    file: 'calculations.ts',
    text: 'return rounded(a + b, digits - whole);',
    replacement: 'return a + b;',
    means: 'a gain of exactly the margin counts as more',
    tests: ['calculations.test.ts'],
  },
  {
    name: 'rate-and-duration',
    file: 'calculations.ts',
    text: "return first === undefined ? numbers : [first, 'number'];",
    replacement: 'return numbers;',
    means: 'a rate is added to a duration without a word',
    tests: ['calculations.test.ts'],
  },
];
