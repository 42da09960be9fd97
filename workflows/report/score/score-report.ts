import type { ScoreComparison } from '../../scoring/compare-scores.ts';
import type { ScoreGroup } from '../../scoring/group-scores.ts';
import type { Score } from '../../scoring/score-utterances.ts';
import type { Interval } from '../../scoring/significance/few-utterances.ts';
import type { TermScores } from '../../scoring/terms.ts';

/** All that `speechops score` found; every format shows the same. */
export interface ScoreReport {
  readonly score: Score;
  /** The 95 % interval of the rate; undefined where utterances are too few for one. */
  readonly interval?: Interval | undefined;
  /** The names of the files of the references and of what was recognised. */
  readonly files: { readonly references: string; readonly hypotheses: string; readonly against?: string | undefined };
  /** How many utterances, pairs of words, words and terms a person is shown. */
  readonly most: number;
  /** The rate from which on the check does not pass, 0..1. */
  readonly maxWer?: number | undefined;
  readonly groups?: GroupsOfScore | undefined;
  /** Whose utterance one is, where that is known. */
  readonly speakerOf?: ((id: string) => string | undefined) | undefined;
  readonly terms?: TermScores | undefined;
  /** The same terms in what the other model recognised. */
  readonly againstTerms?: TermScores | undefined;
  readonly comparison?: ScoreComparison | undefined;
}

/** The utterances by a field, worst group first, and the value that an utterance has there. */
export interface GroupsOfScore {
  readonly by: string;
  readonly groups: readonly ScoreGroup[];
  readonly valueOf: (id: string) => string | undefined;
}

/** Whether the word error rate is at most the bound, which no rate at all never is; true without a bound. */
export function isWithinBound({ score, maxWer }: Pick<ScoreReport, 'score' | 'maxWer'>): boolean {
  return maxWer === undefined || (score.wordErrorRate !== null && score.wordErrorRate <= maxWer);
}
