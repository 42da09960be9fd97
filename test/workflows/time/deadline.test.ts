import { describe, expect, it } from 'vitest';
import { startDeadline } from '../../../workflows/time/deadline.ts';
import { manualClock } from '../engine/test-clocks.ts';

const never = new AbortController().signal;

describe('a deadline', () => {
  it('passes with a TimeoutError, also when its moment lies in the past', async () => {
    const { signal } = startDeadline(Date.now() + 5, { until: never });
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
    expect(startDeadline(Date.now() - 5, { until: never }).signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it.each([600, 500_000])('does not pass at once %i hours ahead, longer than a timer takes', async (hours) => {
    const deadline = startDeadline(Date.now() + hours * 3_600_000, { until: never });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(deadline.signal.aborted).toBe(false);
    deadline.stop();
  });

  it('passes after weeks on the clock it is given', async () => {
    const clock = manualClock();
    const { signal } = startDeadline(clock.now().getTime() + 40 * 86_400_000, { clock, until: never });
    for (let day = 0; day < 39; day += 1) await clock.advance(86_400);
    expect(signal.aborted).toBe(false);
    await clock.advance(2 * 86_400);
    expect(signal.aborted).toBe(true);
  });

  it('does not pass any more once it is stopped, or what it was for has ended', async () => {
    const clock = manualClock();
    const until = new AbortController();
    const moment = clock.now().getTime() + 1000;
    const stopped = startDeadline(moment, { clock, until: never });
    const ended = startDeadline(moment, { clock, until: until.signal });
    stopped.stop();
    until.abort();
    await clock.advance(2);
    expect([stopped.signal.aborted, ended.signal.aborted]).toEqual([false, false]);
  });
});
