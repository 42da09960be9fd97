/**
 * A 32-bit hash of numbers and strings, the same on every machine and in every release of the emulator: recordings and
 * documents show what it decides. Not for security.
 */
export function stableHash(...parts: readonly (string | number)[]): number {
  let hash = 0x5eed;
  for (const part of parts) {
    if (typeof part === 'number') {
      hash = stir(hash, part | 0);
    } else {
      for (let i = 0; i < part.length; i++) hash = stir(hash, part.charCodeAt(i));
      hash = stir(hash, 0x10000 + part.length);
    }
  }
  return finish(hash);
}

/** The hash as a number that is uniform over 0 (inclusive) to 1 (exclusive). */
export function stableDraw(...parts: readonly (string | number)[]): number {
  return stableHash(...parts) / 4294967296;
}

/** A hash of samples, to know the same recording again. */
export function hashSamples(samples: Int16Array, from = 0, to = samples.length): number {
  let hash = to - from;
  for (let i = from; i < to; i++) hash = stir(hash, samples[i] as number);
  return finish(hash);
}

function stir(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
