import type { RecognitionModel } from './adapt-model.ts';
import type { AudioLibrary } from './audio-library.ts';
import { recogniseHeard, type RecognisedWord } from './recognise.ts';
import { SpeechSegments } from './speech-segments.ts';

/** A stretch of speech with what was heard in it; offsets of its words are from its start. */
export interface RecognisedStretch {
  readonly words: readonly RecognisedWord[];
  /** In samples, from the start of the audio. */
  readonly start: number;
  /** In samples. */
  readonly length: number;
}

/** What the model hears in a whole recording: a phrase for each stretch of speech, as a connection would be told them. */
export function recognisePhrases(
  { samples, sampleRate }: { readonly samples: Int16Array; readonly sampleRate: number },
  context: {
    readonly library: AudioLibrary;
    readonly model: RecognitionModel;
    readonly phrases?: readonly string[];
  },
): readonly RecognisedStretch[] {
  const segments = new SpeechSegments({
    sampleRate,
    silenceMilliseconds: 500,
    initialSilenceMilliseconds: Infinity,
  });
  const ended = [...segments.hear(samples)].flatMap((event) => (event.kind === 'ended' ? [event.segment] : []));
  const last = segments.finish();
  return [...ended, ...(last === undefined ? [] : [last])].map(({ start, samples: stretch }) => ({
    words: recogniseHeard(context.library.identify(stretch, sampleRate), context),
    start,
    length: stretch.length,
  }));
}
