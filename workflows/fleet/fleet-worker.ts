import { DBOS } from '@dbos-inc/dbos-sdk';
import type { PipelineStep } from '../language/pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import type { Ownership } from '../engine/ownership.ts';
import { openDurableEngine, type DurableEngine } from '../durable/durable-engine.ts';
import type { Store } from '../store/embedded-store.ts';
import type { Interpreter, RunScope } from '../engine/engine.ts';
import type { GroupWait } from '../durable/execution.ts';
import { createInterpreter } from '../engine/interpret-plan.ts';
import type { Ports } from '../engine/ports.ts';
import type { ClockPort } from '../time/clock.ts';
import { RunLog } from '../store/run-log.ts';
import type { RunEvent, RunRecord } from '../engine/run-record.ts';
import type { SetAside } from '../engine/run-state.ts';
import type { Secrets } from '../engine/secrets.ts';
import type { StepKind } from '../engine/step-kind.ts';
import { Activity, type StepActivity } from './activity.ts';
import { newExecutor } from '../durable/executor-name.ts';
import { groupQueue, runQueue, sharedQueues, suspectQueue } from '../durable/fleet-queues.ts';
import type { FleetWebhooks, WebhookEvent } from './webhooks/fleet-webhooks.ts';
import type { Callbacks } from '../engine/wait-for-entity.ts';
import { workerKinds, stepKey } from './worker-kinds.ts';
import { keepToSchedules, type PlanScheduled, type ScheduleEvent } from './schedules/keep-to-schedules.ts';
import { RequestBudget, type RequestLimit } from './request-budget.ts';
import { Schedules } from './schedules/schedules.ts';
import { sleepInBackground, unlessAborted } from '../time/sleep.ts';
import { isSetAside, reasonToSetAside, type Suspect, Suspects } from '../durable/suspects.ts';
import { takeOver } from '../durable/take-over.ts';
import { countWaiting, watchOthers, type WaitingRuns } from './waiting-runs.ts';
import type { WorkerStep } from './worker-ports.ts';

export interface WorkerOptions {
  readonly store: Store;
  /** Unique among all executors, dead ones included. @default a new name */
  readonly executor?: string;
  /** Executes suspects and no other runs, one at a time, until each has shown that it is harmless. @default false */
  readonly isForSuspects?: boolean;
  readonly kinds: Readonly<Record<string, StepKind>>;
  /**
   * Connects to the Speech resources of a plan. The returned function gives the connection of a step; `{}` is that of the steps
   * that name no resource. Throws when this worker cannot use them: the run then fails.
   */
  readonly connect: (
    plan: Plan,
    admission: Admission,
  ) => Promise<(step: Pick<PipelineStep, 'resource'>) => WorkerConnection>;
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

export interface Admission {
  /** Resolves when a request may be sent to the resource. To be awaited before every attempt that counts for its limit. */
  beforeAttempt(attempt: {
    readonly origin: string;
    /** Whether other requests may go first. */
    readonly canWait: boolean;
    readonly signal?: AbortSignal | undefined;
  }): Promise<void>;
}

export interface WorkerConnection {
  readonly ports: Ports;
  /** Asked for every request of the run after the request had its turn, right before it is sent. */
  readonly ownership: Ownership;
  /** Origin of the Speech resource: its name among all workers. */
  readonly resource: string;
  /** How many requests all workers together may send to the resource; absent for a service on this machine. */
  readonly limit?: RequestLimit;
  readonly pollMilliseconds: number;
  /** The secret variables that the run reads, as far as this worker provides them. @default none */
  readonly secrets?: Secrets;
}

/** An event in a worker. `isRemembered`: the step had ended before this worker claimed the run. */
export type WorkerEvent =
  | { readonly kind: 'run-started'; readonly runId: string; readonly pipeline: string }
  | { readonly kind: 'run-ended'; readonly runId: string; readonly record: RunRecord }
  | { readonly kind: 'run-left'; readonly runId: string; readonly error: unknown }
  | { readonly kind: 'step'; readonly runId: string; readonly event: RunEvent; readonly isRemembered: boolean }
  /** Whether a step (a {@link stepKey}) works or waits, told in advance: the process may not live to tell the outcome. */
  | { readonly kind: 'activity'; readonly step: string; readonly activity: StepActivity }
  /** The run has ended so many executors that its steps are not tried again. */
  | { readonly kind: 'set-aside'; readonly runId: string; readonly reason: string }
  /** A suspect only waits now, and continues beside other runs. */
  | { readonly kind: 'cleared'; readonly runId: string }
  | { readonly kind: 'taken-over'; readonly runId: string; readonly from: string }
  /** So many runs wait for a worker of another version, whose journal has this format. */
  | { readonly kind: 'others-wait'; readonly format: string; readonly runs: number }
  | { readonly kind: 'trouble'; readonly error: unknown }
  | ScheduleEvent
  | WebhookEvent
  | CallbackEvent;

/** A callback came to this worker. `outcome` says how the worker took it, `count` how many of this outcome have come. */
export interface CallbackEvent {
  readonly kind: 'callback';
  readonly outcome: 'told' | 'duplicate' | 'ignored' | 'challenge' | 'forged' | 'unreadable' | 'failed';
  readonly count: number;
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
  const { store, executor = newExecutor(), isForSuspects = false } = options;
  const opened = Promise.withResolvers<DurableEngine>();
  const worker: Worker = {
    options,
    executor,
    activity: new Activity((step, activity) => options.onEvent?.({ kind: 'activity', step, activity })),
    suspects: new Suspects(store.pool),
    turn: Promise.resolve(),
    runs: new Set(),
    budgets: new Map(),
    log: await RunLog.open(store),
    leaving: new AbortController(),
    engine: opened.promise,
  };
  const engine = await openDurableEngine({
    store,
    executor,
    interpret: options.observe?.(interpretAs(worker)) ?? interpretAs(worker),
    takes: { queues: isForSuspects ? [suspectQueue] : sharedQueues, isTaking: () => !worker.leaving.signal.aborted },
    onWait: noteWaits(worker.log),
  });
  opened.resolve(engine);
  const keeping = isForSuspects ? await takeSuspects() : await takeRuns(worker, engine);

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
      await Promise.race([
        Promise.all([worker.activity.close(), keeping.ended]),
        sleepInBackground(withinSeconds * 1000),
      ]);
      await engine.close();
      await worker.log.close();
    },
  };
}

