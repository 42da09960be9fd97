import type { Clip } from './dataset-content.ts';
import { lexicalWords } from './lexical-words.ts';

/** Where a word of a clip's transcript is taken to be spoken: samples from `start` to before `end`. */
export interface WordSpan {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The words of the clip's transcript with their places, in order. Nobody has aligned the audio, so the stretch between
 * the first and the last audible sample is shared out by the lengths of the words.
 */
export function wordSpans(clip: Clip): readonly WordSpan[] {
  let spans = spansByClip.get(clip);
  if (spans === undefined) {
    spans = shareOut(clip);
    spansByClip.set(clip, spans);
  }
  return spans;
}

/** A memory of a pure function; it goes when its clips go. */
const spansByClip = new WeakMap<Clip, readonly WordSpan[]>();

function shareOut(clip: Clip): readonly WordSpan[] {
  const words = lexicalWords(clip.transcript);
  const total = words.reduce((sum, word) => sum + weight(word), 0);
  const { start, end } = audible(clip.samples);
  let before = 0;
  return words.map((word) => {
    const from = start + Math.round(((end - start) * before) / total);
    before += weight(word);
    return { word, start: from, end: start + Math.round(((end - start) * before) / total) };
  });
}

/** Letters and a bit for the word itself: short words take longer than their letters say. */
function weight(word: string): number {
  return word.length + 2;
}

/** A sample from this value on, in either direction, is taken for speech. */
export const AUDIBLE = 400;

function audible(samples: Int16Array): { readonly start: number; readonly end: number } {
  let start = 0;
  let end = samples.length;
  while (start < end && Math.abs(samples[start] as number) < AUDIBLE) start++;
  while (end > start && Math.abs(samples[end - 1] as number) < AUDIBLE) end--;
  return end > start ? { start, end } : { start: 0, end: samples.length };
}
