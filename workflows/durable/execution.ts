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
  /** The run it waits for, where that is known. */
  readonly holder: string | undefined;
}

/** What a process has while it executes runs. */
export interface Executing {
  /** Aborted when the process stops working: what was under way is left as if the process had been killed. */
  readonly stop: AbortController;
  readonly journal: Journal;
  readonly executor: string;
  readonly takes: { readonly queues: readonly string[]; isTaking(): boolean } | undefined;
  readonly onWait: ((wait: GroupWait) => void) | undefined;
  readonly executions: Set<Execution>;
  /** Runs whose names others have taken, until they are given back. */
  readonly displaced: Set<string>;
  liveness?: LivenessLock;
  names: ExclusiveNames;
}

/** A run while it is executed here. */
export interface Execution {
  readonly runId: string;
  /** Aborted when the run is no longer this execution's. */
  readonly lost: AbortController;
  /** Resolved when the journal knows that, too, and takes nothing more from this execution: it may end then, and not before. */
  readonly left: PromiseWithResolvers<void>;
  /** Resolved when this execution has ended: nothing of the run is changed here any more, though steps may still wind down. */
  readonly ended: PromiseWithResolvers<void>;
  /**
   * Whether the journal still takes from this execution. Another one of the run may be under the same executor's name: that
   * of a process which thought that this one is dead.
   */
  isOwner(): Promise<boolean>;
}

/** Each claim of a run has a token, which the engine keeps in the asynchronous context of the execution. */
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

/** The journal takes nothing more from it, because another execution has the run or the run has ended. */
export function leave({ lost, left }: Execution): void {
  lost.abort(new Error('The run was taken over'));
  left.resolve();
}

/** For an execution that nobody may see the end of. */
export async function never(): Promise<never> {
  return await new Promise<never>(() => undefined);
}
