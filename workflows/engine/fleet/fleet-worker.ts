import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Plan } from '../../plan/plan.ts';
import { openDurableEngine, type DurableEngine } from '../durable-engine.ts';
import type { Store } from '../embedded-store.ts';
import type { Interpreter } from '../engine.ts';
import { createInterpreter } from '../interpret-plan.ts';
import type { Ports } from '../ports.ts';
import type { RunEvent, RunRecord } from '../run-record.ts';
import type { StepKind } from '../step-kind.ts';
import { Activity } from './activity.ts';
import { fleetQueues, groupQueue, runQueue } from './fleet-queues.ts';
import { guardKinds, stepKey } from './guard-kinds.ts';
import { prepareBudgets, RequestBudget, type RequestLimit } from './request-budget.ts';
import { sleep } from './sleep.ts';
import { takeOver } from './take-over.ts';
import { countWaiting, watchOthers, type WaitingRuns } from './waiting-runs.ts';
import type { StepGuard } from './worker-ports.ts';

export interface WorkerOptions {
  readonly store: Store;
  readonly kinds: Readonly<Record<string, StepKind>>;
  /** The Speech resource that a plan was made for. Throws when this worker cannot work for it: the run then fails. */
  readonly connect: (plan: Plan) => Promise<WorkerConnection>;
  /** Runs of each queue that a worker executes side by side. The queue keeps it: the worker that starts last says it for all. */
  readonly concurrency: number;
  readonly onEvent?: (event: WorkerEvent) => void;
}

export interface WorkerConnection {
  readonly ports: Ports;
  /** The name of the Speech resource among all workers. */
  readonly resource: string;
  /** How much of the resource all workers together may ask; absent for a service on this machine. */
  readonly limit?: RequestLimit;
  readonly pollMilliseconds: number;
}

/** What a worker tells while it works. `isRemembered`: a step that was done before this worker took the run. */
export type WorkerEvent =
  | { readonly kind: 'run-started'; readonly runId: string; readonly pipeline: string }
  | { readonly kind: 'run-ended'; readonly runId: string; readonly record: RunRecord }
  | { readonly kind: 'run-left'; readonly runId: string; readonly error: unknown }
  | { readonly kind: 'step'; readonly runId: string; readonly event: RunEvent; readonly isRemembered: boolean }
  | { readonly kind: 'taken-over'; readonly runId: string; readonly from: string }
  /** So many runs wait for a worker of another version: of one whose journal has this format. */
  | { readonly kind: 'others-wait'; readonly format: string; readonly runs: number }
  | { readonly kind: 'trouble'; readonly error: unknown };

/** What a worker is at. */
export interface WorkerStatus {
  readonly runs: number;
  readonly steps: number;
  /** Whether it takes runs: its lock is held and it does not leave. */
  readonly isReady: boolean;
  /** Seconds that requests have waited for their turn, since the start. */
  readonly requestWaitSeconds: number;
}

export interface FleetWorker {
  /** Unique among all processes there ever are. */
  readonly executor: string;
  status(): WorkerStatus;
  /** How many runs wait for a worker, by the format of their journal: the worker takes those of its own. */
  waitingRuns(): Promise<WaitingRuns>;
  /**
   * Stops taking runs, lets steps that do something end, for at most so many seconds, and leaves the rest to other
   * workers.
   */
  leave(options: { readonly withinSeconds: number }): Promise<void>;
}

