import { AsyncLocalStorage } from 'node:async_hooks';
import { DBOS, DBOSWorkflowConflictError } from '@dbos-inc/dbos-sdk';
import { assertStillOwnsWorkflow } from '@dbos-inc/dbos-sdk/datasource';
import type { PlainValue } from '../language/pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import type { Decision } from './decision.ts';
import type { Store } from './embedded-store.ts';
import { isOpen, RunCancelled, RunGivenUp, type Engine, type Interpreter, type RunScope } from './engine.ts';
import { queueOf } from './fleet/fleet-queues.ts';
import { ExclusiveNames, prepareNames } from './fleet/exclusive-names.ts';
import { LivenessLock } from './fleet/liveness-lock.ts';
import { oneAtATime } from './fleet/one-at-a-time.ts';
import { sleep } from './fleet/sleep.ts';
import { takeOver } from './fleet/take-over.ts';
import {
  applicationName,
  decisionQueue,
  decisionWorkflow,
  Journal,
  markWorkflow,
  RunExistsError,
  runWorkflow,
  silent,
  statusOf,
  type RunDetails,
} from './journal.ts';
import { journalFormat } from './journal-format.ts';
import type { RunRecord, StepRecord } from './run-record.ts';
import { ResumeError, runToFork, runToResume, type ReadableRun } from './run-to-go-on-with.ts';

export interface DurableEngine extends Engine {
  readonly journal: Journal;
  /** Shows others that this process lives; absent where the store belongs to this process alone. */
  readonly liveness?: LivenessLock;
  /** Goes on with a run that was cut off, cancelled, or failed; from its first step that has not passed. */
  resume(runId: string): Promise<void>;
  /** A new run that keeps what the old one had done before this step. */
  fork(runId: string, options: { readonly from: string; readonly newRunId: string }): Promise<void>;
  /** Stops working here and leaves unfinished runs to be gone on with. */
  close(): Promise<void>;
}

/** A run that waits until another one of its concurrency group has ended. */
export interface GroupWait {
  readonly runId: string;
  readonly group: string;
  /** The run it waits for, where that is known. */
  readonly holder: string | undefined;
}

/**
 * An engine that remembers in a database (DBOS Transact): a run survives the death of the process at any moment and is
 * gone on with by whoever opens the store next under the same `executor`. There is one in a process.
 */
export async function openDurableEngine(options: {
  readonly store: Store;
  readonly interpret: Interpreter;
  /** Unfinished runs of this name are gone on with at once. A process called `run:ID` executes that run and no other. */
  readonly executor: string;
  /** Told while a run waits for another one of its concurrency group. */
  readonly onWait?: (wait: GroupWait) => void;
  /** Takes runs from these queues as long as `isTaking` says so, and executes no others. */
  readonly takes?: { readonly queues: readonly string[]; isTaking(): boolean };
  /** Throws a {@link RunExistsError}, and goes on with nothing, when there is a run of this name. */
  readonly newRun?: string;
}): Promise<DurableEngine> {
  const { store, executor, takes } = options;
  const journal = await Journal.open(store);
  const state: State = {
    stop: new AbortController(),
    journal,
    executor,
    takes,
    onWait: options.onWait,
    executions: new Set(),
    displaced: new Set(),
    names: new ExclusiveNames(undefined),
  };
  try {
    if (!store.embedded) await showLiveness(store, state);
    // What is unfinished under this executor is gone on with as soon as the engine is launched.
    const { newRun } = options;
    if (newRun !== undefined && (await journal.holds(newRun))) throw new RunExistsError(newRun);
    const engine = await launch(options, state);
    if (!store.embedded && executor.startsWith('run:')) void lookForOwnRun(store, state);
    return engine;
  } catch (error) {
    await close(state).catch(() => undefined);
    throw error;
  }
}

