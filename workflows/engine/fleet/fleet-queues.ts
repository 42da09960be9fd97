import type { Plan } from '../../plan/plan.ts';

/** Runs that wait for a worker, in the order of their priority. */
export const runQueue = 'speechops-runs';
/** Runs of a concurrency group that wait for a worker: of each group one run at a time is executed, whichever worker does. */
export const groupQueue = 'speechops-groups';

export const fleetQueues: readonly string[] = [runQueue, groupQueue];

/** Where a run of this plan waits for a worker. */
export function queueOf({ pipeline }: Plan): { readonly queueName: string; readonly queuePartitionKey?: string } {
  const group = pipeline.concurrency;
  return group === undefined ? { queueName: runQueue } : { queueName: groupQueue, queuePartitionKey: group };
}
