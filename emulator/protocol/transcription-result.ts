import type { RecognisedWord } from '../recognition/recognise.ts';
import type { RecognisedStretch } from '../recognition/recognise-phrases.ts';
import { displayOf, lexicalOf, ticksOf } from './recognised-phrase.ts';

/** A recording with what was heard in it. */
export interface TranscribedAudio {
  readonly sampleRate: number;
  /** In samples. */
  readonly length: number;
  readonly phrases: readonly RecognisedStretch[];
}

/** The file that a batch transcription leaves of one recording (Microsoft Learn: "Get batch transcription results"). */
export function batchResult(
  audio: TranscribedAudio,
  about: {
    readonly source: string;
    readonly timestamp: string;
    readonly hasWords: boolean;
    readonly hasDisplayWords: boolean;
    readonly hasSpeakers: boolean;
  },
): object {
  const heard = audio.phrases.filter(({ words }) => words.length > 0);
  const all = heard.flatMap(({ words }) => words);
  const displayed = heard.map(({ words }) => displayOf(words)).join(' ');
  return {
    source: about.source,
    timestamp: about.timestamp,
    ...spanOf({ from: 0, length: audio.length }, audio.sampleRate, { hasOffset: false }),
    combinedRecognizedPhrases: [{ channel: 0, ...forms(lexicalOf(all), displayed) }],
    recognizedPhrases: heard.map((phrase) => ({
      recognitionStatus: 'Success',
      channel: 0,
      ...(about.hasSpeakers ? { speaker: 1 } : {}),
      ...spanOf(placeOf(phrase), audio.sampleRate),
      nBest: [
        {
          confidence: confidenceOf(phrase.words),
          ...forms(lexicalOf(phrase.words), displayOf(phrase.words)),
          ...(about.hasWords
            ? { words: phrase.words.map((word) => ({ word: word.word, ...wordSpan(phrase, word, audio) })) }
            : {}),
          ...(about.hasDisplayWords
            ? {
                displayWords: displayOf(phrase.words)
                  .split(' ')
                  .map((displayText, index) => ({
                    displayText,
                    ...wordSpan(phrase, phrase.words[index] as RecognisedWord, audio),
                  })),
              }
            : {}),
        },
      ],
    })),
  };
}

/** The answer of a transcription that the caller waits for. */
export function fastResult(
  audio: TranscribedAudio,
  about: { readonly locale: string; readonly hasSpeakers: boolean },
): object {
  const heard = audio.phrases.filter(({ words }) => words.length > 0);
  return {
    durationMilliseconds: milliseconds(audio.length, audio.sampleRate),
    combinedPhrases: [{ text: heard.map(({ words }) => displayOf(words)).join(' ') }],
    phrases: heard.map((phrase) => {
      const place = placeOf(phrase);
      const display = displayOf(phrase.words).split(' ');
      return {
        ...(about.hasSpeakers ? { speaker: 1 } : {}),
        offsetMilliseconds: milliseconds(place.from, audio.sampleRate),
        durationMilliseconds: milliseconds(place.length, audio.sampleRate),
        text: display.join(' '),
        words: phrase.words.map((word, index) => ({
          text: display[index],
          offsetMilliseconds: milliseconds(phrase.start + word.offset, audio.sampleRate),
          durationMilliseconds: milliseconds(word.duration, audio.sampleRate),
        })),
        locale: about.locale,
        confidence: confidenceOf(phrase.words),
      };
    }),
  };
}

interface Place {
  /** In samples. */
  readonly from: number;
  readonly length: number;
}

/** From the first word to the end of the last. */
function placeOf({ words, start, length }: RecognisedStretch): Place {
  const [first, last] = [words[0], words.at(-1)];
  return first && last
    ? { from: start + first.offset, length: last.offset + last.duration - first.offset }
    : { from: start, length };
}

function wordSpan(phrase: RecognisedStretch, word: RecognisedWord, { sampleRate }: TranscribedAudio): object {
  const place = { from: phrase.start + word.offset, length: word.duration };
  return { ...spanOf(place, sampleRate), confidence: word.confidence };
}

/** A place in the three units in which the service tells it. */
function spanOf({ from, length }: Place, sampleRate: number, { hasOffset = true } = {}): object {
  const offset = {
    offset: isoDuration(from, sampleRate),
    offsetInTicks: ticksOf(from, sampleRate),
    offsetMilliseconds: milliseconds(from, sampleRate),
  };
  return {
    ...(hasOffset ? offset : {}),
    duration: isoDuration(length, sampleRate),
    durationInTicks: ticksOf(length, sampleRate),
    durationMilliseconds: milliseconds(length, sampleRate),
  };
}

function forms(lexical: string, display: string): object {
  return { lexical, itn: lexical, maskedITN: lexical, display };
}

function confidenceOf(words: readonly RecognisedWord[]): number {
  return Math.round((words.reduce((sum, { confidence }) => sum + confidence, 0) / words.length) * 10_000) / 10_000;
}

export function milliseconds(samples: number, sampleRate: number): number {
  return Math.round((samples * 1000) / sampleRate);
}

/** `PT1M2.5S`, as ISO 8601 writes durations. */
function isoDuration(samples: number, sampleRate: number): string {
  const seconds = milliseconds(samples, sampleRate) / 1000;
  const minutes = Math.floor(seconds / 60);
  return `PT${minutes > 0 ? `${minutes}M` : ''}${Math.round((seconds - minutes * 60) * 1000) / 1000}S`;
}
