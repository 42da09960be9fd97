import type { Clip } from './dataset-content.ts';
import { hashSamples } from './stable-hash.ts';

/** A 32-bit number that is the same for the same audio, whatever its name and transcript are. */
export function clipIdentity(clip: Clip): number {
  let identity = identities.get(clip.samples);
  if (identity === undefined) {
    identity = hashSamples(clip.samples);
    identities.set(clip.samples, identity);
  }
  return identity;
}

/** A memory of a pure function; it goes when the samples go. */
const identities = new WeakMap<Int16Array, number>();
