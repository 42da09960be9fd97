import type { RecognisedWord } from '../recognition/recognise.ts';

/** How a phrase is told. */
export interface PhraseFormat {
  readonly isDetailed: boolean;
  /** Whether a detailed phrase has the times of its words. */
  readonly hasWords: boolean;
}

/** A stretch of audio with what was heard in it. */
export interface HeardPhrase {
  readonly words: readonly RecognisedWord[];
  readonly sampleRate: number;
  /** In samples: where the audio of the phrase begins in what the client sent. */
  readonly start: number;
  /** In samples. */
  readonly length: number;
}

/**
 * A phrase as both doors of recognition answer it, short audio and WebSocket. Offset and Duration are in ticks of 100 ns, from
 * the first word to the end of the last.
 */
export function phraseBody(phrase: HeardPhrase, { isDetailed, hasWords }: PhraseFormat): object {
  const { words } = phrase;
  const envelope = { RecognitionStatus: words.length > 0 ? 'Success' : 'NoMatch', ...placeOf(phrase) };
  if (!isDetailed) return { ...envelope, DisplayText: displayOf(words) };
  if (words.length === 0) return envelope;
  const lexical = lexicalOf(words);
  const confidence = words.reduce((sum, word) => sum + word.confidence, 0) / words.length;
  const best = {
    Confidence: Math.round(confidence * 10_000) / 10_000,
    Lexical: lexical,
    ITN: lexical,
    MaskedITN: lexical,
    Display: displayOf(words),
    ...(hasWords ? { Words: words.map((word) => ({ Word: word.word, ...timesOf(word, phrase) })) } : {}),
  };
  return { ...envelope, NBest: [best] };
}

/** What was heard of a phrase so far. */
export function hypothesisBody(phrase: HeardPhrase): object {
  return { Text: lexicalOf(phrase.words), ...placeOf(phrase) };
}

/** Samples in ticks of 100 ns. */
export function ticksOf(samples: number, sampleRate: number): number {
  return Math.round((samples * ticksPerSecond) / sampleRate);
}

const ticksPerSecond = 10_000_000;

function placeOf(phrase: HeardPhrase): { readonly Offset: number; readonly Duration: number } {
  const [first, last] = [phrase.words[0], phrase.words.at(-1)];
  const offset = first ? first.offset : 0;
  const end = last ? last.offset + last.duration : phrase.length;
  return timesOf({ offset, duration: end - offset }, phrase);
}

function timesOf(
  { offset, duration }: { readonly offset: number; readonly duration: number },
  { start, sampleRate }: HeardPhrase,
): { readonly Offset: number; readonly Duration: number } {
  return { Offset: ticksOf(start + offset, sampleRate), Duration: ticksOf(duration, sampleRate) };
}

export function lexicalOf(words: readonly RecognisedWord[]): string {
  return words.map(({ word }) => word).join(' ');
}

/** The emulator has no display model: a capital letter and a full stop are all it adds. */
export function displayOf(words: readonly RecognisedWord[]): string {
  const lexical = lexicalOf(words);
  return lexical === '' ? '' : `${lexical.slice(0, 1).toUpperCase()}${lexical.slice(1)}.`;
}