/** A process that executes the runs of a database's queues beside others, and takes over those of workers that died. */
export async function startWorker(options: WorkerOptions): Promise<FleetWorker> {
  const { store, concurrency } = options;
  const executor = `worker:${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const opened = Promise.withResolvers<DurableEngine>();
  const worker: Worker = {
    options,
    executor,
    activity: new Activity(),
    runs: new Set(),
    budgets: new Map(),
    leaving: new AbortController(),
    engine: opened.promise,
  };
  await prepareBudgets(store.pool);
  const engine = await openDurableEngine({
    store,
    executor,
    interpret: interpretAs(worker),
    takes: { queues: fleetQueues, isTaking: () => !worker.leaving.signal.aborted },
  });
  opened.resolve(engine);
  const limits = { workerConcurrency: concurrency, minPollingIntervalMs: 500, onConflict: 'always_update' } as const;
  await DBOS.registerQueue(runQueue, limits);
  await DBOS.registerQueue(groupQueue, { ...limits, partitionConcurrency: 1 });
  void lookForTheDead(worker, engine);
  void watchOthers(engine.journal, {
    until: worker.leaving.signal,
    tell: (waiting) => options.onEvent?.({ kind: 'others-wait', ...waiting }),
  });

  return {
    executor,
    status: () => ({
      runs: worker.runs.size,
      steps: worker.activity.steps,
      isReady: isReady(engine, worker),
      requestWaitSeconds: [...worker.budgets.values()].reduce((sum, budget) => sum + budget.waitedSeconds, 0),
    }),
    waitingRuns: async () => await countWaiting(engine.journal),
    async leave({ withinSeconds }) {
      worker.leaving.abort(new Error('The worker leaves'));
      await Promise.race([worker.activity.close(), sleep(withinSeconds * 1000)]);
      await engine.close();
    },
  };
}

interface Worker {
  readonly options: WorkerOptions;
  readonly executor: string;
  readonly activity: Activity;
  readonly runs: Set<string>;
  /** By resource. */
  readonly budgets: Map<string, RequestBudget>;
  readonly leaving: AbortController;
  /** Runs may be taken before it is open. */
  readonly engine: Promise<DurableEngine>;
}

function isReady({ liveness }: DurableEngine, { leaving }: Worker): boolean {
  return liveness?.isHeld === true && !leaving.signal.aborted;
}

function interpretAs(worker: Worker): Interpreter {
  const tell = (event: WorkerEvent): void => worker.options.onEvent?.(event);
  return async (plan, scope) => {
    const { runId } = scope;
    const { activity } = worker;
    const begun = new Set<string>();
    worker.runs.add(runId);
    tell({ kind: 'run-started', runId, pipeline: plan.pipeline.name });
    try {
      const connection = await worker.options.connect(plan);
      const kinds = guardKinds(worker.options.kinds, {
        runId,
        activity,
        guard: guardOf(worker, { plan, runId, connection }),
      });
      const onEvent = (event: RunEvent): void => {
        if (event.kind === 'step-started') begun.add(event.stepId);
        if (event.kind === 'step-finished') activity.end(stepKey(runId, event.stepId));
        const isRemembered = event.kind === 'step-finished' && !begun.has(event.stepId);
        tell({ kind: 'step', runId, event, isRemembered });
      };
      const record = await createInterpreter({ kinds, ports: connection.ports, onEvent })(plan, scope);
      tell({ kind: 'run-ended', runId, record });
      return record;
    } catch (error) {
      tell({ kind: 'run-left', runId, error });
      throw error;
    } finally {
      for (const stepId of begun) activity.end(stepKey(runId, stepId));
      worker.runs.delete(runId);
    }
  };
}

function guardOf(
  worker: Worker,
  run: { readonly plan: Plan; readonly runId: string; readonly connection: WorkerConnection },
): Omit<StepGuard, 'whileWaiting'> {
  const { plan, runId, connection } = run;
  const budget = budgetOf(connection, worker);
  return {
    folder: plan.folder,
    pollMilliseconds: connection.pollMilliseconds,
    async admit(signal) {
      await budget?.admit(signal);
    },
    async confirm() {
      const { liveness, journal } = await worker.engine;
      await liveness?.untilHeld();
      const [place] = await journal.places({ runIds: [runId] });
      if (place?.isExecuting === true && place.executor === worker.executor) return;
      throw new Error(`Leave ${runId} to the worker that has taken it over`);
    },
  };
}

function budgetOf({ resource, limit }: WorkerConnection, { budgets, options }: Worker): RequestBudget | undefined {
  if (limit === undefined) return undefined;
  const budget = budgets.get(resource) ?? new RequestBudget(options.store.pool, { resource, limit });
  budgets.set(resource, budget);
  return budget;
}

async function lookForTheDead(worker: Worker, engine: DurableEngine): Promise<void> {
  const { executor, options, leaving } = worker;
  while (!leaving.signal.aborted) {
    await sleep(lookEveryMilliseconds * (0.75 + Math.random() / 2), leaving.signal).catch(() => undefined);
    if (!isReady(engine, worker)) continue;
    try {
      const taken = await takeOver(options.store.pool, { journal: engine.journal, executor });
      for (const { runId, executor: from = '' } of taken) options.onEvent?.({ kind: 'taken-over', runId, from });
    } catch (error) {
      if (!leaving.signal.aborted) options.onEvent?.({ kind: 'trouble', error });
    }
  }
}

const lookEveryMilliseconds = 2000;
