import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../workflows/time/system-clock.ts';
import { startDeadline } from '../../../workflows/time/deadline.ts';

const days = 24 * 3_600_000;

describe('the machine’s clock', () => {
  const clock = systemClock({ readEveryMilliseconds: 2 });
  const stop = new AbortController();

  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) }));
  afterEach(() => void vi.useRealTimers());

  /** Whether it ends while the clock stands still and is read some times. */
  async function endsSoon(waited: Promise<unknown>): Promise<boolean> {
    const some = new Promise((resolve) => setTimeout(() => resolve('not yet'), 30));
    return (await Promise.race([waited, some])) !== 'not yet';
  }

  it.each([systemClock(), clock])('waits longer than a timer takes', async (of) => {
    expect(await endsSoon(of.sleep(60 * days, stop.signal))).toBe(false);
  });

  it('notices in the middle of a wait that its machine slept', async () => {
    const waited = clock.sleep(60 * days);
    vi.setSystemTime(Date.now() + 59 * days);
    expect(await endsSoon(waited)).toBe(false);
    vi.setSystemTime(Date.now() + 1 * days);
    await waited;
  });

  it('does not wait longer because it was set back', async () => {
    const waited = clock.sleep(20);
    vi.setSystemTime(Date.now() - 10 * days);
    await waited;
  });

  it('ends a deadline of 60 days when it has come to it, and not before', async () => {
    const { signal } = startDeadline(Date.now() + 60 * days, { clock, until: stop.signal });
    const ended = new Promise((resolve) => signal.addEventListener('abort', resolve));
    vi.setSystemTime(Date.now() + 60 * days - 1);
    expect(await endsSoon(ended)).toBe(false);
    vi.setSystemTime(Date.now() + 1);
    await ended;
  });

  it('gives up a wait with the reason of its signal', async () => {
    const reason = new Error('no more');
    await expect(clock.sleep(60 * days, AbortSignal.abort(reason))).rejects.toBe(reason);
    stop.abort(reason);
  });
});
