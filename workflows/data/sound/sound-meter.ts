import { fadingWindow, PowerSpectrum } from './fourier.ts';

/** What was measured in the samples of a recording. Levels are in decibels of full scale, which is 0; nothing at all is -Infinity. */
export interface Sound {
  /** The largest sample, 0..1. */
  readonly peak: number;
  /** Of all samples. */
  readonly level: number;
  /** Of what is said: of the frames of 20 ms that are at most 30 dB quieter than the loudest. */
  readonly speechLevel: number;
  /** By how much the loud frames are louder than the quiet ones: the ninth tenth than the first one. */
  readonly range: number;
  /** The share of samples that are cut off, 0..1: at full scale, three in a row and more. */
  readonly clipped: number;
  /** The mean of the samples, -1..1. */
  readonly offset: number;
  /** Whether it begins, and whether it ends, in the middle of what is said: the first or last 40 ms are as loud as speech. */
  readonly isCut: { readonly atStart: boolean; readonly atEnd: boolean };
  /** How much of the energy is above what 8 kHz can say, in decibels; undefined where that was not looked for, or nothing is heard. */
  readonly aboveTelephone: number | undefined;
}

const fullScale = 32_768;
/** From here on a sample is at full scale: converters stop somewhat before the last number. */
const limit = 32_700;
const leastRun = 3;
const frameSeconds = 0.02;

/** Measures the sound of a recording while its samples come, in as many pieces as they come. What it keeps does not grow with them. */
export class SoundMeter {
  readonly #frameSize: number;
  readonly #high: HighFrequencies | undefined;
  readonly #frames = new FrameLevels();
  #count = 0;
  #sum = 0;
  #peak = 0;
  #clipped = 0;
  #run = 0;
  #inFrame = 0;
  #frameSum = 0;
  #squares = 0;

  constructor({ sampleRate }: { readonly sampleRate: number }) {
    this.#frameSize = Math.round(sampleRate * frameSeconds);
    this.#high = sampleRate >= 16_000 ? new HighFrequencies(sampleRate) : undefined;
  }

