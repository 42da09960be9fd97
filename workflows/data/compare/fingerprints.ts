import type { Fingerprint } from '../sound/fingerprint.ts';

/**
 * The fingerprints of many recordings, to be found again by the words that they have. They are packed, since a recording has 250 of
 * these: as objects they would take ten times as much memory.
 */
export class Fingerprints {
  #words = new Uint16Array(1 << 12);
  /** Where each recording's words end, by its number. */
  readonly #ends: number[] = [];
  /** The newest entry of each word, or -1. */
  readonly #newest = new Int32Array(1 << 16).fill(-1);
  /** Of each entry the recording that has the word, and the entry of the word before it. */
  #recordings = new Uint32Array(1 << 12);
  #before = new Int32Array(1 << 12);
  #entries = 0;

  /** Answers its number: they count from 0. */
  add(fingerprint: Fingerprint): number {
    const recording = this.#ends.length;
    const at = this.#ends.at(-1) ?? 0;
    this.#words = withRoom(this.#words, at + fingerprint.length);
    this.#words.set(fingerprint, at);
    this.#ends.push(at + fingerprint.length);
    for (const word of fingerprint) if (word !== 0) this.#enter(word, recording);
    return recording;
  }

  of(recording: number): Fingerprint {
    return this.#words.subarray(this.#ends[recording - 1] ?? 0, this.#ends[recording] ?? 0);
  }

  /** So many recordings that have most words in common with a fingerprint, the likeliest first. */
  likely(fingerprint: Fingerprint, most: number): readonly number[] {
    const counts = new Map<number, number>();
    for (const word of new Set(fingerprint)) {
      for (let entry = this.#newest[word] ?? -1; entry >= 0; entry = this.#before[entry] ?? -1) {
        const recording = this.#recordings[entry] ?? 0;
        counts.set(recording, (counts.get(recording) ?? 0) + 1);
      }
    }
    return [...counts]
      .toSorted(([one, a], [other, b]) => b - a || one - other)
      .slice(0, most)
      .map(([recording]) => recording);
  }

  #enter(word: number, recording: number): void {
    const newest = this.#newest[word] ?? -1;
    if (newest >= 0 && this.#recordings[newest] === recording) return;
    const entry = this.#entries;
    this.#entries += 1;
    this.#recordings = withRoom(this.#recordings, this.#entries);
    this.#before = withRoom(this.#before, this.#entries);
    this.#recordings[entry] = recording;
    this.#before[entry] = newest;
    this.#newest[word] = entry;
  }
}

/** The same array, or a copy that is twice as long, so that so many numbers have room. */
function withRoom<Numbers extends Uint16Array | Uint32Array | Int32Array>(numbers: Numbers, length: number): Numbers {
  if (length <= numbers.length) return numbers;
  const copy = new (numbers.constructor as new (length: number) => Numbers)(Math.max(length, 2 * numbers.length));
  copy.set(numbers);
  return copy;
}
