import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { markAbandoned } from '../../durable/abandoned-runs.ts';
import { openDatabaseStore, openEmbeddedStore, StoreInUseError, type Store } from '../../store/embedded-store.ts';
import type { Holder } from '../../store/exclusive-lock.ts';
import { prepareDatabase } from '../../durable/prepare-database.ts';
import { sleep, unlessAborted } from '../../time/sleep.ts';
import { livingExecutors } from '../../store/liveness-lock.ts';
import { Journal, type RunDetails, type RunSummary } from '../../durable/journal.ts';
import { RunLog } from '../../store/run-log.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { hasFinally } from '../../plan/plan.ts';
import { connectControl, type RunControl } from './control-socket.ts';
import type { Io } from '../session.ts';
import { databaseUrl } from '../connect/database.ts';
import { stateFolder } from '../runs-folder.ts';

/**
 * Reads and steers runs from a process that executes none: on the database that SPEECHOPS_DATABASE_URL names, through the
 * process that has the embedded store open, or in the embedded store itself when no process has.
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
  // What cannot be written is tried again for ever.
  const stopFollowing = store.room.follow((message) => io.stderr.write(`warning: ${escapeControls(message)}\n`));
  const journal = await openJournal(store);
  const living = async (executors: readonly string[]): Promise<ReadonlySet<string>> =>
    // Whoever has the embedded store executes what is executed there, and that is this process.
    store.embedded ? new Set() : await livingExecutors(store.pool, executors);
  return {
    ...runControl(journal, { log: RunLog.reading(store), living, store }),
    async close() {
      stopFollowing();
      await journal.close();
      await store.close();
    },
  };
}

/** What other processes may ask, answered from an open store. `living` answers which of these executors live. */
export function runControl(
  journal: Journal,
  of: {
    readonly log: Pick<RunLog, 'read'>;
    readonly living: (executors: readonly string[]) => Promise<ReadonlySet<string>>;
    readonly store: Pick<Store, 'room' | 'isDown'>;
  },
): RunControl {
  const { log, living, store } = of;
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
      await checkHasRoom(store);
      const found = await details(runId);
      const count = await journal.cancel(runId);
      // Of the fleet the next worker does the steps under `finally`, as the one that has died would have.
      const isLeft = found?.abandoned === 'until-taken-over' && hasFinally(found.plan);
      if (isLeft && count === 1 && found.plan !== undefined) await journal.resumeWorkflow(runId, found.plan);
      return count;
    },
    async decide(runId, stepId, decision) {
      await checkHasRoom(store);
      return await journal.decide(runId, stepId, decision);
    },
    close: async () => await journal.close(),
  };
}

/** What is asked of a database that is not there would wait until it is. */
function checkIsUp({ room, isDown }: Pick<Store, 'room' | 'isDown'>): void {
  if (!isDown()) return;
  const where = room.shortage === undefined ? '' : `, when there is room on the disk of ${room.shortage.place}`;
  throw new Error(`Try again later${where}: the store of runs has stopped and is being opened anew`);
}

/** What cannot be kept would be tried for ever. */
async function checkHasRoom({ room }: Pick<Store, 'room'>): Promise<void> {
  await room.look();
  if (room.shortage === undefined) return;
  throw new Error(`Make room on the disk of ${room.shortage.place}: it is full, so that nothing can be kept now`);
}

/** Also where the first process was killed before it had made the tables. */
async function openJournal(store: Store): Promise<Journal> {
  try {
    await prepareDatabase(store);
    return await Journal.open(store);
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Nothing was ever run here. */
const noRuns: RunControl = {
  runs: async () => [],
  details: async () => undefined,
  log: async () => [],
  cancel: async () => 0,
  decide: async (_run, _step, decision) => decision,
  close: async () => undefined,
};

async function embedded(io: Io): Promise<RunControl | Store> {
  const folder = stateFolder(io);
  // The lock is there before the store is.
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
      // Whoever has the store does not answer yet, or does not any more.
      if (Date.now() >= end || isStopped(holder)) throw error;
      await sleep(lookEveryMilliseconds, io.signal);
    }
  }
}

/** Whether the process was stopped (Ctrl-Z, kill -STOP): where the system tells, it is not waited for. */
function isStopped({ pid }: Holder): boolean {
  try {
    // The name of the program comes first, in brackets, and may itself hold some.
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1);
    return state?.startsWith('T') === true;
  } catch {
    return false;
  }
}

const startMilliseconds = 10_000;
const lookEveryMilliseconds = 200;
