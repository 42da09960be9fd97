import { describe, expect, it } from 'vitest';
import { every } from '../../../workflows/time/every.ts';
import { manualClock } from '../engine/test-clocks.ts';

/** Looks are counted on a clock that the test moves. */
function world() {
  const clock = manualClock();
  const stop = new AbortController();
  const looks: number[] = [];
  const began = clock.now().getTime();
  const look = (): void => void looks.push((clock.now().getTime() - began) / 1000);
  /** Fails at the second look. */
  const failing = (): void => {
    look();
    if (looks.length === 2) throw new Error('no answer');
  };
  return { clock, stop, looks, look, failing, options: { signal: stop.signal, sleep: clock.sleep } };
}

describe('every', () => {
  it('looks at once and after each pause', async () => {
    const { clock, looks, look, options } = world();
    void every(2000, look, options);
    expect(looks).toEqual([0]);
    await clock.advance(5);
    expect(looks).toEqual([0, 2, 4]);
  });

  it('looks for the first time after a pause when that is asked for', async () => {
    const { clock, looks, look, options } = world();
    void every(2000, look, { ...options, firstLook: 'after a pause' });
    await clock.advance(5);
    expect(looks).toEqual([2, 4]);
  });

  it('begins a pause when the look has ended', async () => {
    const { clock, looks, look, options } = world();
    const slow = async (): Promise<void> => {
      look();
      await clock.sleep(3000);
    };
    void every(2000, slow, options);
    await clock.advance(11);
    expect(looks).toEqual([0, 5, 10]);
  });

  it('varies each pause by the share that is asked for', async () => {
    const { stop, options } = world();
    const pauses: number[] = [];
    const sleep = async (milliseconds: number): Promise<void> => {
      pauses.push(milliseconds);
      if (pauses.length === 100) stop.abort();
    };
    await every(2000, () => undefined, { ...options, spread: 0.25, sleep });
    expect(pauses).toHaveLength(100);
    expect(pauses.every((pause) => pause >= 1500 && pause <= 2500)).toBe(true);
    expect(pauses.some((pause) => pause < 2000)).toBe(true);
    expect(pauses.some((pause) => pause > 2000)).toBe(true);
  });

  it('ends a pause with the signal, and looks no more', async () => {
    const { clock, stop, looks, look, options } = world();
    const ended = every(2000, look, options);
    await clock.advance(1);
    stop.abort(new Error('The worker leaves'));
    await expect(ended).resolves.toBeUndefined();
    expect([looks, clock.asleep]).toEqual([[0], 0]);
  });

  it('does not look when the signal was aborted before', async () => {
    const { looks, look } = world();
    await every(2000, look, { signal: AbortSignal.abort() });
    await every(2000, look, { signal: AbortSignal.abort(), firstLook: 'after a pause' });
    expect(looks).toEqual([]);
  });

  it('awaits the look that is under way when the signal is aborted', async () => {
    const { clock, stop, options } = world();
    const done = Promise.withResolvers<void>();
    let hasEnded = false;
    const ended = every(2000, async () => await done.promise, options).then(() => (hasEnded = true));
    stop.abort();
    await clock.advance(1);
    expect(hasEnded).toBe(false);
    done.resolve();
    await ended;
  });

  it('ends with the error of a look', async () => {
    const { clock, looks, failing, options } = world();
    const ended = expect(every(2000, failing, options)).rejects.toThrow('no answer');
    await clock.advance(10);
    await ended;
    expect(looks).toEqual([0, 2]);
  });

  it('ends with the error of a clock', async () => {
    const { looks, failing, options } = world();
    const sleep = async (): Promise<void> => await Promise.reject(new Error('no clock'));
    await expect(every(2000, failing, { ...options, sleep })).rejects.toThrow('no clock');
    expect(looks).toEqual([0]);
  });

  it('keeps no process alive with its pauses', async () => {
    const { stop, look } = world();
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const ended = every(60_000, look, { signal: stop.signal });
    await new Promise((resolve) => setImmediate(resolve));
    expect(timers()).toBe(before);
    stop.abort();
    await ended;
  });
});
