import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import type { Outputs } from '../../engine/step-kind.ts';
import { entityId } from '../../plan/identity.ts';
import { isBetter, seedOfDataset, type Measurement } from '../../plan/measurements.ts';
import type { ChosenModel } from '../../plan/models.ts';
import { speakerInId } from '../../scoring/speakers.ts';
import { compareRates, type RateComparison } from '../../scoring/significance/compare-rates.ts';
import { widenedForFew } from '../../scoring/significance/few-utterances.ts';
import { matchedPairs } from '../../scoring/significance/matched-pairs.ts';
import { aboutWords, wordsFor } from '../../scoring/significance/power.ts';
import { whatToDo } from '../../scoring/significance/test-set-size.ts';
import type { Reader } from '../test-set.ts';
import { doubtOfNoise, type Noise } from './noise.ts';
import { errorsIn, type MeasuredModel, type ScoredRecording, scoredRecordings, wordsIn } from './scored-recordings.ts';
import type { SlicedRecording } from './slices.ts';

/** What the recordings of a test set say of the difference of two models, one by one. */
export interface Evidence {
  readonly compared: RateComparison;
  /** Of the matched pairs sentence-segment word error test. */
  readonly matchedPairsP: number;
  /** The recordings one by one, with the errors of both models. */
  readonly recordings: readonly SlicedRecording[];
}

/**
 * Reads what an evaluation recognised in each recording, and compares two of its models, or one with itself for its interval. A dataset is drawn
 * in one way, so that a model has one interval on it whichever it is compared with. A text says why the recordings show nothing: an
 * evaluation that is partial, or tells too little, is no reason to change what is served.
 */
export async function readEvidence(
  of: {
    readonly model: MeasuredModel;
    readonly against?: MeasuredModel | undefined;
    /** How many recordings the dataset has; undefined when the service does not tell. */
    readonly recordings: number | undefined;
    readonly minWords: number;
  },
  context: Reader,
): Promise<Evidence | string> {
  const { against = of.model } = of;
  const reading = scoredRecordings(of.model, of.recordings, context);
  const isSame = against.side.side === of.model.side.side;
  const [after, before] = await Promise.all([
    reading,
    isSame ? reading : scoredRecordings(against, of.recordings, context),
  ]);
  if (typeof after === 'string') return after;
  if (typeof before === 'string') return before;
  // In an order of their own, because the service may list files in another one each time.
  const names = [...after.keys()].toSorted();
  const aligned = (side: ReadonlyMap<string, ScoredRecording>, name: string): string => side.get(name)?.alignment ?? '';
  const odd = names.find((name) => wordsIn(aligned(before, name)) !== wordsIn(aligned(after, name)));
  if (odd !== undefined || before.size !== after.size)
    return `the two models were not scored on the same words${odd === undefined ? '' : `, as in ${odd}`}`;
  const pairs = names.map((name) => ({ name, before: aligned(before, name), after: aligned(after, name) }));
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
  return { compared, matchedPairsP: matchedPairs(pairs).pValue, recordings };
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
  'sets',
  'setsPass',
  'setsVerdict',
  'termErrorRate',
  'termsSaid',
  'terms',
  'termsPass',
  'termsVerdict',
  'evaluations',
  'evaluationsMade',
  'unstable',
  'unstableRecordings',
  'noise',
  'werNoiseLow',
  'werNoiseHigh',
  'noisePass',
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

/** How sure the rate of a model is. Without evidence its interval is the rate alone. */
export function intervalOutputs({ wer }: Measurement, evidence: Evidence | string): Outputs {
  if (typeof evidence === 'string') return { werLow: wer, werHigh: wer, incomplete: evidence };
  const { after, utterances } = evidence.compared;
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
  /** The outputs about what is bounded besides: slices, further sets and terms. */
  readonly bounded: Outputs;
  /** How far repeated evaluations differ, or why that is not known; undefined where there is one, or they have still to be read. */
  readonly noise: Noise | string | undefined;
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
    ? (doubtOf(compared, evidence.compared) ?? doubtOfNoise(compared.noise) ?? doubtOfBounds(compared))
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
  // By the counts of the service, which are whole numbers, and by those of the recordings, which chance was asked about.
  const least = Math.min(gain, -delta.value);
  return isBetter(measured, opponent, { by }) && least > by - roundedOff
    ? undefined
    : `better by ${formatRate(least, [by, 0])}, less than ${formatRate(by, [least])}`;
}

/** What speaks against a model that is better in all of the test set: a part of it, a further set, its terms. Undefined where nothing does. */
function doubtOfBounds({ bounded }: Compared): string | undefined {
  const [doubt] = boundedBesides.flatMap(([what, pass, told]) =>
    bounded[pass] === false ? [[what, told] as const] : [],
  );
  if (doubt === undefined) return undefined;
  const [what, told] = doubt;
  const verdict = String(bounded[told]);
  return verdict.startsWith('cannot tell') ? verdict : `better, but not ${what}: ${verdict}`;
}

/** By what a verdict says of them: whether they pass, and that in words. */
const boundedBesides = [
  ['everywhere', 'slicesPass', 'slicesVerdict'],
  ['on all sets', 'setsPass', 'setsVerdict'],
  ['for the terms', 'termsPass', 'termsVerdict'],
] as const;

/** Two quotients of whole numbers that are the same number, as far as they can be apart. */
const roundedOff = 1e-9;

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
