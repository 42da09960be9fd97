import { fadingWindow, PowerSpectrum } from './fourier.ts';
import { Halver, type Samples } from './halver.ts';

/**
 * What a recording sounds like in a few hundred bytes, by which it is known again when it is louder, has another sample rate, or begins
 * somewhat later: 16 bits for each 64 ms, of its first and its last 8 s. Each bit says whether the difference in energy between two
 * neighbouring of 17 bands from 200 to 1800 Hz has grown since the 64 ms before (Haitsma and Kalker, "A Highly Robust Audio
 * Fingerprinting System", ISMIR 2002, there with 33 bands each 11.6 ms, for music). A word of 0 stands where nothing is heard. Both ends
 * are kept because calls may begin alike, with an announcement. Recordings of the same text by the same voice are not alike.
 */
export type Fingerprint = Uint16Array;

/** So alike are two recordings at least that are the same: a quarter of the bits may differ, where half of them do by chance. */
export const sameRecording = 0.5;

const rate = 4000;
const frameSize = 512;
const hop = 256;
/** So many frames together have the energy that is compared: longer ones would say as much, and take twice as long to transform. */
const smoothed = 3;
const bands = 17;
const lowest = 200;
const highest = 1800;
/** In words: 8 s. */
const end = 128;
/** So much quieter than the loudest frame is what is not heard. */
const quietest = 1e-4;

/** Makes the fingerprint of a recording out of its samples, in as many pieces as they come. */
export class Fingerprinter {
  readonly #halvers: readonly Halver[];
  readonly #frames: number;
  readonly #frame = new Float64Array(frameSize);
  readonly #windowed = new Float64Array(frameSize);
  readonly #power = new Float64Array(frameSize / 2);
  #filled = 0;
  #index = 0;
  #energies = new Float64Array(bands);
  #before = new Float64Array(bands);
  /** The energies of each of the newest frames. */
  readonly #newest = Array.from({ length: smoothed }, () => new Float64Array(bands));
  readonly #words: number[] = [];
  readonly #loudness: number[] = [];

  /** Given how many samples will come, since what is between the two ends is passed over. */
  constructor({ sampleRate, samples }: { readonly sampleRate: number; readonly samples: number }) {
    const halvings = Math.max(0, Math.round(Math.log2(sampleRate / rate)));
    this.#halvers = Array.from({ length: halvings }, () => new Halver());
    this.#frames = Math.floor((samples / 2 ** halvings - frameSize) / hop) + 1;
  }

  push(samples: Int16Array): void {
    let slower: Samples = samples;
    for (const halver of this.#halvers) slower = halver.push(slower);
    this.#take(slower);
  }

  /** The fingerprint of what has come. */
  fingerprint(): Fingerprint {
    const least = Math.max(...this.#loudness) * quietest;
    return Uint16Array.from(this.#words, (word, at) => ((this.#loudness[at] ?? 0) > least ? word || 1 : 0));
  }

  #take(samples: Samples): void {
    const frame = this.#frame;
    for (let at = 0; at < samples.length;) {
      const taken = Math.min(samples.length - at, frameSize - this.#filled);
      frame.set(samples.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled < frameSize) return;
      this.#add();
      frame.copyWithin(0, hop);
      this.#filled = frameSize - hop;
    }
  }

  #add(): void {
    const index = this.#index;
    this.#index += 1;
    // The first frame has none before it, and the first of the last ones need those that they are smoothed with.
    const afterBeginning = index - end;
    const beforeEnd = index - (this.#frames - end);
    if (afterBeginning > 0 && beforeEnd < -smoothed) return;
    const energy = this.#measure();
    if (index === 0 || (afterBeginning > 0 && beforeEnd < 0)) return;
    this.#words.push(this.#word());
    this.#loudness.push(energy);
  }

  /** The energies of the bands of a frame; answers their sum. */
  #measure(): number {
    const windowed = this.#windowed;
    const frame = this.#frame;
    const power = this.#power;
    for (let at = 0; at < frameSize; at += 1) windowed[at] = frame[at]! * fading[at]!;
    spectrum.of(windowed, power);
    [this.#energies, this.#before] = [this.#before, this.#energies];
    const energies = this.#energies;
    const own = this.#newest[this.#index % smoothed]!;
    for (let band = 0; band < bands; band += 1) {
      let energy = 0;
      for (let bin = edges[band]!; bin < edges[band + 1]!; bin += 1) energy += power[bin]!;
      own[band] = energy;
    }
    let sum = 0;
    energies.fill(0);
    for (const one of this.#newest) for (let band = 0; band < bands; band += 1) energies[band]! += one[band]!;
    for (const energy of energies) sum += energy;
    return sum;
  }

  #word(): number {
    let word = 0;
    for (let band = 0; band < bands - 1; band += 1) {
      const now = this.#energies[band]! - this.#energies[band + 1]!;
      const before = this.#before[band]! - this.#before[band + 1]!;
      word = (word << 1) | (now > before ? 1 : 0);
    }
    return word;
  }
}

const spectrum = new PowerSpectrum(frameSize);
const fading = fadingWindow(frameSize);
/** The lowest frequency of each band, as a number of the spectrum, each as much higher than the one before. */
const edges = Array.from({ length: bands + 1 }, (_, band) =>
  Math.round((lowest * (highest / lowest) ** (band / bands) * frameSize) / rate),
);

/** Further than this, in words, the beginnings or the ends of the same recording are not apart: 1 s. */
const mostShift = 16;
/** Fewer words than these in common say nothing: a second. */
const fewest = 16;
/** Of what is heard in the shorter one so much has to be compared. */
const leastShare = 0.7;

/**
 * How alike two recordings are by their fingerprints: 1 where they are the same, about 0 where as many bits differ as by chance; the
 * less of their beginnings and their ends, shifted by up to a second. The same recordings are alike by {@link sameRecording} at least.
 * Where many are compared, look first for those that have words in common.
 */
export function likeness(a: Fingerprint, b: Fingerprint): number {
  const beginnings = likenessOfParts(a.subarray(0, end), b.subarray(0, end));
  if (beginnings < sameRecording || (a.length <= end && b.length <= end)) return beginnings;
  const ends = likenessOfParts(a.subarray(-end).toReversed(), b.subarray(-end).toReversed());
  return Math.min(beginnings, ends);
}

function likenessOfParts(a: Fingerprint, b: Fingerprint): number {
  const least = Math.max(fewest, leastShare * Math.min(heard(a), heard(b)));
  let best = 0;
  for (let shift = -mostShift; shift <= mostShift; shift += 1) {
    let words = 0;
    let different = 0;
    for (let at = Math.max(0, -shift); at < a.length && at + shift < b.length; at += 1) {
      const one = a[at]!;
      const other = b[at + shift]!;
      if (one === 0 || other === 0) continue;
      words += 1;
      different += bitsIn(one ^ other);
    }
    if (words >= least) best = Math.max(best, 1 - (2 * different) / (words * (bands - 1)));
  }
  return best;
}

function heard(words: Fingerprint): number {
  let count = 0;
  for (const word of words) if (word !== 0) count += 1;
  return count;
}

/** Of 16 bits. */
function bitsIn(word: number): number {
  const pairs = word - ((word >> 1) & 0x55_55);
  const fours = (pairs & 0x33_33) + ((pairs >> 2) & 0x33_33);
  const eights = (fours + (fours >> 4)) & 0x0f_0f;
  return (eights + (eights >> 8)) & 0x1f;
}
