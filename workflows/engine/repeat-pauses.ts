/**
 * Pauses before something is tried again that got no answer: they double, half of each is random, and none is shorter than the
 * service asks for. They come to an end when they add up to the patience; the time in which a machine sleeps does not count.
 */
export class RepeatPauses {
  readonly #options: RepeatOptions;
  #failures = 0;
  #waited = 0;

  constructor(options: RepeatOptions) {
    this.#options = options;
  }

  /** The milliseconds until the next try; undefined when the patience is used up. */
  afterFailure(retryAfterSeconds = 0): number | undefined {
    const { firstMilliseconds, longestMilliseconds, patienceMilliseconds } = this.#options;
    if (this.#waited >= patienceMilliseconds) return undefined;
    const backOff = Math.min(firstMilliseconds * 2 ** this.#failures, longestMilliseconds);
    const asked = Math.min(retryAfterSeconds * 1000, longestAskedMilliseconds);
    const pause = Math.max(backOff * (0.5 + Math.random() / 2), asked);
    this.#failures += 1;
    this.#waited += pause;
    return pause;
  }

  /** After an answer the patience is whole again. */
  afterAnswer(): void {
    this.#failures = 0;
    this.#waited = 0;
  }
}

interface RepeatOptions {
  readonly firstMilliseconds: number;
  readonly longestMilliseconds: number;
  readonly patienceMilliseconds: number;
}

/**
 * The patience with the service where work goes on meanwhile, or a model is waiting for its proof. It is time for networks and
 * services to be mended; after it somebody is to be told, and nothing is lost: a resumed run goes on from there.
 */
export const outageMilliseconds = 3_600_000;
/** The patience with one request: longer than the half minute in which a gateway is restarted, or a limit of requests passes. */
export const requestPatienceMilliseconds = 60_000;
/** The longest pause between the tries of one request, unless the service asks for more: patience is to be worth many tries. */
export const longestBackOffMilliseconds = 5000;
/** Longer pauses are no use to anybody, whatever the service asks for. */
export const longestAskedMilliseconds = 3_600_000;
