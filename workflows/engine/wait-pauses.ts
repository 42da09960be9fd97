import type { Heard } from './fleet/entity-events.ts';
import type { ClockPort } from './ports.ts';

interface Pause {
  readonly heard?: Heard | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Pauses between two readings of an object that is waited for. They grow with the time that was waited, so that an end is
 * noticed after at most a tenth more and the wait for a training of hours costs few requests. An event ends a pause at once; as
 * its change may not show yet when it is read then, the pauses after it begin short and double.
 */
export class WaitPauses {
  readonly #sleep: ClockPort['sleep'];
  readonly #shortest: number;
  #waited = 0;
  #afterEvent = Infinity;
  /** Readings without an answer, one after the other, and the time between them. */
  #failures = 0;
  #withoutAnswer = 0;

  constructor(options: { readonly sleep: ClockPort['sleep']; readonly pollMilliseconds: number }) {
    this.#sleep = options.sleep;
    this.#shortest = options.pollMilliseconds;
  }

  /**
   * Rejects with the signal's reason. `isCalledBack`: whether events are to be expected. `askedMilliseconds`: how long the
   * service asks to stay away.
   */
  async afterAnswer(
    options: Pause & { readonly isCalledBack: boolean; readonly askedMilliseconds?: number | undefined },
  ): Promise<void> {
    this.#failures = 0;
    this.#withoutAnswer = 0;
    const grown = Math.min(Math.max(this.#waited / 10, this.#shortest), this.#longest);
    const own = options.isCalledBack ? Math.min(this.#afterEvent, safetyMilliseconds) : grown;
    const least = Math.max(own, asked(options.askedMilliseconds));
    await this.#pause(least * (1 + Math.random() / 10), options);
    this.#afterEvent = options.heard?.signal.aborted === true ? this.#shortest : this.#afterEvent * 2;
  }

  /**
   * The milliseconds until a reading that got no answer is to be repeated: doubling, half of them random. Undefined when the
   * service has not answered for so long that somebody should know.
   */
  afterFailure(askedMilliseconds: number | undefined): number | undefined {
    if (this.#withoutAnswer >= longestOutageMilliseconds) return undefined;
    const backOff = Math.min(Math.max(this.#shortest, 100) * 2 ** this.#failures, this.#longest);
    const pause = Math.max(backOff * (0.5 + Math.random() / 2), asked(askedMilliseconds));
    this.#failures += 1;
    this.#withoutAnswer += pause;
    return pause;
  }

  /** Waits so long, or until there is an event. Rejects with the signal's reason. */
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

/** How long a wait lets an object be when its end is called back: callbacks may be lost. */
const safetyMilliseconds = 300_000;
/** Longer pauses are no use to anybody, whatever the service asks for. */
const longestAskedMilliseconds = 3_600_000;
/**
 * So many pauses add up when an outage is not ridden out any more, where no timeout ends the wait before. A time for networks
 * and services to be mended; after that somebody is to be told, and nothing is lost: a resumed run waits for the same object.
 * The time in which a machine sleeps does not count.
 */
const longestOutageMilliseconds = 3_600_000;

function asked(milliseconds = 0): number {
  return Math.min(milliseconds, longestAskedMilliseconds);
}
