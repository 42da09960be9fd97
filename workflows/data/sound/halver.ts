/** Half of a filter with seven numbers that lets pass the lower half of the frequencies (the others are 0, and its middle is 1/2). */
const near = 9 / 32;
const far = -1 / 32;

/** Gives samples half of their rate, in as many pieces as they come: each second one, without what is higher than the new rate can say. */
export class Halver {
  /** The six samples before, then those of the piece. */
  #samples = new Float64Array(1 << 12);
  #kept = 6;
  #halved = new Float64Array(1 << 11);

  /** What is answered is overwritten by the next piece. */
  push(piece: ArrayLike<number>): Float64Array {
    const length = this.#kept + piece.length;
    if (length > this.#samples.length) {
      const larger = new Float64Array(length);
      larger.set(this.#samples.subarray(0, this.#kept));
      this.#samples = larger;
      this.#halved = new Float64Array(length >> 1);
    }
    const samples = this.#samples;
    samples.set(piece, this.#kept);
    let count = 0;
    let at = 0;
    for (; at + 6 < length; at += 2) {
      this.#halved[count] =
        0.5 * samples[at + 3]! + near * (samples[at + 2]! + samples[at + 4]!) + far * (samples[at]! + samples[at + 6]!);
      count += 1;
    }
    samples.copyWithin(0, at, length);
    this.#kept = length - at;
    return this.#halved.subarray(0, count);
  }
}
