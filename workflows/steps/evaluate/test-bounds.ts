import { holmAdjusted } from '../../scoring/significance/holm.ts';
import { drawsByDefault } from '../../scoring/significance/paired-bootstrap.ts';
import type { PairedErrors } from '../../scoring/significance/paired-errors.ts';
import { permutationTest } from '../../scoring/significance/permutation-test.ts';

/** Whether the second of two ways of recognition is above the first one by more than `beyond`, a part of 1. */
export interface BoundTest {
  readonly paired: readonly PairedErrors[];
  readonly beyond: number;
  readonly seed: number;
}

/**
 * How likely chance alone is to be as far from each bound, all of them together (Holm), in the order given. The same test counts once, however often
 * it is asked for. Undefined for one that could not say less than 5 % whatever was recognised: there are too few recordings for so many
 * bounds. The more bounds, the more is drawn, so that there is no number of them from which on nothing is beyond any.
 */
export function testTogether(tests: readonly BoundTest[]): readonly (number | undefined)[] {
  const keys = tests.map((test) => JSON.stringify(test));
  const distinct = new Map(keys.map((key, index) => [key, tests[index]!]));
  const isTelling = ({ paired }: BoundTest): boolean => 2 ** (1 - paired.length) * distinct.size < 0.05;
  const draws = Math.min(mostDraws, Math.max(drawsByDefault, drawsForEach * distinct.size));
  if (distinct.size / (draws + 1) >= 0.05) return tests.map(() => undefined);
  const adjusted = holmAdjusted(
    [...distinct.values()].map((test) => (isTelling(test) ? permutationTest(test.paired, { ...test, draws }) : 1)),
  );
  const pValues = new Map(
    [...distinct].map(([key, test], index) => [key, isTelling(test) ? adjusted[index] : undefined]),
  );
  return keys.map((key) => pValues.get(key));
}

/** With so many, a test that no draw contradicts stays at 0.025 beside all others. */
const drawsForEach = 40;
/** Twenty thousand bounds take minutes. */
const mostDraws = 400_000;
