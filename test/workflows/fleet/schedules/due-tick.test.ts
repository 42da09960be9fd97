import { describe, expect, it } from 'vitest';
import {
  dueTick,
  nextTick,
  retryTime,
  scheduledRunId,
  type TickState,
} from '../../../../workflows/fleet/schedules/due-tick.ts';

/** Every day at three in Berlin: 2:00 UTC in winter. */
const nightly: TickState = {
  cron: '0 3 * * *',
  timeZone: 'Europe/Berlin',
  missed: 'once',
  isPaused: false,
  doneUntil: at('01-05 12:00'),
};

describe('dueTick', () => {
  it('is a tick from its very moment on', () => {
    expect(dueTick(nightly, at('01-06 01:59'))).toBeUndefined();
    expect(dueTick(nightly, at('01-06 02:00'))).toEqual(at('01-06 02:00'));
  });

  it('is none that was settled, and none before the schedule began', () => {
    expect(dueTick({ ...nightly, doneUntil: at('01-06 02:00') }, at('01-06 09:00'))).toBeUndefined();
    expect(dueTick({ ...nightly, doneUntil: at('01-06 02:01') }, at('01-06 09:00'))).toBeUndefined();
  });

  it('is the newest of several missed ones, once', () => {
    const due = dueTick(nightly, at('01-20 09:00'));
    expect(due).toEqual(at('01-20 02:00'));
    expect(dueTick({ ...nightly, doneUntil: at('01-20 02:00') }, at('01-20 09:00'))).toBeUndefined();
  });

  it('is no missed one where they are skipped, but one that a worker sees within a minute', () => {
    const skipping: TickState = { ...nightly, missed: 'skip' };
    expect(dueTick(skipping, at('01-20 09:00'))).toBeUndefined();
    expect(dueTick(skipping, at('01-20 02:01'))).toEqual(at('01-20 02:00'));
    expect(nextTick(skipping, at('01-20 09:00'))).toEqual(at('01-21 02:00'));
  });

  it('is none while paused', () => {
    const paused = { ...nightly, isPaused: true };
    expect([dueTick(paused, at('01-06 02:00')), nextTick(paused, at('01-06 02:00'))]).toEqual([undefined, undefined]);
  });

  it.each(['once', 'skip'] as const)(
    'is one that failed when it is time to retry, until the next one (%s)',
    (missed) => {
      const tick = at('01-06 02:00');
      const failure = { tick, message: 'no', attempts: 3, retryAt: at('01-06 02:10') };
      const state: TickState = { ...nightly, missed, failure };
      expect(dueTick(state, at('01-06 02:09'))).toBeUndefined();
      expect(dueTick(state, at('01-06 02:10'))).toEqual(tick);
      expect(dueTick(state, at('01-07 02:00'))).toEqual(at('01-07 02:00'));
      const { retryAt: _, ...givenUp } = failure;
      expect(dueTick({ ...state, failure: givenUp }, at('01-06 09:00'))).toBeUndefined();
    },
  );

  it('comes once on the days on which the clocks change', () => {
    // 02:30 in Berlin does not exist on 29 March 2026, and exists twice on 25 October.
    const spring: TickState = { ...nightly, cron: '30 2 * * *', doneUntil: at('03-28 12:00') };
    expect(dueTick(spring, at('03-29 00:59'))).toBeUndefined();
    expect(dueTick(spring, at('03-29 01:00'))).toEqual(at('03-29 01:00'));
    expect(dueTick({ ...spring, doneUntil: at('03-29 01:00') }, at('03-30 00:29'))).toBeUndefined();
    const autumn: TickState = { ...nightly, cron: '30 2 * * *', doneUntil: at('10-24 12:00') };
    expect(dueTick(autumn, at('10-25 00:30'))).toEqual(at('10-25 00:30'));
    expect(dueTick({ ...autumn, doneUntil: at('10-25 00:30') }, at('10-26 01:29'))).toBeUndefined();
  });
});

describe('retryTime', () => {
  it('grows from 5 s to a quarter of an hour', () => {
    const now = at('01-06 02:00');
    const pauses = [1, 2, 3, 8, 9, 2000].map((attempts) => {
      const retry = retryTime(nightly, { tick: now, attempts, now });
      return ((retry?.getTime() ?? 0) - now.getTime()) / 1000;
    });
    expect(pauses).toEqual([5, 10, 20, 640, 900, 900]);
  });

  it('is no sooner than the service asks for', () => {
    const [tick, now] = [new Date('2026-01-06T02:00:00Z'), new Date('2026-01-06T02:00:01Z')];
    const retry = retryTime(nightly, { tick, attempts: 1, now, askedMilliseconds: 90_000 });
    expect(retry?.getTime()).toBe(now.getTime() + 90_000);
  });

  it('is none when the next tick comes before', () => {
    const often = { cron: '* * * * *', timeZone: 'UTC' };
    const tick = at('01-06 02:00');
    expect(retryTime(often, { tick, attempts: 1, now: new Date('2026-01-06T02:00:54Z') })).toBeDefined();
    expect(retryTime(often, { tick, attempts: 1, now: new Date('2026-01-06T02:00:55Z') })).toBeUndefined();
  });
});

describe('scheduledRunId', () => {
  const tick = at('01-06 02:00');

  it('names pipeline, entry and tick', () => {
    expect(scheduledRunId({ pipeline: 'call-center-en-us', name: 'weekly' }, tick)).toMatch(
      /^call-center-en-us-weekly-20260106-020000-[0-9a-f]{8}$/,
    );
  });

  it('is another one for every pipeline, entry and tick, and may be given as an id', () => {
    const names = ['a', 'a b', 'a-b', 'ä', '日本', '-', '..', 'a'.repeat(500), `${'a'.repeat(500)}b`];
    const ids = names.flatMap((pipeline) => [
      ...[undefined, 'b', 'B', 'x'.repeat(64)].map((name) => scheduledRunId({ pipeline, name }, tick)),
      scheduledRunId({ pipeline, name: undefined }, at('01-06 02:01')),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id))).toEqual([]);
  });
});

/** A time of 2026, in UTC. */
function at(time: string): Date {
  return new Date(`2026-${time.replace(' ', 'T')}:00Z`);
}
