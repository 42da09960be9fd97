import type { Mutant } from '../run-mutants.ts';

/** In `workflows/report/score/`: which score passes. */
export const scoreMutants: readonly Mutant[] = [
  {
    name: 'no-rate-passes',
    file: 'score-report.ts',
    text: '(score.wordErrorRate !== null && score.wordErrorRate <= maxWer)',
    replacement: '(score.wordErrorRate ?? 0) <= maxWer',
    means: 'a test set without words is within every bound',
    tests: ['score-formats.test.ts'],
  },
  {
    name: 'bound-itself',
    file: 'score-report.ts',
    text: 'score.wordErrorRate <= maxWer',
    replacement: 'score.wordErrorRate < maxWer',
    means: 'a rate that is exactly the bound does not pass',
    tests: ['score-formats.test.ts'],
  },
];
