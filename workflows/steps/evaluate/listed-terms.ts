import type { ResultsTerm } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import { type Outputs, StepFailure } from '../../engine/step-kind.ts';
import type { MeasuredSide } from '../../plan/measurements.ts';
import { profileOfLocale } from '../../scoring/normalise-text.ts';
import { scoreUtterances } from '../../scoring/score-utterances.ts';
import { compareRates } from '../../scoring/significance/compare-rates.ts';
import { fewestDrawn } from '../../scoring/significance/few-utterances.ts';
import { permutationTest } from '../../scoring/significance/permutation-test.ts';
import type { Term } from '../../scoring/readers/term-list.ts';
import { scoreTerms, type TermScores } from '../../scoring/terms.ts';
import { type Tokenisation, unitOfLocale } from '../../scoring/tokenise.ts';
import { listOutput } from './list-output.ts';
import { archiveOf, type Reader, recognisedIn, transcriptIn } from '../test-set.ts';

/** How the terms of a list were recognised, and what has to be told from chance. */
export interface JudgedTerms {
  readonly scores: TermScores;
  /** The 95 % interval of the term error rate, drawn from the recordings; undefined where no term was said. */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
  /** In how many recordings a term was said. */
  readonly recordings: number;
  /** How often chance alone gives a rate as far from a bound, in either direction. */
  readonly pValueAt: (bound: number) => number;
}

/** Throws a {@link StepFailure} for terms of which the profile of the locale leaves nothing. */
export function assertTerms(terms: readonly Term[], { locale }: { readonly locale: string }): void {
  countTerms([], { terms, locale });
}

/**
 * Counts terms in what a model recognised of a dataset, by the dataset's own transcript. The same seed gives the same interval. A text says
 * why the two cannot be compared.
 */
export async function judgeTerms(
  side: MeasuredSide,
  of: { readonly terms: readonly Term[]; readonly dataset: string; readonly locale: string; readonly seed: number },
  context: Reader,
): Promise<JudgedTerms | string> {
  const { terms, locale, seed } = of;
  const lines = await transcriptIn(await archiveOf(of.dataset, context), context);
  const recognised = await recognisedIn(side, context);
  const references = lines
    .map(({ file, text }) => ({ id: file, text }))
    .toSorted((one, other) => (one.id < other.id ? -1 : 1));
  const hypotheses = references.map(({ id }) => ({ id, text: recognised.get(id) ?? '' }));
  const aligned = aligning(() => scoreUtterances({ references, hypotheses, ...writtenIn(locale) }));
  if (typeof aligned === 'string') return aligned;
  const scores = countTerms(aligned.utterances, { terms, locale });
  const parts = scores.utterances.map(({ said, errors }) => ({ words: said, errorsBefore: 0, errorsAfter: errors }));
  return {
    scores,
    interval: compareRates(parts, { seed })?.after,
    recordings: parts.filter(({ words }) => words > 0).length,
    pValueAt: (bound) => permutationTest(parts, { seed, beyond: bound }),
  };
}

/** Two texts may take too long to align. */
function aligning<T>(align: () => T): T | string {
  try {
    return align();
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

function countTerms(
  utterances: Parameters<typeof scoreTerms>[0],
  { terms, locale }: { readonly terms: readonly Term[]; readonly locale: string },
): TermScores {
  try {
    return scoreTerms(utterances, { terms, ...writtenIn(locale) });
  } catch (error) {
    if (error instanceof RangeError) throw new StepFailure(`Correct the list of terms, line ${error.message}`);
    throw error;
  }
}

function writtenIn(locale: string): Tokenisation {
  return { profile: profileOfLocale(locale), unit: unitOfLocale(locale) };
}

/** The outputs about terms; a text says why it is not known how they were recognised, and then they are within no bound. */
export function termOutputs(judged: JudgedTerms | string, { bound }: { readonly bound: number | undefined }): Outputs {
  const passes = (pass: boolean): Outputs => (bound === undefined ? {} : { termsPass: pass });
  if (typeof judged === 'string') return { termsVerdict: `cannot tell: ${judged}`, ...passes(false) };
  const { scores, interval, recordings } = judged;
  const { termErrorRate: rate, total } = scores;
  const said = { termsSaid: total.hits + total.misses, terms: listed(scores) };
  if (rate === null || interval === undefined)
    return { ...said, termsVerdict: 'cannot tell: none of the terms is said in the recordings', ...passes(false) };
  const drawn = recordings < fewestDrawn ? '' : ` (${formatRate(interval.low)} to ${formatRate(interval.high)})`;
  const told = `${formatRate(rate, bound === undefined ? [] : [bound])} of ${said.termsSaid} wrong${drawn}`;
  if (bound === undefined) return { termErrorRate: rate, ...said, termsVerdict: told };
  if (rate > bound && recordings < fewestDrawn) {
    const few = `said in ${counted(recordings, 'recording')}, fewer than ${fewestDrawn}`;
    const termsVerdict = `cannot tell: ${told}, above ${formatRate(bound, [rate])}, but ${few}`;
    return { termErrorRate: rate, ...said, termsVerdict, ...passes(false) };
  }
  const pValue = judged.pValueAt(bound);
  const isAbove = interval.low > bound && pValue < 0.05;
  const where = rate > bound ? 'above' : 'within';
  const chance = rate > bound && !isAbove ? `, which chance explains (p ${pValue.toFixed(3)})` : '';
  const termsVerdict = `${told}, ${where} ${formatRate(bound, [rate])}${chance}`;
  return { termErrorRate: rate, ...said, termsVerdict, ...passes(!isAbove) };
}

/** Those that were said or made up, most errors first. */
function listed({ terms }: TermScores): string {
  const errors = ({ misses, falseAlarms }: ResultsTerm): number => misses + falseAlarms;
  return listOutput(
    terms
      .filter((term) => term.hits + errors(term) > 0)
      .toSorted((one, other) => errors(other) - errors(one))
      .map(({ name, hits, misses, falseAlarms }) => ({ name, hits, misses, falseAlarms })),
  );
}
