/** Samples of 16 bits as they are read, or what is made of them. */
export type Samples = Int16Array | Float64Array;

/** A filter with seven numbers that lets pass the lower half of the frequencies: its middle is 1/2, and two of them are 0. */
const middle = 1 / 2;
const near = 9 / 32;
const far = -1 / 32;
const before = 6;

/** Gives samples half of their rate, in as many pieces as they come: each second one, without what is higher than the new rate can say. */
export class Halver {
  /** The end of the pieces before, then the beginning of the next. */
  readonly #seam = new Float64Array(2 * before + 1);
  #kept = before;
  #halved = new Float64Array(0);

  /** What is answered is overwritten by the next piece. */
  push(piece: Samples): Float64Array {
    if (this.#halved.length < (piece.length >> 1) + before)
      this.#halved = new Float64Array((piece.length >> 1) + before);
    const halved = this.#halved;
    const seam = this.#seam;
    const kept = this.#kept;
    const taken = Math.min(before, piece.length);
    for (let at = 0; at < taken; at += 1) seam[kept + at] = piece[at]!;
    let count = 0;
    let at = 0;
    for (; at < kept && at + before < kept + taken; at += 2) {
      halved[count] =
        middle * seam[at + 3]! + near * (seam[at + 2]! + seam[at + 4]!) + far * (seam[at]! + seam[at + 6]!);
      count += 1;
    }
    if (at < kept) {
      // The piece was so short that it ends within the seam.
      seam.copyWithin(0, at, kept + taken);
      this.#kept = kept + taken - at;
      return halved.subarray(0, count);
    }
    let from = at - kept;
    const { length } = piece;
    for (; from + before < length; from += 2) {
      halved[count] =
        middle * piece[from + 3]! +
        near * (piece[from + 2]! + piece[from + 4]!) +
        far * (piece[from]! + piece[from + 6]!);
      count += 1;
    }
    for (let index = from; index < length; index += 1) seam[index - from] = piece[index]!;
    this.#kept = length - from;
    return halved.subarray(0, count);
  }
}