async function launch(options: Parameters<typeof openDurableEngine>[0], state: State): Promise<DurableEngine> {
  const { store, interpret, executor, takes } = options;
  const { journal } = state;
  const run = DBOS.registerWorkflow(async (plan: Plan) => await execute(plan, { interpret, state }), {
    name: runWorkflow,
    maxRecoveryAttempts: 1_000_000,
  });
  DBOS.registerWorkflow(async (decision: Decision) => decision, { name: decisionWorkflow });
  DBOS.registerWorkflow(async (at: string) => at, { name: markWorkflow });
  DBOS.setConfig({
    name: applicationName,
    systemDatabasePool: store.pool,
    useListenNotify: false,
    applicationVersion: journalFormat,
    executorID: executor,
    listenQueues: [decisionQueue, ...(takes?.queues ?? [])],
    logger: silent,
    schedulerPollingIntervalMs: 60_000,
  });
  // On a new database launching makes the tables, which fails when two processes do it at the same time.
  if (store.embedded) await DBOS.launch();
  else await oneAtATime(store.pool, 'schema', () => DBOS.launch());
  await DBOS.registerQueue(decisionQueue, { onConflict: 'never_update' });

  return {
    journal,
    ...(state.liveness === undefined ? {} : { liveness: state.liveness }),
    async start(runId, plan) {
      await DBOS.startWorkflow(run, { workflowID: runId })(plan);
    },
    async result(runId) {
      for (;;) {
        try {
          return await DBOS.retrieveWorkflow<RunRecord>(runId).getResult({ pollingIntervalMs: 100 });
        } catch (error) {
          // Only when it has ended here it is certain whether a cancelled run goes on with its steps under `finally`.
          await [...state.executions].find((execution) => execution.runId === runId)?.ended.promise;
          const found = await journal.details(runId);
          if (found !== undefined && isOpen(found.status)) continue;
          if (found?.status !== 'cancelled') throw error;
          return found.record ?? cancelledRecord(found);
        }
      }
    },
    async status(runId) {
      const status = await DBOS.getWorkflowStatus(runId);
      return status === null ? undefined : statusOf(status);
    },
    async signal(runId, message) {
      await journal.decide(runId, message.topic, message.payload as unknown as Decision);
    },
    async cancel(runId) {
      await journal.cancel(runId);
    },
    async resume(runId) {
      const found = runToResume(runId, await journal.details(runId));
      // Kept before the run goes on, and of no meaning unless it does.
      if (found.status === 'cancelled' || found.status === 'failed') await journal.markResumption(found);
      const [place] = await journal.places({ runIds: [runId] });
      const queue = place?.isOfFleet === true ? queueOf(found.plan) : {};
      // A run that was cancelled before it had a record stands where it was.
      if (found.status === 'cancelled' && found.record === undefined) await DBOS.resumeWorkflow(runId, queue);
      else if (found.status === 'failed' || found.status === 'cancelled')
        await DBOS.rewindWorkflow(runId, { ...queue, startStep: firstToRepeat(found) });
      // A run that was cut off is gone on with by launching under its executor, and one of the fleet by a worker.
    },
    async fork(runId, { from, newRunId }) {
      const found = runToFork(runId, await journal.details(runId), from);
      if (await journal.holds(newRunId)) throw new ResumeError(new RunExistsError(newRunId).message);
      const at = stepPosition(found.plan, from);
      await journal.mark(newRunId, 'resumed');
      await DBOS.forkWorkflow(runId, at, { newWorkflowID: newRunId, applicationVersion: journalFormat });
    },
    close: async () => await close(state),
  };
}

async function close({ stop, journal, liveness }: State): Promise<void> {
  stop.abort(new Error('This process stops working on the run'));
  await journal.close();
  try {
    await DBOS.shutdown({ deregister: true });
  } finally {
    await liveness?.release();
  }
}

interface State {
  /** Aborted when the process stops working: what was under way is left as if the process had been killed. */
  readonly stop: AbortController;
  readonly journal: Journal;
  readonly executor: string;
  readonly takes: { readonly queues: readonly string[]; isTaking(): boolean } | undefined;
  readonly onWait: ((wait: GroupWait) => void) | undefined;
  readonly executions: Set<Execution>;
  /** Runs whose names others have taken, until they are given back. */
  readonly displaced: Set<string>;
  liveness?: LivenessLock;
  names: ExclusiveNames;
}

