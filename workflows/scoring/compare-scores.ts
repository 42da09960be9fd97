import { errorsIn } from './rank-utterances.ts';
import type { Score, UtteranceScore } from './score-utterances.ts';

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
}

/** Compares two scores of the same references, which both have in one order. */
export function compareScores(score: Score, against: Score): ScoreComparison {
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
  };
}
