import type { Store } from '../store/embedded-store.ts';
import { type Executing, leave } from './execution.ts';
import { ExclusiveNames } from '../store/exclusive-names.ts';
import { LivenessLock } from '../store/liveness-lock.ts';
import { prepareTables } from '../store/tables.ts';
import { every } from '../time/every.ts';
import { takeOver } from './take-over.ts';
import { ResumeError } from './resumable-run.ts';

/**
 * Takes the lock that shows other processes of the database that this one lives. When the lock was lost and is held again, it
 * finds out which runs still belong to this process. Throws a {@link ResumeError} when another process executes the run.
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
      await giveBackDisplaced(state);
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
 * Gives back the runs whose exclusive names other runs have taken while the database did not answer. They begin again where they
 * stand, after these runs. Should the database fail meanwhile, the next call does it.
 */
async function giveBackDisplaced({ executor, executions, displaced, journal }: Executing): Promise<void> {
  if (displaced.size === 0) return;
  const leaving = [...executions].filter(({ runId }) => displaced.has(runId));
  for (const { lost } of leaving) lost.abort(new Error('Another run has taken an exclusive name of this one'));
  // Another process may have taken over the run together with its name: that process keeps the run.
  const places = await journal.places({ runIds: [...displaced] });
  await journal.giveBack(places.filter((place) => place.isExecuting && place.executor === executor));
  displaced.clear();
  for (const { left } of leaving) left.resolve();
}

/** Resumes the run of this process here when the process that had taken it over under the same name is dead, too. */
async function beginAgain(runId: string, { executor, journal }: Executing): Promise<void> {
  if (executor !== `run:${runId}`) return;
  const places = await journal.places({ runIds: [runId] });
  await journal.giveBack(places.filter((place) => place.isExecuting && place.executor === executor));
}

/**
 * Takes over the run of this process from a process that died while it had the run. Every process polls the queue in which DBOS
 * puts resumed runs, and may die before it gives back a run that is not for it.
 */
export async function lookForOwnRun({ pool }: Store, { executor, journal, stop }: Executing): Promise<void> {
  const runId = executor.replace(/^run:/, '');
  const look = async (): Promise<void> => {
    // The next look asks again a database that did not answer.
    await takeOver(pool, { journal, executor, runId }).catch(() => undefined);
  };
  await every(2000, look, { signal: stop.signal });
}