/** A run while it is executed here. */
interface Execution {
  readonly runId: string;
  /** Aborted when the run is no longer this execution's. */
  readonly lost: AbortController;
  /** Resolved when the journal knows that, too, and takes nothing more from this execution: it may end then, and not before. */
  readonly left: PromiseWithResolvers<void>;
  /** Resolved when nothing of the run is done here any more. */
  readonly ended: PromiseWithResolvers<void>;
  /**
   * Whether the journal still takes from this execution. Another one of the run may be under the same executor's name: that
   * of a process which thought that this one is dead.
   */
  isOwner(): Promise<boolean>;
}

async function showLiveness(store: Store, state: State): Promise<void> {
  const { executor, executions } = state;
  await prepareNames(store.pool);
  const lock = await LivenessLock.take(store.pool, {
    executor,
    async onTakenAgain() {
      const before = [...executions];
      if (before.length === 0) return;
      for (const runId of await state.names.takeAgain()) state.displaced.add(runId);
      await leaveTheirPlaces(state);
      for (const execution of before) {
        if (await execution.isOwner()) continue;
        leave(execution);
        await beginAgain(execution.runId, state);
      }
    },
  });
  if (lock !== undefined) {
    state.liveness = lock;
    state.names = new ExclusiveNames(lock);
    return;
  }
  const runId = executor.replace(/^run:/, '');
  throw new ResumeError(
    `Leave ${runId} to the process that executes it: speechops show ${runId} says how far it is (when its machine has died, the database notices within half a minute)`,
  );
}

/**
 * Takes the run of this process from one that died with it in its hands: every process looks into the queue of runs that are
 * gone on with, and may die before it gives back what is not for it.
 */
async function lookForOwnRun({ pool }: Store, { executor, journal, stop }: State): Promise<void> {
  const runId = executor.replace(/^run:/, '');
  while (!stop.signal.aborted) {
    // A database that does not answer is asked again.
    await takeOver(pool, { journal, executor, runId }).catch(() => undefined);
    await sleep(2000, stop.signal).catch(() => undefined);
  }
}

/** The run of this process goes on here when the one that had taken it over under the same name is dead, too. */
async function beginAgain(runId: string, { executor, journal }: State): Promise<void> {
  if (executor !== `run:${runId}`) return;
  const places = await journal.places({ runIds: [runId] });
  await journal.giveBack(places.filter((place) => place.isExecuting && place.executor === executor));
}

/**
 * Runs whose name another one has taken while the database was away begin again where they stand, when that one has ended.
 * When the database goes away in the middle of this, it is for the next time.
 */
async function leaveTheirPlaces({ executions, displaced, journal }: State): Promise<void> {
  if (displaced.size === 0) return;
  const leaving = [...executions].filter(({ runId }) => displaced.has(runId));
  for (const { lost } of leaving) lost.abort(new Error('Another run has taken the place of this one'));
  await journal.giveBack(await journal.places({ runIds: [...displaced] }));
  displaced.clear();
  for (const { left } of leaving) left.resolve();
}

/** The one workflow: interprets the plan that it was started with. */
async function execute(plan: Plan, at: { readonly interpret: Interpreter; readonly state: State }): Promise<RunRecord> {
  const runId = DBOS.workflowID ?? '';
  const { executions, stop } = at.state;
  const execution: Execution = {
    runId,
    lost: new AbortController(),
    left: Promise.withResolvers(),
    ended: Promise.withResolvers(),
    isOwner: isOwner.bind(undefined, runId, AsyncLocalStorage.snapshot()),
  };
  try {
    if (!(await isForHere(runId, at.state))) return await never();
    executions.add(execution);
    const record = await inTurn(plan, { ...at, execution });
    stop.signal.throwIfAborted();
    execution.lost.signal.throwIfAborted();
    return record;
  } catch (error) {
    // What an execution ends with that stops here would be kept as the end of the run, until the journal knows better.
    if (stop.signal.aborted) return await never();
    if (execution.lost.signal.aborted) await execution.left.promise;
    throw error;
  } finally {
    executions.delete(execution);
    execution.ended.resolve();
  }
}

