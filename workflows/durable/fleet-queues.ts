import type { Plan } from '../plan/plan.ts';

/** Runs that wait for a worker, in the order of their priority. */
export const runQueue = 'speechops-runs';
/** Runs of a concurrency group that wait for a worker. All workers together execute one run of a group at a time. */
export const groupQueue = 'speechops-groups';
/** Suspects, which are executed one by one and apart from all other runs: see {@link Suspects}. */
export const suspectQueue = 'speechops-suspects';

/** The queues whose runs an executor executes side by side. */
export const sharedQueues: readonly string[] = [runQueue, groupQueue];
export const fleetQueues: readonly string[] = [...sharedQueues, suspectQueue];

/** The queue in which a run of this plan waits for a worker. Its partition is the concurrency group. */
export function queueOf({ pipeline }: Plan): { readonly queueName: string; readonly queuePartitionKey?: string } {
  const group = pipeline.concurrency;
  return group === undefined ? { queueName: runQueue } : { queueName: groupQueue, queuePartitionKey: group };
}
