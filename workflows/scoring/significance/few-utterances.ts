import type { Estimate } from './paired-bootstrap.ts';

/**
 * A rate with an interval that may be believed where it was drawn from few utterances: the bootstrap's, as much wider as Student's t is than
 * the normal distribution with so many degrees of freedom, and as the bootstrap's own spread is too small. Two that
 * have the same rate by chance show no spread at all: the interval of one or two is everything. From ten on it stays as it was drawn (see docs/measuring.md).
 */
export function widenedForFew({ value, low, high }: Estimate, utterances: number): Estimate {
  if (utterances >= fewestDrawn) return { value, low, high };
  const t = quantiles[utterances - 1];
  if (t === undefined) return { value, low: 0, high: Math.max(1, value) };
  const factor = (t / 1.96) * Math.sqrt(utterances / (utterances - 1));
  return { value, low: Math.max(0, value - factor * (value - low)), high: value + factor * (high - value) };
}

/** An interval that is drawn from fewer utterances is much too narrow. */
export const fewestDrawn = 10;

/** Where a rate may be as well, or a difference of rates. */
export type Interval = Pick<Estimate, 'low' | 'high'>;

/** The interval as it was drawn, where utterances are enough to show it. */
export function shownInterval({ low, high }: Estimate, utterances: number): Interval | undefined {
  return utterances < fewestDrawn ? undefined : { low, high };
}

/** Of Student's t at 97.5 %, by the degrees of freedom from 2 on. */
const quantiles: readonly (number | undefined)[] = [
  undefined,
  undefined,
  4.303,
  3.182,
  2.776,
  2.571,
  2.447,
  2.365,
  2.306,
];
