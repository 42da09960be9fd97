import type { RecognitionStream, ServiceError, StreamPhrase, StreamReport } from '../../engine/ports.ts';
import type { Endpoint } from '../../plan/speech-entities.ts';
import { sleep, unlessAborted } from '../../time/sleep.ts';
import { timedOut } from '../failure.ts';
import { internalError, readRecognition } from '../recognise.ts';
import { idOf } from '../references.ts';
import type { SdkChannel, SdkRequest } from './sdk-channel.ts';
import { lostConnection, sdkErrorNames, sdkFailureFacts } from './sdk-failure.ts';
import type { SdkRecogniser } from './sdk-recogniser.ts';

interface StreamOptions {
  readonly endpoint: Endpoint;
  readonly sampleRate: number;
  readonly pace?: 'real-time' | 'as-given';
  readonly signal?: AbortSignal;
}

/** As `SpeechPort.openStream`. */
export async function openStream(channel: SdkChannel, options: StreamOptions): Promise<RecognitionStream> {
  const { endpoint, sampleRate, signal } = options;
  signal?.throwIfAborted();
  const request = channel.begin(endpoint, `recognise a stream on endpoint ${idOf(endpoint.self)}`);
  try {
    const recogniser = await request.open({ format: { sampleRate }, reconnects: true });
    if (signal?.aborted === true) {
      recogniser.close();
      throw signal.reason;
    }
    return new SdkStream({ ...options, request, recogniser, drainMilliseconds: channel.timeLimitMilliseconds });
  } catch (error) {
    request.end({ isFailure: true, failure: error });
    throw error;
  }
}

/** Pieces in which audio is sent at the speed of speech, as a microphone gives it. */
const pieceSeconds = 0.1;
/** After the end of the audio the SDK tells why a connection ended a moment later than that it ended. */
const reasonMilliseconds = 100;
const ticksPerSecond = 10_000_000;

class SdkStream implements RecognitionStream {
  readonly #bytesPerSecond: number;
  readonly #isPaced: boolean;
  readonly #signal: AbortSignal | undefined;
  readonly #request: SdkRequest;
  readonly #recogniser: SdkRecogniser;
  readonly #drainMilliseconds: number;
  readonly #phrases: StreamPhrase[] = [];
  /** When which audio was sent: seconds of the stream, and of the process's clock. What is before the last phrase goes. */
  #sent: { readonly until: number; readonly at: number }[] = [];
  #sentSeconds = 0;
  #startedAt: number | undefined;
  #firstResultSeconds: number | undefined;
  #disconnections = 0;
  #isEnding = false;
  #error: ServiceError | undefined;
  /** Resolves when the SDK has nothing more to say. */
  readonly #over = Promise.withResolvers<void>();

  constructor(
    parts: StreamOptions & {
      readonly request: SdkRequest;
      readonly recogniser: SdkRecogniser;
      readonly drainMilliseconds: number;
    },
  ) {
    this.#bytesPerSecond = parts.sampleRate * 2;
    this.#isPaced = parts.pace !== 'as-given';
    this.#signal = parts.signal;
    this.#request = parts.request;
    this.#recogniser = parts.recogniser;
    this.#drainMilliseconds = parts.drainMilliseconds;
    this.#listen();
    this.#signal?.addEventListener('abort', this.#abort, { once: true });
    this.#recogniser.start((details) => this.#fail({ code: 'RuntimeError', details: String(details) }));
  }

  async send(samples: Uint8Array): Promise<void> {
    const piece = this.#isPaced ? 2 * Math.round((pieceSeconds * this.#bytesPerSecond) / 2) : samples.length;
    for (let at = 0; at < samples.length; at += piece) {
      this.#signal?.throwIfAborted();
      if (this.#error !== undefined) throw this.#error;
      const now = performance.now() / 1000;
      this.#startedAt ??= now;
      const due = this.#startedAt + this.#sentSeconds - now;
      if (this.#isPaced && due > 0) await sleep(due * 1000, this.#signal);
      // A copy, because the samples may be a part of a larger buffer.
      const part = new Uint8Array(samples.subarray(at, at + piece));
      this.#recogniser.audio.write(part.buffer);
      this.#sentSeconds += part.length / this.#bytesPerSecond;
      this.#sent.push({ until: this.#sentSeconds, at: performance.now() / 1000 });
    }
  }

  report(): StreamReport {
    const error = this.#error;
    return {
      phrases: [...this.#phrases],
      disconnections: this.#disconnections,
      ...(error === undefined ? {} : { error }),
    };
  }

  async close(): Promise<StreamReport> {
    this.#isEnding = true;
    this.#recogniser.audio.close();
    const late = setTimeout(() => this.#end({ code: timedOut, mayHaveActed: true }), this.#drainMilliseconds);
    try {
      await unlessAborted(this.#over.promise, this.#signal);
      this.#signal?.throwIfAborted();
      return this.report();
    } finally {
      clearTimeout(late);
      this.#signal?.removeEventListener('abort', this.#abort);
      this.#release();
      this.#request.end({ isFailure: this.#error !== undefined, failure: this.#error });
    }
  }

  #listen(): void {
    const { recognizer } = this.#recogniser;
    recognizer.recognizing = (_, { result }) => {
      this.#firstResultSeconds ??= performance.now() / 1000 - this.#sentAt(result.offset / ticksPerSecond);
    };
    recognizer.recognized = (_, { result }) => {
      const phrase = readRecognition(result.json)?.value;
      if (phrase === undefined) return;
      const offsetSeconds = result.offset / ticksPerSecond;
      const durationSeconds = result.duration / ticksPerSecond;
      const end = offsetSeconds + durationSeconds;
      const firstResultSeconds = this.#firstResultSeconds;
      this.#phrases.push({
        ...phrase,
        offsetSeconds,
        durationSeconds,
        ...(firstResultSeconds === undefined ? {} : { firstResultSeconds }),
        finalSeconds: performance.now() / 1000 - this.#sentAt(end),
      });
      this.#firstResultSeconds = undefined;
      this.#sent = this.#sent.filter(({ until }) => until > end);
    };
    recognizer.canceled = (_, { reason, errorCode, errorDetails }) => {
      if ((reason as number) !== 0) this.#over.resolve();
      else this.#fail({ code: sdkErrorNames[errorCode as number] ?? internalError, details: errorDetails ?? '' });
    };
    recognizer.sessionStopped = () => this.#over.resolve();
    this.#recogniser.onDisconnected(() => {
      this.#disconnections += 1;
      // Nothing is sent any more, so the SDK would wait for ever.
      if (this.#isEnding) setTimeout(() => this.#fail(lostConnection), reasonMilliseconds);
    });
  }

  /** When the audio at a place of the stream was sent, by the process's clock in seconds. */
  #sentAt(seconds: number): number {
    const place = this.#sent.find(({ until }) => until >= seconds) ?? this.#sent.at(-1);
    return place?.at ?? performance.now() / 1000;
  }

  #fail(trouble: { readonly code: string; readonly details: string }): void {
    this.#end(sdkFailureFacts(trouble));
  }

  #end(facts: ReturnType<typeof sdkFailureFacts>): void {
    this.#error ??= this.#request.failure(facts);
    this.#over.resolve();
  }

  readonly #abort = (): void => {
    this.#release();
    this.#over.resolve();
  };

  #release(): void {
    this.#recogniser.onDisconnected(() => undefined);
    this.#recogniser.close();
  }
}
