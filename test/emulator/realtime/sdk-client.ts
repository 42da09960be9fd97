import * as sdk from 'microsoft-cognitiveservices-speech-sdk';
import adapter from 'microsoft-cognitiveservices-speech-sdk/distrib/lib/src/common.browser/WebsocketMessageAdapter.js';
import type { Clip } from '../../../emulator/recognition/dataset-content.ts';
import type { Client } from '../client.ts';

/** The web sockets that Microsoft's client can use on Node. */
export const webSockets = ['global', 'npm'] as const;

export interface SdkOptions {
  /** @default the second version of the protocol */
  readonly path?: string;
  /** Without a path of its own: the client makes it, as the first version of the protocol has it. */
  readonly isHostOnly?: boolean;
  readonly cid?: string;
  readonly key?: string;
  readonly language?: string;
  readonly phrases?: readonly string[];
  readonly configure?: (config: sdk.SpeechConfig) => void;
  readonly sampleRate?: number;
}

/** What a recogniser of Microsoft's client has told. */
export interface Told {
  readonly results: sdk.SpeechRecognitionResult[];
  readonly hypotheses: string[];
  readonly canceled: sdk.SpeechRecognitionCanceledEventArgs[];
  disconnected: number;
}

export interface SdkSession {
  readonly recognizer: sdk.SpeechRecognizer;
  readonly audio: sdk.PushAudioInputStream;
  readonly told: Told;
  once(): Promise<sdk.SpeechRecognitionResult>;
  close(): Promise<void>;
}

export function useWebSocket(which: (typeof webSockets)[number]): void {
  adapter.WebsocketMessageAdapter.forceNpmWebSocket = which === 'npm';
}

/** Microsoft's client with a stream of audio that the test pushes. */
export function openSdk(
  client: { readonly emulator: Pick<Client['emulator'], 'url' | 'key'> },
  options: SdkOptions = {},
): SdkSession {
  const { path = '/stt/speech/universal/v2', key = client.emulator.key, sampleRate = 8000 } = options;
  const host = client.emulator.url.replace('http', 'ws');
  const config = options.isHostOnly
    ? sdk.SpeechConfig.fromHost(new URL(host), key)
    : sdk.SpeechConfig.fromEndpoint(new URL(`${host}${path}`), key);
  if (options.cid !== undefined) config.endpointId = options.cid;
  config.speechRecognitionLanguage = options.language ?? 'en-US';
  // The audio of a file is sent at once, and not at twice the speed of speech.
  config.setProperty('SPEECH-TransmitLengthBeforThrottleMs', '600000');
  options.configure?.(config);
  const audio = sdk.AudioInputStream.createPushStream(sdk.AudioStreamFormat.getWaveFormatPCM(sampleRate, 16, 1));
  const recognizer = new sdk.SpeechRecognizer(config, sdk.AudioConfig.fromStreamInput(audio));
  if (options.phrases !== undefined) sdk.PhraseListGrammar.fromRecognizer(recognizer).addPhrases([...options.phrases]);
  const told: Told = { results: [], hypotheses: [], canceled: [], disconnected: 0 };
  recognizer.recognizing = (_, { result }) => void told.hypotheses.push(result.text);
  recognizer.recognized = (_, { result }) => void told.results.push(result);
  recognizer.canceled = (_, event) => void told.canceled.push(event);
  sdk.Connection.fromRecognizer(recognizer).disconnected = () => void (told.disconnected += 1);
  return {
    recognizer,
    audio,
    told,
    once: () => new Promise((resolve, reject) => recognizer.recognizeOnceAsync(resolve, reject)),
    close: () => new Promise((resolve, reject) => recognizer.close(resolve, reject)),
  };
}

/** What one utterance is recognised as. */
export async function sdkOnce(client: Client, samples: Int16Array, options: SdkOptions = {}) {
  const session = openSdk(client, options);
  push(session, samples);
  session.audio.close();
  const result = await session.once();
  await session.close();
  return Object.assign(result, { session });
}

/** What continuous recognition makes of a whole stream. */
export async function sdkContinuous(client: Client, samples: Int16Array, options: SdkOptions = {}): Promise<Told> {
  const session = openSdk(client, options);
  const { recognizer, told } = session;
  const stopped = new Promise<void>((resolve) => (recognizer.sessionStopped = () => resolve()));
  push(session, samples);
  session.audio.close();
  await new Promise<void>((resolve, reject) => recognizer.startContinuousRecognitionAsync(resolve, reject));
  await stopped;
  await new Promise<void>((resolve, reject) => recognizer.stopContinuousRecognitionAsync(resolve, reject));
  await session.close();
  return told;
}

export function push({ audio }: SdkSession, samples: Int16Array): void {
  audio.write(samples.slice().buffer);
}

/** The audio of clips with silences between them. */
export function joined(clips: readonly Clip[], silenceMilliseconds: number): Int16Array {
  const silence = new Int16Array((8000 * silenceMilliseconds) / 1000);
  return Int16Array.from(clips.flatMap((clip, index) => [...(index === 0 ? [] : silence), ...clip.samples]));
}

/** The words of a detailed result. */
export function lexicalOf(result: { readonly json: string }): string {
  return JSON.parse(result.json).NBest[0].Lexical;
}
