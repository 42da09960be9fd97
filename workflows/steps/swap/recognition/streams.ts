import { StepFailure, type StepContext } from '../../../engine/step-kind.ts';
import { type Ending, type PhraseCounts, Stream, type StreamSettings } from './stream.ts';

/** What became of the streams of a swap. */
export interface StreamCounts extends PhraseCounts {
  readonly streams: number;
  /** Streams that ended with an error. */
  readonly failures: number;
}

/** Streams on an endpoint, each of which speaks the same recordings over and over in real time, as callers do while its model changes. */
export class Streams {
  readonly #context: StepContext;
  readonly #of: StreamSettings;
  readonly #streams: Stream[] = [];
  readonly #stopped = new AbortController();
  #told = '';

  constructor(context: StepContext, of: StreamSettings) {
    this.#context = context;
    this.#of = of;
  }

  /**
   * Opens the streams and resolves when each has told a phrase, or has failed; does nothing when that was done before. A service
   * that does not answer is waited for, up to an hour. Throws a {@link ServiceError} when that is used up or the service lets nobody in.
   */
  async begin(): Promise<void> {
    const { count, utterances } = this.#of;
    if (count === 0 || this.#streams.length > 0) return;
    const { ports, signal } = this.#context;
    const recordings = utterances.flatMap(({ audio }) => ports.speech.samplesOf(audio) ?? []);
    if (recordings.length === 0)
      throw new StepFailure(
        'Let `verify.audio` name WAV files of PCM with 16 bits and one channel: streams take no others',
      );
    const both = AbortSignal.any([signal, this.#stopped.signal]);
    for (let index = 0; index < count; index += 1) {
      const opened = { ...this.#of, index, recordings, signal: both, report: (text: string) => this.#report(text) };
      this.#streams.push(new Stream(this.#context, opened));
    }
    this.#context.report(`waiting for the first phrases of ${count} streams`);
    await Promise.all(this.#streams.map(async (stream) => await stream.begun));
  }

  /** Adds the latencies of the phrases that have come since the last time. */
  collect(): void {
    for (const stream of this.#streams) stream.collect();
  }

  /**
   * Waits for the phrases that are still to come, and closes the streams: each when its recording has ended, or `at once`. Throws as
   * {@link begin} does.
   */
  async end(when: Ending = 'after the recording'): Promise<void> {
    await Promise.all(this.#streams.map(async (stream) => await stream.end(when)));
    this.collect();
  }

  /** Closes all of them, and waits for nothing that is still to come. */
  async stop(): Promise<void> {
    this.#stopped.abort(new Error('The streams are stopped'));
    await Promise.allSettled(this.#streams.map(async (stream) => await stream.end('at once')));
  }

  /** What has been counted so far; phrases count as lost when the streams have ended. */
  counts(): StreamCounts {
    const told = this.#streams.map((stream) => stream.counts());
    const sum = (name: keyof PhraseCounts): number => told.reduce((all, one) => all + one[name], 0);
    return {
      streams: this.#streams.length,
      phrases: sum('phrases'),
      lost: sum('lost'),
      drops: sum('drops'),
      failures: this.#streams.filter(({ failure }) => failure !== undefined).length,
    };
  }

  /** What speaks against the endpoint, `when`; undefined when nothing does. */
  fault(when: string): string | undefined {
    const { streams, phrases, lost, drops, failures } = this.counts();
    const failure = this.#streams.find((stream) => stream.failure !== undefined)?.failure;
    const faults = [
      ...(failures > 0 ? [`${failures} of ${streams} streams failed (${failure})`] : []),
      ...(drops > 0 ? [`connections of streams were lost ${drops} times`] : []),
      ...(lost > 0 ? [`${lost} of ${phrases} phrases of streams were lost`] : []),
    ];
    return faults.length === 0 ? undefined : `${faults.join(', ')} ${when}`;
  }

  /** All streams wait for the same service, which one of them tells. */
  #report(text: string): void {
    if (text !== this.#told) this.#context.report(text);
    this.#told = text;
  }
}
