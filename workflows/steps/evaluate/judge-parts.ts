import type { EvaluateSet, EvaluateSlice, ResultsSlice } from '../../../schemas/types.gen.ts';
import { counted } from '../../document/counted.ts';
import { formatRate } from '../../document/rates.ts';
import {
  compareRates,
  drawnParts,
  type PairedUtterance,
  type RateComparison,
} from '../../scoring/significance/compare-rates.ts';
import { holmAdjusted } from '../../scoring/significance/holm.ts';
import { type BoundTest, testTogether } from './test-bounds.ts';

/** What a part of what was measured must keep: a slice of the test set, or a further set. */
export type Bounds = Pick<EvaluateSlice & EvaluateSet, 'max-wer' | 'max-regression' | 'min-words'>;

export interface MeasuredPart {
  readonly recordings: readonly PairedUtterance[];
  readonly bounds: Bounds;
  readonly seed: number;
}

/** What `results.json` says of a part. Without `passed` it decides nothing: it has no bounds, or too few words. */
export type Judgement = Pick<
  ResultsSlice,
  'rate' | 'againstRate' | 'comparison' | 'bound' | 'regressionBound' | 'passed' | 'sentence'
>;

/**
 * Holds parts to their bounds, in the order in which they are given. A part is beyond a bound when its whole
 * 95 % interval is, and chance explains that in less than 5 %, all parts and bounds together (Holm): parts that decide together are judged
 * together. One that is above a bound and within it for that reason says so. One with fewer words than are asked for, or with too few
 * recordings to be beyond a bound that it is above, says so and decides nothing. One without a word has no rate, and is beyond its bounds where words were made up in
 * it, and not by chance. `isCompared` is false where the recordings have one model alone.
 */
export function judgeParts(
  parts: readonly MeasuredPart[],
  { isCompared }: { readonly isCompared: boolean },
): readonly Judgement[] {
  const measured = parts.map((part) => ({
    part,
    compared: compareRates(part.recordings, { seed: part.seed, minWords: part.bounds['min-words'] }),
    bounds: boundsOf(part.bounds, { isCompared }),
  }));
  const tests = measured.flatMap(({ part, compared, bounds }, index) =>
    compared?.isTooFew === true
      ? []
      : bounds.map((bound) => {
          const { parts: drawn } = drawnParts(part.recordings);
          const paired = bound.of === 'rate' ? drawn.map((one) => ({ ...one, errorsBefore: 0 })) : drawn;
          return { index, bound, test: { paired, beyond: bound.at, seed: part.seed } };
        }),
  );
  const pValues = testTogether(tests.map(({ test }) => test));
  const held = Map.groupBy(
    tests.map((one, at): HeldBound => ({ ...one, pValue: pValues[at], together: tests.length })),
    ({ index }) => index,
  );
  const judged = measured.flatMap(({ compared }) => (compared === undefined || compared.isTooFew ? [] : [compared]));
  const differences = holmAdjusted(judged.map(({ pValue }) => pValue));
  const tested = new Map(judged.map((one, at) => [one, { pValue: differences[at]!, together: judged.length }]));
  return measured.map(({ part, compared, bounds }, index): Judgement => {
    const { 'max-wer': rateBound, 'max-regression': regressionBound } = part.bounds;
    const asked = {
      ...(rateBound === undefined ? {} : { bound: rateBound }),
      ...(regressionBound === undefined || !isCompared ? {} : { regressionBound }),
    };
    const verdicts = (held.get(index) ?? []).map((one) => verdictOn(one, compared));
    const isUntold = compared?.isTooFew === true || verdicts.some(({ kept }) => kept === undefined);
    const kept = bounds.length > 0 && !isUntold ? { passed: verdicts.every((one) => one.kept === true) } : {};
    const said = compared?.isTooFew === true ? [tooFewToTell(compared)] : verdicts.flatMap(({ told }) => told ?? []);
    const sentence = said.length === 0 ? {} : { sentence: said.join('; ') };
    if (compared === undefined) {
      const beside = isCompared ? { againstRate: withoutWords(part, 'before') } : {};
      return { rate: withoutWords(part, 'after'), ...beside, ...asked, ...kept, ...sentence };
    }
    const told = { ...compared, isTooFew: isUntold };
    return {
      rate: rateOf(part, told, 'after'),
      ...(isCompared
        ? {
            againstRate: rateOf(part, told, 'before'),
            comparison: comparisonOf(told, { seed: part.seed, adjusted: tested.get(compared) }),
          }
        : {}),
      ...asked,
      ...kept,
      ...sentence,
    };
  });
}

