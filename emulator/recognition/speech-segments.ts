import { AUDIBLE } from './word-spans.ts';

/** A stretch of speech with a little of the silence around it. */
export interface Segment {
  /** The sample of the stream that it begins with. */
  readonly start: number;
  /** The first audible sample. */
  readonly speechStart: number;
  /** Is overwritten by the next call; what is kept of it has to be copied. */
  readonly samples: Int16Array;
}

/** What more audio has shown. `silence`: nothing was said from the beginning for as long as is waited for. */
export type SegmentEvent =
  | { readonly kind: 'began' | 'grew' | 'ended'; readonly segment: Segment }
  | { readonly kind: 'silence'; readonly at: number };

export interface SegmentLimits {
  readonly sampleRate: number;
  /** So long a silence ends a segment. */
  readonly silenceMilliseconds: number;
  /** So long is waited for the first speech; Infinity waits for ever. */
  readonly initialSilenceMilliseconds: number;
}

/** A longer segment is ended although it goes on: the time that the service takes as the longest is 70 s. */
const longestSeconds = 60;

/** Of the silence before speech, because speech begins softly. */
const leadSeconds = 0.2;

/**
 * Cuts a stream into stretches of speech at silences, to the sample: the cuts depend on the stream and never on the pieces that it
 * comes in. Holds one segment at most.
 */
export class SpeechSegments {
  readonly #silence: number;
  readonly #initialSilence: number;
  readonly #longest: number;
  readonly #lead: number;
  /** The samples from `#bufferStart` on, the first `#length` of it. */
  #buffer = new Int16Array(8192);
  #bufferStart = 0;
  #length = 0;
  /** All samples of the stream so far have been looked at. */
  #position = 0;
  #segmentStart = -1;
  #speechStart = -1;
  #lastAudible = -1;
  #waitsForFirst = true;

  constructor({ sampleRate, silenceMilliseconds, initialSilenceMilliseconds }: SegmentLimits) {
    this.#silence = Math.round((sampleRate * silenceMilliseconds) / 1000);
    this.#initialSilence = Math.round((sampleRate * initialSilenceMilliseconds) / 1000);
    this.#longest = longestSeconds * sampleRate;
    this.#lead = Math.round(leadSeconds * sampleRate);
  }

  /** Samples of the stream so far. */
  get position(): number {
    return this.#position;
  }

  /** Takes the next samples of the stream and tells what they show, in order. */
  *hear(samples: Int16Array): Generator<SegmentEvent> {
    this.#append(samples);
    for (let index = 0; index < samples.length; index++) {
      const at = this.#position++;
      const isAudible = Math.abs(samples[index] as number) >= AUDIBLE;
      if (isAudible) this.#lastAudible = at;
      if (this.#segmentStart < 0) {
        if (isAudible) {
          this.#begin(at);
          yield { kind: 'began', segment: this.#segment() };
        } else if (this.#waitsForFirst && this.#position >= this.#initialSilence) {
          this.#waitsForFirst = false;
          yield { kind: 'silence', at: this.#position };
        }
      } else if (at - this.#lastAudible >= this.#silence || this.#position - this.#segmentStart >= this.#longest) {
        yield { kind: 'ended', segment: this.#end() };
      }
    }
    if (this.#segmentStart >= 0) yield { kind: 'grew', segment: this.#segment() };
    else this.#forget(Math.max(this.#bufferStart, this.#position - this.#lead));
  }

  /** Ends the stream: the segment that was going on, undefined when there was none. */
  finish(): Segment | undefined {
    return this.#segmentStart < 0 ? undefined : this.#end();
  }

  #begin(at: number): void {
    this.#waitsForFirst = false;
    this.#segmentStart = Math.max(this.#bufferStart, at - this.#lead);
    this.#speechStart = at;
  }

  #segment(): Segment {
    const from = this.#segmentStart - this.#bufferStart;
    const samples = this.#buffer.subarray(from, this.#position - this.#bufferStart);
    return { start: this.#segmentStart, speechStart: this.#speechStart, samples };
  }

  #end(): Segment {
    const { samples, ...place } = this.#segment();
    const segment = { ...place, samples: samples.slice() };
    this.#forget(this.#position);
    this.#segmentStart = -1;
    return segment;
  }

  #append(samples: Int16Array): void {
    if (this.#length + samples.length > this.#buffer.length) {
      const larger = new Int16Array(2 * (this.#length + samples.length));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(samples, this.#length);
    this.#length += samples.length;
  }

  /** Drops the samples before a place of the stream. */
  #forget(before: number): void {
    const count = before - this.#bufferStart;
    this.#buffer.copyWithin(0, count, this.#length);
    this.#length -= count;
    this.#bufferStart = before;
  }
}