/** A run whose execution has ended because it was cancelled goes on with its steps under `finally`, unless it was at them already. */
async function goOnFinally(
  plan: Plan,
  { runId, state }: { readonly runId: string; readonly state: State },
): Promise<void> {
  const { journal } = state;
  if (!plan.pipeline.steps.some((step) => step.finally === true)) return;
  const { resumedAt, cancellations } = await pastOf(runId, journal);
  const isFirst = cancellations.filter((at) => at > resumedAt).length === 1;
  if (isFirst && (await journal.details(runId))?.status === 'cancelled') await journal.goOn(runId, plan);
}

/** When the run was last resumed after it had ended ('' for never), and when it was cancelled: ISO date-times. */
async function pastOf(
  runId: string,
  journal: Journal,
): Promise<{ readonly resumedAt: string; readonly cancellations: readonly string[] }> {
  const [resumptions, cancellations] = [await journal.marks(runId, 'resumed'), await journal.marks(runId, 'cancelled')];
  return { resumedAt: resumptions.at(-1) ?? '', cancellations };
}

/** Each claim of a run has a token, which the engine keeps in the asynchronous context of the execution. */
async function isOwner(runId: string, inContext: ReturnType<typeof AsyncLocalStorage.snapshot>): Promise<boolean> {
  try {
    await inContext(async () => await assertStillOwnsWorkflow(runId));
    return true;
  } catch (error) {
    if (error instanceof DBOSWorkflowConflictError) return false;
    throw error;
  }
}

/** The journal takes nothing more from it, because another execution has the run or the run has ended. */
function leave({ lost, left }: Execution): void {
  lost.abort(new Error('The run was taken over'));
  left.resolve();
}

async function never(): Promise<never> {
  return await new Promise<never>(() => undefined);
}

/**
 * Whether this process is to execute the run. Every process on a database looks into the queue of runs that are gone on
 * with; a run that is not for it is given back, and the one that it is for finds it there.
 */
async function isForHere(runId: string, { executor, takes, journal, liveness }: State): Promise<boolean> {
  if (takes === undefined && (!executor.startsWith('run:') || executor === `run:${runId}`)) return true;
  const places = await journal.places({ runIds: [runId] });
  if (takes?.queues.includes(places[0]?.queue ?? '') !== true || !takes.isTaking()) {
    await journal.giveBack(places);
    return false;
  }
  if (liveness?.isHeld !== false) return true;
  // Others think that this process is dead: what it took may be theirs by the time it can show that it lives.
  await liveness.untilHeld();
  const [now] = await journal.places({ runIds: [runId] });
  if (now?.isExecuting === true && now.executor === executor) return true;
  throw new Error(`The run ${runId} was taken over`);
}

/** Executes the run when no other one of its concurrency group is executed, by whichever process. */
async function inTurn(
  plan: Plan,
  at: { readonly interpret: Interpreter; readonly state: State; readonly execution: Execution },
): Promise<RunRecord> {
  const { concurrency: group } = plan.pipeline;
  if (group === undefined) return await interpretHere(plan, at);
  const { state } = at;
  const { runId, lost } = at.execution;
  return await state.names.alone(`concurrency group ${group}`, {
    runId,
    signal: AbortSignal.any([lost.signal, state.stop.signal]),
    async onBusy(holder) {
      state.onWait?.({ runId, group, holder });
      const [place] = await state.journal.places({ runIds: [runId] });
      if (place?.isExecuting !== true || place.executor !== state.executor)
        throw new Error(`The run ${runId} was cancelled or taken over`);
    },
    act: async () => await interpretHere(plan, at),
  });
}