/** A bound that a part is held to, and how likely chance alone is to be as far from it; undefined where it cannot tell. */
interface HeldBound {
  readonly index: number;
  readonly bound: Bound;
  readonly test: BoundTest;
  readonly pValue: number | undefined;
  /** How many bounds are tested with it. */
  readonly together: number;
}

/** Whether a bound is kept, undefined where that cannot be told, and what there is to say of it. */
function verdictOn(
  { bound, test, pValue, together }: HeldBound,
  compared: RateComparison | undefined,
): { readonly kept: boolean | undefined; readonly told?: string } {
  const recordings = test.paired.length;
  const few = `too few recordings to tell: ${recordings}, for ${counted(together, 'bound')} together`;
  if (compared === undefined) {
    const madeUp = test.paired.reduce((sum, one) => sum + one.errorsAfter - one.errorsBefore, 0);
    if (madeUp <= 0) return { kept: true };
    const told = `${counted(madeUp, bound.of === 'rate' ? 'word' : 'more word')} made up where nothing was said`;
    if (pValue === undefined) return { kept: undefined, told: `${told}; ${few}` };
    return pValue < 0.05 ? { kept: false, told } : { kept: true, told: `${told}, which chance explains` };
  }
  const estimate = bound.of === 'rate' ? compared.after : compared.delta;
  if (estimate.value <= bound.at) return { kept: true };
  if (pValue === undefined) return { kept: undefined, told: few };
  return estimate.low > bound.at && pValue < 0.05
    ? { kept: false, told: bound.explain(compared, pValue) }
    : { kept: true, told: aboveByChance({ bound, estimate, pValue, together }) };
}

function withoutWords({ recordings }: MeasuredPart, side: 'before' | 'after'): Judgement['rate'] {
  const errors = recordings.reduce((sum, one) => sum + (side === 'after' ? one.errorsAfter : one.errorsBefore), 0);
  return { value: null, utterances: recordings.length, words: 0, errors };
}

interface Bound {
  /** What is bounded: the rate itself, or by how much it is above the other model's. */
  readonly of: 'rate' | 'regression';
  readonly at: number;
  readonly explain: (compared: RateComparison, pValue: number) => string;
}

function boundsOf(bounds: Bounds, { isCompared }: { readonly isCompared: boolean }): readonly Bound[] {
  const { 'max-wer': rate, 'max-regression': regression } = bounds;
  return [
    ...(rate === undefined ? [] : [{ of: 'rate', at: rate, explain: aboveRate(rate) } as const]),
    ...(regression === undefined || !isCompared
      ? []
      : [{ of: 'regression', at: regression, explain: aboveOther(regression) } as const]),
  ];
}

/** Whether anything bounds a part. A regression is one of two models. */
export function isBounded(bounds: Bounds, { isCompared }: { readonly isCompared: boolean }): boolean {
  return boundsOf(bounds, { isCompared }).length > 0;
}

function aboveRate(bound: number): Bound['explain'] {
  return ({ after: { value, low, high } }, pValue) =>
    `${formatRate(value, [bound])} (${formatRate(low)} to ${formatRate(high)}, ${pInWords(pValue)}) is above ${formatRate(bound, [value])}`;
}

function aboveOther(bound: number): Bound['explain'] {
  return ({ delta: { value, low, high } }, pValue) =>
    `higher by ${formatRate(value, [bound])} (${formatRate(low)} to ${formatRate(high)}, ${pInWords(pValue)}), more than ${formatRate(bound, [value])}`;
}

/** Why a part is within a bound although its figure is above it. */
function aboveByChance(of: {
  readonly bound: Bound;
  readonly estimate: RateComparison['after'];
  readonly pValue: number;
  readonly together: number;
}): string {
  const { bound, estimate, pValue, together } = of;
  const { value, low, high } = estimate;
  const above = `${bound.of === 'rate' ? 'above' : 'higher by more than'} ${formatRate(bound.at, [value])}`;
  return pValue < 0.05
    ? `${above}, which is within its interval (${formatRate(low)} to ${formatRate(high)})`
    : `${above}, which chance explains (${pInWords(pValue)}${together === 1 ? '' : `, of ${together} bounds together`})`;
}

