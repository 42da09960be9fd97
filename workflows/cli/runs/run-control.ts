import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { markAbandoned } from '../../durable/abandoned-runs.ts';
import { openDatabaseStore, openEmbeddedStore, type Store } from '../../store/embedded-store.ts';
import { StoreInUseError } from '../../store/store-in-use.ts';
import type { Holder } from '../../store/exclusive-lock.ts';
import { untoldSteps } from '../../durable/cancel-run.ts';
import { prepareDatabase } from '../../durable/prepare-database.ts';
import { sleep, unlessAborted } from '../../time/sleep.ts';
import { livingExecutors } from '../../store/liveness-lock.ts';
import { Journal, type RunDetails, type RunSummary } from '../../durable/journal.ts';
import { RunLog } from '../../store/run-log.ts';
import { escapeControls } from '../../document/quote-name.ts';
import { hasFinally } from '../../plan/plan.ts';
import { connectControl, serveControl } from './control-socket.ts';
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
  const { control } = await openControl(io, { what: 'reading runs' });
  try {
    return await unlessAborted(use(control), io.signal);
  } finally {
    await control.close();
  }
}

/** How runs are reached: on a database, in the embedded store here, in another process that has it, or there are none yet. */
export interface OpenedControl {
  readonly control: RunControl;
  readonly place: 'database' | 'here' | 'elsewhere' | 'none';
}

/**
 * What {@link withRunControl} uses, until it is closed. `what` tells other processes why this one has the embedded store. A process that has it for
 * longer gives `lend`: then it answers others meanwhile, and is asked so for the store.
 */
export async function openControl(
  io: Io,
  of: {
    readonly what: string;
    readonly lend?: () => boolean;
    /** Called after a person has answered or cancelled a run through the store that is open here. */
    readonly onChange?: () => void;
  },
): Promise<OpenedControl> {
  const { what, lend, onChange } = of;
  const url = databaseUrl(io);
  const store = url === undefined ? await embedded(io, what) : openDatabaseStore(url);
  if (store === undefined) return { control: noRuns, place: 'none' };
  if ('runs' in store) return { control: store, place: 'elsewhere' };
  // DBOS repeats for ever what cannot be written, and is silent about it.
  const stopFollowing = store.room.follow((message) => io.stderr.write(`warning: ${escapeControls(message)}\n`));
  const journal = await openJournal(store);
  const living = async (executors: readonly string[]): Promise<ReadonlySet<string>> =>
    // Only the process that has the embedded store open could execute its runs, and this process executes none. Others wait.
    store.embedded ? livingLent(stateFolder(io)) : await livingExecutors(store.pool, executors);
  const control = runControl(journal, {
    log: RunLog.reading(store),
    living,
    store,
    ...(lend && { lender: { lend } }),
    async onAnswered(runId) {
      if (store.embedded) await noteAnswered(stateFolder(io), runId);
      onChange?.();
    },
  });
  const close = async (): Promise<void> => {
    stopFollowing();
    await journal.close();
    await store.close();
  };
  if (!store.embedded) return { control: { ...control, close }, place: 'database' };
  const stopControl = lend === undefined ? undefined : await serveControl(stateFolder(io), control);
  return {
    control: {
      ...control,
      async close() {
        await stopControl?.();
        await close();
      },
    },
    place: 'here',
  };
}

/**
 * Answers requests about runs from an open store. `living` returns which of these executors live. `lender` is of the run that this
 * process executes, or of a process that has the store open for other reasons.
 */
export function runControl(
  journal: Journal,
  of: {
    readonly log: Pick<RunLog, 'read'>;
    readonly living: (executors: readonly string[]) => Promise<ReadonlySet<string>>;
    readonly store: Pick<Store, 'room' | 'isDown' | 'embedded'>;
    readonly lender?: Pick<PlaceLender, 'lend'> & Partial<Pick<PlaceLender, 'runId'>>;
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
    async pulse() {
      checkIsUp(store);
      const { kept, executed } = await journal.pulse();
      const alive = await living(executed.map(({ executor }) => executor));
      const dead = executed.filter(({ executor }) => !alive.has(executor)).map(({ runId }) => runId);
      return JSON.stringify([kept, dead, store.room.shortage]);
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
      if (found?.abandoned !== undefined)
        await journal.leaveBehind(runId, untoldSteps(found, await journal.leftBehind(runId)));
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
  pulse: async () => '',
  details: async () => undefined,
  log: async () => [],
  cancel: async () => 0,
  decide: async (_run, _step, decision) => decision,
  lend: async () => false,
  close: async () => undefined,
};

async function embedded(io: Io, what: string): Promise<RunControl | Store | undefined> {
  const folder = stateFolder(io);
  // Every process makes the lock before it makes the store.
  if (!existsSync(path.join(folder, 'store.lock'))) return undefined;
  const end = Date.now() + startMilliseconds;
  for (;;) {
    try {
      return await openEmbeddedStore(folder, { what });
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
