import { unlessAborted } from '../engine/fleet/sleep.ts';

/** Waits, or rejects with the signal's reason as soon as it is aborted. Leaves no timer and no listener behind. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  try {
    await unlessAborted(new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds))), signal);
  } finally {
    clearTimeout(timer);
  }
}
