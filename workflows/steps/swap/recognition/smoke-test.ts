import { isLoopback } from '../../../document/base-url.ts';
import { counted } from '../../../document/counted.ts';
import type { RunPoint } from '../../../../schemas/types.gen.ts';
import { timeAt } from '../../../engine/observe.ts';
import { ServiceError, type LocalUtterance, type Recognition } from '../../../engine/ports.ts';
import { outageMilliseconds, RepeatPauses } from '../../../engine/retries/repeat-pauses.ts';
import type { StepContext } from '../../../engine/step-kind.ts';
import { isRefusal, isUnanswered, pauseAfter, reasonOfEnd } from '../../../engine/retries/unanswered.ts';
import type { Endpoint } from '../../../plan/speech-entities.ts';
import { profileOfLocale } from '../../../scoring/normalise-text.ts';
import { scoreUtterances } from '../../../scoring/score-utterances.ts';
import { unitOfLocale } from '../../../scoring/tokenise.ts';
import { every } from '../../../time/every.ts';
import type { Reader } from '../../test-set.ts';
import { Latencies } from './latencies.ts';

/**
 * Recognises smoke audio on an endpoint. A recognition ends with an answer, which says something about the model, or about the
 * endpoint when it is a refusal. One that the service does not answer says nothing: it is repeated, as Retry-After asks and for
 * up to an hour without an answer, and counts as neither good nor bad.
 */
