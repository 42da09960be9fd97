import type { Clip } from '../../../emulator/recognition/dataset-content.ts';
import { stableHash } from '../../../emulator/recognition/stable-hash.ts';

/** Loud noise in place of speech, the same for the same name; half a second a word. */
export function makeClip(name: string, transcript: string, sampleRate = 8000): Clip {
  const words = Math.max(1, transcript.split(' ').length);
  return { name, transcript, samples: noise(name, (words * sampleRate) / 2), sampleRate };
}

/** Noise that the seed decides. */
export function noise(seed: string, length: number): Int16Array {
  const samples = new Int16Array(length);
  let state = stableHash('noise', seed) | 1;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    samples[i] = (state >> 16) % 10_000;
  }
  return samples;
}
