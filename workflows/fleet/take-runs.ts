import { DBOS } from '@dbos-inc/dbos-sdk';
import { groupQueue, runQueue, suspectQueue } from '../durable/fleet-queues.ts';
import type { Journal } from '../durable/journal.ts';
import { takeOver } from '../durable/take-over.ts';
import type { Store } from '../store/embedded-store.ts';
import type { ClockPort } from '../time/clock.ts';
import { every } from '../time/every.ts';
import { keepToSchedules, type PlanScheduled } from './schedules/keep-to-schedules.ts';
import { Schedules } from './schedules/schedules.ts';
import { watchOthers } from './waiting-runs.ts';
import type { WorkerEvent } from './worker-events.ts';

export interface TakingRuns {
  readonly store: Store;
  readonly journal: Journal;
  readonly executor: string;
  /** How many runs of each queue are executed side by side. */
  readonly concurrency: number;
  readonly plan: PlanScheduled;
  readonly clock: ClockPort;
  /** Whether this worker takes runs now. */
  readonly isReady: () => boolean;
  readonly tell: (event: WorkerEvent) => void;
  /** Ends the taking. */
  readonly signal: AbortSignal;
}

const pace = { minPollingIntervalMs: 500, onConflict: 'always_update' } as const;

/** Takes several suspects at once, because one that waits for its concurrency group lets the next one go first. */
export async function takeSuspects(): Promise<{ readonly ended: Promise<void> }> {
  await DBOS.registerQueue(suspectQueue, { ...pace, workerConcurrency: 20 });
  return { ended: Promise.resolve() };
}

/**
 * Takes runs. Also puts runs of dead workers back, starts scheduled runs, and tells of runs for other versions. `ended` resolves
 * after the signal is aborted and no scheduled run is being started any more.
 */
export async function takeRuns(taking: TakingRuns): Promise<{ readonly ended: Promise<void> }> {
  const { store, journal, plan, clock, isReady, tell, signal } = taking;
  const limits = { ...pace, workerConcurrency: taking.concurrency };
  await DBOS.registerQueue(runQueue, limits);
  await DBOS.registerQueue(groupQueue, { ...limits, partitionConcurrency: 1 });
  void lookForTheDead(taking);
  void watchOthers(journal, { until: signal, tell: (waiting) => tell({ kind: 'others-wait', ...waiting }) });
  const schedules = new Schedules(store.pool);
  return { ended: keepToSchedules({ schedules, journal, plan, clock, isReady, onEvent: tell, signal }) };
}

async function lookForTheDead({ store, journal, executor, isReady, tell, signal }: TakingRuns): Promise<void> {
  const look = async (): Promise<void> => {
    if (!isReady()) return;
    try {
      const taken = await takeOver(store.pool, { journal, executor });
      for (const { runId, executor: from = '' } of taken) tell({ kind: 'taken-over', runId, from });
    } catch (error) {
      if (!signal.aborted) tell({ kind: 'trouble', error });
    }
  };
  await every(lookEveryMilliseconds, look, { signal, firstLook: 'after a pause', spread: 0.25 });
}

const lookEveryMilliseconds = 2000;
