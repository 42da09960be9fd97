import type { EvaluateWith, ResultsSlice } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import type { Outputs } from '../../engine/step-kind.ts';
import { entityId } from '../../plan/identity.ts';
import { isBetter, seedOfDataset, type MeasuredSide, type Measurement } from '../../plan/measurements.ts';
import type { ChosenModel } from '../../plan/models.ts';
import { speakerInId } from '../../scoring/group-scores.ts';
import { compareRates, type RateComparison } from '../../scoring/significance/compare-rates.ts';
import { widenedForFew } from '../../scoring/significance/few-utterances.ts';
import { matchedPairs } from '../../scoring/significance/matched-pairs.ts';
import { aboutWords, wordsFor } from '../../scoring/significance/power.ts';
import { whatToDo } from '../../scoring/significance/test-set-size.ts';
import { judgeSlices, sliceOutputs, type SliceSettings } from './slices.ts';
import { type JudgedTerms, termOutputs } from './listed-terms.ts';
import { alignmentsIn, type Reader } from '../test-set.ts';

/** What the recordings of a test set say of the difference of two models, one by one. */
export interface Evidence {
  readonly compared: RateComparison;
  /** Of the matched pairs sentence-segment word error test. */
  readonly matchedPairsP: number;
  /** The parts of the test set, or why there are none; undefined where none are asked for. */
  readonly slices?: readonly ResultsSlice[] | string;
  /** How terms were recognised, or why that is not known; undefined where none are asked for. */
  readonly terms?: JudgedTerms | string | undefined;
}

/** One model in an evaluation: where it was measured, and what the service says of all recordings together. */
export interface MeasuredModel {
  readonly side: MeasuredSide;
  readonly measurement: Measurement;
}

/**
 * Reads what an evaluation recognised in each recording, and compares two of its models, or one with itself for its interval. A
 * dataset is drawn in one way, so that a model has one interval on it whichever it is compared with. A text says why the recordings show nothing: an evaluation that is partial, or tells too little, is no
 * reason to change what is served.
 */
export async function readEvidence(
  of: {
    readonly model: MeasuredModel;
    readonly against?: MeasuredModel | undefined;
    /** How many recordings the dataset has; undefined when the service does not tell. */
    readonly recordings: number | undefined;
    readonly minWords: number;
    readonly slices?: SliceSettings | undefined;
  },
  context: Reader,
): Promise<Evidence | string> {
  const { against = of.model } = of;
  const reading = alignmentsOf(of.model, of.recordings, context);
  const isSame = against.side.side === of.model.side.side;
  const [after, before] = await Promise.all([
    reading,
    isSame ? reading : alignmentsOf(against, of.recordings, context),
  ]);
  if (typeof after === 'string') return after;
  if (typeof before === 'string') return before;
  // In an order of their own, because the service may list files in another one each time.
  const names = [...after.keys()].toSorted();
  const odd = names.find((name) => wordsIn(before.get(name) ?? '') !== wordsIn(after.get(name) ?? ''));
  if (odd !== undefined || before.size !== after.size)
    return `the two models were not scored on the same words${odd === undefined ? '' : `, as in ${odd}`}`;
  const pairs = names.map((name) => ({ name, before: before.get(name) ?? '', after: after.get(name) ?? '' }));
  const recordings = pairs.map((pair) => ({
    name: pair.name,
    words: wordsIn(pair.after),
    errorsBefore: errorsIn(pair.before),
    errorsAfter: errorsIn(pair.after),
    group: speakerInId(pair.name),
  }));
  const seed = seedOfDataset(of.model.side.evaluation.dataset.self);
  const compared = compareRates(recordings, { seed, minWords: of.minWords });
  if (compared === undefined) return 'its files have no words';
  const slices =
    of.slices && judgeSlices(recordings, { settings: of.slices, isCompared: of.against !== undefined, seed });
  return { compared, matchedPairsP: matchedPairs(pairs).pValue, ...(slices === undefined ? {} : { slices }) };
}

