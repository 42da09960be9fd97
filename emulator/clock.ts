/** Real time in milliseconds since 1970, as `Date.now` gives it. */
export type RealTime = () => number;

/** Where a clock stands, to be written down and to go on from after a restart. */
export interface ClockState {
  /** Virtual milliseconds since 1970. */
  readonly now: number;
  /** Virtual seconds per real second. */
  readonly speed: number;
}

/**
 * A clock that can be moved: virtual time passes `speed` times as fast as real time and can be set ahead. It never runs
 * backwards, so that a status that was once shown is never taken back.
 */
export class VirtualClock {
  #real: RealTime;
  #realBase: number;
  #virtualBase: number;
  #speed: number;

  constructor(start: Partial<ClockState> = {}, real: RealTime = Date.now) {
    this.#real = real;
    this.#realBase = real();
    this.#virtualBase = start.now ?? this.#realBase;
    this.#speed = checkedSpeed(start.speed ?? 1);
  }

  /** Virtual milliseconds since 1970. */
  now(): number {
    return this.#virtualBase + (this.#real() - this.#realBase) * this.#speed;
  }

  get speed(): number {
    return this.#speed;
  }

  /** Throws a RangeError unless `speed` is a finite number above 0. */
  setSpeed(speed: number): void {
    const checked = checkedSpeed(speed);
    this.#rebase(0);
    this.#speed = checked;
  }

  /** Throws a RangeError unless `seconds` is a finite number of at least 0. */
  advance(seconds: number): void {
    if (!Number.isFinite(seconds) || seconds < 0) {
      throw new RangeError(`Cannot advance the clock: advanceSeconds is ${seconds}, allowed is a number of at least 0`);
    }
    this.#rebase(seconds * 1000);
  }

  /** How long a wait of virtual milliseconds takes in whole real seconds: what Retry-After says. */
  realSeconds(virtualMilliseconds: number): number {
    return Math.max(0, Math.round(virtualMilliseconds / 1000 / this.#speed));
  }

  state(): ClockState {
    return { now: this.now(), speed: this.#speed };
  }

  #rebase(extraMilliseconds: number): void {
    this.#virtualBase = this.now() + extraMilliseconds;
    this.#realBase = this.#real();
  }
}

function checkedSpeed(speed: number): number {
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new RangeError(`Cannot set the clock's speed: it is ${speed}, allowed is a number above 0`);
}
