import { sleepInBackground } from './sleep.ts';
import type { ClockPort } from './clock.ts';

/**
 * Calls `look` again and again, with a pause after each look has ended, until the signal is aborted. It resolves then: a pause ends
 * at once, and a look under way is awaited. When a look fails, `every` ends and rejects with its error.
 */
export async function every(
  milliseconds: number,
  look: () => Promise<void> | void,
  options: {
    readonly signal: AbortSignal;
    /** @default at once */
    readonly firstLook?: 'at once' | 'after a pause';
    /** The share by which each pause may be shorter or longer, so that processes look at different moments. @default 0 */
    readonly spread?: number;
    /** @default a sleep on the machine's clock that does not keep the process alive */
    readonly sleep?: ClockPort['sleep'];
  },
): Promise<void> {
  const { signal, firstLook = 'at once', spread = 0, sleep = sleepInBackground } = options;
  const pause = async (): Promise<void> =>
    await sleep(milliseconds * (1 + spread * (2 * Math.random() - 1)), signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  if (firstLook === 'after a pause') await pause();
  while (!signal.aborted) {
    await look();
    await pause();
  }
}
