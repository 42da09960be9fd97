import type { EvaluateWith, ResultsSlice } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import type { Outputs } from '../../engine/step-kind.ts';
import { speakersOf } from '../../scoring/group-scores.ts';
import { compareRates, type RateComparison } from '../../scoring/significance/compare-rates.ts';
import { holmAdjusted } from '../../scoring/significance/holm.ts';
import type { PairedErrors } from '../../scoring/significance/paired-errors.ts';
import { permutationTest } from '../../scoring/significance/permutation-test.ts';
import { listOutput } from './list-output.ts';

/** How a test set is cut, and what each part of it must keep. */
export type SliceSettings = NonNullable<EvaluateWith['slices']>;

/** A recording as two models recognised it; by its name it belongs to a slice. */
export interface SlicedRecording extends PairedErrors {
  readonly name: string;
}

/**
 * The slices of a test set, as `results.json` has them: those beyond a bound first, then the largest. A slice is beyond a bound when its
 * whole 95 % interval is, and chance explains that in less than 5 %, all slices and bounds together (Holm). One with fewer words than are
 * asked for says so and decides nothing. `isCompared` is false where the recordings have one model alone. A text says why there are no slices.
 */
export function judgeSlices(
  recordings: readonly SlicedRecording[],
  of: { readonly settings: SliceSettings; readonly isCompared: boolean; readonly seed: number },
): readonly ResultsSlice[] | string {
  const { settings, isCompared, seed } = of;
  const parts = speakersOf(recordings, ({ name }) => name);
  if (parts === undefined)
    return 'the names of the recordings tell no speakers, as `SPEAKER-1.wav` and `SPEAKER_1.wav` do';
  const slices = [...parts].flatMap(([value, part]) => {
    const compared = compareRates(part, { seed, minWords: settings['min-words'] });
    return compared === undefined ? [] : [{ value, part, compared }];
  });
  const judged = slices.filter(({ compared }) => !compared.isTooFew);
  const tests = judged.flatMap(({ part, compared }) =>
    boundsOf(settings, { isCompared }).map((bound) => {
      const paired = bound.of === 'rate' ? part.map((one) => ({ ...one, errorsBefore: 0 })) : part;
      return { compared, bound, pValue: permutationTest(paired, { seed, beyond: bound.at }) };
    }),
  );
  const adjusted = holmAdjusted(tests.map(({ pValue }) => pValue));
  const beyond = new Map<RateComparison, string[]>();
  for (const [index, { compared, bound }] of tests.entries()) {
    const estimate = bound.of === 'rate' ? compared.after : compared.delta;
    if (estimate.low <= bound.at || adjusted[index]! >= 0.05) continue;
    beyond.set(compared, [...(beyond.get(compared) ?? []), bound.explain(compared, adjusted[index]!)]);
  }
  const differences = holmAdjusted(judged.map(({ compared }) => compared.pValue));
  const pValues = new Map(judged.map(({ compared }, index) => [compared, differences[index]!]));
  const isBounded = boundsOf(settings, { isCompared }).length > 0;
  return slices
    .map(({ value, part, compared }): ResultsSlice => {
      const { isTooFew } = compared;
      const passed = isBounded && !isTooFew ? { passed: !beyond.has(compared) } : {};
      const sentence = isTooFew ? tooFewToTell(compared) : beyond.get(compared)?.join('; ');
      return {
        by: settings.by,
        value,
        rate: rateOf(part, compared, 'after'),
        ...(isCompared
          ? {
              againstRate: rateOf(part, compared, 'before'),
              comparison: comparisonOf(compared, { seed, pValue: pValues.get(compared) }),
            }
          : {}),
        ...passed,
        ...(sentence === undefined ? {} : { sentence }),
      };
    })
    .toSorted((one, other) => rankOf(one) - rankOf(other) || (other.rate.words ?? 0) - (one.rate.words ?? 0));
}

interface Bound {
  /** What is bounded: the rate itself, or by how much it is above the other model's. */
  readonly of: 'rate' | 'regression';
  readonly at: number;
  readonly explain: (compared: RateComparison, pValue: number) => string;
}

function boundsOf(settings: SliceSettings, { isCompared }: { readonly isCompared: boolean }): readonly Bound[] {
  const { 'max-wer': rate, 'max-regression': regression } = settings;
  return [
    ...(rate === undefined ? [] : [{ of: 'rate', at: rate, explain: aboveRate(rate) } as const]),
    ...(regression === undefined || !isCompared
      ? []
      : [{ of: 'regression', at: regression, explain: aboveOther(regression) } as const]),
  ];
}

