import type { RecognitionModel } from './adapt-model.ts';
import type { AudioLibrary, HeardUtterance } from './audio-library.ts';
import { clipIdentity } from './clip-identity.ts';
import type { Clip } from './dataset-content.ts';
import { hearWord, type RecognitionNoise } from './hear-word.ts';
import { lexicalWords } from './lexical-words.ts';
import { stableDraw } from './stable-hash.ts';
import { wordSpans } from './word-spans.ts';

/** One word of a hypothesis. */
export interface RecognisedWord {
  /** Lexical form. */
  readonly word: string;
  /** In samples, from the start of what was given to the recogniser. */
  readonly offset: number;
  /** In samples. */
  readonly duration: number;
  /** 0..1 */
  readonly confidence: number;
}

export interface RecogniseOptions {
  /** A phrase list: words in it are heard better. */
  readonly phrases?: readonly string[];
  /** @default none: the same clip and model give the same words */
  readonly noise?: RecognitionNoise | undefined;
}

/** What the model hears in a clip. The same clip, model and noise give the same words on every machine. */
export function recogniseClip(
  clip: Clip,
  model: RecognitionModel,
  options: RecogniseOptions = {},
): readonly RecognisedWord[] {
  return recogniseStretch(clip, model, { ...options, firstWord: 0, lastWord: Number.MAX_SAFE_INTEGER });
}

/**
 * What the model hears in audio of which the library knows parts: the words of each part, as they are heard through any
 * other door, because each word is keyed by its place in its clip. Empty when nothing is known.
 */
export function recogniseAudio(
  samples: Int16Array,
  sampleRate: number,
  context: RecogniseOptions & { readonly library: AudioLibrary; readonly model: RecognitionModel },
): readonly RecognisedWord[] {
  return recogniseHeard(context.library.identify(samples, sampleRate), context);
}

/** What the model hears in the known stretches of audio; offsets are from the start of the audio. */
export function recogniseHeard(
  stretches: readonly HeardUtterance[],
  context: RecogniseOptions & { readonly model: RecognitionModel },
): readonly RecognisedWord[] {
  return stretches.flatMap((heard) =>
    recogniseStretch(heard.clip, context.model, { ...context, ...heard }).map((word) => ({
      ...word,
      offset: Math.max(0, word.offset + heard.start - heard.clipStart),
    })),
  );
}

function recogniseStretch(
  clip: Clip,
  model: RecognitionModel,
  stretch: RecogniseOptions & { readonly firstWord: number; readonly lastWord: number },
): readonly RecognisedWord[] {
  const recording = clipIdentity(clip);
  const spans = wordSpans(clip);
  const words = spans.map(({ word }) => word);
  const phraseWords = new Set((stretch.phrases ?? []).flatMap(lexicalWords));
  const recognised: RecognisedWord[] = [];
  for (const [index, { start, end }] of spans.entries()) {
    if (index < stretch.firstWord || index > stretch.lastWord) continue;
    const heard = hearWord({ recording, words, index }, model, { phraseWords, noise: stretch.noise });
    for (const [part, word] of heard.words.entries()) {
      const from = start + Math.floor(((end - start) * part) / heard.words.length);
      const to = start + Math.floor(((end - start) * (part + 1)) / heard.words.length);
      const draw = stableDraw('confidence', recording, index, word);
      const confidence = heard.isRight ? 0.82 + 0.17 * draw : 0.35 + 0.45 * draw;
      recognised.push({
        word,
        offset: from,
        duration: to - from,
        confidence: Math.round(confidence * 10_000) / 10_000,
      });
    }
  }
  return recognised;
}
