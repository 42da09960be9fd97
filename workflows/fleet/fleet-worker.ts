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
  /** Unique among all processes there ever are. @default a new one */
  readonly executor?: string;
  /**
   * Executes the runs that are suspected of ending processes, one at a time, until they have shown that they are harmless; and
   * nothing else. @default false
   */
  readonly isForSuspects?: boolean;
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
  readonly ownership: Ownership;
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
  /** What a step (a {@link stepKey}) is at, told before it happens: the process may not live to tell what came of it. */
  | { readonly kind: 'activity'; readonly step: string; readonly activity: StepActivity }
  /** The run has ended so many processes that its steps are not tried again. */
  | { readonly kind: 'set-aside'; readonly runId: string; readonly reason: string }
  /** A suspected run only waits now, and goes on among others. */
  | { readonly kind: 'cleared'; readonly runId: string }
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

/** Takes suspects: several, because those that wait for others of their concurrency group let the next one go first. */
async function takeSuspects(): Promise<{ readonly ended: Promise<void> }> {
  await DBOS.registerQueue(suspectQueue, { ...pace, workerConcurrency: 20 });
  return { ended: Promise.resolve() };
}

/** Takes runs, makes those of dead workers and schedules be taken, and tells of those that are for other versions. */
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
  readonly suspects: Suspects;
  /** Ends with the suspect that is executed now. */
  turn: Promise<void>;
  /** Runs may be taken before it is open. */
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

/** Executes a run that is alone here: until it has ended or only waits, and without its steps when it has ended too many processes. */
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

/** A run that waits for others is harmless, and may take days. One that was suspected before waits here for a while first. */
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
  worker.log.note(runId, 'only waits, and goes on among the other runs');
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