/** The alignment of each recording, or why they are not those that the service has counted. */
async function alignmentsOf(
  { side, measurement: { counts } }: MeasuredModel,
  recordings: number | undefined,
  context: Reader,
): Promise<ReadonlyMap<string, string> | string> {
  const found = await alignmentsIn(side, context);
  const { displayName } = side.evaluation;
  if (found.size === 0) return `evaluation ${displayName} has no files of what was recognised`;
  const alignments = new Map<string, string>();
  for (const [name, alignment] of found) {
    if (alignment === undefined) return `evaluation ${displayName} does not say which words of ${name} were recognised`;
    alignments.set(name, alignment);
  }
  if (recordings !== undefined && alignments.size < recordings)
    return `evaluation ${displayName} is partial: it has results of ${alignments.size} of ${recordings} recordings`;
  if (counts === undefined) return alignments;
  const errors = counts.substitutions + counts.deletions + counts.insertions;
  const [words, wrong] = [wordsIn, errorsIn].map((count) => sum([...alignments.values()].map(count)));
  const isFar = (one: number | undefined, other: number): boolean => Math.abs((one ?? 0) - other) > counts.words / 100;
  return isFar(words, counts.words) || isFar(wrong, errors)
    ? `the files of evaluation ${displayName} have ${counted(wrong ?? 0, 'error')} in ${counted(words ?? 0, 'word')}, the evaluation ${errors} in ${counts.words}`
    : alignments;
}

function wordsIn(alignment: string): number {
  return alignment.replaceAll('I', '').length;
}

