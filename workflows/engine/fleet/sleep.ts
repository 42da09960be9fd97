import { setTimeout as wait } from 'node:timers/promises';

/** Waits on the machine's clock, or rejects with the signal's reason. Does not keep the process alive. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(milliseconds, undefined, { ref: false, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
