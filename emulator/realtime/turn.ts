import { hypothesisBody, phraseBody, ticksOf } from '../protocol/recognised-phrase.ts';
import type { RecognitionModel } from '../recognition/adapt-model.ts';
import type { AudioLibrary, HeardUtterance } from '../recognition/audio-library.ts';
import { recogniseHeard } from '../recognition/recognise.ts';
import { type Segment, SpeechSegments } from '../recognition/speech-segments.ts';
import type { TurnSettings } from './turn-settings.ts';

/** What a turn says to the client: the path of a message, and its body. */
export type Say = (path: string, body: object) => void;

export interface TurnParts {
  readonly model: RecognitionModel;
  readonly library: AudioLibrary;
  readonly sampleRate: number;
  readonly settings: TurnSettings;
  readonly say: Say;
  /** Is called when audio was heard that is not known. */
  readonly onUnknown: () => void;
}

/** Between two hypotheses of a phrase, in samples' time. */
const hypothesisSeconds = 0.3;

/**
 * One turn of recognition, from the header of the audio to `turn.end`: hypotheses while audio comes, a phrase for each stretch of
 * speech. A turn keeps the model with which the service began it. It ends with the first phrase where one utterance is asked for, else with the audio.
 */
export class Turn {
  readonly #parts: TurnParts;
  readonly #segments: SpeechSegments;
  #isOver = false;
  #phrases = 0;
  /** Of the segment that goes on: what was known of it, and how long it was then. */
  #before: { readonly heard: readonly HeardUtterance[]; readonly length: number } = { heard: [], length: 0 };
  #oddByte: number | undefined;

  constructor(parts: TurnParts) {
    this.#parts = parts;
    const { sampleRate, settings } = parts;
    this.#segments = new SpeechSegments({
      sampleRate,
      silenceMilliseconds: settings.segmentationSilenceMilliseconds,
      initialSilenceMilliseconds: settings.initialSilenceMilliseconds,
    });
  }

  /** `turn.end` has been said. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Takes the next bytes of the audio, which may end within a sample. */
  hear(bytes: Uint8Array): void {
    if (this.#isOver) return;
    for (const event of this.#segments.hear(this.#samplesOf(bytes))) {
      if (event.kind === 'silence') this.#silence(event.at);
      else if (event.kind === 'began') this.#began(event.segment);
      else if (event.kind === 'grew') this.#suppose(event.segment);
      else this.#phrase(event.segment);
      if (this.#isOver) return;
    }
  }

  /** The client has no more audio: tells what is left of it, and ends the turn. */
  finish(): void {
    if (this.#isOver) return;
    const rest = this.#segments.finish();
    if (rest !== undefined) this.#phrase(rest);
    else if (this.#phrases === 0) this.#silence(this.#segments.position);
    this.#end();
  }

  #began({ speechStart }: Segment): void {
    this.#before = { heard: [], length: 0 };
    this.#parts.say('speech.startDetected', { Offset: this.#ticks(speechStart) });
  }

  /** Says a hypothesis, which went through the model as the phrase will. */
  #suppose({ start, samples }: Segment): void {
    const { model, library, sampleRate, settings, say } = this.#parts;
    if (samples.length - this.#before.length < hypothesisSeconds * sampleRate) return;
    const heard = library.identifyGrown(samples, sampleRate, this.#before);
    this.#before = { heard, length: samples.length };
    const words = recogniseHeard(heard, { model, phrases: settings.phrases });
    if (words.length > 0)
      say('speech.hypothesis', hypothesisBody({ words, sampleRate, start, length: samples.length }));
  }

  #phrase({ start, samples }: Segment): void {
    const { model, library, sampleRate, settings, say, onUnknown } = this.#parts;
    const heard = library.identify(samples, sampleRate);
    if (heard.length === 0) onUnknown();
    const words = recogniseHeard(heard, { model, phrases: settings.phrases });
    this.#phrases += 1;
    say('speech.phrase', phraseBody({ words, sampleRate, start, length: samples.length }, settings.format));
    if (settings.mode === 'interactive') this.#end();
  }

  #silence(at: number): void {
    this.#phrases += 1;
    const status = { RecognitionStatus: 'InitialSilenceTimeout', Offset: 0, Duration: this.#ticks(at) };
    this.#parts.say('speech.phrase', status);
    if (this.#parts.settings.mode === 'interactive') this.#end();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.say('speech.endDetected', { Offset: this.#ticks(this.#segments.position) });
    this.#parts.say('turn.end', {});
  }

  #ticks(samples: number): number {
    return ticksOf(samples, this.#parts.sampleRate);
  }

  #samplesOf(bytes: Uint8Array): Int16Array {
    const whole = this.#oddByte === undefined ? bytes : Buffer.concat([Buffer.of(this.#oddByte), bytes]);
    this.#oddByte = whole.length % 2 === 1 ? whole[whole.length - 1] : undefined;
    const samples = new Int16Array(Math.floor(whole.length / 2));
    new Uint8Array(samples.buffer).set(whole.subarray(0, samples.length * 2));
    return samples;
  }
}
