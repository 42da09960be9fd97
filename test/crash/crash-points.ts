import type { CallPoint } from './calls-proxy.ts';

/**
 * The remote calls of the crash pipeline, and how often it makes each at least: what changes something exactly as often,
 * what only looks may be repeated while something is under way. A test compares it with a run.
 */
export const remoteCalls: Readonly<Record<string, number>> = {
  'GET /models/base': 6,
  'GET /models': 8,
  'GET /endpoints': 8,
  'GET /projects': 8,
  'GET /datasets': 6,
  'GET /evaluations': 5,
  'POST /projects': 1,
  'POST /endpoints': 1,
  'GET /endpoints/{id}': 4,
  'POST /datasets': 2,
  'GET /datasets/{id}': 9,
  'GET /datasets/{id}/blocks': 2,
  'PUT /datasets/{id}/blocks': 2,
  'POST /datasets/{id}/blocks:commit': 2,
  'POST /evaluations': 2,
  'GET /evaluations/{id}': 2,
  'POST /models': 1,
  'GET /models/{id}': 1,
  'POST /speech/recognition/conversation/cognitiveservices/v1': 4,
  'PATCH /endpoints/{id}': 3,
};

/** Its journal writes: the plan of the run, when it started, one a step, and its end. */
export const journalWrites = 1 + 1 + 8 + 1;

/** Calls that make or change something; recognition is sent as POST and changes nothing. */
export function isChange(call: string): boolean {
  return !call.startsWith('GET ') && !call.includes('/recognition/');
}

export function callPoints(): readonly CallPoint[] {
  return moments.flatMap((when) =>
    Object.entries(remoteCalls).flatMap(([call, count]) => timesOf(count).map((nth) => ({ call, nth, when }))),
  );
}

export interface WritePoint {
  /** From 1. */
  readonly nth: number;
  /** `before` the database gets the commit, or `after` it has confirmed it. */
  readonly when: 'before' | 'after';
}

export function writePoints(): readonly WritePoint[] {
  return moments.flatMap((when) => timesOf(journalWrites).map((nth) => ({ nth, when })));
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
