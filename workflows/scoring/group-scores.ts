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

/**
 * Who speaks in an utterance, by its id alone: what stands before the first `-` or `_`, as in ids of sclite and Kaldi (`84-121123-0000`,
 * `spk1_utt7`). Undefined where there is neither.
 */
export function speakerInId(id: string): string | undefined {
  return /^(.+?)[-_]/.exec(id)?.[1];
}

/**
 * Utterances by who speaks in them, null where the id does not tell; undefined where the ids tell no speakers at all: what all of them
 * begin with is nobody's name.
 */
export function speakersOf<T>(
  utterances: readonly T[],
  idOf: (utterance: T) => string,
): ReadonlyMap<string | null, readonly T[]> | undefined {
  const parts = Map.groupBy(utterances, (utterance) => speakerInId(idOf(utterance)) ?? null);
  return parts.size < 2 ? undefined : parts;
}
