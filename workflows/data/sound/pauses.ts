/** Where nobody speaks, in seconds. */
export interface Pause {
  readonly from: number;
  readonly to: number;
}

const frameSeconds = 0.02;
/** A stop within a word is shorter. */
const shortest = 0.3;
/** By how many decibels speech has to be louder than what is between. */
const leastRange = 15;
/** How far from the quietest to the loudest, 0..1, a frame may be to be a pause. */
const share = 0.35;

/** Finds the pauses of a recording while its samples, -1..1, come. It keeps a number for each 20 ms. */
export class PauseFinder {
  readonly #frameSize: number;
  readonly #levels: number[] = [];
  #squares = 0;
  #inFrame = 0;

  constructor({ sampleRate }: { readonly sampleRate: number }) {
    this.#frameSize = Math.round(sampleRate * frameSeconds);
  }

  push(samples: Float64Array): void {
    for (const sample of samples) {
      this.#squares += sample * sample;
      this.#inFrame += 1;
      if (this.#inFrame < this.#frameSize) continue;
      this.#levels.push(10 * Math.log10(this.#squares / this.#frameSize + 1e-10));
      this.#squares = 0;
      this.#inFrame = 0;
    }
  }

  /** The pauses between what is said, without those at both ends; none where nothing is much quieter than the rest. */
  pauses(): readonly Pause[] {
    const sorted = this.#levels.toSorted((a, b) => a - b);
    const quiet = sorted[Math.floor(sorted.length * 0.05)] ?? 0;
    const loud = sorted[Math.floor(sorted.length * 0.9)] ?? 0;
    if (loud - quiet < leastRange) return [];
    const limit = quiet + share * (loud - quiet);
    const found: Pause[] = [];
    let from: number | undefined;
    for (const [index, level] of this.#levels.entries()) {
      if (level <= limit) from ??= index;
      else {
        if (from !== undefined && from > 0 && (index - from) * frameSeconds >= shortest)
          found.push({ from: from * frameSeconds, to: index * frameSeconds });
        from = undefined;
      }
    }
    return found;
  }
}
