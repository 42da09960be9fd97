import { existsSync } from 'node:fs';
import path from 'node:path';
import { openDatabaseStore, openEmbeddedStore, StoreInUseError, type Store } from '../../engine/embedded-store.ts';
import { prepareDatabase } from '../../engine/fleet/prepare-database.ts';
import { Journal } from '../../engine/journal.ts';
import { RunLog } from '../../engine/run-log.ts';
import { connectControl, type RunControl } from '../control-socket.ts';
import type { Io } from '../session.ts';
import { stateFolder } from './_runs-folder.ts';

/**
 * Reads and steers runs from a process that executes none: on the database that SPEECHOPS_DATABASE_URL names, through the
 * process that has the embedded store open, or in the embedded store itself when no process has.
 */
export async function withRunControl<T>(io: Io, use: (control: RunControl) => Promise<T>): Promise<T> {
  const control = await openControl(io);
  try {
    return await use(control);
  } finally {
    await control.close();
  }
}

async function openControl(io: Io): Promise<RunControl> {
  const url = io.env['SPEECHOPS_DATABASE_URL'];
  const folder = stateFolder(io);
  const store = url === undefined || url === '' ? await embedded(folder) : openDatabaseStore(url);
  if ('runs' in store) return store;
  const journal = await openJournal(store);
  return {
    ...runControl(journal, RunLog.reading(store)),
    async close() {
      await journal.close();
      await store.close();
    },
  };
}

/** What other processes may ask, answered from an open store. */
export function runControl(journal: Journal, log: Pick<RunLog, 'read'>): RunControl {
  return {
    runs: async (options) => await journal.runs(options),
    details: async (runId) => await journal.details(runId),
    log: async (runId, options) => await log.read(runId, options),
    cancel: async (runId) => await journal.cancel(runId),
    decide: async (runId, stepId, decision) => await journal.decide(runId, stepId, decision),
    close: async () => await journal.close(),
  };
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
  cancel: async () => undefined,
  decide: async (_run, _step, decision) => decision,
  close: async () => undefined,
};

async function embedded(folder: string): Promise<RunControl | Store> {
  if (!existsSync(path.join(folder, 'store'))) return noRuns;
  try {
    return await openEmbeddedStore(folder, { what: 'reading runs' });
  } catch (error) {
    if (!(error instanceof StoreInUseError)) throw error;
    const control = await connectControl(folder);
    if (control === undefined) throw error;
    return control;
  }
}
