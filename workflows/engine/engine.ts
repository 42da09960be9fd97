import type { PlainValue } from '../document/yaml/plain-value.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunRecord } from './run-record.ts';

/**
 * Executes runs durably. An engine remembers the result of a `step` once the step has one. A step may happen more than once when
 * the process dies inside it, so it must look for a change before it makes the change.
 */
export interface Engine {
  /** Starts a run of the plan, or joins the one with this id. */
  start(runId: string, plan: Plan): Promise<void>;
  /** The record of the run once it has ended; rejects when the world failed in a way that no record of a step tells. */
  result(runId: string): Promise<RunRecord>;
}

/** `queued`: waits for a worker of the fleet. `ended`: has left a record that this version cannot read. */
export type RunStatus = 'queued' | 'running' | 'ended' | RunRecord['status'];

/** The way in which a run continues whose process is dead: a person resumes it, or the next worker that looks takes it over. */
export type Abandoned = 'until-resumed' | 'until-taken-over';

/** Whether the run has not ended. */
export function isOpen(status: RunStatus): status is 'queued' | 'running' {
  return status === 'queued' || status === 'running';
}

/** Why the signal of a {@link RunScope} is aborted when a person cancelled the run. */
export class RunCancelled extends Error {
  override readonly name = 'RunCancelled';

  constructor() {
    super('The run was cancelled');
  }
}

/** The engine accepts nothing more from this execution of a run, which another process may continue; `cause` says why. */
export class RunGivenUp extends Error {
  override readonly name = 'RunGivenUp';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** A run that has not ended: it is executed, waits, or is to be continued. */
export interface OpenRun {
  readonly runId: string;
  /** Its plan and the records of its steps that have ended, as they were kept, maybe by another version. */
  readonly kept: readonly unknown[];
}

/** The means that an engine gives to the interpreter of a plan. */
export interface RunScope {
  readonly runId: string;
  /** ISO date-time; the same in every execution of the run. */
  readonly startedAt: string;
  /**
   * ISO date-time from which the time limits of the run and its steps count: its start, or when it was last resumed after it had
   * failed or been cancelled. The same when another process continues the run.
   */
  readonly timedFrom: string;
  /** Whether the run was cancelled before this execution: only its steps under `finally` are still done. */
  readonly isCancelled: boolean;
  /** Of a run that was cancelled: how the steps that were under way, then or when its process died, have left things, by their ids, as clauses. */
  readonly leftBehind: Readonly<Record<string, string>>;
  /** Notes how a step that is under way would leave things if the run, or its process, were ended now; `undefined` that there is nothing to say. */
  leaving(stepId: string, state: string | undefined): void;
  /** Aborted when the run is cancelled (with a {@link RunCancelled}), and when this process stops working on it. */
  readonly signal: AbortSignal;
  /**
   * Rejects with a {@link RunGivenUp} when the result of a step cannot be remembered. That step and those that need it then never
   * settle here.
   */
  readonly givenUp: Promise<never>;
  /**
   * The result of `act`, remembered under this name. `act` happens at least once, and not again after its result was remembered.
   * All steps of a run must be asked for at once, in an order that depends on the plan alone.
   */
  step<T>(name: string, act: () => Promise<T>): Promise<T>;
  /**
   * The outcome of `act`, done while no other run of the store does something under the same name. Calls `onBusy` with the run
   * for which it waits, where that is known.
   */
  alone<T>(
    name: string,
    options: { readonly signal: AbortSignal; onBusy(holder: string | undefined): void; act(): Promise<T> },
  ): Promise<T>;
  /**
   * Resolves when the store says now that the run may change something. Rejects when the run no longer belongs to this execution,
   * or another run has taken a name of it.
   */
  assertOwned(): Promise<void>;
  /** The other runs of the store that have not ended. Absent where nothing is kept of runs. */
  readonly otherRuns?: () => AsyncIterable<OpenRun>;
  /**
   * The payload of the next message on the topic that `accepts` takes, or undefined when none came in time. Rejects with the
   * reason of the signal, which must be aborted with that of the run.
   */
  wait(
    topic: string,
    options: {
      readonly timeoutSeconds: number;
      readonly signal: AbortSignal;
      readonly accepts: (payload: PlainValue) => boolean;
    },
  ): Promise<PlainValue | undefined>;
}

/** Executes a plan inside a scope: the one function an engine runs. */
export type Interpreter = (plan: Plan, scope: RunScope) => Promise<RunRecord>;
