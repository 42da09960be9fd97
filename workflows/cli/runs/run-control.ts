import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { markAbandoned } from '../../durable/abandoned-runs.ts';
import { openDatabaseStore, openEmbeddedStore, type Store } from '../../store/embedded-store.ts';
import { StoreInUseError } from '../../store/store-in-use.ts';
import type { Holder } from '../../store/exclusive-lock.ts';
import { prepareDatabase } from '../../durable/prepare-database.ts';
import { sleep, unlessAborted } from '../../time/sleep.ts';
import { livingExecutors } from '../../store/liveness-lock.ts';
import { Journal, type RunDetails, type RunSummary } from '../../durable/journal.ts';
import { RunLog } from '../../store/run-log.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { hasFinally } from '../../plan/plan.ts';
import { connectControl } from './control-socket.ts';
import { livingLent, noteAnswered, type PlaceLender } from './lend-place.ts';
import { type RunControl } from './control-request.ts';
import type { Io } from '../session.ts';
import { databaseUrl } from '../connect/database.ts';
import { stateFolder } from '../runs-folder.ts';

/**
 * Reads and steers runs from a process that executes none: on the database that SPEECHOPS_DATABASE_URL names, else through the
 * process that has the embedded store open, else in the embedded store itself.
 */
export async function withRunControl<T>(io: Io, use: (control: RunControl) => Promise<T>): Promise<T> {
  const control = await openControl(io);
  try {
    return await unlessAborted(use(control), io.signal);
  } finally {
    await control.close();
  }
}

async function openControl(io: Io): Promise<RunControl> {
  const url = databaseUrl(io);
  const store = url === undefined ? await embedded(io) : openDatabaseStore(url);
  if ('runs' in store) return store;
  // DBOS repeats for ever what cannot be written, and is silent about it.
  const stopFollowing = store.room.follow((message) => io.stderr.write(`warning: ${escapeControls(message)}\n`));
  const journal = await openJournal(store);
  const living = async (executors: readonly string[]): Promise<ReadonlySet<string>> =>
    // Only the process that has the embedded store open could execute its runs, and this process executes none. Others wait.
    store.embedded ? livingLent(stateFolder(io)) : await livingExecutors(store.pool, executors);
  return {
    ...runControl(journal, {
      log: RunLog.reading(store),
      living,
      store,
      ...(store.embedded && { onAnswered: async (runId: string) => await noteAnswered(stateFolder(io), runId) }),
    }),
    async close() {
      stopFollowing();
      await journal.close();
      await store.close();
    },
  };
}

/**
 * Answers requests about runs from an open store. `living` returns which of these executors live. `lender` is of the run that this
 * process executes.
 */
export function runControl(
  journal: Journal,
  of: {
    readonly log: Pick<RunLog, 'read'>;
    readonly living: (executors: readonly string[]) => Promise<ReadonlySet<string>>;
    readonly store: Pick<Store, 'room' | 'isDown' | 'embedded'>;
    readonly lender?: Pick<PlaceLender, 'runId' | 'lend'>;
    /** Called after a person has answered or cancelled the run. */
    readonly onAnswered?: (runId: string) => Promise<void>;
  },
): RunControl {
  const { log, living, store, lender, onAnswered } = of;
  const shown = async <R extends RunSummary>(found: readonly R[]): Promise<readonly R[]> => {
    const { shortage } = store.room;
    const runs = await markAbandoned(found, { journal, living });
    const waits = ({ status, abandoned }: R): boolean => status === 'running' && abandoned === undefined;
    return shortage === undefined ? runs : runs.map((run) => (waits(run) ? { ...run, waitsForRoom: shortage } : run));
  };
  const details = async (runId: string): Promise<RunDetails | undefined> => {
    checkIsUp(store);
    const found = await journal.details(runId);
    return (await shown(found === undefined ? [] : [found]))[0];
  };
  return {
    async runs(options) {
      checkIsUp(store);
      return await shown(await journal.runs(options));
    },
    details,
    async log(runId, options) {
      checkIsUp(store);
      return await log.read(runId, options);
    },
    async cancel(runId) {
      const executor = `run:${runId}`;
      await checkHasRoom(store);
      const found = await details(runId);
      const isLent = store.embedded && lender?.runId !== runId && (await living([executor])).has(executor);
      const count = await journal.cancel(runId);
      // No process executes this run now: the next worker, or the process that waits outside the store, does its steps under `finally`.
      const plan = found?.abandoned === 'until-taken-over' || isLent ? found?.plan : undefined;
      if (plan !== undefined && hasFinally(plan) && count === 1) await journal.resumeWorkflow(runId, plan);
      await onAnswered?.(runId);
      return count;
    },
    async decide(runId, stepId, decision) {
      await checkHasRoom(store);
      const kept = await journal.decide(runId, stepId, decision);
      await onAnswered?.(runId);
      return kept;
    },
    lend: async (wanted) => lender?.lend(wanted) ?? false,
    close: async () => await journal.close(),
  };
}

/** Throws while the database is down: a request would wait until it is up. */
function checkIsUp({ room, isDown }: Pick<Store, 'room' | 'isDown'>): void {
  if (!isDown()) return;
  const where = room.shortage === undefined ? '' : `, when there is room on the disk of ${room.shortage.place}`;
  throw new Error(`Try again later${where}: the store of runs has stopped and is being opened anew`);
}

/** Throws when the disk is full: DBOS would repeat the write for ever. */
async function checkHasRoom({ room }: Pick<Store, 'room'>): Promise<void> {
  await room.look();
  if (room.shortage === undefined) return;
  throw new Error(`Make room on the disk of ${room.shortage.place}: it is full, so that nothing can be kept now`);
}

/** Makes the tables, too: the first process may have been killed before it had made them. */
async function openJournal(store: Store): Promise<Journal> {
  try {
    await prepareDatabase(store);
    return await Journal.open(store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** No run was ever started here. */
const noRuns: RunControl = {
  runs: async () => [],
  details: async () => undefined,
  log: async () => [],
  cancel: async () => 0,
  decide: async (_run, _step, decision) => decision,
  lend: async () => false,
  close: async () => undefined,
};

async function embedded(io: Io): Promise<RunControl | Store> {
  const folder = stateFolder(io);
  // Every process makes the lock before it makes the store.
  if (!existsSync(path.join(folder, 'store.lock'))) return noRuns;
  const end = Date.now() + startMilliseconds;
  for (;;) {
    try {
      return await openEmbeddedStore(folder, { what: 'reading runs' });
    } catch (error) {
      if (!(error instanceof StoreInUseError)) throw error;
      const { holder } = error;
      const control = await connectControl(folder, { signal: io.signal, holder });
      if (control !== undefined) return control;
      // The process that has the store does not answer yet, or any more.
      if (Date.now() >= end || isStopped(holder)) throw error;
      await sleep(lookEveryMilliseconds, io.signal);
    }
  }
}

/** Whether the process was stopped (Ctrl-Z, kill -STOP), where the system tells. A stopped process is not waited for. */
function isStopped({ pid }: Holder): boolean {
  try {
    // The state follows the name of the program, which is in parentheses and may itself contain some.
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1);
    return state?.startsWith('T') === true;
  } catch {
    return false;
  }
}

const startMilliseconds = 10_000;
const lookEveryMilliseconds = 200;
