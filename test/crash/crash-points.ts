import type { CallPoint } from './calls-proxy.ts';

/** Calls that make or change something; recognition is sent as POST and changes nothing. */
export function isChange(call: string): boolean {
  return !call.startsWith('GET ') && !call.includes('/recognition/');
}

/** Both sides of every call: so often it is made. */
export function callPoints(calls: Readonly<Record<string, number>>): readonly CallPoint[] {
  return moments.flatMap((when) =>
    Object.entries(calls).flatMap(([call, count]) => timesOf(count).map((nth) => ({ call, nth, when }))),
  );
}

export interface WritePoint {
  /** From 1. */
  readonly nth: number;
  /** `before` the database gets the commit, or `after` it has confirmed it. */
  readonly when: 'before' | 'after';
}

export function writePoints(count: number): readonly WritePoint[] {
  return moments.flatMap((when) => timesOf(count).map((nth) => ({ nth, when })));
}

/** With CRASH_ALL=1 all of them, else so many, evenly spread; CRASH_SEED (default 1) says where it begins. */
export function sample<T>(points: readonly T[], count: number): readonly T[] {
  if (everything) return points;
  const offset = ((crashSeed * 0.618_034) % 1) * points.length;
  return timesOf(count).flatMap((turn) => {
    const point = points[Math.floor(offset + (turn * points.length) / count) % points.length];
    return point === undefined ? [] : [point];
  });
}

export const everything = process.env['CRASH_ALL'] === '1';
export const crashSeed = Number(process.env['CRASH_SEED'] ?? 1);

const moments = ['before', 'after'] as const;

function timesOf(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
