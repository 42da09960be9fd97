/** The longest time a timer takes: 2^31 - 1 ms, about 24.8 days. */
const longestTimer = 2 ** 31 - 1;

/**
 * A signal that is aborted with a TimeoutError after this time, however long it is: a timer for more than 24.8 days would
 * end at once.
 */
export function deadlineSignal(milliseconds: number): AbortSignal {
  if (milliseconds <= longestTimer) return AbortSignal.timeout(Math.max(0, Math.floor(milliseconds)));
  const controller = new AbortController();
  AbortSignal.timeout(longestTimer).addEventListener('abort', () => {
    const rest = deadlineSignal(milliseconds - longestTimer);
    rest.addEventListener('abort', () => controller.abort(rest.reason));
  });
  return controller.signal;
}
