/**
 * Pauses before a request without an answer is repeated. They double, half of each is random, and none is shorter than the
 * service asks for. They end when their sum reaches the patience, and not before the fewest repetitions, unless the service asks for
 * more than five minutes; the time in which a machine sleeps does not count.
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
    const { firstMilliseconds, longestMilliseconds, patienceMilliseconds, fewestRepetitions = 0 } = this.#options;
    const areFew = this.#failures < fewestRepetitions && retryAfterSeconds <= 300;
    if (this.#waited >= patienceMilliseconds && !areFew) return undefined;
    const backOff = Math.min(firstMilliseconds * 2 ** this.#failures, longestMilliseconds);
    const asked = Math.min(retryAfterSeconds * 1000, longestAskedMilliseconds);
    const pause = Math.max(backOff * (0.5 + Math.random() / 2), asked);
    this.#failures += 1;
    this.#waited += pause;
    return pause;
  }

  /** What is left of the patience, in milliseconds. */
  get left(): number {
    return Math.max(0, this.#options.patienceMilliseconds - this.#waited);
  }

  /** To be called after an answer: the patience is whole again. */
  afterAnswer(): void {
    this.#failures = 0;
    this.#waited = 0;
  }
}

interface RepeatOptions {
  readonly firstMilliseconds: number;
  readonly longestMilliseconds: number;
  readonly patienceMilliseconds: number;
  /** How often a service is asked again at least that asks for long pauses. @default 0 */
  readonly fewestRepetitions?: number;
}

/**
 * The patience with a service whose work continues meanwhile, or on which the proof of a model depends. An hour is time to mend
 * networks and services. After it a person must be told; nothing is lost, because a resumed run continues from there.
 */
export const outageMilliseconds = 3_600_000;
/** The patience with one request: longer than the half minute that a gateway restarts or a request limit lasts. */
export const requestPatienceMilliseconds = 60_000;
/**
 * The longest pause between the tries of one request, unless the service asks for more: so that the patience allows many tries.
 */
export const longestBackOffMilliseconds = 5000;
/** The longest pause that is kept when the service asks for one. */
export const longestAskedMilliseconds = 3_600_000;