const pace = { minPollingIntervalMs: 500, onConflict: 'always_update' } as const;

/** Takes several suspects at once, because one that waits for its concurrency group lets the next one go first. */
async function takeSuspects(): Promise<{ readonly ended: Promise<void> }> {
  await DBOS.registerQueue(suspectQueue, { ...pace, workerConcurrency: 20 });
  return { ended: Promise.resolve() };
}

/** Takes runs. Also puts runs of dead workers back, starts scheduled runs, and tells of runs for other versions. */
async function takeRuns(worker: Worker, engine: DurableEngine): Promise<{ readonly ended: Promise<void> }> {
  const { options, leaving } = worker;
  const limits = { ...pace, workerConcurrency: options.concurrency };
  await DBOS.registerQueue(runQueue, limits);
  await DBOS.registerQueue(groupQueue, { ...limits, partitionConcurrency: 1 });
  void lookForTheDead(worker, engine);
  void watchOthers(engine.journal, {
    until: leaving.signal,
    tell: (waiting) => options.onEvent?.({ kind: 'others-wait', ...waiting }),
  });
  const ended = keepToSchedules({
    schedules: new Schedules(options.store.pool),
    journal: engine.journal,
    plan: options.plan,
    clock: options.clock,
    isReady: () => isReady(engine, worker),
    onEvent: (event) => options.onEvent?.(event),
    signal: leaving.signal,
  });
  return { ended };
}

/** Notes in the log of a run for which run of its group it waits, whenever that changes. */
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
  readonly suspects: Suspects;
  /** Resolves when the suspect that is executed now has ended here. */
  turn: Promise<void>;
  /** DBOS may hand out runs before the engine is open. */
  readonly engine: Promise<DurableEngine>;
}

function isReady({ liveness }: DurableEngine, { leaving }: Worker): boolean {
  return liveness?.isHeld === true && !leaving.signal.aborted;
}

function interpretAs(worker: Worker): Interpreter {
  if (worker.options.isForSuspects !== true) return async (plan, scope) => await interpret(plan, { scope, worker });
  return async (plan, scope) => {
    const before = worker.turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    worker.turn = promise;
    try {
      await unlessAborted(before, scope.signal);
      return await interpretSuspect(plan, { scope, worker });
    } finally {
      void before.then(resolve);
    }
  };
}

