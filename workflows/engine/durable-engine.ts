import { DBOS } from '@dbos-inc/dbos-sdk';
import type { PlainValue } from '../language/pipeline.ts';
import type { Plan } from '../plan/plan.ts';
import type { Store } from './embedded-store.ts';
import type { Engine, Interpreter, RunScope } from './engine.ts';
import {
  applicationName,
  decisionQueue,
  decisionWorkflow,
  Journal,
  journalFormat,
  runWorkflow,
  silent,
  statusOf,
  type Decision,
  type RunDetails,
} from './journal.ts';
import type { RunRecord, StepRecord } from './run-record.ts';

export interface DurableEngine extends Engine {
  readonly journal: Journal;
  /** Goes on with a run that was cut off, cancelled, or failed; from its first step that has not passed. */
  resume(runId: string): Promise<void>;
  /** A new run that keeps what the old one had done before this step. */
  fork(runId: string, options: { readonly from: string; readonly newRunId: string }): Promise<void>;
  /** Stops working here and leaves unfinished runs to be gone on with. */
  close(): Promise<void>;
}

/** A run cannot be gone on with; the message says why and what to do. */
export class ResumeError extends Error {
  override readonly name = 'ResumeError';
}

/**
 * An engine that remembers in a database (DBOS Transact): a run survives the death of the process at any moment and is
 * gone on with by whoever opens the store next under the same `executor`. There is one in a process.
 */
export async function openDurableEngine(options: {
  readonly store: Store;
  readonly interpret: Interpreter;
  /** Unfinished runs of this name are gone on with at once. */
  readonly executor: string;
}): Promise<DurableEngine> {
  const { store, interpret, executor } = options;
  const state: State = { stop: new AbortController(), journal: undefined };
  const run = DBOS.registerWorkflow(async (plan: Plan) => await execute(plan, { interpret, state }), {
    name: runWorkflow,
    maxRecoveryAttempts: 1_000_000,
  });
  DBOS.registerWorkflow(async (decision: Decision) => decision, { name: decisionWorkflow });
  DBOS.setConfig({
    name: applicationName,
    systemDatabasePool: store.pool,
    useListenNotify: false,
    applicationVersion: journalFormat,
    executorID: executor,
    logger: silent,
    schedulerPollingIntervalMs: 60_000,
  });
  await DBOS.launch();
  await DBOS.registerQueue(decisionQueue, { onConflict: 'never_update' });
  const journal = await Journal.open(store);
  state.journal = journal;

  const details = async (runId: string): Promise<RunDetails> => {
    const found = await journal.details(runId);
    if (found === undefined)
      throw new ResumeError(`Check the run id ${runId}: there is no such run (speechops runs lists them)`);
    if (found.format !== journalFormat) {
      throw new ResumeError(
        `Use the version of speechops that started ${runId}: its journal is ${found.format}, this version reads ${journalFormat}`,
      );
    }
    return found;
  };

  return {
    journal,
    async start(runId, plan) {
      await DBOS.startWorkflow(run, { workflowID: runId })(plan);
    },
    async result(runId) {
      try {
        return await DBOS.retrieveWorkflow<RunRecord>(runId).getResult({ pollingIntervalMs: 100 });
      } catch (error) {
        const found = await journal.details(runId);
        if (found?.status !== 'cancelled') throw error;
        return cancelledRecord(found);
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
      const found = await details(runId);
      if (found.status === 'succeeded') throw new ResumeError(`Start a new run: ${runId} has succeeded`);
      if (found.status === 'cancelled') await DBOS.resumeWorkflow(runId);
      if (found.status === 'failed') await DBOS.rewindWorkflow(runId, { startStep: firstToRepeat(found) });
      // A run that was cut off is gone on with by launching under its executor.
    },
    async fork(runId, { from, newRunId }) {
      const found = await details(runId);
      const at = order(found.plan).indexOf(from);
      if (at < 0)
        throw new ResumeError(`Choose a step of ${runId}: it has no ${from}, but ${order(found.plan).join(', ')}`);
      await DBOS.forkWorkflow(runId, at, { newWorkflowID: newRunId, applicationVersion: journalFormat });
    },
    async close() {
      state.stop.abort(new Error('This process stops working on the run'));
      await journal.close();
      await DBOS.shutdown({ deregister: true });
    },
  };
}

interface State {
  /** Aborted when the process stops working: what was under way is left as if the process had been killed. */
  readonly stop: AbortController;
  journal: Journal | undefined;
}

/** The one workflow: interprets the plan that it was started with. */
async function execute(plan: Plan, at: { readonly interpret: Interpreter; readonly state: State }): Promise<RunRecord> {
  const runId = DBOS.workflowID ?? '';
  const startedAt = new Date(await DBOS.now()).toISOString();
  const cancelled = new AbortController();
  const scope: RunScope = {
    runId,
    startedAt,
    signal: AbortSignal.any([cancelled.signal, at.state.stop.signal]),
    async step(name, act) {
      return await DBOS.runStep(
        async () => {
          const cancel = DBOS.stepStatus?.cancelSignal;
          cancel?.addEventListener('abort', () => cancelled.abort(new Error('The run was cancelled')), { once: true });
          const settled = await Promise.allSettled([act()]);
          if (at.state.stop.signal.aborted) await new Promise<never>(() => undefined);
          // A cancelled step has no result to remember: a resumed run does it again.
          cancelled.signal.throwIfAborted();
          const [result] = settled;
          if (result.status === 'rejected') throw result.reason;
          return result.value;
        },
        { name },
      );
    },
    wait: async (topic, options) =>
      await waitForDecision({ runId, topic, ...options, signal: cancelled.signal }, at.state),
  };
  return await at.interpret(plan, scope);
}

/** Looks often at first and then less often: a person answers after minutes or days. */
async function waitForDecision(
  wanted: {
    readonly runId: string;
    readonly topic: string;
    readonly timeoutSeconds: number;
    readonly signal: AbortSignal;
  },
  { journal }: State,
): Promise<PlainValue | undefined> {
  const deadline = Date.now() + wanted.timeoutSeconds * 1000;
  for (let pause = 250; ; pause = Math.min(pause * 1.5, 5000)) {
    const decision = await journal?.decision(wanted.runId, wanted.topic);
    if (decision !== undefined) return { ...decision };
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

/** The order in which the interpreter gives its steps to the engine; the journal counts in it, after the start time. */
function order(plan: Plan): readonly string[] {
  return ['', ...plan.pipeline.layers.flat()];
}

function firstToRepeat(run: RunDetails): number {
  const at = order(run.plan).findIndex((id) => id !== '' && run.steps[id]?.status === 'failed');
  return at < 0 ? 0 : at;
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
    steps: Object.fromEntries(run.plan.pipeline.steps.map(({ id, uses }) => [id, run.steps[id] ?? notEnded(uses)])),
  };
}
