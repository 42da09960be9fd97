import type { ClockPort } from '../../../workflows/time/clock.ts';
import { sleep } from '../../../workflows/time/sleep.ts';

/** A clock that stands still until it is moved; what sleeps is woken in order. */
export function manualClock() {
  let now = Date.now();
  const sleepers = new Set<{ readonly until: number; wake(): void }>();
  const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));
  return {
    now: () => new Date(now),
    async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const sleeper = { until: now + milliseconds, wake: resolve };
      sleepers.add(sleeper);
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      await promise.finally(() => sleepers.delete(sleeper));
    },
    async advance(seconds: number): Promise<void> {
      const target = now + seconds * 1000;
      await settle();
      for (;;) {
        const [next] = [...sleepers].filter(({ until }) => until <= target).toSorted((a, b) => a.until - b.until);
        if (next === undefined) break;
        now = Math.max(now, next.until);
        next.wake();
        await settle();
      }
      now = target;
      await settle();
    },
    get asleep() {
      return sleepers.size;
    },
  };
}

/** A clock that goes so many times as fast as the machine's. */
export function fastClock(speed: number): ClockPort {
  const began = Date.now();
  return {
    now: () => new Date(began + (Date.now() - began) * speed),
    sleep: async (milliseconds, signal) => await sleep(milliseconds / speed, signal),
  };
}

/** A clock whose sleepers wake at once, so much later. */
export function jumpingClock() {
  let now = Date.now();
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(now),
    async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
      signal?.throwIfAborted();
      slept.push(milliseconds / 1000);
      now += milliseconds;
    },
  };
}
