import type { RunPoint } from '../../schemas/types.gen.ts';

/** So many points are kept at most, and as many that failed. */
const most = 200;

/**
 * What a step has seen in time, of which a record keeps some hundred points: while there are too many, every second one goes, so that
 * those that stay are spread evenly over all. Those that failed stay.
 */
export class Series {
  readonly #failed: RunPoint[] = [];
  #kept: RunPoint[] = [];
  #seen = 0;
  #stride = 1;

  add(point: RunPoint): void {
    if (point.failed === true) {
      if (this.#failed.length < most) this.#failed.push(point);
      return;
    }
    if (this.#seen % this.#stride === 0) this.#kept.push(point);
    this.#seen += 1;
    if (this.#kept.length <= most) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  /** In order of time. */
  points(): readonly RunPoint[] {
    return [...this.#kept, ...this.#failed].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
  }
}
