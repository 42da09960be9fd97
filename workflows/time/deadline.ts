import { sleepInBackground } from './sleep.ts';
import type { ClockPort } from './clock.ts';

/** A moment at which something has to have ended. */
export interface Deadline {
  /** Aborted with a TimeoutError when the clock has reached the moment, never before. */
  readonly signal: AbortSignal;
  /** Ends waiting for the moment; the signal is not aborted any more. */
  stop(): void;
}

/**
 * A deadline at a moment in milliseconds since 1970, however far away, by this clock. Waiting for it ends with `until` as
 * well.
 */
export function startDeadline(
  moment: number,
  options: {
    /** @default the clock of this machine, which does not keep the process alive */
    readonly clock?: Pick<ClockPort, 'now' | 'sleep'>;
    readonly until: AbortSignal;
  },
): Deadline {
  const { clock = machineClock, until } = options;
  const passed = new AbortController();
  const stopped = new AbortController();
  const left = (): number => moment - clock.now().getTime();
  const reason = new DOMException('The time is used up', 'TimeoutError');
  const wait = async (signal: AbortSignal): Promise<void> => {
    while (left() > 0) await clock.sleep(Math.min(left(), LONGEST_SLEEP), signal);
    if (!signal.aborted) passed.abort(reason);
  };
  if (left() <= 0) passed.abort(reason);
  // Waiting that is given up rejects, and that is what was asked for.
  else wait(AbortSignal.any([stopped.signal, until])).catch(() => undefined);
  return { signal: passed.signal, stop: () => stopped.abort() };
}

/** Timers stand still while a machine sleeps, so this clock is read anew once a minute. */
const machineClock: Pick<ClockPort, 'now' | 'sleep'> = {
  now: () => new Date(),
  sleep: async (milliseconds, signal) => await sleepInBackground(Math.min(milliseconds, 60_000), signal),
};

/** A timer of Node takes at most 2^31 - 1 ms, about 24 days, and one for longer ends at once. */
const LONGEST_SLEEP = 24 * 60 * 60 * 1000;
