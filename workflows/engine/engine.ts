import type { PlainValue } from '../language/pipeline.ts';
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
  /** Delivers a message to the run; kept when nobody waits for the topic yet, dropped when the key was delivered before. */
  signal(
    runId: string,
    message: { readonly topic: string; readonly payload: PlainValue; readonly key: string },
  ): Promise<void>;
  cancel(runId: string): Promise<void>;
}

/** `ended`: it has left a record, but none that this version can show. */
export type RunStatus = 'running' | 'ended' | RunRecord['status'];

/** What an engine gives to the interpreter of a plan. */
export interface RunScope {
  readonly runId: string;
  /** ISO date-time; the same when the run is gone on with elsewhere. */
  readonly startedAt: string;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /**
   * The result of `act`, remembered under this name: it happens at least once, and not again after it was remembered.
   * Every step of a run must be asked for at once, in an order that depends on the plan alone.
   */
  step<T>(name: string, act: () => Promise<T>): Promise<T>;
  /**
   * The payload of the next message on the topic, or undefined when none came in time. Rejects with the signal's reason when
   * that is aborted first: it is to be aborted with the run's own.
   */
  wait(
    topic: string,
    options: { readonly timeoutSeconds: number; readonly signal: AbortSignal },
  ): Promise<PlainValue | undefined>;
}

/** Executes a plan inside a scope: the one function an engine runs. */
export type Interpreter = (plan: Plan, scope: RunScope) => Promise<RunRecord>;