async function interpretHere(
  plan: Plan,
  at: { readonly interpret: Interpreter; readonly state: State; readonly execution: Execution },
): Promise<RunRecord> {
  const { runId, lost, left } = at.execution;
  const startedAt = new Date(await DBOS.now()).toISOString();
  const { resumedAt, cancellations } = await pastOf(runId, at.state.journal);
  const cancelled = new AbortController();
  const broken = Promise.withResolvers<never>();
  const scope: RunScope = {
    runId,
    startedAt,
    timedFrom: resumedAt > startedAt ? resumedAt : startedAt,
    isCancelled: cancellations.some((moment) => moment > resumedAt),
    signal: AbortSignal.any([cancelled.signal, lost.signal, at.state.stop.signal]),
    givenUp: givenUpAfter(broken.promise),
    async step(name, act) {
      try {
        return await DBOS.runStep(
          async () => {
            const cancel = DBOS.stepStatus?.cancelSignal;
            cancel?.addEventListener('abort', () => cancelled.abort(new RunCancelled()), {
              once: true,
            });
            const settled = await Promise.allSettled([act()]);
            if (at.state.stop.signal.aborted) await never();
            // A cancelled step has no result to remember: a resumed run does it again.
            cancelled.signal.throwIfAborted();
            if (lost.signal.aborted) await left.promise;
            lost.signal.throwIfAborted();
            const [result] = settled;
            if (result.status === 'rejected') throw result.reason;
            return result.value;
          },
          { name },
        );
      } catch (error) {
        // The first step whose result cannot be kept ends this execution of the run; no other one needs to say so too.
        broken.reject(error);
        return await never();
      }
    },
    async alone(name, options) {
      return await at.state.names.alone(name, { ...options, runId });
    },
    async confirm() {
      // While others may think that this process is dead, the run or its names may become theirs.
      const isMine = await at.state.liveness?.whileHeld(at.execution.isOwner);
      if (isMine === false) {
        const [run] = await at.state.journal.runs({ runIds: [runId] });
        if (run?.status === 'cancelled') cancelled.abort(new RunCancelled());
        else leave(at.execution);
      }
      scope.signal.throwIfAborted();
    },
    wait: async (topic, options) => await waitForDecision({ runId, topic, ...options }, at.state),
  };
  // Whoever interprets need not ask for it.
  scope.givenUp.catch(() => undefined);
  try {
    const record = await Promise.race([broken.promise, at.interpret(plan, scope)]);
    cancelled.signal.throwIfAborted();
    return record;
  } catch (error) {
    if (!lost.signal.aborted && !at.state.stop.signal.aborted) await goOnFinally(plan, { runId, state: at.state });
    throw error;
  }
}

async function givenUpAfter(broken: Promise<never>): Promise<never> {
  try {
    return await broken;
  } catch (error) {
    throw new RunGivenUp(error);
  }
}

/** Looks often at first and then less often: a person answers after minutes or days. */
async function waitForDecision(
  wanted: {
    readonly runId: string;
    readonly topic: string;
    readonly timeoutSeconds: number;
    readonly signal: AbortSignal;
    readonly accepts: (answer: PlainValue) => boolean;
  },
  { journal }: State,
): Promise<PlainValue | undefined> {
  const deadline = Date.now() + wanted.timeoutSeconds * 1000;
  for (let pause = 250; ; pause = Math.min(pause * 1.5, 5000)) {
    const decisions = await journal.decisions(wanted.runId, wanted.topic);
    const answer = decisions.map((decision) => ({ ...decision })).find(wanted.accepts);
    if (answer !== undefined) return answer;
    const left = deadline - Date.now();
    if (left <= 0) return undefined;
    await pauseFor(Math.min(pause, left), wanted.signal);
  }
}

async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = (): void => reject(signal.reason as Error);
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** Where the journal keeps a step: in the order in which the interpreter gives them to the engine, after the start time. */
function stepPosition(plan: Plan, id: string): number {
  return 1 + plan.pipeline.layers.flat().indexOf(id);
}

/** The first step that did not pass, or the start when it was the run as a whole that failed. */
function firstToRepeat({ plan, steps }: ReadableRun): number {
  const isToRepeat = (id: string): boolean => steps[id]?.status === 'failed' || steps[id]?.cutOff === true;
  const first = plan.pipeline.layers.flat().find(isToRepeat);
  return first === undefined ? 0 : stepPosition(plan, first);
}

function cancelledRecord(run: RunDetails): RunRecord {
  const notEnded = (uses: string): StepRecord => ({
    status: 'skipped',
    uses,
    outputs: {},
    reason: 'the run was cancelled',
  });
  return {
    runId: run.runId,
    pipeline: run.pipeline,
    status: 'cancelled',
    startedAt: run.startedAt,
    finishedAt: run.finishedAt ?? run.startedAt,
    steps: Object.fromEntries(
      (run.plan?.pipeline.steps ?? []).map(({ id, uses }) => [id, run.steps[id] ?? notEnded(uses)]),
    ),
  };
}
