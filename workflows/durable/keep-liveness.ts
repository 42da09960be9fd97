import type { Store } from '../store/embedded-store.ts';
import { type Executing, leave } from './execution.ts';
import { ExclusiveNames } from '../store/exclusive-names.ts';
import { LivenessLock } from '../store/liveness-lock.ts';
import { prepareTables } from '../store/tables.ts';
import { sleepInBackground } from '../time/sleep.ts';
import { takeOver } from './take-over.ts';
import { ResumeError } from './resumable-run.ts';

/**
 * Shows to the other processes of the database that this one lives, and settles which runs are still its own whenever it
 * could not be seen for a while. Throws a {@link ResumeError} when another process executes the run.
 */
export async function showLiveness(store: Store, state: Executing): Promise<void> {
  const { executor, executions } = state;
  await prepareTables(store);
  const lock = await LivenessLock.take(store.pool, {
    executor,
    async onTakenAgain() {
      const before = [...executions];
      if (before.length === 0) return;
      await state.names.takeAgain((runId) => state.displaced.add(runId));
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
 * Runs whose name another one has taken while the database was away begin again where they stand, when that one has ended.
 * When the database goes away in the middle of this, it is for the next time.
 */
async function leaveTheirPlaces({ executor, executions, displaced, journal }: Executing): Promise<void> {
  if (displaced.size === 0) return;
  const leaving = [...executions].filter(({ runId }) => displaced.has(runId));
  for (const { lost } of leaving) lost.abort(new Error('Another run has taken the place of this one'));
  // It may be the run itself that another process has taken over, name and all: that one keeps it.
  const places = await journal.places({ runIds: [...displaced] });
  await journal.giveBack(places.filter((place) => place.isExecuting && place.executor === executor));
  displaced.clear();
  for (const { left } of leaving) left.resolve();
}

/** The run of this process goes on here when the one that had taken it over under the same name is dead, too. */
async function beginAgain(runId: string, { executor, journal }: Executing): Promise<void> {
  if (executor !== `run:${runId}`) return;
  const places = await journal.places({ runIds: [runId] });
  await journal.giveBack(places.filter((place) => place.isExecuting && place.executor === executor));
}

/**
 * Takes the run of this process from one that died with it in its hands: every process looks into the queue of runs that are
 * gone on with, and may die before it gives back what is not for it.
 */
export async function lookForOwnRun({ pool }: Store, { executor, journal, stop }: Executing): Promise<void> {
  const runId = executor.replace(/^run:/, '');
  while (!stop.signal.aborted) {
    // A database that does not answer is asked again.
    await takeOver(pool, { journal, executor, runId }).catch(() => undefined);
    await sleepInBackground(2000, stop.signal).catch(() => undefined);
  }
}
