import { startDeadline } from './deadline.ts';

/** A signal that is aborted with a TimeoutError after this time on this machine's clock, however long it is. */
export function deadlineSignal(milliseconds: number): AbortSignal {
  return startDeadline(Date.now() + milliseconds, { until: new AbortController().signal }).signal;
}