function aboveRate(bound: number): Bound['explain'] {
  return ({ after: { value, low, high } }, pValue) =>
    `${formatRate(value, [bound])} (${formatRate(low)} to ${formatRate(high)}, ${pInWords(pValue)}) is above ${formatRate(bound, [value])}`;
}

function aboveOther(bound: number): Bound['explain'] {
  return ({ delta: { value, low, high } }, pValue) =>
    `higher by ${formatRate(value, [bound])} (${formatRate(low)} to ${formatRate(high)}, ${pInWords(pValue)}), more than ${formatRate(bound, [value])}`;
}

function pInWords(pValue: number): string {
  return pValue < 0.001 ? 'p below 0.001' : `p ${pValue.toFixed(3)}`;
}

function tooFewToTell({ words, utterances, asked }: RateComparison): string {
  return `too few to tell: ${counted(words, 'word')} in ${counted(utterances, 'recording')}, fewer than ${asked.words} in ${asked.utterances}`;
}

function rateOf(
  part: readonly SlicedRecording[],
  compared: RateComparison,
  side: 'before' | 'after',
): ResultsSlice['rate'] {
  const { words, utterances, isTooFew, [side]: rate } = compared;
  const errors = part.reduce((sum, one) => sum + (side === 'after' ? one.errorsAfter : one.errorsBefore), 0);
  const interval = isTooFew ? {} : { low: rate.low, high: rate.high };
  return { value: rate.value, ...interval, utterances, words, errors };
}

/** Slices of too few words are in no test: their p-values are those of each alone. */
function comparisonOf(
  { delta, probabilityOfImprovement, pValue: alone, isTooFew }: RateComparison,
  { seed, pValue = alone }: { readonly seed: number; readonly pValue: number | undefined },
): NonNullable<ResultsSlice['comparison']> {
  const isApart = pValue < 0.05;
  const clear = isApart && delta.high < 0 ? 'better' : isApart && delta.low > 0 ? 'worse' : 'no difference';
  return {
    delta: delta.value,
    deltaLow: delta.low,
    deltaHigh: delta.high,
    probabilityOfImprovement,
    pValue,
    seed,
    verdict: isTooFew ? 'too few' : clear,
  };
}

function rankOf({ passed }: ResultsSlice): number {
  return passed === false ? 0 : 1;
}

/** The outputs about the slices; a text says why there are none, and then none is within its bounds. */
export function sliceOutputs(settings: SliceSettings, slices: readonly ResultsSlice[] | string): Outputs {
  const isBounded = settings['max-wer'] !== undefined || settings['max-regression'] !== undefined;
  if (typeof slices === 'string')
    return isBounded ? { slicesPass: false, slicesVerdict: `cannot tell: ${slices}` } : {};
  const tooFew = slices.filter(decidesNothing).length;
  return {
    slices: listOutput(slices),
    slicesTooFew: tooFew,
    ...(isBounded
      ? { slicesPass: slices.every(({ passed }) => passed !== false), slicesVerdict: verdictOf(slices, { tooFew }) }
      : {}),
  };
}

function decidesNothing({ rate: { low } }: ResultsSlice): boolean {
  return low === undefined;
}

function verdictOf(slices: readonly ResultsSlice[], { tooFew }: { readonly tooFew: number }): string {
  const beyond = slices.filter(({ passed }) => passed === false);
  const within = slices.length - tooFew - beyond.length;
  const among = (count: number): string => `${count} of ${slices.length} speakers`;
  return [
    ...beyond.slice(0, mostNamed).map(({ value, sentence = '' }) => `${nameOf(value)}: ${sentence}`),
    ...(beyond.length > mostNamed ? [`${beyond.length - mostNamed} more are beyond a bound`] : []),
    ...(beyond.length === 0 && within > 0 ? [`within the bounds: ${among(within)}`] : []),
    ...(tooFew === 0 ? [] : [`too few words to tell: ${among(tooFew)}`]),
  ].join('; ');
}

function nameOf(value: string | null): string {
  return value === null ? 'recordings without a speaker' : `speaker ${value}`;
}

/** So many slices a verdict names. */
const mostNamed = 3;

/** What is asked of the slices, as the end of a plan's sentence; empty where nothing is. */
export function slicesInWords(settings: SliceSettings | undefined): string {
  if (settings === undefined) return '';
  const { by, 'max-wer': rate, 'max-regression': regression } = settings;
  const bounds = [
    ...(rate === undefined ? [] : [`none above ${formatRate(rate)}`]),
    ...(regression === undefined ? [] : [`none higher by more than ${formatRate(regression)}`]),
  ];
  return `, ${by} by ${by}${bounds.length === 0 ? '' : ` (${bounds.join(', ')})`}`;
}
