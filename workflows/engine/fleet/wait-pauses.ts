import type { ClockPort } from '../ports.ts';
import type { Heard } from './entity-events.ts';

/** How long a wait lets an object be when its end is called back: callbacks may be lost. */
const safetyPollMilliseconds = 300_000;

/**
 * Pauses between two readings of an object that is waited for. An event ends one at once; as its change may not show yet when
 * it is read then, the pauses after it begin short and double.
 */
export class WaitPauses {
  readonly #sleep: ClockPort['sleep'];
  readonly #pollMilliseconds: number;
  #afterEventMilliseconds = Infinity;

  constructor(options: { readonly sleep: ClockPort['sleep']; readonly pollMilliseconds: number }) {
    this.#sleep = options.sleep;
    this.#pollMilliseconds = options.pollMilliseconds;
  }

  /** Rejects with the signal's reason. `isCalledBack`: whether events are to be expected. */
  async pause(options: {
    readonly isCalledBack: boolean;
    readonly heard?: Heard | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<void> {
    const { isCalledBack, heard, signal } = options;
    const least = isCalledBack
      ? Math.min(this.#afterEventMilliseconds, safetyPollMilliseconds)
      : this.#pollMilliseconds;
    const signals = [signal, heard?.signal].filter((given) => given !== undefined);
    try {
      await this.#sleep(least * (1 + Math.random() / 10), AbortSignal.any(signals));
    } catch (error) {
      signal?.throwIfAborted();
      if (heard?.signal.aborted !== true) throw error;
    }
    this.#afterEventMilliseconds =
      heard?.signal.aborted === true ? this.#pollMilliseconds : this.#afterEventMilliseconds * 2;
  }
}