export class SmokeTest {
  /** Recognitions that were answered. */
  probes = 0;
  /** Answers that a caller could not use. */
  failures = 0;
  /** Times that the service did not answer and the step sent the audio again. */
  repeats = 0;
  lastFailure: string | undefined;
  /** When the service had taken the first change of the endpoint's model: ISO 8601, by its clock. */
  changedAt: string | undefined;
  /** When it had taken the change back to the previous model, likewise. */
  takenBackAt: string | undefined;
  readonly latencies = new Latencies();
  readonly #context: Reader;
  readonly #endpoint: Endpoint;
  readonly #channel: 'sdk' | 'rest';
  readonly #utterances: readonly LocalUtterance[];
  readonly #onAnswer: StepContext['sample'] | undefined;
  readonly #pauses = new RepeatPauses({
    firstMilliseconds: 500,
    longestMilliseconds: 30_000,
    patienceMilliseconds: outageMilliseconds,
  });
  #next = 0;

  constructor(
    context: Reader,
    of: {
      readonly endpoint: Endpoint;
      readonly utterances: readonly LocalUtterance[];
      /** @default 'sdk' */
      readonly channel?: 'sdk' | 'rest' | undefined;
      /** Gets each recognition that was answered. @default they are counted alone */
      readonly onAnswer?: StepContext['sample'];
    },
  ) {
    this.#context = context;
    this.#endpoint = of.endpoint;
    this.#channel = of.channel ?? 'sdk';
    this.#utterances = of.utterances;
    this.#onAnswer = of.onAnswer;
  }

  /**
   * Recognises every utterance once. `wer` is the word error rate over all of them (a failed one counts as not
   * recognised), null without smoke audio. Throws a {@link ServiceError} when the service does not answer in the time there is.
   */
  async all(): Promise<{ readonly wer: number | null; readonly failures: number }> {
    const failuresBefore = this.failures;
    const hypotheses: { id: string; text: string }[] = [];
    for (const utterance of this.#utterances) {
      const answer = await this.recognise(utterance, this.#context.signal);
      hypotheses.push({ id: utterance.name, text: answer?.lexical ?? '' });
    }
    const score = scoreUtterances({
      references: this.#utterances.map(({ name, transcript }) => ({ id: name, text: transcript })),
      hypotheses,
      profile: profileOfLocale(this.#endpoint.locale),
      unit: unitOfLocale(this.#endpoint.locale),
    });
    return { wer: score.wordErrorRate, failures: this.failures - failuresBefore };
  }

  /** Recognises the first utterance, where there is one, as {@link all} does with all of them. */
  async one(): Promise<void> {
    const [first] = this.#utterances;
    if (first !== undefined) await this.recognise(first, this.#context.signal);
  }

  /**
   * Recognises one recording after the other, one every so often, until the work is done; answers the work's result. These are the
   * utterances and what `others` recognise, in turn. The end
   * of the work also ends a recognition that waits for being repeated. Throws what either of them throws, and ends the work then.
   */
  async during<T>(
    work: (signal: AbortSignal) => Promise<T>,
    options: {
      readonly everySeconds: number;
      readonly others?: readonly ((until: AbortSignal) => Promise<unknown>)[];
    },
  ): Promise<T> {
    const { signal, ports } = this.#context;
    const own = this.#utterances.map(
      (utterance) => async (until: AbortSignal) => await this.recognise(utterance, until),
    );
    const turns = alternating(own, options.others ?? []);
    if (turns.length === 0) return await work(signal);
    const done = new AbortController();
    const given = new AbortController();
    const result = work(AbortSignal.any([signal, given.signal])).finally(() => done.abort());
    result.catch(() => undefined);
    const until = AbortSignal.any([done.signal, signal]);
    try {
      const recogniseNext = async (): Promise<void> => {
        const turn = turns[this.#next % turns.length];
        this.#next += 1;
        await turn?.(until);
      };
      await every(options.everySeconds * 1000, recogniseNext, { signal: until, sleep: ports.clock.sleep });
    } catch (error) {
      // A service that does not answer is the better reason, whether the work or a recognition has noticed it.
      if (isUnanswered(error) || !until.aborted) {
        given.abort(error);
        throw error;
      }
    }
    return await result;
  }

  /**
   * The answer of the endpoint to one recording; undefined when it is none that a caller can use, which is counted. The
   * end of `until` ends a wait for asking again; `answeredBy` tells whose answer it is. Throws a {@link ServiceError} when the service does not answer in the time there is.
   */
  async recognise(
    utterance: Pick<LocalUtterance, 'name' | 'audio'> & {
      readonly answeredBy?: (recognition: Recognition) => RunPoint['answeredBy'];
    },
    until: AbortSignal,
  ): Promise<Recognition | undefined> {
    const { ports, signal, report } = this.#context;
    let unanswered: ServiceError | undefined;
    for (;;) {
      const began = ports.clock.now().getTime();
      const tell = (seconds: number | undefined, more: Pick<RunPoint, 'answeredBy' | 'failed'>): void => {
        const milliseconds = Math.round(seconds === undefined ? ports.clock.now().getTime() - began : seconds * 1000);
        this.#onAnswer?.({ at: timeAt(ports), milliseconds, ...more });
      };
      try {
        const recognition = await ports.speech.recognise(utterance.audio, {
          endpoint: this.#endpoint,
          channel: this.#channel,
          signal,
        });
        this.#pauses.afterAnswer();
        this.probes += 1;
        if (recognition.status !== 'Success') {
          tell(recognition.finalSeconds, { failed: true });
          return this.#failed(`${utterance.name}: ${recognition.status}${this.#cureOf(recognition)}`);
        }
        const answeredBy = utterance.answeredBy?.(recognition);
        tell(recognition.finalSeconds, answeredBy === undefined ? {} : { answeredBy });
        this.latencies.addSingle(recognition);
        return recognition;
      } catch (error) {
        if (signal.aborted) throw isUnanswered(error) ? error : reasonOfEnd(signal, unanswered);
        if (error instanceof ServiceError && (isRefusal(error) || isUntried(error))) {
          this.probes += 1;
          tell(undefined, { failed: true });
          return this.#failed(`${utterance.name}: ${error.message}`);
        }
        if (!isUnanswered(error)) throw error;
        unanswered = error;
        this.repeats += 1;
      }
      const milliseconds = this.#pauses.afterFailure(unanswered.retryAfterSeconds);
      if (milliseconds === undefined) throw unanswered;
      const left = counted(Math.ceil(this.#pauses.left / 60_000), 'minute');
      report(
        `${utterance.name}: ${unanswered.message}; asking again in ${Math.ceil(milliseconds / 1000)} s, and for ${left} more at most`,
      );
      await pauseAfter(unanswered, { milliseconds, sleep: ports.clock.sleep, signal: until });
    }
  }

  /** The counts in words. */
  summary(): string {
    const repeated = this.repeats === 0 ? '' : `, ${this.repeats} repeated`;
    return `${counted(this.probes, 'recognition')}, ${this.failures} failed${repeated}`;
  }

  /** An emulator that was started by itself hears nothing in audio that no dataset has brought. */
  #cureOf({ status }: Recognition): string {
    const { self } = this.#endpoint;
    if (status !== 'NoMatch' || !URL.canParse(self) || !isLoopback(new URL(self))) return '';
    return '; an emulator hears only audio of which it was told what is said: start it with --audio-dir and the folder of this file';
  }

  #failed(reason: string): undefined {
    this.failures += 1;
    this.lastFailure = reason;
    return undefined;
  }
}

function alternating<T>(some: readonly T[], others: readonly T[]): readonly T[] {
  const length = Math.max(some.length, others.length);
  return Array.from({ length }, (_, index) => [
    ...some.slice(index, index + 1),
    ...others.slice(index, index + 1),
  ]).flat();
}

/** The client sent nothing, because the endpoint names no address that can be used. */
function isUntried({ attempts }: ServiceError): boolean {
  return attempts === 0;
}
