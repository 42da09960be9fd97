import { setTimeout as wait } from 'node:timers/promises';
import type { ClockPort } from '../engine/ports.ts';

/** The machine's clock. */
export const systemClock: ClockPort = {
  now: () => new Date(),
  async sleep(milliseconds, signal) {
    try {
      await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