function pInWords(pValue: number): string {
  return pValue < 0.001 ? 'p below 0.001' : `p ${pValue.toFixed(3)}`;
}

function tooFewToTell({ words, utterances, asked }: RateComparison): string {
  return `too few to tell: ${counted(words, 'word')} in ${counted(utterances, 'recording')}, fewer than ${asked.words} in ${asked.utterances}`;
}

function rateOf({ recordings }: MeasuredPart, compared: RateComparison, side: 'before' | 'after'): Judgement['rate'] {
  const { words, utterances, isTooFew, [side]: rate } = compared;
  const errors = recordings.reduce((sum, one) => sum + (side === 'after' ? one.errorsAfter : one.errorsBefore), 0);
  const interval = isTooFew ? {} : { low: rate.low, high: rate.high };
  return { value: rate.value, ...interval, utterances, words, errors };
}

/** Parts of too few words are in no test: their p-values are those of each alone. */
function comparisonOf(
  { delta, probabilityOfImprovement, pValue: alone, isTooFew }: RateComparison,
  {
    seed,
    adjusted = { pValue: alone },
  }: { readonly seed: number; readonly adjusted: { readonly pValue: number; readonly together?: number } | undefined },
): NonNullable<Judgement['comparison']> {
  const isApart = adjusted.pValue < 0.05;
  const clear = isApart && delta.high < 0 ? 'better' : isApart && delta.low > 0 ? 'worse' : 'no difference';
  return {
    delta: delta.value,
    deltaLow: delta.low,
    deltaHigh: delta.high,
    probabilityOfImprovement,
    ...adjusted,
    seed,
    verdict: isTooFew ? 'too few' : clear,
  };
}

/** A part as a verdict names it. */
export interface NamedPart extends Pick<Judgement, 'rate' | 'passed' | 'sentence'> {
  readonly name: string;
  /** Why it cannot be told whether it is within its bounds. */
  readonly untold?: string | undefined;
}

/**
 * What bounded parts come to, in words: those that do not pass, else how many are within their bounds; and how many have too few words. `groups`
 * are the parts by what a person counts: `parts by speaker`.
 */
export function verdictOfParts(groups: readonly (readonly [what: string, parts: readonly NamedPart[]])[]): string {
  const all = groups.flatMap(([, parts]) => parts);
  const untold = all.filter((part) => part.untold !== undefined);
  const beyond = all.filter((part) => part.passed === false && part.untold === undefined);
  const among = (isMeant: (part: NamedPart) => boolean): string =>
    groups
      .map(([what, parts]) => ({ what, of: parts.length, count: parts.filter(isMeant).length }))
      .flatMap(({ what, of, count }) => (count === 0 ? [] : [`${count} of ${of} ${what}`]))
      .join(', ');
  const within = beyond.length === 0 ? among(({ passed }) => passed === true) : '';
  const tooFew = among(decidesNothing);
  return [
    ...beyond.slice(0, mostNamed).map(({ name, sentence = '' }) => `${name}: ${sentence}`),
    ...(beyond.length > mostNamed ? [`${beyond.length - mostNamed} more are beyond a bound`] : []),
    ...untold.slice(0, mostNamed).map((part) => `cannot tell for ${part.name}: ${part.untold}`),
    ...(untold.length > mostNamed ? [`nor for ${untold.length - mostNamed} more`] : []),
    ...(within === '' ? [] : [`within the bounds: ${within}`]),
    ...(tooFew === '' ? [] : [`too few to tell: ${tooFew}`]),
  ].join('; ');
}

/** So many parts a verdict names. */
const mostNamed = 3;

/** Whether a part has too few words: then it has no interval, and does not fail. */
export function decidesNothing({ rate: { low }, passed }: Pick<Judgement, 'rate' | 'passed'>): boolean {
  return low === undefined && passed === undefined;
}

/** What is asked of a part, as the end of a plan's sentence; empty where nothing is. */
export function boundsInWords({ 'max-wer': rate, 'max-regression': regression }: Bounds): readonly string[] {
  return [
    ...(rate === undefined ? [] : [`above ${formatRate(rate)}`]),
    ...(regression === undefined ? [] : [`higher by more than ${formatRate(regression)}`]),
  ];
}
