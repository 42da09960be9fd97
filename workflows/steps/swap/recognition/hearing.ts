import type { RunPoint } from '../../../../schemas/types.gen.ts';
import { timeAt } from '../../../engine/observe.ts';
import type { Recognition } from '../../../engine/ports.ts';
import type { StepContext } from '../../../engine/step-kind.ts';
import { recognisedAs } from './choose-recordings.ts';
import type { SmokeTest } from './smoke-test.ts';
import type { Apart, ApartRecording } from './tell-apart.ts';

/** How the recordings of a round were answered. */
export interface Tally {
  readonly wanted: number;
  readonly other: number;
  readonly neither: number;
  /** Those that were not answered as by the wanted model. */
  readonly unlikeWanted: readonly ApartRecording[];
}

type Counts = Record<'wanted' | 'other' | 'neither', number>;

/** Whose answer one is: of the model that the swap gives to the endpoint, or of the one before. */
type Whose = NonNullable<RunPoint['answeredBy']>;

/** A way to hear which model answers, or why there is none. */
export type Ear = Hearing | { readonly why: string };

/** The way to hear which of the models answers that something tells apart. */
export function earOf(
  apart: Apart,
  by: Pick<Hearing, 'names'> & {
    readonly smoke: SmokeTest;
    readonly context: StepContext;
    /** @default false */
    readonly isBack?: boolean;
  },
): Ear {
  const { context, ...of } = by;
  return apart.kind === 'alike' ? apart : new Hearing(context, { ...of, recordings: apart.recordings });
}

/** Hears which of two models answers on an endpoint, by recordings that tell them apart. */
export class Hearing {
  readonly recordings: readonly ApartRecording[];
  /** What people call the models. */
  readonly names: { readonly wanted: string; readonly other: string };
  /** Answers that were like neither model. */
  neither = 0;
  /** When an answer was first like the wanted model: ISO 8601, by the clock of the service. */
  firstOfWanted: string | undefined;
  /** When an answer was last like the other model. */
  lastOfOther: string | undefined;
  readonly #context: StepContext;
  readonly #smoke: SmokeTest;
  readonly #isStrict: boolean;
  readonly #isBack: boolean;

  /** `isStrict`: no recording may be answered otherwise; `isBack`: the wanted model is the one of before the swap. @default false */
  constructor(
    context: StepContext,
    of: Pick<Hearing, 'names' | 'recordings'> & {
      readonly smoke: SmokeTest;
      readonly isStrict?: boolean;
      readonly isBack?: boolean;
    },
  ) {
    this.#context = context;
    this.#smoke = of.smoke;
    this.#isStrict = of.isStrict ?? false;
    this.#isBack = of.isBack ?? false;
    this.recordings = of.recordings;
    this.names = of.names;
  }

  /** Recognises a recording and counts as which model it was answered. */
  async hear(recording: ApartRecording, until: AbortSignal = this.#context.signal): Promise<keyof Counts> {
    const { recording: name, audio } = recording;
    const answeredBy = ({ lexical }: Recognition): Whose => this.#whose(recognisedAs(lexical, recording));
    const answer = await this.#smoke.recognise({ name, audio, answeredBy }, until);
    // A failed recognition says nothing about the model, and is counted as one that failed.
    if (answer === undefined) return 'neither';
    const like = recognisedAs(answer.lexical, recording);
    const now = timeAt(this.#context.ports);
    if (like === 'wanted') {
      this.firstOfWanted ??= now;
      this.#smoke.latencies.answeredAsNew(answer);
    } else if (like === 'other') this.lastOfOther = now;
    else this.neither += 1;
    return like;
  }

  /** Recognises every recording once. */
  async round(until: AbortSignal = this.#context.signal): Promise<Tally> {
    const counts: Counts = { wanted: 0, other: 0, neither: 0 };
    const unlikeWanted: ApartRecording[] = [];
    for (const recording of this.recordings) {
      until.throwIfAborted();
      const like = await this.hear(recording, until);
      counts[like] += 1;
      if (like !== 'wanted') unlikeWanted.push(recording);
    }
    return { ...counts, unlikeWanted };
  }

  /** Whether so many answers like a model say that it answers: all but one, of fewer than three all. */
  isModel(answers: number): boolean {
    const { length } = this.recordings;
    return answers >= (length < 3 || this.#isStrict ? length : length - 1);
  }

  /** The same recordings, for hearing the other model; nothing was heard yet. */
  reversed(): Hearing {
    const names = { wanted: this.names.other, other: this.names.wanted };
    const recordings = this.recordings.map((one) => ({ ...one, wanted: one.other, other: one.wanted }));
    return new Hearing(this.#context, { smoke: this.#smoke, names, recordings, isBack: !this.#isBack });
  }

  /** Hears the same models by some of the recordings; nothing was heard yet. */
  only(recordings: readonly ApartRecording[]): Hearing {
    return new Hearing(this.#context, { smoke: this.#smoke, names: this.names, recordings, isBack: this.#isBack });
  }

  /** Forgets the times of answers before the change. */
  begin(): void {
    this.firstOfWanted = undefined;
    this.lastOfOther = undefined;
  }

  /** Each recording, for hearing them in turn with others. */
  turns(): readonly ((until: AbortSignal) => Promise<unknown>)[] {
    return this.recordings.map((recording) => async (until) => await this.hear(recording, until));
  }

  #whose(like: keyof Counts): Whose {
    if (like === 'neither') return 'neither';
    return (like === 'wanted') === this.#isBack ? 'previous' : 'model';
  }
}
