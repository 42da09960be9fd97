/** Random choices that are the same for the same seed on every machine. */
export interface Draws {
  /** A whole number from 0 to below the limit; 0 when the limit is 0. */
  below(limit: number): number;
  /** True in that share of cases, 0..1. */
  chance(share: number): boolean;
  /** One of a list that is not empty. */
  pick<const T>(choices: readonly T[]): T;
  /** Up to so many of what `make` gives. */
  several<T>(most: number, make: () => T): readonly T[];
}

export function createDraws(seed: number): Draws {
  const next = mulberry32(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    chance: (share) => next() < share,
    pick<const T>(choices: readonly T[]): T {
      if (choices.length === 0) throw new RangeError('Give something to choose from: the list is empty');
      return choices[below(choices.length)] as T;
    },
    several: (most, make) => Array.from({ length: below(most + 1) }, make),
  };
}

/** Seeds that follow each other must not give numbers that follow each other, so the seed is stirred first. */
function mulberry32(seed: number): () => number {
  let state = Math.imul(seed ^ (seed >>> 16), 0x45_d9_f3_b3) ^ Math.floor(seed / 0x1_0000_0000);
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
