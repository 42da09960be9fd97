import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { DBOS } from '@dbos-inc/dbos-sdk';
import type { PipelineStep } from '../../language/pipeline.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ChangeGuard } from '../change-guard.ts';
import { openDurableEngine, type DurableEngine } from '../durable-engine.ts';
import type { Store } from '../embedded-store.ts';
import type { Interpreter } from '../engine.ts';
import type { GroupWait } from '../execution.ts';
import { createInterpreter } from '../interpret-plan.ts';
import type { ClockPort, Ports } from '../ports.ts';
import { RunLog } from '../run-log.ts';
import type { RunEvent, RunRecord } from '../run-record.ts';
import type { Secrets } from '../secrets.ts';
import type { StepKind } from '../step-kind.ts';
import { Activity } from './activity.ts';
import { fleetQueues, groupQueue, runQueue } from './fleet-queues.ts';
import type { Callbacks, FleetWebhooks, WebhookEvent } from './fleet-webhooks.ts';
import { guardKinds, stepKey } from './guard-kinds.ts';
import { keepToSchedules, type PlanScheduled, type ScheduleEvent } from './keep-to-schedules.ts';
import { prepareBudgets, RequestBudget, type RequestLimit } from './request-budget.ts';
import { prepareSchedules, Schedules } from './schedules.ts';
import { sleep } from './sleep.ts';
import { takeOver } from './take-over.ts';
import { countWaiting, watchOthers, type WaitingRuns } from './waiting-runs.ts';
import type { StepGuard } from './worker-ports.ts';

export interface WorkerOptions {
  readonly store: Store;
  readonly kinds: Readonly<Record<string, StepKind>>;
  /**
   * The Speech resources that a plan was made for: of each step its own, of `{}` that of the steps that name none. Throws
   * when this worker cannot work for them: the run then fails.
   */
  readonly connect: (
    plan: Plan,
    admission: Admission,
  ) => Promise<(step: Pick<PipelineStep, 'resource'>) => WorkerConnection>;
  /** Runs of each queue that a worker executes side by side. The queue keeps it: the worker that starts last says it for all. */
  readonly concurrency: number;
  readonly plan: PlanScheduled;
  /** What schedules are kept to. */
  readonly clock: ClockPort;
  readonly onEvent?: (event: WorkerEvent) => void;
  /** The interpreter, seen by whoever measures runs. */
  readonly observe?: ((interpret: Interpreter) => Interpreter) | undefined;
  /** Wake steps that wait for the service. @default they read again and again */
  readonly webhooks?: FleetWebhooks;
}

export interface Admission {
  /** Resolves when it is the turn of a request to the resource: to be asked before every attempt that counts for its limit. */
  beforeAttempt(attempt: {
    readonly origin: string;
    /** Others may go before it. */
    readonly canWait: boolean;
    readonly signal?: AbortSignal | undefined;
  }): Promise<void>;
}

export interface WorkerConnection {
  readonly ports: Ports;
  /** What the requests of the run ask before they are sent, after they had their turn. */
  readonly changes: ChangeGuard;
  /** The origin of the Speech resource, its name among all workers. */
  readonly resource: string;
  /** How much of the resource all workers together may ask; absent for a service on this machine. */
  readonly limit?: RequestLimit;
  readonly pollMilliseconds: number;
  /** The secret variables that the run reads and this worker gives away. @default none */
  readonly secrets?: Secrets;
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
  | { readonly kind: 'trouble'; readonly error: unknown }
  | ScheduleEvent
  | WebhookEvent
  | CallbackEvent;

/** A callback came to this worker, and what it was worth; `count` says how many of that kind have come. */
export interface CallbackEvent {
  readonly kind: 'callback';
  readonly outcome: 'told' | 'duplicate' | 'ignored' | 'challenge' | 'forged' | 'unreadable' | 'failed';
  readonly count: number;
}

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

/**
 * A process that executes the runs of a database's queues beside others, takes over those of workers that died, and starts
 * those of schedules.
 */
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
    log: await RunLog.open(store),
    leaving: new AbortController(),
    engine: opened.promise,
  };
  await prepareBudgets(store.pool);
  await prepareSchedules(store.pool);
  const engine = await openDurableEngine({
    store,
    executor,
    interpret: options.observe?.(interpretAs(worker)) ?? interpretAs(worker),
    takes: { queues: fleetQueues, isTaking: () => !worker.leaving.signal.aborted },
    onWait: noteWaits(worker.log),
  });
  opened.resolve(engine);
  const limits = { workerConcurrency: concurrency, minPollingIntervalMs: 500, onConflict: 'always_update' } as const;
  await DBOS.registerQueue(runQueue, limits);
  await DBOS.registerQueue(groupQueue, { ...limits, partitionConcurrency: 1 });
  void lookForTheDead(worker, engine);
  const keeping = keepToSchedules({
    schedules: new Schedules(store.pool),
    journal: engine.journal,
    plan: options.plan,
    clock: options.clock,
    isReady: () => isReady(engine, worker),
    onEvent: (event) => options.onEvent?.(event),
    signal: worker.leaving.signal,
  });
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
      await Promise.race([Promise.all([worker.activity.close(), keeping]), sleep(withinSeconds * 1000)]);
      await engine.close();
      await worker.log.close();
    },
  };
}

