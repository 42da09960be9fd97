import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../emulator/clock.ts';
import { yearsAfterQuarter } from '../../emulator/deprecation.ts';
import { beginLifecycle, endOf, lifecycles, nextProgress, transitionAt } from '../../emulator/lifecycles.ts';
import { RateLimit } from '../../emulator/rate-limit.ts';

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
