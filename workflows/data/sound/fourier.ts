/**
 * The power spectrum of real samples, so many at a time. The size is a power of two; tables are made once. Half as many complex
 * numbers are transformed as there are samples, and taken apart afterwards.
 */
export class PowerSpectrum {
  readonly size: number;
  readonly #half: number;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  readonly #cosine: Float64Array;
  readonly #sine: Float64Array;
  /** Where each number stands after its bits are reversed. */
  readonly #places: Uint32Array;

  constructor(size: number) {
    this.size = size;
    const half = size / 2;
    this.#half = half;
    this.#real = new Float64Array(half);
    this.#imaginary = new Float64Array(half);
    this.#cosine = Float64Array.from({ length: half }, (_, at) => Math.cos((2 * Math.PI * at) / size));
    this.#sine = Float64Array.from({ length: half }, (_, at) => Math.sin((2 * Math.PI * at) / size));
    this.#places = new Uint32Array(half);
    for (let at = 1; at < half; at += 1)
      this.#places[at] = ((this.#places[at >> 1] ?? 0) >> 1) | ((at & 1) === 1 ? half >> 1 : 0);
  }

  /** Writes the power of each of the frequencies 0 to size / 2 - 1. */
  of(samples: Float64Array, power: Float64Array): void {
    const half = this.#half;
    const real = this.#real;
    const imaginary = this.#imaginary;
    const places = this.#places;
    for (let at = 0; at < half; at += 1) {
      const to = places[at]!;
      real[to] = samples[2 * at]!;
      imaginary[to] = samples[2 * at + 1]!;
    }
    this.#transform();
    const cosines = this.#cosine;
    const sines = this.#sine;
    power[0] = (real[0]! + imaginary[0]!) ** 2;
    for (let at = 1; at < half; at += 1) {
      const other = half - at;
      const evenReal = (real[at]! + real[other]!) / 2;
      const evenImaginary = (imaginary[at]! - imaginary[other]!) / 2;
      const oddReal = (imaginary[at]! + imaginary[other]!) / 2;
      const oddImaginary = (real[other]! - real[at]!) / 2;
      const cosine = cosines[at]!;
      const sine = sines[at]!;
      const sumReal = evenReal + cosine * oddReal + sine * oddImaginary;
      const sumImaginary = evenImaginary + cosine * oddImaginary - sine * oddReal;
      power[at] = sumReal * sumReal + sumImaginary * sumImaginary;
    }
  }

  /** In place, on numbers whose places are reversed (Cooley and Tukey, 1965). */
  #transform(): void {
    const half = this.#half;
    const real = this.#real;
    const imaginary = this.#imaginary;
    // The first two steps turn by quarters, for which nothing is multiplied.
    for (let a = 0; a < half; a += 4) {
      const sumReal = real[a]! + real[a + 1]!;
      const sumImaginary = imaginary[a]! + imaginary[a + 1]!;
      const lessReal = real[a]! - real[a + 1]!;
      const lessImaginary = imaginary[a]! - imaginary[a + 1]!;
      const otherSumReal = real[a + 2]! + real[a + 3]!;
      const otherSumImaginary = imaginary[a + 2]! + imaginary[a + 3]!;
      const otherLessReal = real[a + 2]! - real[a + 3]!;
      const otherLessImaginary = imaginary[a + 2]! - imaginary[a + 3]!;
      real[a] = sumReal + otherSumReal;
      imaginary[a] = sumImaginary + otherSumImaginary;
      real[a + 1] = lessReal + otherLessImaginary;
      imaginary[a + 1] = lessImaginary - otherLessReal;
      real[a + 2] = sumReal - otherSumReal;
      imaginary[a + 2] = sumImaginary - otherSumImaginary;
      real[a + 3] = lessReal - otherLessImaginary;
      imaginary[a + 3] = lessImaginary + otherLessReal;
    }
    for (let width = 4; width < half; width *= 2) this.#combine(width);
  }

  /** Makes transforms of twice the width of each two that stand beside each other. */
  #combine(width: number): void {
    const half = this.#half;
    const real = this.#real;
    const imaginary = this.#imaginary;
    const cosines = this.#cosine;
    const sines = this.#sine;
    const stride = half / width;
    for (let start = 0; start < half; start += 2 * width) {
      for (let offset = 0; offset < width; offset += 1) {
        const a = start + offset;
        const b = a + width;
        const cosine = cosines[offset * stride]!;
        const sine = sines[offset * stride]!;
        const otherReal = real[b]!;
        const otherImaginary = imaginary[b]!;
        const turnedReal = otherReal * cosine + otherImaginary * sine;
        const turnedImaginary = otherImaginary * cosine - otherReal * sine;
        const ownReal = real[a]!;
        const ownImaginary = imaginary[a]!;
        real[b] = ownReal - turnedReal;
        imaginary[b] = ownImaginary - turnedImaginary;
        real[a] = ownReal + turnedReal;
        imaginary[a] = ownImaginary + turnedImaginary;
      }
    }
  }
}

/** A window that fades a stretch of samples in and out (Hann). */
export function fadingWindow(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / size));
}
