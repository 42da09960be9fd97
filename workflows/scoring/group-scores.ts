import { type Score, totalOf, type UtteranceScore } from './score-utterances.ts';

/** The utterances that share a value, and what their counts come to. */
export interface ScoreGroup extends Pick<Score, 'counts' | 'words' | 'errors' | 'wordErrorRate' | 'sentenceErrorRate'> {
  /** Null for the utterances that have no value. */
  readonly value: string | null;
  readonly utterances: number;
}

/** The groups that a value makes of utterances: highest word error rate first, those without a rate last, equals by their value. */
export function groupScores(
  utterances: readonly UtteranceScore[],
  valueOf: (id: string) => string | undefined,
): readonly ScoreGroup[] {
  const members = Map.groupBy(utterances, ({ id }) => valueOf(id) ?? null);
  return [...members]
    .map(([value, group]) => ({ value, utterances: group.length, ...totalOf(group) }))
    .toSorted(
      (one, other) =>
        (other.wordErrorRate ?? -1) - (one.wordErrorRate ?? -1) || ((one.value ?? '') < (other.value ?? '') ? -1 : 1),
    );
}
