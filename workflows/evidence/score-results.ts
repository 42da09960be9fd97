import type { ResultsDocument, ResultsMade, ResultsVerdict } from '../../schemas/types.gen.ts';
import { counted } from '../document/counted.ts';
import { formatRate } from '../document/rates.ts';
import type { ScoreComparison } from '../scoring/compare-scores.ts';
import type { Score } from '../scoring/score-utterances.ts';
import type { TermScores } from '../scoring/terms.ts';
import { type KnownOf, measuredSet } from './measured-set.ts';

/** What `speechops score` found, as far as it is evidence. */
export interface ScoreFindings {
  readonly score: Score;
  readonly files: { readonly references: string; readonly hypotheses: string; readonly against?: string | undefined };
  readonly maxWer?: number | undefined;
  readonly groups?: { readonly by: string; readonly valueOf: KnownOf } | undefined;
  readonly speakerOf?: KnownOf | undefined;
  readonly audioOf?: KnownOf | undefined;
  readonly terms?: TermScores | undefined;
  /** The same terms in what the other model recognised. */
  readonly againstTerms?: TermScores | undefined;
  readonly comparison?: ScoreComparison | undefined;
}

/** The evidence of a score: the files are its test set and its models. */
export function scoreResults(
  findings: ScoreFindings,
  {
    made,
    seed,
  }: { readonly made: ResultsMade; /** What intervals are drawn from. @default 1 */ readonly seed?: number },
): ResultsDocument {
  const { score, files, maxWer, groups, speakerOf, audioOf, terms, againstTerms, comparison } = findings;
  return {
    version: 1,
    source: 'score',
    title: `${files.hypotheses} against ${files.references}`,
    verdict: verdictOf(findings),
    made,
    steps: [],
    sets: [
      measuredSet({
        id: 'score',
        title: files.references,
        model: files.hypotheses,
        score,
        against: comparison && { model: files.against ?? '', comparison },
        bound: maxWer,
        speakerOf,
        audioOf,
        slices: groups,
        terms: terms?.terms,
        againstTerms: againstTerms?.terms,
        seed: seed ?? comparison?.significance?.seed ?? 1,
      }),
    ],
    swaps: [],
    lineage: [],
    expiry: [],
  };
}

function verdictOf({ score, maxWer, comparison, files }: ScoreFindings): ResultsVerdict {
  const { wordErrorRate, unit, words, errors } = score;
  const name = { word: 'Word error rate', char: 'Character error rate', token: 'Token error rate' }[unit];
  const units = { word: 'words', char: 'characters', token: 'tokens' }[unit];
  const beside = [maxWer, comparison?.against.wordErrorRate].filter((rate) => typeof rate === 'number');
  const measured =
    wordErrorRate === null
      ? `There is no ${name.toLowerCase()}: the references have no ${units}`
      : `${name} ${formatRate(wordErrorRate, beside)}`;
  const bound =
    maxWer === undefined ? '' : `, allowed is ${formatRate(maxWer, wordErrorRate === null ? [] : [wordErrorRate])}`;
  return {
    passed: maxWer === undefined ? null : wordErrorRate !== null && wordErrorRate <= maxWer,
    sentence: `${measured}${bound}.`,
    reasons: [
      `${counted(errors, 'error')} in ${counted(words, units.slice(0, -1))} of ${counted(score.utterances.length, 'utterance')}`,
      ...(comparison === undefined ? [] : [reasonOf(comparison, files)]),
      ...(score.missing.length === 0
        ? []
        : [
            score.missing.length === 1
              ? `1 utterance was not recognised: its ${units} count as deleted`
              : `${score.missing.length} utterances were not recognised: their ${units} count as deleted`,
          ]),
    ],
  };
}

function reasonOf(
  { score, against, significance }: ScoreComparison,
  { hypotheses, against: other = '' }: ScoreFindings['files'],
): string {
  const rates = [score.wordErrorRate, against.wordErrorRate].filter((rate) => rate !== null);
  const has = `${other} has ${against.wordErrorRate === null ? 'none' : formatRate(against.wordErrorRate, rates)}`;
  switch (significance?.verdict) {
    case 'better':
    case 'worse':
      return `${has}: ${hypotheses} is ${significance.verdict}`;
    case 'no difference':
      return `${has}: no difference beyond chance`;
    case 'too few':
      return `${has}: too few utterances or words to tell`;
    case undefined:
      return `${has}: nothing to compare`;
  }
}
