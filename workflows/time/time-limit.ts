/** A time limit over something that may have to wait for its turn in the middle. */
export interface TimeLimit {
  /** Aborted when the time has passed, or with the outer signal. */
  readonly signal: AbortSignal;
  /** Whether it was the time. */
  hasPassed(): boolean;
  /** Does not count the time that `waiting` takes; after it the whole time is there again. Rejects when the signal was aborted. */
  without(waiting: () => Promise<void>): Promise<void>;
  clear(): void;
}

/** The limit, counted from now. `outer` aborts its signal, too. */
export function limitTime(milliseconds: number, outer: AbortSignal | undefined): TimeLimit {
  const controller = new AbortController();
  let passed = false;
  const start = (): NodeJS.Timeout =>
    setTimeout(() => {
      passed = true;
      controller.abort();
    }, milliseconds);
  let timer = start();
  const onAbort = (): void => controller.abort(outer?.reason);
  outer?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    hasPassed: () => passed && outer?.aborted !== true,
    async without(waiting) {
      clearTimeout(timer);
      await waiting();
      controller.signal.throwIfAborted();
      timer = start();
    },
    clear() {
      clearTimeout(timer);
      outer?.removeEventListener('abort', onAbort);
    },
  };
}