/** Notes in a run's log for which other one it waits, when that changes. */
function noteWaits(log: RunLog): (wait: GroupWait) => void {
  const noted = new Map<string, string | undefined>();
  return ({ runId, group, holder }) => {
    if (noted.has(runId) && noted.get(runId) === holder) return;
    noted.set(runId, holder);
    log.note(
      runId,
      `waiting for ${holder === undefined ? 'another run' : `run ${holder}`} of the concurrency group ${group}`,
    );
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
  readonly log: RunLog;
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
    worker.log.note(runId, `executed by ${worker.executor}`);
    const keep = worker.log.eventsOf(runId);
    try {
      const connectionOf = await worker.options.connect(plan, admissionTo(worker));
      const steps = new Map(plan.pipeline.steps.map((step) => [step.id, step]));
      const kinds = guardKinds(worker.options.kinds, {
        runId,
        activity,
        guardOf: (stepId) => guardOf(worker, { plan, connection: connectionOf(steps.get(stepId) ?? {}) }),
      });
      const onEvent = (event: RunEvent): void => {
        keep(event);
        if (event.kind === 'step-started') begun.add(event.stepId);
        if (event.kind === 'step-finished') activity.end(stepKey(runId, event.stepId));
        const isRemembered = event.kind === 'step-finished' && !begun.has(event.stepId);
        tell({ kind: 'step', runId, event, isRemembered });
      };
      const { ports, changes, secrets } = connectionOf({});
      const portsOf = (step: PipelineStep): Ports => connectionOf(step).ports;
      const interpreted = createInterpreter({
        kinds,
        ports,
        portsOf,
        onEvent,
        changes,
        ...(secrets === undefined ? {} : { secrets }),
      })(plan, scope);
      const record = await Promise.race([interpreted, scope.givenUp]);
      tell({ kind: 'run-ended', runId, record });
      return record;
    } catch (error) {
      tell({ kind: 'run-left', runId, error });
      worker.log.note(runId, `left by ${worker.executor}: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    } finally {
      for (const stepId of begun) activity.end(stepKey(runId, stepId));
      worker.runs.delete(runId);
    }
  };
}

function guardOf(
  worker: Worker,
  run: { readonly plan: Plan; readonly connection: WorkerConnection },
): Omit<StepGuard, 'whileWaiting'> {
  const { plan, connection } = run;
  keepBudget(connection, worker);
  const callbacks = callbacksOf(connection, worker);
  return {
    folder: plan.folder,
    pollMilliseconds: connection.pollMilliseconds,
    ...(callbacks === undefined ? {} : { callbacks }),
  };
}

/** Attempts wait for their turns among those of all workers. */
function admissionTo({ budgets }: Worker): Admission {
  return {
    async beforeAttempt({ origin, ...request }) {
      await budgets.get(origin)?.admit(request);
    },
  };
}

function keepBudget({ resource, limit }: WorkerConnection, { budgets, options }: Worker): void {
  if (limit === undefined || budgets.has(resource)) return;
  budgets.set(resource, new RequestBudget(options.store.pool, { resource, limit }));
}

function callbacksOf({ ports, resource }: WorkerConnection, { options }: Worker): Callbacks | undefined {
  const { webhooks } = ports.speech;
  // It is the fleet's, not a run's: every worker may look after it.
  return webhooks === undefined ? undefined : options.webhooks?.of(resource, webhooks);
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
