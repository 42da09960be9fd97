import { type DurableEngine, openDurableEngine } from '../durable/durable-engine.ts';
import { newExecutor } from '../durable/executor-name.ts';
import { sharedQueues, suspectQueue } from '../durable/fleet-queues.ts';
import { Suspects } from '../durable/suspects.ts';
import type { Interpreter } from '../engine/engine.ts';
import type { StepKind } from '../engine/step-kind.ts';
import type { Store } from '../store/embedded-store.ts';
import { RunLog } from '../store/run-log.ts';
import type { ClockPort } from '../time/clock.ts';
import { sleepInBackground } from '../time/sleep.ts';
import { executeSuspects } from './execute-suspects.ts';
import type { PlanScheduled } from './schedules/keep-to-schedules.ts';
import { takeRuns, takeSuspects } from './take-runs.ts';
import { countWaiting, type WaitingRuns } from './waiting-runs.ts';
import type { FleetWebhooks } from './webhooks/fleet-webhooks.ts';
import type { WorkerEvent } from './worker-events.ts';
import { type Connect, WorkerRuns } from './worker-runs.ts';

export interface WorkerOptions {
  readonly store: Store;
  /** Unique among all executors, dead ones included. @default a new name */
  readonly executor?: string;
  /** Executes suspects and no other runs, one at a time, until each has shown that it is harmless. @default false */
  readonly isForSuspects?: boolean;
  readonly kinds: Readonly<Record<string, StepKind>>;
  readonly connect: Connect;
  /**
   * How many runs of each queue a worker executes side by side. DBOS keeps the number with the queue, so that the worker that
   * starts last sets it for all.
   */
  readonly concurrency: number;
  readonly plan: PlanScheduled;
  /** The clock of the schedules. */
  readonly clock: ClockPort;
  readonly onEvent?: (event: WorkerEvent) => void;
  /** Wraps the interpreter, to measure runs. */
  readonly observe?: ((interpret: Interpreter) => Interpreter) | undefined;
  /** Wake steps that wait for the service. @default the steps poll */
  readonly webhooks?: FleetWebhooks;
}

/** The present state of a worker. */
export interface WorkerStatus {
  readonly runs: number;
  readonly steps: number;
  /** Whether it takes runs: it holds its lock and does not leave. */
  readonly isReady: boolean;
  /** Seconds that requests have waited for their turn since the start, in all. */
  readonly requestWaitSeconds: number;
}

export interface FleetWorker {
  /** Unique among all executors, dead ones included. */
  readonly executor: string;
  status(): WorkerStatus;
  /** How many runs wait for a worker, by journal format. This worker takes those of its own format. */
  waitingRuns(): Promise<WaitingRuns>;
  /** Stops taking runs, lets steps that work end for at most so many seconds, and leaves the rest to other workers. */
  leave(options: { readonly withinSeconds: number }): Promise<void>;
}

/**
 * Starts a worker in this process. It executes runs of the queues of the database beside other workers, takes over the runs of
 * dead workers, and starts scheduled runs.
 */
export async function startWorker(options: WorkerOptions): Promise<FleetWorker> {
  const { store, executor = newExecutor(), isForSuspects = false, kinds, connect, webhooks } = options;
  // DBOS may hand out runs before the engine is open.
  const opened = Promise.withResolvers<DurableEngine>();
  const leaving = new AbortController();
  const { signal } = leaving;
  const log = await RunLog.open(store);
  const tell = (event: WorkerEvent): void => options.onEvent?.(event);
  const runs = new WorkerRuns({ store, executor, kinds, connect, webhooks, log, tell });
  const interpret: Interpreter = isForSuspects
    ? executeSuspects({
        runs,
        suspects: new Suspects(store.pool),
        log,
        tell,
        leaveToQueue: async (runId, plan) => await (await opened.promise).leaveToQueue(runId, plan),
      })
    : async (plan, scope) => await runs.execute(plan, { scope });
  const engine = await openDurableEngine({
    store,
    executor,
    interpret: options.observe?.(interpret) ?? interpret,
    takes: { queues: isForSuspects ? [suspectQueue] : sharedQueues, isTaking: () => !signal.aborted },
    onWait: (wait) => runs.noteWait(wait),
  });
  opened.resolve(engine);
  const { journal } = engine;
  const isReady = (): boolean => engine.liveness?.isHeld === true && !signal.aborted;
  const { concurrency, plan, clock } = options;
  const taking = isForSuspects
    ? await takeSuspects()
    : await takeRuns({ store, journal, executor, concurrency, plan, clock, isReady, tell, signal });

  return {
    executor,
    status: () => ({
      runs: runs.count,
      steps: runs.activity.steps,
      isReady: isReady(),
      requestWaitSeconds: runs.requestWaitSeconds,
    }),
    waitingRuns: async () => await countWaiting(journal),
    async leave({ withinSeconds }) {
      leaving.abort(new Error('The worker leaves'));
      await Promise.race([Promise.all([runs.activity.close(), taking.ended]), sleepInBackground(withinSeconds * 1000)]);
      await engine.close();
      await log.close();
    },
  };
}
