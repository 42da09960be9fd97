import { type Estimate, pairedBootstrap } from './paired-bootstrap.ts';
import { byGroup, type PairedErrors } from './paired-errors.ts';
import { permutationTest } from './permutation-test.ts';
import { fewest, isTooSmall, sizeAsked, type TestSetSize } from './test-set-size.ts';

/** One utterance, recognised in two ways. */
export interface PairedUtterance extends PairedErrors {
  /** What its errors come together with: its speaker, or the recording it is a part of. Absent where nobody knows. */
  readonly group?: string | undefined;
}

export interface RateComparison {
  readonly before: Estimate;
  readonly after: Estimate;
  /** Rate after - rate before. */
  readonly delta: Estimate;
  readonly probabilityOfImprovement: number;
  readonly pValue: number;
  readonly words: number;
  readonly utterances: number;
  /** What was drawn: groups, where there are enough of them, else utterances. */
  readonly drawn: 'groups' | 'utterances';
  /** Whether the test set is too small to decide anything: it has fewer of one of both than `asked`. */
  readonly isTooFew: boolean;
  readonly asked: TestSetSize;
  /**
   * Whether the second way of recognition is better, and not by chance: the whole interval of the difference is below 0, the permutation
   * test says less than 5 %, the difference is as large as was asked for, and there are enough words.
   */
  readonly isBetter: boolean;
}

/**
 * Compares two ways of recognition on the same utterances. The same seed gives the same result. Undefined without a word of the
 * reference, where there is no rate.
 */
export function compareRates(
  utterances: readonly PairedUtterance[],
  how: {
    readonly seed: number;
    /** How much lower the rate has to be, as a part of 1. @default 0 */
    readonly minImprovement?: number;
    /**
     * How many words the test set has to have, and with them how many utterances: see {@link sizeAsked}.
     * @default {@link fewest}.words
     */
    readonly minWords?: number;
    readonly draws?: number;
  },
): RateComparison | undefined {
  const { minImprovement = 0, minWords = fewest.words } = how;
  const { parts, drawn } = drawnParts(utterances);
  const bootstrap = pairedBootstrap(parts, how);
  if (bootstrap === undefined) return undefined;
  const pValue = permutationTest(parts, how);
  const words = utterances.reduce((sum, one) => sum + one.words, 0);
  const asked = sizeAsked(minWords);
  const isTooFew = isTooSmall({ words, utterances: utterances.length }, asked);
  const { delta } = bootstrap;
  return {
    ...bootstrap,
    pValue,
    words,
    utterances: utterances.length,
    drawn,
    isTooFew,
    asked,
    isBetter: !isTooFew && delta.high < 0 && pValue < 0.05 && -delta.value >= minImprovement,
  };
}

/** What is drawn of utterances: the groups that their errors come together in, where there are enough and all are known, else each utterance. */
export function drawnParts(utterances: readonly PairedUtterance[]): {
  readonly parts: readonly PairedErrors[];
  readonly drawn: RateComparison['drawn'];
} {
  const groups = byGroup(utterances, ({ group }) => group ?? '');
  const isGrouped = groups.length >= fewest.groups && utterances.every(({ group }) => group !== undefined);
  return isGrouped ? { parts: groups, drawn: 'groups' } : { parts: utterances, drawn: 'utterances' };
}
