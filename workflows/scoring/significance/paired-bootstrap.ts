import { columnsOf, type PairedErrors } from './paired-errors.ts';
import { RandomDraws } from './random-draws.ts';

/** A rate, or a difference of rates, with the interval that contains it in 95 of 100 test sets like this one. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapResult {
  /** Word error rates. */
  readonly before: Estimate;
  readonly after: Estimate;
  /** Rate after - rate before: below 0 where it became better. */
  readonly delta: Estimate;
  /** Share of the draws in which the rate after is lower. */
  readonly probabilityOfImprovement: number;
}

export const drawsByDefault = 10_000;

/**
 * The paired bootstrap of Bisani and Ney (ICASSP 2004): test sets are drawn from this one, with replacement, and both ways of
 * recognition are judged on the same draw. Intervals are from the 2.5th to the 97.5th percentile of the draws. The same seed gives the same result.
 * Undefined without a word of the reference.
 */
export function pairedBootstrap(
  parts: readonly PairedErrors[],
  { seed, draws = drawsByDefault }: { readonly seed: number; readonly draws?: number },
): BootstrapResult | undefined {
  const columns = columnsOf(parts);
  const { words, before, after } = columns;
  const all = { words: total(words), before: total(before), after: total(after) };
  if (all.words === 0) return undefined;
  const random = new RandomDraws(seed);
  const rates = { before: new Float64Array(draws), after: new Float64Array(draws), delta: new Float64Array(draws) };
  const count = parts.length;
  let better = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    let drawnWords = 0;
    let drawnBefore = 0;
    let drawnAfter = 0;
    for (let part = 0; part < count; part += 1) {
      const at = random.below(count);
      drawnWords += words[at]!;
      drawnBefore += before[at]!;
      drawnAfter += after[at]!;
    }
    // A draw of nothing but silence says as much as none.
    const divisor = drawnWords === 0 ? all.words : drawnWords;
    rates.before[draw] = drawnBefore / divisor;
    rates.after[draw] = drawnAfter / divisor;
    rates.delta[draw] = (drawnAfter - drawnBefore) / divisor;
    if (drawnAfter < drawnBefore) better += 1;
  }
  return {
    before: estimate(all.before / all.words, rates.before),
    after: estimate(all.after / all.words, rates.after),
    delta: estimate((all.after - all.before) / all.words, rates.delta),
    probabilityOfImprovement: better / draws,
  };
}

function total(numbers: Int32Array): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

function estimate(value: number, draws: Float64Array): Estimate {
  draws.sort();
  return { value, low: percentile(draws, 0.025), high: percentile(draws, 0.975) };
}

/** Between the two nearest ranks. */
function percentile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}
