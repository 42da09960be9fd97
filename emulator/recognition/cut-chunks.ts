import { hashSamples, stableHash } from './stable-hash.ts';

/** A piece of audio whose borders depend on the samples near them only, so that equal audio gives equal pieces. */
export interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly hash: number;
  /** False for silence and the like, which is the same in unrelated recordings. */
  readonly isDistinctive: boolean;
}

/**
 * Cuts audio into chunks of about 40 ms (10 to 160) by a gear hash that rolls over the last 32 samples: after any
 * foreign samples the cuts soon fall where they fell in the original.
 */
export function* cutChunks(samples: Int16Array, sampleRate: number): Generator<Chunk> {
  const shortest = sampleRate / 100;
  const longest = shortest * 16;
  // One border in so many samples, beyond the shortest chunk; a power of two so that a mask tells.
  const mask = sampleRate > 8000 ? BORDER_BITS_16K : BORDER_BITS_8K;
  let start = 0;
  let hash = 0;
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i] as number;
    hash = ((hash << 1) + (GEAR[sample & 0xff] as number) + (GEAR[256 + ((sample >> 8) & 0xff)] as number)) | 0;
    const length = i + 1 - start;
    if (length < shortest || ((hash & mask) !== 0 && length < longest)) continue;
    yield chunk(samples, start, i + 1);
    start = i + 1;
  }
}

/** The highest bits depend on most samples: 9 and 8 of them. */
const BORDER_BITS_16K = 0xff800000 | 0;
const BORDER_BITS_8K = 0xff000000 | 0;

const GEAR = Int32Array.from({ length: 512 }, (_, index) => stableHash('gear', index));

function chunk(samples: Int16Array, start: number, end: number): Chunk {
  let lowest = samples[start] as number;
  let highest = lowest;
  let changes = 0;
  for (let i = start + 1; i < end; i++) {
    const sample = samples[i] as number;
    if (sample !== samples[i - 1]) changes++;
    if (sample < lowest) lowest = sample;
    if (sample > highest) highest = sample;
  }
  // Noise of a few units is still distinctive, runs of zeros with a click in them are not.
  const isDistinctive = changes * 4 > end - start && highest - lowest >= 4;
  return { start, end, hash: isDistinctive ? hashSamples(samples, start, end) : 0, isDistinctive };
}