  push(samples: Int16Array): void {
    this.#high?.push(samples);
    for (let at = 0; at < samples.length;) {
      const until = Math.min(samples.length, at + this.#frameSize - this.#inFrame);
      this.#add(samples, { from: at, until });
      this.#inFrame += until - at;
      at = until;
      if (this.#inFrame === this.#frameSize) this.#endFrame();
    }
  }

  /** What was measured in all that has come; nothing can come any more. */
  sound(): Sound {
    this.#endRun();
    // A recording that is shorter than a frame is one. The rest of another says little.
    if (this.#frames.count === 0 && this.#inFrame > 0) this.#endFrame();
    const count = Math.max(1, this.#count + this.#inFrame);
    return {
      ...this.#frames.found(),
      peak: this.#peak / fullScale,
      clipped: this.#clipped / count,
      offset: (this.#sum + this.#frameSum) / count / fullScale,
      aboveTelephone: this.#high?.share(),
    };
  }

  #add(samples: Int16Array, { from, until }: { readonly from: number; readonly until: number }): void {
    let sum = 0;
    let squares = 0;
    let peak = this.#peak;
    let run = this.#run;
    for (let at = from; at < until; at += 1) {
      const sample = samples[at]!;
      sum += sample;
      squares += sample * sample;
      const size = sample < 0 ? -sample : sample;
      if (size > peak) peak = size;
      if (size >= limit) run += 1;
      else if (run > 0) {
        if (run >= leastRun) this.#clipped += run;
        run = 0;
      }
    }
    this.#run = run;
    this.#peak = peak;
    this.#frameSum += sum;
    this.#squares += squares;
  }

  #endRun(): void {
    if (this.#run >= leastRun) this.#clipped += this.#run;
    this.#run = 0;
  }

  #endFrame(): void {
    const mean = this.#frameSum / this.#inFrame;
    // A constant is not heard.
    this.#frames.add(Math.max(0, this.#squares / this.#inFrame - mean * mean));
    this.#count += this.#inFrame;
    this.#sum += this.#frameSum;
    this.#inFrame = 0;
    this.#frameSum = 0;
    this.#squares = 0;
  }
}

/** In decibels: the quietest that 16 bits can say is -90. */
const lowestLevel = -100;
const belowLoudest = 30;
/** How much quieter than speech the beginning and the end may be, in decibels, to be speech. */
const asLoudAsSpeech = 15;

/** How many frames are how loud, in steps of a decibel. */
class FrameLevels {
  count = 0;
  readonly #counts = new Float64Array(1 - lowestLevel);
  readonly #powers = new Float64Array(1 - lowestLevel);
  #first = 0;
  #last = 0;
  #lastButOne = 0;

  add(power: number): void {
    const step = Math.max(0, Math.min(-lowestLevel, Math.round(decibels(power)) - lowestLevel));
    this.#counts[step]! += 1;
    this.#powers[step]! += power;
    if (this.count < 2) this.#first = Math.max(this.#first, power);
    this.#lastButOne = this.#last;
    this.#last = power;
    this.count += 1;
  }

  found(): Pick<Sound, 'level' | 'speechLevel' | 'range' | 'isCut'> {
    const loudest = this.#counts.findLastIndex((count) => count > 0);
    const speechLevel = this.#levelFrom(Math.max(0, loudest - belowLoudest));
    const isSpeech = (power: number): boolean => decibels(power) > speechLevel - asLoudAsSpeech;
    return {
      level: this.#levelFrom(0),
      speechLevel,
      range: this.#stepOf(0.9) - this.#stepOf(0.1),
      isCut: { atStart: isSpeech(this.#first), atEnd: isSpeech(Math.max(this.#last, this.#lastButOne)) },
    };
  }

  /** The level of all frames that are as loud as the step, or louder. */
  #levelFrom(step: number): number {
    const count = this.#counts.subarray(step).reduce((sum, one) => sum + one, 0);
    const power = this.#powers.subarray(step).reduce((sum, one) => sum + one, 0);
    return count === 0 ? Number.NEGATIVE_INFINITY : decibels(power / count);
  }

  /** The step that this share of the frames does not surpass. */
  #stepOf(share: number): number {
    let left = share * this.count;
    return this.#counts.findIndex((count) => (left -= count) <= 0);
  }
}

/** Above 4 kHz nothing is left of 8 kHz; filters are not steep. */
const telephoneLimit = 4300;
const spectrumSize = 512;
/** Each so many samples there is a spectrum: fricatives, which have the high frequencies, are about as long. */
const spectrumEach = 1600;

/** The energy above what 8 kHz can say, of a spectrum now and then. */
class HighFrequencies {
  readonly #from: number;
  readonly #frame = new Float64Array(spectrumSize);
  readonly #power = new Float64Array(spectrumSize / 2);
  /** Of the next spectrum; below 0 so many samples are passed over before. */
  #filled = 0;
  #all = 0;
  #high = 0;

  constructor(sampleRate: number) {
    this.#from = Math.ceil((telephoneLimit * spectrumSize) / sampleRate);
  }

  push(samples: Int16Array): void {
    for (let at = 0; at < samples.length;) {
      if (this.#filled < 0) {
        const passed = Math.min(-this.#filled, samples.length - at);
        this.#filled += passed;
        at += passed;
        continue;
      }
      const taken = Math.min(spectrumSize - this.#filled, samples.length - at);
      for (let index = 0; index < taken; index += 1)
        this.#frame[this.#filled + index] = samples[at + index]! * fading[this.#filled + index]!;
      this.#filled += taken;
      at += taken;
      if (this.#filled < spectrumSize) return;
      this.#add();
      this.#filled = spectrumSize - spectrumEach;
    }
  }

  /** In decibels; undefined where nothing was heard. */
  share(): number | undefined {
    return this.#all === 0 ? undefined : 10 * Math.log10(this.#high / this.#all);
  }

  #add(): void {
    spectrum.of(this.#frame, this.#power);
    // The lowest frequencies are a constant and hum.
    for (let bin = 3; bin < this.#power.length; bin += 1) {
      const power = this.#power[bin]!;
      this.#all += power;
      if (bin >= this.#from) this.#high += power;
    }
  }
}

const spectrum = new PowerSpectrum(spectrumSize);
const fading = fadingWindow(spectrumSize);

/** Of the mean of squared samples. */
function decibels(power: number): number {
  return 10 * Math.log10(power / fullScale ** 2);
}
