import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../emulator/state/clock.ts';
import { yearsAfterQuarter } from '../../../emulator/state/models-catalogue.ts';
import { beginLifecycle, endOf, lifecycles, nextProgress, transitionAt } from '../../../emulator/state/lifecycles.ts';
import { RateLimit } from '../../../emulator/state/limits/rate-limit.ts';

describe('the virtual clock', () => {
  it('passes as fast as it is told and never runs backwards when the speed changes', () => {
    let real = 1000;
    const clock = new VirtualClock({ now: 50_000, speed: 60 }, () => real);
    real += 1000;
    expect(clock.now()).toBe(110_000);
    clock.setSpeed(0.5);
    expect(clock.now()).toBe(110_000);
    real += 2000;
    expect(clock.now()).toBe(111_000);
    clock.advance(3600);
    expect(clock.state()).toEqual({ now: 3_711_000, speed: 0.5 });
  });

  it('starts at the real time', () => {
    expect(new VirtualClock({}, () => 42).state()).toEqual({ now: 42, speed: 1 });
  });

  it('tells waits in whole real seconds', () => {
    const clock = new VirtualClock({ speed: 60 });
    expect([600_000, 45_000, 29_000, -5].map((wait) => clock.realSeconds(wait))).toEqual([10, 1, 0, 0]);
  });

  it.each([0, -1, Number.NaN, Infinity])('refuses a speed of %s', (speed) => {
    expect(() => new VirtualClock().setSpeed(speed)).toThrow(RangeError);
  });

  it('refuses to be set back', () => {
    expect(() => new VirtualClock().advance(-1)).toThrow('allowed is a number of at least 0');
  });

  it.each([1e-7, 1e7, '60', null, [60], {}])('refuses the speed %j, naming what is allowed', (speed) => {
    expect(() => new VirtualClock().setSpeed(speed)).toThrow('allowed is a number from 0.000001 to 1000000');
  });

  it('may be set ahead to the year 3000 and no further', () => {
    const clock = new VirtualClock({ now: Date.UTC(2999, 11, 31) }, () => 0);
    expect(() => clock.advance(86_401)).toThrow(
      'advanceSeconds is 86401, allowed is a number of at least 0 and at most 86400, which leads to the year 3000',
    );
    for (const seconds of [1e300, Infinity, Number.NaN, '5', [5], { toString: 1 }]) {
      expect(() => clock.advance(seconds)).toThrow('allowed is a number of at least 0 and at most 86400');
    }
    clock.advance(86_400);
    expect(new Date(clock.now()).toISOString()).toBe('3000-01-01T00:00:00.000Z');
  });

  it('stands still where date-times of the service end', () => {
    let real = 0;
    const clock = new VirtualClock({ now: Date.UTC(8999, 11, 31), speed: 1e6 }, () => real);
    real = 1e15;
    expect(new Date(clock.now()).toISOString()).toBe('9000-01-01T00:00:00.000Z');
    expect(() => clock.advance(1)).toThrow('at most 0,');
    expect(new VirtualClock(clock.state()).now()).toBe(clock.now());
  });

  it('goes on from where it was when the clock of the machine is set back', () => {
    let real = 1_000_000;
    const clock = new VirtualClock({ now: 5000, speed: 10 }, () => real);
    real += 100;
    expect(clock.now()).toBe(6000);
    real -= 900_000;
    expect(clock.now()).toBe(6000);
    real += 100;
    expect(clock.now()).toBe(7000);
  });

  it.each([
    [{ now: 1e300 }, 'it stands at 1e+300'],
    [{ now: -1 }, 'it stands at -1'],
    [{ now: null }, 'it stands at null'],
    [{ now: 0, speed: null }, 'it is null'],
  ])('does not start from %j', (state, message) => {
    expect(() => new VirtualClock(state as object)).toThrow(message);
  });
});

describe('a lifecycle', () => {
  it('goes through its table step by step', () => {
    const begun = beginLifecycle('training', { now: 0, audioSeconds: 100 });
    expect(begun).toMatchObject({ status: 'NotStarted', lastActionAt: 0, progress: { step: 0, dueAt: 30_000 } });
    const running = nextProgress(begun.progress);
    expect(running).toMatchObject({ step: 1, dueAt: 30_000 + (450 + 2.4 * 100) * 1000 });
    expect(transitionAt(running ?? begun.progress).to).toBe('Succeeded');
    expect(running && nextProgress(running)).toBeUndefined();
    expect(endOf(begun.progress)).toBe(running?.dueAt);
  });

  it('always leads from a first status without gaps to Succeeded', () => {
    for (const table of Object.values(lifecycles)) {
      expect(table.at(-1)?.to).toBe('Succeeded');
      for (const [index, { from }] of table.entries()) if (index > 0) expect(from).toBe(table[index - 1]?.to);
    }
  });
});

describe('the quarter rule', () => {
  it.each([
    ['2024-07-14T23:59:59Z', '2026-07-15'],
    ['2022-05-22T00:00:00Z', '2024-07-15'],
    ['2026-01-14T00:00:00Z', '2028-01-15'],
    ['2026-01-15T00:00:00Z', '2028-04-15'],
    ['2026-10-15T00:00:00Z', '2029-01-15'],
    ['2026-12-31T23:59:59Z', '2029-01-15'],
  ])('lets a model of %s transcribe until %s', (created, until) => {
    expect(new Date(yearsAfterQuarter(Date.parse(created), 2)).toISOString()).toBe(`${until}T00:00:00.000Z`);
  });
});

describe('the rate limit', () => {
  it('counts over a sliding window', () => {
    const limit = new RateLimit();
    for (let index = 0; index < 100; index++) expect(limit.admit(index * 50)).toBe(0);
    expect(limit.admit(5000)).toBe(5000);
    expect(limit.admit(10_000)).toBe(0);
    expect(limit.admit(10_001)).toBe(49);
    expect(limit.admit(10_050)).toBe(0);
  });
});
