import type { ResultsSet } from '../../../../schemas/types.gen.ts';
import { counted as countedIn } from '../../../document/counted.ts';
import { formatRate } from '../../../document/rates.ts';

/** What is counted, one of it. */
export const unitNames: Readonly<Record<ResultsSet['unit'], string>> = {
  word: 'word',
  char: 'character',
  token: 'token',
};

/** What the rates of a unit are called. */
export const rateNames: Readonly<Record<ResultsSet['unit'], string>> = {
  word: 'Word error rate',
  char: 'Character error rate',
  token: 'Token error rate',
};

/** `10,000`. */
export function count(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 error`, `2,000 errors`. */
export function counted(value: number, name: string): string {
  return countedIn(value, name, { shown: count });
}

/** A rate for people, `none` where there is none. */
export function rate(value: number | null, beside: readonly (number | null)[] = []): string {
  return value === null
    ? 'none'
    : formatRate(
        value,
        beside.filter((other) => other !== null),
      );
}

/** `3.1 to 6.8 %`; empty where the interval is not known. */
export function interval({ low, high }: { readonly low?: number; readonly high?: number }): string {
  return low === undefined || high === undefined ? '' : `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)} %`;
}

/** A difference of rates in points: `−3.0`, `+0.12`. */
export function points(difference: number): string {
  const size = Math.abs(difference * 100);
  const text = size.toFixed(size < 1 ? 2 : 1);
  const sign = Number(text) === 0 ? '' : difference < 0 ? '−' : '+';
  return `${sign}${text}`;
}

/** A probability of chance: `0.0002`, `below 0.0001`. */
export function chance(value: number): string {
  return value < 0.0001 ? 'below 0.0001' : value.toFixed(4);
}

/** `2026-01-02 03:04:05 UTC`; anything that is no ISO time as it is. */
export function moment(time: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(time);
  return match === null ? time : `${match[1]} ${match[2]} UTC`;
}

/** How long it took from one moment to another: `20 min 5 s`; empty where that is not known. */
export function lasted(from: string | undefined, to: string | undefined): string {
  const seconds = Math.round((Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000);
  if (!Number.isFinite(seconds) || seconds < 0) return '';
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  return first < 0
    ? '0 s'
    : parts
        .slice(first, first + 2)
        .map(([value, unit]) => `${value} ${unit}`)
        .join(' ');
}

/** Round numbers from 0 to at least the largest value, at most five steps. */
export function ticksTo(largest: number): readonly number[] {
  if (!(largest > 0)) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(largest / 4));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size * 5 >= largest) ?? power * 10;
  return Array.from({ length: Math.ceil(largest / step - 1e-9) + 1 }, (_, index) =>
    Number((index * step).toPrecision(12)),
  );
}