function errorsIn(alignment: string): number {
  return alignment.replaceAll('C', '').length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** The outputs that only the recordings give, and of which a plan therefore knows none, or only some. */
export const outputsOfEvidence = [
  'werLow',
  'werHigh',
  'utterances',
  'incomplete',
  'slices',
  'slicesTooFew',
  'slicesPass',
  'slicesVerdict',
  'termErrorRate',
  'termsSaid',
  'terms',
  'termsPass',
  'termsVerdict',
  'delta',
  'deltaLow',
  'deltaHigh',
  'probabilityOfImprovement',
  'pValue',
  'matchedPairsP',
  'tooFew',
  'better',
  'verdict',
] as const;

/** How sure the rate of a model is, and what its slices and terms come to where they are asked for. Without evidence its interval is the rate alone. */
export function intervalOutputs(
  { wer }: Measurement,
  evidence: Evidence | string,
  wanted: Pick<EvaluateWith, 'slices' | 'terms' | 'max-term-error-rate'>,
): Outputs {
  const isKnown = typeof evidence !== 'string';
  const slices = isKnown ? evidence.slices : evidence;
  const terms = isKnown ? evidence.terms : evidence;
  return {
    ...(isKnown ? rateOutputs(evidence.compared) : { werLow: wer, werHigh: wer, incomplete: evidence }),
    ...(wanted.slices === undefined || slices === undefined ? {} : sliceOutputs(wanted.slices, slices)),
    ...(wanted.terms === undefined || terms === undefined
      ? {}
      : termOutputs(terms, { bound: wanted['max-term-error-rate'] })),
  };
}

function rateOutputs({ after, utterances }: RateComparison): Outputs {
  const { low, high } = widenedForFew(after, utterances);
  return { werLow: low, werHigh: high, utterances };
}

/** What is compared, and what counts as better. */
export interface Compared {
  readonly measured: Measurement;
  readonly opponent: Measurement;
  readonly model: ChosenModel;
  readonly against: ChosenModel;
  readonly minImprovement: number;
  readonly slices: SliceSettings | undefined;
  readonly maxTermErrorRate: number | undefined;
}

/**
 * The outputs about the difference of two models: which one is better, and what is said of it. Undefined evidence has still to be read; then
 * only that a model is not better is known, where it has no lower rate.
 */
export function gateOutputs(compared: Compared, evidence: Evidence | string | undefined): Outputs {
  const { measured, opponent } = compared;
  const asGood = baseAsGood(compared);
  const isLower = isBetter(measured, opponent);
  const rates = { againstWer: opponent.wer, ...(isLower ? {} : { better: false, verdict: `not better${asGood}` }) };
  if (evidence === undefined) return rates;
  if (typeof evidence === 'string')
    return { ...rates, ...(isLower ? { better: false, verdict: `cannot tell: ${evidence}` } : {}) };
  const { delta, probabilityOfImprovement, pValue, isTooFew } = evidence.compared;
  const doubt = isLower
    ? (doubtOf(compared, evidence.compared) ?? doubtOfSlices(compared, evidence) ?? doubtOfTerms(compared, evidence))
    : undefined;
  return {
    ...(isLower ? { better: doubt === undefined, verdict: `${doubt ?? 'better'}${asGood}` } : {}),
    ...rates,
    delta: delta.value,
    deltaLow: delta.low,
    deltaHigh: delta.high,
    probabilityOfImprovement,
    pValue,
    matchedPairsP: evidence.matchedPairsP,
    tooFew: isTooFew,
  };
}

/** Why a lower rate is not better; undefined when it is. */
function doubtOf(
  { measured, opponent, minImprovement: by }: Compared,
  { isTooFew, isBetter: isOne, words, utterances, asked, delta, pValue }: RateComparison,
): string | undefined {
  if (isTooFew) {
    const has = `${counted(words, 'word')} in ${counted(utterances, 'recording')}`;
    return `too few to tell: ${has}, fewer than ${asked.words} in ${asked.utterances}; ${whatToDo({ words, utterances }, asked)}`;
  }
  const gain = opponent.wer - measured.wer;
  if (!isOne && utterances < fewestTold)
    return `not better: lower by ${points(gain)} points, which ${counted(utterances, 'recording')} cannot tell from chance; to show it add recordings, ${fewestTold} are the fewest`;
  if (!isOne) {
    const more = aboutWords(wordsFor(gain) - words);
    const needed = more > 0 && more <= mostWordsToAdd ? `; to show it add about ${counted(more, 'word')}` : '';
    return `not better: lower by ${points(gain)} points (${points(-delta.high)} to ${points(-delta.low)}, p ${pValue.toFixed(3)}), which chance explains${needed}`;
  }
  return isBetter(measured, opponent, { by })
    ? undefined
    : `better by ${formatRate(gain, [by, 0])}, less than ${formatRate(by, [gain])}`;
}

/** Which part of the test set speaks against a model that is better in all of it; undefined where none does. */
function doubtOfSlices({ slices: settings }: Compared, { slices }: Evidence): string | undefined {
  if (settings === undefined || slices === undefined) return undefined;
  const { slicesPass, slicesVerdict } = sliceOutputs(settings, slices);
  return slicesPass === false ? notFor('everywhere', String(slicesVerdict)) : undefined;
}

/** Why the terms speak against a model that is better; undefined where they do not. */
function doubtOfTerms({ maxTermErrorRate: bound }: Compared, { terms }: Evidence): string | undefined {
  if (terms === undefined) return undefined;
  const { termsPass, termsVerdict } = termOutputs(terms, { bound });
  return termsPass === false ? notFor('for the terms', String(termsVerdict)) : undefined;
}

function notFor(what: string, verdict: string): string {
  return verdict.startsWith('cannot tell') ? verdict : `better, but not ${what}: ${verdict}`;
}

/** With fewer recordings the permutation test never says less than 5 %, however many words they have. */
const fewestTold = 6;

/** Ten hours of speech: a test set is not made larger for differences that need more. */
const mostWordsToAdd = 100_000;

function points(rate: number): string {
  return (rate * 100).toFixed(1).replace(/^-(0\.0)$/, '$1');
}

/** The end of a verdict where one of the two is a base model and the other, which was trained, is no better than it. */
function baseAsGood({ measured, opponent, model, against }: Compared): string {
  const isBase = ({ self }: ChosenModel): boolean => entityId(self).startsWith('base/');
  if (isBase(model) === isBase(against)) return '';
  const [base, custom] = isBase(model) ? [model, against] : [against, model];
  const isCustomBetter = custom === model ? isBetter(measured, opponent) : isBetter(opponent, measured);
  return isCustomBetter
    ? ''
    : `, and base model ${base.displayName} is as good: ${custom.displayName} does not earn its keep`;
}
