import { ServiceError, type LocalUtterance } from '../engine/ports.ts';
import type { StepContext } from '../engine/step-kind.ts';
import type { Endpoint } from '../plan/speech-entities.ts';
import { scoreUtterances } from '../scoring/score-utterances.ts';

/** A caller's client tries a recognition again before it gives up (the Speech SDK connects up to five times). */
const attemptsPerProbe = 4;

/** Recognises smoke audio on an endpoint and counts: how often it was asked, how often it could not answer. */
export class SmokeTest {
  probes = 0;
  failures = 0;
  /** Recognitions that failed and were tried again. */
  repeats = 0;
  lastFailure: string | undefined;
  readonly #context: StepContext;
  readonly #endpoint: Endpoint;
  readonly #utterances: readonly LocalUtterance[];
  #next = 0;

  constructor(
    context: StepContext,
    of: { readonly endpoint: Endpoint; readonly utterances: readonly LocalUtterance[] },
  ) {
    this.#context = context;
    this.#endpoint = of.endpoint;
    this.#utterances = of.utterances;
  }

  /**
   * Recognises every utterance once. `wer` is the word error rate over all of them (a failed one counts as not
   * recognised), null without smoke audio.
   */
  async all(): Promise<{ readonly wer: number | null; readonly failures: number }> {
    const failuresBefore = this.failures;
    const hypotheses: { id: string; text: string }[] = [];
    for (const utterance of this.#utterances)
      hypotheses.push({ id: utterance.name, text: await this.#recognise(utterance) });
    const score = scoreUtterances({
      references: this.#utterances.map(({ name, transcript }) => ({ id: name, text: transcript })),
      hypotheses,
      // As the service judges it: by its rules for English, and without capitals and punctuation elsewhere.
      profile: this.#endpoint.locale.toLowerCase().startsWith('en-') ? 'azure-en-US' : 'lexical',
      unit: 'word',
    });
    return { wer: score.wordErrorRate, failures: this.failures - failuresBefore };
  }

  /** Recognises one utterance after the other, one every so often, until the work is done; answers the work's result. */
  async during<T>(work: Promise<T>, options: { readonly everySeconds: number }): Promise<T> {
    if (this.#utterances.length === 0) return await work;
    const done = new AbortController();
    const settled = work.finally(() => done.abort());
    settled.catch(() => undefined);
    const signal = AbortSignal.any([done.signal, this.#context.signal]);
    while (!signal.aborted) {
      const utterance = this.#utterances[this.#next % this.#utterances.length];
      this.#next += 1;
      if (utterance !== undefined) await this.#recognise(utterance);
      await this.#context.ports.clock.sleep(options.everySeconds * 1000, signal).catch(() => undefined);
    }
    return await settled;
  }

  async #recognise(utterance: LocalUtterance): Promise<string> {
    const { ports, signal } = this.#context;
    this.probes += 1;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const recognition = await ports.speech.recognise(utterance.audio, { endpoint: this.#endpoint, signal });
        if (recognition.status === 'Success') return recognition.lexical;
        return this.#failed(`${utterance.name}: ${recognition.status}`);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ServiceError)) throw error;
        this.repeats += attempt === attemptsPerProbe ? 0 : 1;
        if (attempt === attemptsPerProbe) return this.#failed(`${utterance.name}: ${error.message}`);
        await ports.clock.sleep(100 * attempt, signal);
      }
    }
  }

  /** The counts in words. */
  summary(): string {
    const repeated = this.repeats === 0 ? '' : `, ${this.repeats} repeated`;
    return `${this.probes} recognitions, ${this.failures} failed${repeated}`;
  }

  #failed(reason: string): string {
    this.failures += 1;
    this.lastFailure = reason;
    return '';
  }
}
