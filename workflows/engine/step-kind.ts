import type { RunPoint } from '../../schemas/types.gen.ts';
import type { PlainValue } from '../document/yaml/plain-value.ts';
import type { Effect, PipelineFacts, PlanningKind } from '../plan/step-plan.ts';
import type { Ports } from './ports.ts';

/** A step kind: what it would do (pure) and how it does it (through ports). */
export interface StepKind<With extends object = object> extends PlanningKind<With> {
  /** Resolves with the outcome, or throws a {@link StepFailure} when the step did not pass. */
  run(input: StepInput<With>, context: StepContext): Promise<StepOutcome>;
  /**
   * The part of the Speech resource at which one run at a time may be, named for people: `endpoint ward`. Absent when many may.
   */
  exclusive?(input: StepInput<With>): string;
  /** What a person wants to see of the outputs of a step that has ended, some words each; absent when nothing is worth it. */
  summarise?(outputs: Readonly<Record<string, PlainValue>>): readonly string[];
}

export interface StepInput<With> {
  readonly with: With;
  readonly step: { readonly id: string };
  /** The outputs of the step of the same run that this one takes back, where it does. */
  readonly takesBack?: Outputs;
  readonly pipeline: PipelineFacts;
  /** Where the step works: a base URL, or `embedded-emulator`. */
  readonly resource: string;
  /** The folder of the pipeline file; paths in `with` are relative to it. */
  readonly folder: string;
}

/** The outputs by name: plain values, for conditions, tables and the record of the run. */
export type Outputs = Readonly<Record<string, string | number | boolean>>;

/** Everything was there already (`reused`), something was made or changed (`done`), or there was nothing to do (`skipped`). */
export type StepOutcome =
  | { readonly kind: 'done' | 'reused'; readonly outputs: Outputs }
  | { readonly kind: 'skipped'; readonly reason: string };

export interface StepContext {
  readonly ports: Ports;
  /** Aborted when the run is cancelled or the step has used up its time. */
  readonly signal: AbortSignal;
  /** Of the run that the step belongs to. */
  readonly runId: string;
  /** ISO date-time at which that run was started; the same in every execution of it. */
  readonly startedAt: string;
  /**
   * Changes the Speech resource by an effect that the step kind announces. Effects with the same digest happen one after the
   * other, so that the second finds what the first made.
   */
  effect<T extends PlainValue>(effect: Effect, options: { readonly digest: string; act(): Promise<T> }): Promise<T>;
  /**
   * Takes away what this step alone has made and needs no more, by an effect that the step kind announces. Other than `effect` it does
   * so also when the time of the step is used up or a person has cancelled the run; then `act` has most of a minute. It rejects when
   * the run belongs to another process. `act` has to use the ports and the signal that it is given.
   */
  cleanUp<T>(effect: Effect, act: (by: Pick<StepContext, 'ports' | 'signal'>) => Promise<T>): Promise<T>;
  /**
   * How the last attempt of this step has ended that had changed something, or had tried to; `undefined` where there was none. An
   * execution of the run knows its own attempts alone.
   */
  readonly changedBefore: string | undefined;
  /** The ids of objects that other runs of the store name and have not ended, each with one of these runs. Absent where nothing is kept of runs. */
  usedByOthers?(): Promise<ReadonlyMap<string, string>>;
  /** ISO date-time at which everything the step needs had ended; the same in every execution of the run. */
  readonly since: string;
  /**
   * A person's decision about this step, or undefined when none came in time. A decision that comes before the step asks is kept.
   * The first accepted one counts.
   */
  decision(options: {
    readonly timeoutSeconds: number;
    readonly accepts: (decision: PlainValue) => boolean;
  }): Promise<PlainValue | undefined>;
  /**
   * Notes how the step would leave things if it were ended now, from outside or by a service that does not answer: a clause for its
   * error, and what its outputs are then. `undefined`: there is nothing to say any more. Outputs count until others are noted.
   */
  leaving(state: string | undefined, outputs?: () => Outputs): void;
  /** Keeps a point of what the step sees in time, for the record: of many some hundred. */
  sample(point: RunPoint): void;
  /** Tells a person how far the step is. */
  report(message: string): void;
}

/** A step did what it is for and the answer is no: data rejected, training failed, verification failed. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  /** Outputs that are known in spite of the failure, for reports. */
  readonly outputs: Outputs;

  constructor(message: string, outputs: Outputs = {}) {
    super(message);
    this.outputs = outputs;
  }
}
