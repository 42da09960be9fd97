/**
 * Gives samples another rate, in as many pieces as they come: each new sample is a sum of those around it, weighted by a sinc that fades
 * out (Kaiser's window), so that what the new rate cannot say is left out. The ends are as if silence was before and after.
 */
export class Resampler {
  readonly #from: number;
  readonly #to: number;
  /** So many samples on each side are summed up. */
  readonly #reach: number;
  readonly #weights: readonly (Float64Array | undefined)[];
  /** The samples from `#start` on that are still wanted. */
  #kept: Float64Array;
  #start: number;
  /** How many samples have come, and how many have been given. */
  #taken = 0;
  #given = 0;

  /** Both rates in hertz. */
  constructor({ from, to }: { readonly from: number; readonly to: number }) {
    const shared = greatestDivisor(from, to);
    this.#from = from / shared;
    this.#to = to / shared;
    this.#reach = Math.ceil(zeroCrossings * Math.max(1, from / to));
    this.#weights = Array.from({ length: Math.min(this.#to, mostPhases) });
    this.#kept = new Float64Array(this.#reach);
    this.#start = -this.#reach;
  }

  /** The new samples that those that have come tell. */
  push(piece: Float64Array): Float64Array {
    this.#taken += piece.length;
    return this.#resampled(piece, Math.max(0, Math.ceil(((this.#taken - this.#reach) * this.#to) / this.#from)));
  }

  /** The last samples. Nothing can come any more. */
  end(): Float64Array {
    const all = Math.round((this.#taken * this.#to) / this.#from);
    return this.#resampled(new Float64Array(this.#reach + 1), all);
  }

  #resampled(piece: Float64Array, until: number): Float64Array {
    const samples = new Float64Array(this.#kept.length + piece.length);
    samples.set(this.#kept);
    samples.set(piece, this.#kept.length);
    const resampled = new Float64Array(Math.max(0, until - this.#given));
    for (let index = 0; index < resampled.length; index += 1) {
      const place = (this.#given + index) * this.#from;
      const middle = Math.floor(place / this.#to);
      const weights = this.#weightsOf(place % this.#to);
      const first = middle - this.#reach + 1 - this.#start;
      let sum = 0;
      for (let at = 0; at < weights.length; at += 1) sum += weights[at]! * (samples[first + at] ?? 0);
      resampled[index] = sum;
    }
    this.#given += resampled.length;
    const wanted = Math.floor((this.#given * this.#from) / this.#to) - this.#reach + 1;
    const passed = Math.min(samples.length, Math.max(0, wanted - this.#start));
    this.#kept = samples.slice(passed);
    this.#start += passed;
    return resampled;
  }

  /** The weights where the new sample is a share of the way between two old ones. */
  #weightsOf(phase: number): Float64Array {
    const known = this.#weights[phase];
    if (known !== undefined) return known;
    const weights = weightsAt(phase / this.#to, {
      reach: this.#reach,
      cutoff: passed * Math.min(1, this.#to / this.#from),
    });
    if (phase < this.#weights.length) (this.#weights as (Float64Array | undefined)[])[phase] = weights;
    return weights;
  }
}

const zeroCrossings = 32;
/** The share of the frequencies that the lower rate can say which is left as it is. */
const passed = 0.94;
const mostPhases = 4096;
/** Kaiser's parameter: what is to be left out is 90 dB quieter. */
const beta = 9;

function weightsAt(
  share: number,
  { reach, cutoff }: { readonly reach: number; readonly cutoff: number },
): Float64Array {
  const weights = new Float64Array(2 * reach);
  let sum = 0;
  for (let index = 0; index < weights.length; index += 1) {
    const distance = index - reach + 1 - share;
    const window = bessel(beta * Math.sqrt(Math.max(0, 1 - (distance / reach) ** 2))) / bessel(beta);
    const turn = Math.PI * distance * cutoff;
    const weight = (distance === 0 ? 1 : Math.sin(turn) / turn) * window;
    weights[index] = weight;
    sum += weight;
  }
  // A constant stays as it is.
  return weights.map((weight) => weight / sum);
}

/** The modified Bessel function of order zero. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let n = 1; term > sum * 1e-17; n += 1) {
    term *= (x / 2 / n) ** 2;
    sum += term;
  }
  return sum;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
