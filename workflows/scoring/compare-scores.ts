import { errorsIn } from './rank-utterances.ts';
import type { Score, UtteranceScore } from './score-utterances.ts';
import { compareRates, type RateComparison } from './significance/compare-rates.ts';
import { type MatchedPairs, matchedPairs } from './significance/matched-pairs.ts';

/** One utterance as two models recognised it. */
export interface ComparedUtterance {
  readonly id: string;
  readonly score: UtteranceScore;
  readonly against: UtteranceScore;
  /** Errors of `score` less errors of `against`: below 0 where `score` is better. */
  readonly difference: number;
}

/** Two hypotheses of the same references, utterance by utterance. */
export interface ScoreComparison {
  readonly score: Score;
  /** What `score` is compared with. */
  readonly against: Score;
  /** Every utterance, in the order of the references: what statistics of the difference are computed from. */
  readonly pairs: readonly ComparedUtterance[];
  /** The utterances in which `score` has fewer errors, and more; the largest difference first, equals in their order. */
  readonly better: readonly ComparedUtterance[];
  readonly worse: readonly ComparedUtterance[];
  /** Whether chance explains the difference; undefined without a word of the references. */
  readonly significance: Significance | undefined;
}

/** `before` is what is compared with, `after` the score. */
export interface Significance extends RateComparison {
  readonly matchedPairs: MatchedPairs;
  readonly seed: number;
  /** In one word, as a person asks: `worse` by the same rules as `better`. */
  readonly verdict: 'better' | 'worse' | 'no difference' | 'too few';
}

/**
 * Compares two scores of the same references, which both have in one order. What is drawn to tell a difference from chance is drawn from
 * `seed`; `speakerOf` tells whose utterance one is, where that is known.
 */
export function compareScores(
  score: Score,
  against: Score,
  { seed, speakerOf }: { readonly seed: number; readonly speakerOf?: (id: string) => string | undefined },
): ScoreComparison {
  const pairs = score.utterances.map((utterance, index): ComparedUtterance => {
    const other = against.utterances[index];
    if (other?.id !== utterance.id)
      throw new RangeError(`Score the same references twice: ${utterance.id} is in one alone`);
    return {
      id: utterance.id,
      score: utterance,
      against: other,
      difference: errorsIn(utterance.counts) - errorsIn(other.counts),
    };
  });
  return {
    score,
    against,
    pairs,
    better: pairs.filter(({ difference }) => difference < 0).toSorted((a, b) => a.difference - b.difference),
    worse: pairs.filter(({ difference }) => difference > 0).toSorted((a, b) => b.difference - a.difference),
    significance: significanceOf(pairs, { seed, speakerOf }),
  };
}

function significanceOf(
  pairs: readonly ComparedUtterance[],
  { seed, speakerOf }: { readonly seed: number; readonly speakerOf: ((id: string) => string | undefined) | undefined },
): Significance | undefined {
  const compared = compareRates(
    pairs.map(({ id, score: { counts }, against }) => ({
      words: counts.correct + counts.substitutions + counts.deletions,
      errorsBefore: errorsIn(against.counts),
      errorsAfter: errorsIn(counts),
      group: speakerOf?.(id),
    })),
    { seed },
  );
  if (compared === undefined) return undefined;
  const { isTooFew, isBetter, delta, pValue } = compared;
  const isWorse = delta.low > 0 && pValue < 0.05;
  const clear = isBetter ? 'better' : isWorse ? 'worse' : 'no difference';
  return {
    ...compared,
    matchedPairs: matchedPairs(
      pairs.map(({ score, against }) => ({ before: against.operations, after: score.operations })),
    ),
    seed,
    verdict: isTooFew ? 'too few' : clear,
  };
}
