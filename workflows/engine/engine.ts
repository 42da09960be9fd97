import type { PlainValue } from '../document/plain-value.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunRecord } from './run-record.ts';

/**
 * Durable execution, as the runner sees it. An engine promises that the result of a `step` is remembered once it was
 * reached, and that a step may happen more than once when the process dies inside it: whatever a step does to the world
 * must be looked for before it is done.
 */
export interface Engine {
  /** Starts a run of the plan, or joins the one with this id. */
  start(runId: string, plan: Plan): Promise<void>;
  /** The record of the run once it has ended; rejects when the world failed in a way that no step's outcome tells. */
  result(runId: string): Promise<RunRecord>;
  status(runId: string): Promise<RunStatus | undefined>;
  /** Keeps a decision for the step that the topic names: also before the step waits for it, and of a key only once. */
  decide(
    runId: string,
    message: { readonly topic: string; readonly payload: PlainValue; readonly key: string },
  ): Promise<void>;
  /**
   * Ends the run where it stands: its steps are stopped, and those under `finally` are still done. Asked for once more, these
   * are stopped as well.
   */
  cancel(runId: string): Promise<void>;
}

/**
 * `queued`: left to the workers of the fleet, none of which executes it now. `ended`: it has left a record, but none that this
 * version can show.
 */
export type RunStatus = 'queued' | 'running' | 'ended' | RunRecord['status'];

/** What goes on with a run whose process is dead: somebody who resumes it, or the next worker that looks. */
export type Abandoned = 'until-resumed' | 'until-taken-over';

/** Whether the run has not ended. */
export function isOpen(status: RunStatus): status is 'queued' | 'running' {
  return status === 'queued' || status === 'running';
}

/** Why the signal of a {@link RunScope} is aborted when somebody cancelled the run. */
export class RunCancelled extends Error {
  override readonly name = 'RunCancelled';

  constructor() {
    super('The run was cancelled');
  }
}

/** The engine takes nothing more from this execution of a run, which may go on elsewhere; `cause` says why. */
export class RunGivenUp extends Error {
  override readonly name = 'RunGivenUp';

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** What an engine gives to the interpreter of a plan. */
export interface RunScope {
  readonly runId: string;
  /** ISO date-time; the same when the run is gone on with elsewhere. */
  readonly startedAt: string;
  /**
   * ISO date-time from which the time limits of the run and its steps count: its start, or when it was last resumed after it
   * had failed or been cancelled. The same when the run is gone on with elsewhere.
   */
  readonly timedFrom: string;
  /** Whether somebody has cancelled the run before: only its steps under `finally` are still done. */
  readonly isCancelled: boolean;
  /** Aborted when the run is cancelled (with a {@link RunCancelled}), and when this process stops working on it. */
  readonly signal: AbortSignal;
  /**
   * Rejects with a {@link RunGivenUp} when the result of a step cannot be remembered: then neither that step nor what needs
   * it ever settles here.
   */
  readonly givenUp: Promise<never>;
  /**
   * The result of `act`, remembered under this name: it happens at least once, and not again after it was remembered.
   * Every step of a run must be asked for at once, in an order that depends on the plan alone.
   */
  step<T>(name: string, act: () => Promise<T>): Promise<T>;
  /**
   * The outcome of `act`, done while no other run that this store knows of does something under the same name. Tells
   * `onBusy` for which run it waits, where that is known.
   */
  alone<T>(
    name: string,
    options: { readonly signal: AbortSignal; onBusy(holder: string | undefined): void; act(): Promise<T> },
  ): Promise<T>;
  /**
   * Resolves when the run may change something, by what the store says now; rejects when it is not this execution's any more,
   * or another one has taken its place.
   */
  assertOwned(): Promise<void>;
  /**
   * The payload of the next message on the topic that is accepted, or undefined when none came in time. Rejects with the signal's reason when
   * that is aborted first: it is to be aborted with the run's own.
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
