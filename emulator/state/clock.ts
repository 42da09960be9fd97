/** Real time in milliseconds since 1970, as `Date.now` gives it. */
export type RealTime = () => number;

/** Where a clock stands, to be written down and to go on from after a restart. */
export interface ClockState {
  /** Virtual milliseconds since 1970. */
  readonly now: number;
  /** Virtual seconds per real second. */
  readonly speed: number;
}

/** Virtual seconds per real second that a clock takes. */
export const speedRange = { least: 1e-6, most: 1e6 } as const;

/**
 * How far a clock may be set ahead, and where it stands still when it has come there by itself: what is computed from it
 * (expiries, ends of quarters some years later) stays below the year 10000, which date-times of the service cannot name.
 */
const setAtMost = Date.UTC(3000, 0, 1);
const standsStillAt = Date.UTC(9000, 0, 1);

/**
 * A clock that can be moved: virtual time passes `speed` times as fast as real time and can be set ahead. It never runs
 * backwards, whatever the machine's clock does, so that a status that was once shown is never taken back.
 */
export class VirtualClock {
  #real: RealTime;
  #realBase: number;
  #virtualBase: number;
  #speed: number;
  /** The last real time seen: an earlier one says that the machine's clock was set back. */
  #realLast: number;

  /** Throws a RangeError when `start` is no state of a clock. */
  constructor(start: Partial<ClockState> = {}, real: RealTime = Date.now) {
    this.#real = real;
    this.#realBase = real();
    this.#realLast = this.#realBase;
    this.#virtualBase = start.now === undefined ? this.#realBase : checkedNow(start.now);
    this.#speed = start.speed === undefined ? 1 : checkedSpeed(start.speed);
  }

  /** Virtual milliseconds since 1970. */
  now(): number {
    const real = this.#real();
    if (real < this.#realLast) {
      this.#virtualBase = this.#at(this.#realLast);
      this.#realBase = real;
    }
    this.#realLast = real;
    return this.#at(real);
  }

  get speed(): number {
    return this.#speed;
  }

  /** Throws a RangeError unless `speed` is a number in the {@link speedRange}. */
  setSpeed(speed: unknown): void {
    const checked = checkedSpeed(speed);
    this.#rebase(0);
    this.#speed = checked;
  }

  /** Throws a RangeError unless `seconds` is a number from 0 to as many as lead to the year 3000. */
  advance(seconds: unknown): void {
    const now = this.now();
    const most = Math.max(0, Math.floor((setAtMost - now) / 1000));
    if (!isWithin(seconds, { least: 0, most })) {
      throw new RangeError(
        `Cannot advance the clock: advanceSeconds is ${shown(seconds)}, allowed is a number of at least 0 and at most ${most}, which leads to the year 3000`,
      );
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

  #at(real: number): number {
    return Math.min(standsStillAt, this.#virtualBase + (real - this.#realBase) * this.#speed);
  }

  #rebase(extraMilliseconds: number): void {
    this.#virtualBase = this.now() + extraMilliseconds;
    this.#realBase = this.#realLast;
  }
}

/** The speed, which is a number in the {@link speedRange}; throws a RangeError otherwise. */
export function checkedSpeed(speed: unknown): number {
  if (isWithin(speed, speedRange)) return speed;
  throw new RangeError(
    `Cannot set the clock's speed: it is ${shown(speed)}, allowed is a number from ${speedRange.least} to ${speedRange.most}`,
  );
}

function checkedNow(now: unknown): number {
  if (isWithin(now, { least: 0, most: standsStillAt })) return now;
  throw new RangeError(
    `Cannot start the clock: it stands at ${shown(now)}, allowed are milliseconds since 1970 up to ${standsStillAt}, the year 9000`,
  );
}

function isWithin(value: unknown, range: { readonly least: number; readonly most: number }): value is number {
  return typeof value === 'number' && value >= range.least && value <= range.most;
}

function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : String(JSON.stringify(value)).slice(0, 60);
}
