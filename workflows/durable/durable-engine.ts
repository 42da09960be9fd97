import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Plan } from '../plan/plan.ts';
import type { Store } from '../store/embedded-store.ts';
import { isOpen, type Engine, type Interpreter } from '../engine/engine.ts';
import { executeRun } from './execute-run.ts';
import type { Executing, GroupWait } from './execution.ts';
import { ExclusiveNames } from '../store/exclusive-names.ts';
import type { LivenessLock } from '../store/liveness-lock.ts';
import { oneAtATime } from '../store/one-at-a-time.ts';
import { isConnectionLost } from '../store/reach-database.ts';
import { sleep, sleepInBackground } from '../time/sleep.ts';
import { Suspects } from './suspects.ts';
import {
  applicationName,
  assertNamed,
  Journal,
  RunExistsError,
  runWorkflow,
  silent,
  type RunDetails,
} from './journal.ts';
import { journalFormat } from './journal-format.ts';
import { lookForOwnRun, showLiveness } from './keep-liveness.ts';
import { cancelledStep, type RunRecord } from '../engine/run-record.ts';
import { firstToRepeat, ResumeError, runToFork, runToResume } from './resumable-run.ts';

export interface DurableEngine extends Engine {
  readonly journal: Journal;
  /** Shows other processes that this one lives; absent where the store belongs to this process alone. */
  readonly liveness?: LivenessLock;
  /** Resumes a run that was abandoned or cancelled or has failed, from its first step that has not passed. */
  resume(runId: string): Promise<void>;
  /** Makes a new run that keeps the results of the old one from before this step. */
  fork(runId: string, options: { readonly from: string; readonly newRunId: string }): Promise<void>;
  /** Stops executing a run here, and puts it into the queue in which it waits for another process. */
  leaveToQueue(runId: string, plan: Plan): Promise<void>;
  /** Stops working here. Unfinished runs can be resumed. */
  close(): Promise<void>;
}

/**
 * An engine that remembers in a database (DBOS Transact). A run survives the death of its process at any moment: the next process
 * that opens the store under the same `executor` resumes it. A process has one such engine.
 */
export async function openDurableEngine(options: {
  readonly store: Store;
  readonly interpret: Interpreter;
  /** Unfinished runs of this executor are resumed at once. A process called `run:ID` executes that run and no other. */
  readonly executor: string;
  /** Called while a run waits for another one of its concurrency group. */
  readonly onWait?: (wait: GroupWait) => void;
  /** Takes runs from these queues while `isTaking` returns true, and executes no others. */
  readonly takes?: { readonly queues: readonly string[]; isTaking(): boolean };
  /** Throws a {@link RunExistsError}, before any run is resumed, when a run of this id exists. */
  readonly newRun?: string;
}): Promise<DurableEngine> {
  const { store, executor, takes } = options;
  const journal = await Journal.open(store);
  const state: Executing = {
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
    // Launching resumes the unfinished runs of this executor, so a taken id must be found before.
    const { newRun } = options;
    if (newRun !== undefined && (await journal.holds(newRun))) throw new RunExistsError(newRun);
    const engine = await launchThroughRestart(options, state);
    if (!store.embedded && executor.startsWith('run:')) void lookForOwnRun(store, state);
    return engine;
  } catch (error) {
    await close(state).catch(() => undefined);
    throw error;
  }
}

/**
 * DBOS does not launch when the connection is lost while it puts the unfinished runs back into their queue. No run is executed
 * before it is launched, so that it may be launched again.
 */
async function launchThroughRestart(
  options: Parameters<typeof openDurableEngine>[0],
  state: Executing,
): Promise<DurableEngine> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await launch(options, state);
    } catch (error) {
      if (options.store.embedded || pauses >= mostPauses || !isConnectionLost(error)) throw error;
      await DBOS.shutdown({ deregister: true });
      // Nothing else keeps this process alive meanwhile.
      await sleep(1000, state.stop.signal);
    }
  }
}

/** A database that is restarted is back within half a minute. */
const mostPauses = 30;

