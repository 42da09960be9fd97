import {
  ServiceError,
  type LocalUtterance,
  type PcmAudio,
  type StreamPhrase,
  type StreamReport,
} from '../../../engine/ports.ts';
import { outageMilliseconds, RepeatPauses } from '../../../engine/retries/repeat-pauses.ts';
import type { StepContext } from '../../../engine/step-kind.ts';
import { isRefusal, isUnanswered, pauseAfter, reasonOfEnd } from '../../../engine/retries/unanswered.ts';
import type { Endpoint } from '../../../plan/speech-entities.ts';
import type { Latencies } from './latencies.ts';

/** What became of what a stream has said. */
export interface PhraseCounts {
  /** Recordings that were spoken to their end. */
  readonly phrases: number;
  /** Those of them to which no phrase came. */
  readonly lost: number;
  /** Connections that were lost, which Microsoft's SDK hides by connecting again. */
  readonly drops: number;
}

/** When a stream that is to end does. */
export type Ending = 'after the recording' | 'at once';

export interface StreamSettings {
  readonly endpoint: Endpoint;
  readonly utterances: readonly LocalUtterance[];
  readonly count: number;
  readonly latencies: Latencies;
}

/** Between two recordings, in seconds: longer than the silence at which the service ends a phrase. */
const pauseSeconds = 1;
/** How much is sent between two looks whether the stream is to end. */
const pieceSeconds = 0.5;
/** So many recordings without a phrase say that the stream is not heard. */
const mostUnheard = 3;
/** The service ends each connection after ten minutes. That is no lost one, and a stream ends before, and another takes its place. */
const longestSeconds = 480;

/** Where a recording was in a stream, in seconds from its start. */
interface Place {
  readonly from: number;
  readonly to: number;
}

