import type { Plan } from '../plan/plan.ts';
import { isSetAside, reasonToSetAside, type Suspect, type Suspects } from '../durable/suspects.ts';
import type { Interpreter, RunScope } from '../engine/engine.ts';
import type { RunRecord } from '../engine/run-record.ts';
import type { RunLog } from '../store/run-log.ts';
import { sleepInBackground, unlessAborted } from '../time/sleep.ts';
import type { WorkerEvent } from './worker-events.ts';
import type { WorkerRuns } from './worker-runs.ts';

export interface ExecutingSuspects {
  readonly runs: WorkerRuns;
  readonly suspects: Suspects;
  readonly log: RunLog;
  readonly tell: (event: WorkerEvent) => void;
  /** Gives a run back to the queue of runs that are executed side by side. */
  readonly leaveToQueue: (runId: string, plan: Plan) => Promise<void>;
}

/** Executes runs one at a time: each has ended, or only waits, before the next one begins. */
export function executeSuspects(executing: ExecutingSuspects): Interpreter {
  // Resolves when the suspect that is executed now has ended here.
  let turn = Promise.resolve();
  return async (plan, scope) => {
    const before = turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    turn = promise;
    try {
      await unlessAborted(before, scope.signal);
      return await executeSuspect(plan, { scope, executing });
    } finally {
      void before.then(resolve);
    }
  };
}

/** Executes a suspect alone, until it has ended or only waits. One that has ended too many executors is set aside instead. */
async function executeSuspect(
  plan: Plan,
  { scope, executing }: { readonly scope: RunScope; readonly executing: ExecutingSuspects },
): Promise<RunRecord> {
  const { runId } = scope;
  const { runs, suspects, tell } = executing;
  const suspect = (await suspects.among([runId])).get(runId);
  const ended = new AbortController();
  try {
    if (suspect !== undefined && isSetAside(suspect)) {
      const setAside = { reason: reasonToSetAside(suspect), steps: suspect.steps };
      tell({ kind: 'set-aside', runId, reason: setAside.reason });
      return await runs.execute(plan, { scope, setAside });
    }
    void clearWhenItWaits(plan, { runId, suspect, executing, until: ended.signal }).catch(() => undefined);
    const record = await runs.execute(plan, { scope });
    await suspects.forget(runId);
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
    readonly executing: ExecutingSuspects;
    readonly until: AbortSignal;
  },
): Promise<void> {
  const { runId, suspect, executing, until } = of;
  const { activity } = executing.runs;
  const sharedEnds = suspect === undefined ? 0 : suspect.ends - suspect.ownEnds;
  do {
    await unlessAborted(activity.untilOnlyWaits(), until);
    await sleepInBackground(Math.max(0, sharedEnds - 1) * probationMilliseconds, until);
  } while (!activity.onlyWaits);
  await executing.suspects.clear(runId);
  executing.tell({ kind: 'cleared', runId });
  executing.log.note(runId, 'only waits, and continues beside other runs');
  await executing.leaveToQueue(runId, plan);
}

const probationMilliseconds = 60_000;