async function launch(options: Parameters<typeof openDurableEngine>[0], state: Executing): Promise<DurableEngine> {
  const { store, interpret, executor, takes } = options;
  const { journal } = state;
  const run = DBOS.registerWorkflow(async (plan: Plan) => await executeRun(plan, { interpret, state }), {
    name: runWorkflow,
    maxRecoveryAttempts: 1_000_000,
  });
  DBOS.setConfig({
    name: applicationName,
    systemDatabasePool: store.pool,
    useListenNotify: false,
    applicationVersion: journalFormat,
    executorID: executor,
    listenQueues: [...(takes?.queues ?? [])],
    logger: silent,
    schedulerPollingIntervalMs: 60_000,
  });
  // At its first launch on a database DBOS makes the tables, which fails when two processes do so at the same time.
  if (store.embedded) await DBOS.launch();
  else await oneAtATime(store.pool, 'schema', () => DBOS.launch());

  return {
    journal,
    ...(state.liveness === undefined ? {} : { liveness: state.liveness }),
    async start(runId, plan) {
      assertNamed(runId);
      await DBOS.startWorkflow(run, { workflowID: runId })(plan);
    },
    async result(runId) {
      assertNamed(runId);
      for (;;) {
        try {
          return await DBOS.retrieveWorkflow<RunRecord>(runId).getResult({ pollingIntervalMs: 100 });
        } catch (error) {
          // A cancelled run may continue with its steps under `finally`. This is certain when its execution here has ended.
          await [...state.executions].find((execution) => execution.runId === runId)?.ended.promise;
          const found = await journal.details(runId);
          if (found !== undefined && isOpen(found.status)) continue;
          if (found?.status !== 'cancelled') throw error;
          return found.record ?? cancelledRecord(found);
        }
      }
    },
    async resume(runId) {
      assertNamed(runId);
      const found = runToResume(runId, await journal.details(runId));
      // The mark is written before the run continues, and has no effect unless it does.
      if (found.status === 'cancelled' || found.status === 'failed') {
        await journal.markResumption(found);
        if (!store.embedded) await new Suspects(store.pool).countAnew(runId);
      }
      const queue = await journal.queueFor(runId, found.plan);
      const repeated = firstToRepeat(found);
      const from = repeated === undefined ? undefined : stepPosition(found.plan, repeated);
      // A run that was cancelled before it had a record continues where it stands, unless its steps under `finally` had begun.
      if (found.status === 'cancelled' && found.record === undefined && from === undefined)
        await DBOS.resumeWorkflow(runId, queue);
      else if (found.status === 'failed' || found.status === 'cancelled')
        await DBOS.rewindWorkflow(runId, { ...queue, startStep: from ?? 0 });
      // An abandoned run needs nothing here: launching under its executor resumes it, and a worker resumes one of the fleet.
    },
    async fork(runId, { from, newRunId }) {
      assertNamed(newRunId);
      const found = runToFork(runId, await journal.details(runId), from);
      if (await journal.holds(newRunId)) throw new ResumeError(new RunExistsError(newRunId).message);
      const at = stepPosition(found.plan, from);
      await journal.mark(newRunId, 'resumed');
      await DBOS.forkWorkflow(runId, at, { newWorkflowID: newRunId, applicationVersion: journalFormat });
    },
    leaveToQueue: async (runId, plan) => await leaveToQueue(plan, { runId, state }),
    close: async () => await close(state),
  };
}

async function leaveToQueue(
  plan: Plan,
  { runId, state }: { readonly runId: string; readonly state: Executing },
): Promise<void> {
  const { journal, executor, stop } = state;
  const execution = [...state.executions].find((each) => each.runId === runId);
  if (execution === undefined) return;
  execution.lost.abort(new Error('The run only waits, and continues beside other runs'));
  for (;;) {
    try {
      const [place] = await journal.places({ runIds: [runId] });
      if (place?.isExecuting === true && place.executor === executor) await journal.resumeWorkflow(runId, plan);
      return execution.left.resolve();
    } catch {
      // The run stands still here until the database answers.
      await sleepInBackground(1000, stop.signal);
    }
  }
}

async function close({ stop, journal, liveness }: Executing): Promise<void> {
  stop.abort(new Error('This process stops working on the run'));
  await journal.close();
  try {
    await DBOS.shutdown({ deregister: true });
  } finally {
    await liveness?.release();
  }
}

/** The position of a step in the journal: after the start time, in the order in which the interpreter asks for the steps. */
function stepPosition(plan: Plan, id: string): number {
  return 1 + plan.pipeline.layers.flat().indexOf(id);
}

/** The record of a run that was cancelled before it had one. */
export function cancelledRecord(run: RunDetails): RunRecord {
  return {
    runId: run.runId,
    pipeline: run.pipeline,
    status: 'cancelled',
    startedAt: run.startedAt,
    finishedAt: run.finishedAt ?? run.startedAt,
    steps: Object.fromEntries(
      (run.plan?.pipeline.steps ?? []).map(({ id, uses }) => [
        id,
        run.steps[id] ?? cancelledStep(uses, run.leftBehind?.[id]),
      ]),
    ),
  };
}
