import type { AlignmentCounts } from './alignment/align-texts.ts';
import type { UtteranceScore } from './score-utterances.ts';

/** Substitutions, deletions and insertions together. */
export function errorsIn(counts: AlignmentCounts): number {
  return counts.substitutions + counts.deletions + counts.insertions;
}

/** The words of the reference. */
export function wordsIn(counts: AlignmentCounts): number {
  return counts.correct + counts.substitutions + counts.deletions;
}

/** Errors for each word of the reference; null without a word. */
export function rateOf(counts: AlignmentCounts): number | null {
  const words = wordsIn(counts);
  return words === 0 ? null : errorsIn(counts) / words;
}

/** The utterances with errors: most errors first, of equals the higher rate (none, without words, is the highest), then in their order. */
export function worstFirst(utterances: readonly UtteranceScore[]): readonly UtteranceScore[] {
  return utterances
    .filter(({ counts }) => errorsIn(counts) > 0)
    .toSorted(
      ({ counts: one }, { counts: other }) =>
        // With as many errors the rate is higher where words are fewer.
        errorsIn(other) - errorsIn(one) || wordsIn(one) - wordsIn(other),
    );
}