/** One stream, and the next when that has lasted long enough; it begins to speak when it is made. */
export class Stream {
  /** Settles when the first phrase has come or the stream has failed; rejects when the service did not answer. */
  readonly begun: Promise<void>;
  failure: string | undefined;
  readonly #context: StepContext;
  readonly #of: OpenedStream;
  readonly #first = Promise.withResolvers<void>();
  readonly #over: Promise<void>;
  readonly #pauses = new RepeatPauses({
    firstMilliseconds: 500,
    longestMilliseconds: 30_000,
    patienceMilliseconds: outageMilliseconds,
  });
  #ending: Ending | undefined;
  /** Of streams that have ended. */
  readonly #ended = { phrases: 0, lost: 0, drops: 0 };
  #spoken: readonly Place[] = [];
  #report: StreamReport = nothingYet;
  #collected = 0;
  #turn: number;

  constructor(context: StepContext, of: OpenedStream) {
    this.#context = context;
    this.#of = of;
    this.#turn = of.index;
    this.begun = this.#first.promise;
    this.begun.catch(() => undefined);
    this.#over = this.#go();
    this.#over.then(this.#first.resolve, this.#first.reject);
  }

  async end(when: Ending): Promise<void> {
    this.#ending = when;
    await this.#over;
  }

  collect(): void {
    for (const phrase of this.#report.phrases.slice(this.#collected))
      if (phrase.status === 'Success') this.#of.latencies.addPhrase(phrase);
    this.#collected = this.#report.phrases.length;
  }

  counts(): PhraseCounts {
    const { phrases, lost, drops } = this.#ended;
    return { phrases: phrases + this.#spoken.length, lost, drops: drops + this.#report.disconnections };
  }

  /**
   * Speaks until the end. A stream that gets no answer before its first phrase is opened again, as the service asks; one that has been
   * heard and then breaks has failed, because a caller would have lost it.
   */
  async #go(): Promise<void> {
    const { signal, report } = this.#of;
    let unanswered: ServiceError | undefined;
    do {
      try {
        await this.#speak();
        this.#settle();
      } catch (error) {
        if (signal.aborted) throw reasonOfEnd(signal, isUnanswered(error) ? error : unanswered);
        if (!(error instanceof ServiceError) || !isVerdict(error)) throw error;
        if (this.#isHeard() || !isUnanswered(error)) {
          this.failure = error.message;
          return this.#settle();
        }
        this.#forget();
        unanswered = error;
        const milliseconds = this.#pauses.afterFailure(error.retryAfterSeconds);
        if (milliseconds === undefined) throw error;
        report(`${error.message}; opening streams again`);
        await pauseAfter(error, { milliseconds, sleep: this.#context.ports.clock.sleep, signal });
      }
    } while (this.#ending === undefined && this.failure === undefined);
  }

  /** One stream from its opening to its closing. */
  async #speak(): Promise<void> {
    const { endpoint, recordings, index, signal } = this.#of;
    const first = recordings[index % recordings.length];
    if (first === undefined) return;
    const { sampleRate } = first;
    // A stream has one format.
    const own = recordings.filter((recording) => recording.sampleRate === sampleRate);
    const stream = await this.#context.ports.speech.openStream({ endpoint, sampleRate, signal });
    /** Answers the seconds that were said. */
    const say = async (samples: Uint8Array): Promise<number> => {
      const piece = Math.round(pieceSeconds * sampleRate) * 2;
      for (let from = 0; from < samples.length && !this.#isCut(); from += piece) {
        await stream.send(samples.subarray(from, from + piece));
        this.#look(stream.report());
      }
      return samples.length / 2 / sampleRate;
    };
    try {
      // Streams pause, and end, at different moments.
      let at = await say(silence((index % 10) / 10, sampleRate));
      while (this.#ending === undefined && at < longestSeconds - (index % 10) * 30) {
        const { samples } = own[this.#turn % own.length] ?? first;
        this.#turn += 1;
        const from = at;
        const to = from + (await say(samples));
        at = to + (await say(silence(pauseSeconds, sampleRate)));
        if (!this.#isCut()) this.#spoken = [...this.#spoken, { from, to }];
        if (!this.#isHeard() && this.#spoken.length >= mostUnheard) {
          this.failure = `no phrase in answer to ${this.#spoken.length} recordings`;
          return;
        }
      }
    } finally {
      this.#look(await stream.close());
    }
    if (this.#report.error !== undefined) throw this.#report.error;
  }

  #look(report: StreamReport): void {
    this.#report = report;
    if (!this.#isHeard()) return;
    this.#pauses.afterAnswer();
    this.#first.resolve();
  }

  #isHeard(): boolean {
    return this.#report.phrases.some(isUnderstood);
  }

  #isCut(): boolean {
    return this.#ending === 'at once';
  }

  /** Counts what has become of a stream that has ended. */
  #settle(): void {
    this.collect();
    const heard = this.#report.phrases.filter(isUnderstood);
    const isAnswered = ({ from, to }: Place): boolean =>
      heard.some(({ offsetSeconds, durationSeconds }) => offsetSeconds < to && offsetSeconds + durationSeconds > from);
    this.#ended.phrases += this.#spoken.length;
    this.#ended.lost += this.#spoken.filter((place) => !isAnswered(place)).length;
    this.#ended.drops += this.#report.disconnections;
    this.#forget();
  }

  #forget(): void {
    this.#spoken = [];
    this.#report = nothingYet;
    this.#collected = 0;
  }
}

const nothingYet: StreamReport = { phrases: [], disconnections: 0 };

export interface OpenedStream extends StreamSettings {
  readonly index: number;
  readonly recordings: readonly PcmAudio[];
  readonly signal: AbortSignal;
  readonly report: (message: string) => void;
}

function isUnderstood({ status, lexical, display }: StreamPhrase): boolean {
  return status === 'Success' && `${lexical}${display}` !== '';
}

/** Rights say nothing about an endpoint. */
function isVerdict(error: ServiceError): boolean {
  return error.attempts === 0 || isRefusal(error) || isUnanswered(error);
}

function silence(seconds: number, sampleRate: number): Uint8Array {
  return new Uint8Array(Math.round(seconds * sampleRate) * 2);
}
