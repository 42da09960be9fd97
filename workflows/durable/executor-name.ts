import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** How the names of executors begin that belong to workers, and not to one run. */
export const workerPrefix = 'worker:';

/** A name for a new executor that no process has had or will have. */
export function newExecutor(): string {
  return `${workerPrefix}${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
}

/**
 * The name under which the supervisor of an executor holds a liveness lock. Until it frees the lock, no process takes over runs
 * of the executor: the supervisor first records which of them may have ended it.
 */
export function keeperOf(executor: string): string {
  return `keeper of ${executor}`;
}
