import { setTimeout as wait } from 'node:timers/promises';
import type { ClockPort } from './clock.ts';

/**
 * The machine's clock. A wait ends when the clock has reached its end, or when so much time has gone by: timers stand still
 * while a machine sleeps, so the clock is read anew at least once a minute.
 */
export function systemClock(options: { readonly readEveryMilliseconds?: number } = {}): ClockPort {
  const { readEveryMilliseconds = 60_000 } = options;
  return {
    now: () => new Date(),
    async sleep(milliseconds, signal) {
      const end = { onClock: Date.now() + milliseconds, gone: performance.now() + milliseconds };
      try {
        for (;;) {
          // A clock that is set back does not lengthen a wait.
          const left = Math.max(0, Math.min(end.onClock - Date.now(), end.gone - performance.now()));
          await wait(Math.min(left, readEveryMilliseconds), undefined, signal === undefined ? {} : { signal });
          if (left <= readEveryMilliseconds) return;
        }
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
  };
}
