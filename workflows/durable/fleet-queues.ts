import type { Plan } from '../plan/plan.ts';

/** Runs that wait for a worker, in the order of their priority. */
export const runQueue = 'speechops-runs';
/** Runs of a concurrency group that wait for a worker: of each group one run at a time is executed, whichever worker does. */
export const groupQueue = 'speechops-groups';
/** Runs that are executed one by one, apart from all others: see {@link Suspects}. */
export const suspectQueue = 'speechops-suspects';

/** The queues of the runs that are executed side by side. */
export const sharedQueues: readonly string[] = [runQueue, groupQueue];
export const fleetQueues: readonly string[] = [...sharedQueues, suspectQueue];

/** Where a run of this plan waits for a worker. */
export function queueOf({ pipeline }: Plan): { readonly queueName: string; readonly queuePartitionKey?: string } {
  const group = pipeline.concurrency;
  return group === undefined ? { queueName: runQueue } : { queueName: groupQueue, queuePartitionKey: group };
}
