import { AsyncLocalStorage } from 'node:async_hooks';
import { DBOS } from '@dbos-inc/dbos-sdk';
import { hasFinally, type Plan } from '../plan/plan.ts';
import { RunCancelled, RunGivenUp, type Interpreter, type RunScope } from '../engine/engine.ts';
import { type Executing, type Execution, isOwner, leave, never } from './execution.ts';
import type { RunRecord } from '../engine/run-record.ts';
import { noteStates } from './note-states.ts';
import { unlessAborted } from '../time/sleep.ts';
import { waitForDecision } from './wait-for-decision.ts';

/** The workflow of a run: interprets the plan with which it was started, and returns the record. */
export async function executeRun(
  plan: Plan,
  at: { readonly interpret: Interpreter; readonly state: Executing },
): Promise<RunRecord> {
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
    // DBOS records whatever this function returns or throws as the result of the run. A process that only stops must do neither,
    // so that another can continue the run.
    if (stop.signal.aborted) return await never();
    if (execution.lost.signal.aborted) await execution.left.promise;
    else if (executions.has(execution)) await resumeFinally(plan, { runId, state: at.state });
    throw error;
  } finally {
    executions.delete(execution);
    execution.ended.resolve();
  }
}

/**
 * Whether this process is to execute the run. Every process of a database polls the queue in which DBOS puts resumed runs, and
 * puts back a run that is not for it, until the right process claims it.
 */
async function isForHere(runId: string, { executor, takes, journal, liveness }: Executing): Promise<boolean> {
  if (takes === undefined && (!executor.startsWith('run:') || executor === `run:${runId}`)) return true;
  const places = await journal.places({ runIds: [runId] });
  if (takes?.queues.includes(places[0]?.queue ?? '') !== true || !takes.isTaking()) {
    await journal.giveBack(places);
    return false;
  }
  if (liveness?.isHeld !== false) return true;
  // The lock is lost, so that another process may take over the run before it is held again.
  await liveness.untilHeld();
  const [now] = await journal.places({ runIds: [runId] });
  if (now?.isExecuting === true && now.executor === executor) return true;
  throw new Error(`The run ${runId} was taken over`);
}

/** Executes the run while no process executes another one of its concurrency group. */
async function inTurn(
  plan: Plan,
  at: { readonly interpret: Interpreter; readonly state: Executing; readonly execution: Execution },
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
  at: { readonly interpret: Interpreter; readonly state: Executing; readonly execution: Execution },
): Promise<RunRecord> {
  const { runId, lost, left } = at.execution;
  const startedAt = new Date(await DBOS.now()).toISOString();
  const { resumedAt, cancellations } = await at.state.journal.past(runId);
  const { journal, stop } = at.state;
  const states = noteStates(runId, { journal, signal: AbortSignal.any([lost.signal, stop.signal]) });
  const cancelled = new AbortController();
  // A second cancellation stops the steps under `finally`, too, even when it comes before the first has taken effect.
  const unwanted = cancellations > 1 ? [AbortSignal.abort(new RunCancelled())] : [];
  const broken = Promise.withResolvers<never>();
  const scope: RunScope = {
    runId,
    startedAt,
    timedFrom: resumedAt ?? startedAt,
    isCancelled: cancellations > 0,
    leftBehind: cancellations > 0 ? await at.state.journal.leftBehind(runId) : {},
    leaving: (stepId, state) => states.note(stepId, state),
    signal: AbortSignal.any([cancelled.signal, lost.signal, at.state.stop.signal, ...unwanted]),
    givenUp: givenUpAfter(broken.promise),
    async step(name, act) {
      try {
        return await DBOS.runStep(
          async () => {
            const cancel = DBOS.stepStatus?.cancelSignal;
            cancel?.addEventListener('abort', () => cancelled.abort(new RunCancelled()), {
              once: true,
            });
            const [outcome] = await Promise.allSettled([act()]);
            if (at.state.stop.signal.aborted) await never();
            // The result of a cancelled step is not kept: a resumed run does the step again. How it has left things is.
            if (cancelled.signal.aborted) await states.kept();
            cancelled.signal.throwIfAborted();
            if (lost.signal.aborted) await left.promise;
            lost.signal.throwIfAborted();
            if (outcome.status === 'rejected') throw outcome.reason;
            return outcome.value;
          },
          { name },
        );
      } catch (error) {
        // The first step whose result cannot be kept ends this execution of the run. The others need not reject as well.
        broken.reject(error);
        return await never();
      }
    },
    async alone(name, options) {
      return await at.state.names.alone(name, { ...options, runId });
    },
    async assertOwned() {
      // What a change would leave behind is kept before the change is made.
      if (!scope.signal.aborted) await unlessAborted(states.kept(), scope.signal);
      // While the lock is lost, another process may take over the run or its names: so it must be held.
      const isMine = await at.state.liveness?.whileHeld(at.execution.isOwner, scope.signal);
      if (isMine === false) {
        const [run] = await at.state.journal.runs({ runIds: [runId] });
        if (run?.status === 'cancelled') cancelled.abort(new RunCancelled());
        else leave(at.execution);
      }
      scope.signal.throwIfAborted();
    },
    otherRuns: async function* () {
      for await (const run of at.state.journal.openRuns()) if (run.runId !== runId) yield run;
    },
    wait: async (topic, options) => await waitForDecision({ runId, topic, ...options }, at.state),
  };
  // An interpreter may ignore this promise, and an unhandled rejection would end the process.
  scope.givenUp.catch(() => undefined);
  const record = await Promise.race([broken.promise, at.interpret(plan, scope)]);
  cancelled.signal.throwIfAborted();
  return record;
}

async function givenUpAfter(broken: Promise<never>): Promise<never> {
  try {
    return await broken;
  } catch (error) {
    throw new RunGivenUp(error);
  }
}

/** Continues a cancelled run with its steps under `finally`, unless a second cancellation has stopped these. */
async function resumeFinally(
  plan: Plan,
  { runId, state }: { readonly runId: string; readonly state: Executing },
): Promise<void> {
  const { journal } = state;
  if (!hasFinally(plan)) return;
  const { cancellations } = await journal.past(runId);
  if (cancellations === 1 && (await journal.details(runId))?.status === 'cancelled')
    await journal.resumeWorkflow(runId, plan);
}
