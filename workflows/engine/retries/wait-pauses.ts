import type { ClockPort } from '../../time/clock.ts';
import { longestAskedMilliseconds, outageMilliseconds, RepeatPauses } from './repeat-pauses.ts';

/** Listens for the next event of one object. */
export interface Heard {
  /** Aborted when an event came since the listening began. */
  readonly signal: AbortSignal;
  /** Listens no longer. */
  end(): void;
}

interface Pause {
  readonly heard?: Heard | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The pauses between two readings of an object that a step waits for. They grow to a tenth of the time waited, so that an end is
 * noticed soon and a training of hours costs few requests. An event ends a pause at once. The next reading may not show its
 * change yet, so the pauses after an event begin short and double.
 */
export class WaitPauses {
  readonly #sleep: ClockPort['sleep'];
  readonly #shortest: number;
  #waited = 0;
  #afterEvent = Infinity;
  /** Between readings without an answer. */
  readonly #repeats: RepeatPauses;

  constructor(options: { readonly sleep: ClockPort['sleep']; readonly pollMilliseconds: number }) {
    this.#sleep = options.sleep;
    this.#shortest = options.pollMilliseconds;
    this.#repeats = new RepeatPauses({
      firstMilliseconds: Math.max(this.#shortest, 100),
      longestMilliseconds: this.#longest,
      patienceMilliseconds: outageMilliseconds,
    });
  }

  /**
   * Pauses after a reading. Rejects with the reason of the signal. `isCalledBack`: whether events are to be expected.
   * `askedMilliseconds`: how long the service asks to be left alone.
   */
  async afterAnswer(
    options: Pause & { readonly isCalledBack: boolean; readonly askedMilliseconds?: number | undefined },
  ): Promise<void> {
    this.#repeats.afterAnswer();
    const grown = Math.min(Math.max(this.#waited / 10, this.#shortest), this.#longest);
    const own = options.isCalledBack ? Math.min(this.#afterEvent, safetyMilliseconds) : grown;
    const least = Math.max(own, asked(options.askedMilliseconds));
    await this.#pause(least * (1 + Math.random() / 10), options);
    this.#afterEvent = options.heard?.signal.aborted === true ? this.#shortest : this.#afterEvent * 2;
  }

  /**
   * The milliseconds until a reading without an answer is to be repeated. Undefined when the service has not answered for so long
   * that a person should know.
   */
  afterFailure(retryAfterSeconds: number | undefined): number | undefined {
    return this.#repeats.afterFailure(retryAfterSeconds);
  }

  /** Waits so long, or until an event. Rejects with the reason of the signal. */
  async untilRepeated(milliseconds: number, pause: Pause): Promise<void> {
    await this.#pause(milliseconds, pause);
  }

  async #pause(milliseconds: number, { heard, signal }: Pause): Promise<void> {
    const signals = [signal, heard?.signal].filter((given) => given !== undefined);
    try {
      await this.#sleep(milliseconds, signals.length === 0 ? undefined : AbortSignal.any(signals));
    } catch (error) {
      signal?.throwIfAborted();
      if (heard?.signal.aborted !== true) throw error;
    }
    this.#waited += milliseconds;
  }

  /** A minute where the shortest is 2 s. */
  get #longest(): number {
    return Math.max(this.#shortest, 100) * 30;
  }
}

/** The longest pause when the end of work is called back: a callback may be lost. */
const safetyMilliseconds = 300_000;

function asked(milliseconds = 0): number {
  return Math.min(milliseconds, longestAskedMilliseconds);
}
