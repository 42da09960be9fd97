import { clipIdentity } from './clip-identity.ts';
import { cutChunks } from './cut-chunks.ts';
import type { Clip } from './dataset-content.ts';
import { wordSpans } from './word-spans.ts';

/** A stretch of audio that is a stretch of a known clip. */
export interface HeardUtterance {
  readonly clip: Clip;
  /** The stretch in the audio: samples from `start` to before `end`. */
  readonly start: number;
  readonly end: number;
  /** The sample of the clip that `start` is. */
  readonly clipStart: number;
  /** Words of the transcript whose middle lies in the stretch; `lastWord` is `firstWord - 1` when there is none. */
  readonly firstWord: number;
  readonly lastWord: number;
}

/**
 * Knows recordings by their content: any stretch of a known clip is found at any place of other audio, be there joined
 * clips, silence, noise or cuts. The samples have to be the very same (no resampling, no lossy codec). Audio that is added
 * twice is known once, with the transcript that was added last; no transcript does not replace one.
 */
export class AudioLibrary {
  /** Places of each chunk: an index into the three lists, the newest first. */
  readonly #newestPlace = new Map<number, number>();
  readonly #placeClip: number[] = [];
  readonly #placeOffset: number[] = [];
  readonly #olderPlace: number[] = [];
  readonly #clips: Clip[] = [];
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#clips.length;
  }

  add(clip: Clip): void {
    const key = `${clipIdentity(clip)} ${clip.samples.length} ${clip.sampleRate}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) {
      // Audio that comes again without a transcript (AudioFiles) says nothing new.
      if (clip.transcript !== '') this.#clips[known] = clip;
      return;
    }
    const number = this.#clips.push(clip) - 1;
    this.#numbers.set(key, number);
    for (const chunk of cutChunks(clip.samples, clip.sampleRate)) {
      if (!chunk.isDistinctive) continue;
      const place = this.#placeClip.push(number) - 1;
      this.#placeOffset.push(chunk.start);
      this.#olderPlace.push(this.#newestPlace.get(chunk.hash) ?? -1);
      this.#newestPlace.set(chunk.hash, place);
    }
  }

  /** The known stretches of the audio, in order and without overlap. Empty for audio that is not known. */
  identify(samples: Int16Array, sampleRate: number): readonly HeardUtterance[] {
    return this.#identifyFrom(samples, { sampleRate, from: 0 });
  }

  /**
   * The known stretches of audio that began with `before` and has grown since: looks at the new samples alone, which is for
   * hypotheses. When more audio tells that a stretch is of another recording, only {@link identify} says so.
   */
  identifyGrown(
    samples: Int16Array,
    sampleRate: number,
    before: { readonly heard: readonly HeardUtterance[]; readonly length: number },
  ): readonly HeardUtterance[] {
    const last = before.heard.at(-1);
    // A chunk may have begun before the audio ended.
    let from = Math.max(last?.end ?? 0, before.length - Math.ceil(LONGEST_CHUNK_SECONDS * sampleRate));
    let heard = before.heard;
    if (last !== undefined && last.end === before.length) {
      const anchor = { start: last.end, clipStart: last.clipStart + last.end - last.start, from: last.end };
      const { end } = grow(samples, last.clip, anchor);
      const longer = { ...last, end };
      heard = [...heard.slice(0, -1), { ...longer, ...wordsIn(longer) }];
      from = end;
    }
    return from < samples.length ? [...heard, ...this.#identifyFrom(samples, { sampleRate, from })] : heard;
  }

  #identifyFrom(
    samples: Int16Array,
    { sampleRate, from }: { readonly sampleRate: number; readonly from: number },
  ): readonly HeardUtterance[] {
    const heard: HeardUtterance[] = [];
    let done = from;
    for (const cut of cutChunks(samples.subarray(from), sampleRate)) {
      const chunk = { ...cut, start: cut.start + from, end: cut.end + from };
      if (!chunk.isDistinctive || chunk.start < done) continue;
      const best = this.#longest(samples, { sampleRate, chunk, from: done });
      if (best === undefined) continue;
      heard.push({ ...best, ...wordsIn(best) });
      done = best.end;
    }
    return heard;
  }

  #longest(
    samples: Int16Array,
    at: {
      readonly sampleRate: number;
      readonly chunk: { readonly hash: number; readonly start: number; readonly end: number };
      readonly from: number;
    },
  ): Stretch | undefined {
    let best: Stretch | undefined;
    let tries = 0;
    let place = this.#newestPlace.get(at.chunk.hash) ?? -1;
    for (; place !== -1 && tries < MOST_PLACES; place = this.#olderPlace[place] as number) {
      const clip = this.#clips[this.#placeClip[place] as number] as Clip;
      if (clip.sampleRate !== at.sampleRate) continue;
      tries++;
      const found = grow(samples, clip, {
        start: at.chunk.start,
        clipStart: this.#placeOffset[place] as number,
        from: at.from,
      });
      if (found.end < at.chunk.end) continue; // The hashes are equal, the samples are not.
      if (best === undefined || found.end - found.start > best.end - best.start) best = found;
    }
    return best;
  }
}

/** Recordings share a chunk when they share a jingle or a dial tone; so many of them are compared. */
const MOST_PLACES = 64;

/** Of {@link cutChunks}. */
const LONGEST_CHUNK_SECONDS = 0.16;

type Stretch = Pick<HeardUtterance, 'clip' | 'start' | 'end' | 'clipStart'>;

/** The longest stretch around a common start in which the audio and the clip are the same. */
function grow(
  samples: Int16Array,
  clip: Clip,
  anchor: { readonly start: number; readonly clipStart: number; readonly from: number },
): Stretch {
  let { start, clipStart } = anchor;
  let end = start;
  let clipEnd = clipStart;
  while (start > anchor.from && clipStart > 0 && samples[start - 1] === clip.samples[clipStart - 1]) {
    start--;
    clipStart--;
  }
  while (end < samples.length && clipEnd < clip.samples.length && samples[end] === clip.samples[clipEnd]) {
    end++;
    clipEnd++;
  }
  return { clip, start, end, clipStart };
}

function wordsIn({ clip, start, end, clipStart }: Stretch): Pick<HeardUtterance, 'firstWord' | 'lastWord'> {
  const middles = wordSpans(clip).map((span) => (span.start + span.end) / 2);
  const clipEnd = clipStart + end - start;
  return {
    firstWord: middles.filter((middle) => middle < clipStart).length,
    lastWord: middles.filter((middle) => middle < clipEnd).length - 1,
  };
}