/** Executes a suspect alone, until it has ended or only waits. One that has ended too many executors is set aside instead. */
async function interpretSuspect(
  plan: Plan,
  { scope, worker }: { readonly scope: RunScope; readonly worker: Worker },
): Promise<RunRecord> {
  const { runId } = scope;
  const suspect = (await worker.suspects.among([runId])).get(runId);
  const ended = new AbortController();
  try {
    if (suspect !== undefined && isSetAside(suspect)) {
      const setAside = { reason: reasonToSetAside(suspect), steps: suspect.steps };
      worker.options.onEvent?.({ kind: 'set-aside', runId, reason: setAside.reason });
      return await interpret(plan, { scope, worker, setAside });
    }
    void clearWhenItWaits(plan, { runId, suspect, worker, until: ended.signal }).catch(() => undefined);
    const record = await interpret(plan, { scope, worker });
    await worker.suspects.forget(runId);
    return record;
  } finally {
    ended.abort(new Error('The run has ended here'));
  }
}

/**
 * Clears a suspect when all of its steps wait, which is harmless and may take days. One that has shared in several ends of
 * executors must still be waiting after a minute for each end but the first.
 */
async function clearWhenItWaits(
  plan: Plan,
  of: {
    readonly runId: string;
    readonly suspect: Suspect | undefined;
    readonly worker: Worker;
    readonly until: AbortSignal;
  },
): Promise<void> {
  const { runId, suspect, worker, until } = of;
  const sharedEnds = suspect === undefined ? 0 : suspect.ends - suspect.ownEnds;
  do {
    await unlessAborted(worker.activity.untilOnlyWaits(), until);
    await sleepInBackground(Math.max(0, sharedEnds - 1) * probationMilliseconds, until);
  } while (!worker.activity.onlyWaits);
  await worker.suspects.clear(runId);
  worker.options.onEvent?.({ kind: 'cleared', runId });
  worker.log.note(runId, 'only waits, and continues beside other runs');
  await (await worker.engine).leaveToQueue(runId, plan);
}

const probationMilliseconds = 60_000;

async function interpret(
  plan: Plan,
  of: { readonly scope: RunScope; readonly worker: Worker; readonly setAside?: SetAside },
): Promise<RunRecord> {
  const { scope, worker, setAside } = of;
  const tell = (event: WorkerEvent): void => worker.options.onEvent?.(event);
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
    const kinds = workerKinds(worker.options.kinds, {
      runId,
      activity,
      workerStepOf: (stepId) => workerStepOf(worker, { plan, connection: connectionOf(steps.get(stepId) ?? {}) }),
    });
    const onEvent = (event: RunEvent): void => {
      keep(event);
      if (event.kind === 'step-started') begun.add(event.stepId);
      if (event.kind === 'step-finished') activity.end(stepKey(runId, event.stepId));
      const isRemembered = event.kind === 'step-finished' && !begun.has(event.stepId);
      tell({ kind: 'step', runId, event, isRemembered });
    };
    const onStep = (stepId: string): void =>
      tell({ kind: 'activity', step: stepKey(runId, stepId), activity: 'works' });
    const { ports, ownership, secrets } = connectionOf({});
    const portsOf = (step: PipelineStep): Ports => connectionOf(step).ports;
    const interpreter = createInterpreter({
      kinds,
      ports,
      portsOf,
      onEvent,
      onStep,
      ownership,
      setAside,
      ...(secrets === undefined ? {} : { secrets }),
    });
    const record = await Promise.race([interpreter(plan, scope), scope.givenUp]);
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
}

function workerStepOf(
  worker: Worker,
  run: { readonly plan: Plan; readonly connection: WorkerConnection },
): Omit<WorkerStep, 'whileWaiting'> {
  const { plan, connection } = run;
  keepBudget(connection, worker);
  const callbacks = callbacksOf(connection, worker);
  return {
    folder: plan.folder,
    pollMilliseconds: connection.pollMilliseconds,
    ...(callbacks === undefined ? {} : { callbacks }),
  };
}

/** Lets attempts wait for their turns among the attempts of all workers. */
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
  // The webhook belongs to the fleet and not to a run, so that every worker may look after it.
  return webhooks === undefined ? undefined : options.webhooks?.of(resource, webhooks);
}

async function lookForTheDead(worker: Worker, engine: DurableEngine): Promise<void> {
  const { executor, options, leaving } = worker;
  while (!leaving.signal.aborted) {
    await sleepInBackground(lookEveryMilliseconds * (0.75 + Math.random() / 2), leaving.signal).catch(() => undefined);
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
