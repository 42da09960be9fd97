import type { AsyncLocalStorage } from 'node:async_hooks';
import { DBOSWorkflowConflictError } from '@dbos-inc/dbos-sdk';
import { assertStillOwnsWorkflow } from '@dbos-inc/dbos-sdk/datasource';
import type { ExclusiveNames } from '../store/exclusive-names.ts';
import type { LivenessLock } from '../store/liveness-lock.ts';
import type { Journal } from './journal.ts';

/** A run that waits until another one of its concurrency group has ended. */
export interface GroupWait {
  readonly runId: string;
  readonly group: string;
  /** The run for which it waits; undefined when it is not known. */
  readonly holder: string | undefined;
}

/** The state of a process that executes runs. */
export interface Executing {
  /** Aborted when the process stops working. Its executions then end without a result, as if the process had been killed. */
  readonly stop: AbortController;
  readonly journal: Journal;
  readonly executor: string;
  readonly takes: { readonly queues: readonly string[]; isTaking(): boolean } | undefined;
  readonly onWait: ((wait: GroupWait) => void) | undefined;
  readonly executions: Set<Execution>;
  /** Runs whose exclusive names other runs have taken, until these runs are given back. */
  readonly displaced: Set<string>;
  liveness?: LivenessLock;
  names: ExclusiveNames;
}

/** The execution of a run in this process. */
export interface Execution {
  readonly runId: string;
  /** Aborted when the run no longer belongs to this execution. */
  readonly lost: AbortController;
  /**
   * Resolved when the journal accepts nothing more from this execution. Before, DBOS would record its end as the end of the run.
   */
  readonly left: PromiseWithResolvers<void>;
  /** Resolved when this execution changes nothing of the run any more. Its steps may still wind down. */
  readonly ended: PromiseWithResolvers<void>;
  /**
   * Whether the journal still accepts results from this execution. The name of the executor does not tell: another process that
   * thought this one dead may execute the run under the same name.
   */
  isOwner(): Promise<boolean>;
}

/** DBOS gives each claim of a run a token, and keeps it in the asynchronous context of the execution. */
export async function isOwner(
  runId: string,
  inContext: ReturnType<typeof AsyncLocalStorage.snapshot>,
): Promise<boolean> {
  try {
    await inContext(async () => await assertStillOwnsWorkflow(runId));
    return true;
  } catch (error) {
    if (error instanceof DBOSWorkflowConflictError) return false;
    throw error;
  }
}

/** Notes that the journal accepts nothing more from the execution, because another one has the run or the run has ended. */
export function leave({ lost, left }: Execution): void {
  lost.abort(new Error('The run was taken over'));
  left.resolve();
}

/** Never settles, so that DBOS records no end of an execution. */
export async function never(): Promise<never> {
  return await new Promise<never>(() => undefined);
}
