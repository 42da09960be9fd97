import { existsSync } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { Pool } from 'pg';
import { takeLock, type Holder } from './exclusive-lock.ts';
import { socketPlace } from './socket-place.ts';

/** A database that journals live in. */
export interface Store {
  readonly pool: Pool;
  /** Whether it belongs to this process alone; one connection, and no notifications. */
  readonly embedded: boolean;
  close(): Promise<void>;
}

/** Another process uses the embedded store. */
export class StoreInUseError extends Error {
  override readonly name = 'StoreInUseError';
  readonly holder: Holder;

  constructor(folder: string, holder: Holder) {
    const who = holder.pid === 0 ? 'another process' : `process ${holder.pid} (${holder.what}, since ${holder.since})`;
    super(`Wait for ${who}: it uses the runs in ${folder}`);
    this.holder = holder;
  }
}

/** The embedded store cannot be opened; the message says what to do. */
class StoreDamagedError extends Error {
  override readonly name = 'StoreDamagedError';

  constructor(store: string, cause: unknown) {
    super(
      `Move ${store} away and run the pipeline again: the store cannot be opened, as after a power cut, and its runs are lost; what they have made is found and used (${reasonOf(cause)})`,
      { cause },
    );
  }
}

/** PGlite also throws what is no Error. */
function reasonOf(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : JSON.stringify(cause);
  return String(text).trim().replaceAll(/\s+/g, ' ');
}

/**
 * The store in `folder`, made when it does not exist: PostgreSQL in WebAssembly (PGlite) in a worker thread. It survives the
 * death of the process at any moment; it does not sync to disk, so a power cut may lose the last moments.
 */
export async function openEmbeddedStore(folder: string, holder: { readonly what: string }): Promise<Store> {
  await mkdir(folder, { recursive: true });
  const lock = takeLock(path.join(folder, 'store.lock'), {
    pid: process.pid,
    what: holder.what,
    since: new Date().toISOString(),
  });
  if (typeof lock !== 'function') throw new StoreInUseError(folder, lock);
  let sockets: string | undefined;
  const release = async (): Promise<void> => {
    if (sockets !== undefined) await rm(sockets, { recursive: true, force: true });
    lock();
  };
  try {
    sockets = await emptyFolder(await socketPlace(folder));
    const worker = await makeOrOpen(folder, sockets);
    const pool = new Pool({ host: sockets, user: 'postgres', database: 'postgres', max: 1 });
    surviveCutConnections(pool);
    return {
      pool,
      embedded: true,
      async close() {
        await pool.end().catch(() => undefined);
        const closed = once(worker, 'message');
        worker.postMessage('close');
        await closed;
        await worker.terminate();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Empty, whatever a process that was killed has left there. */
async function emptyFolder(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  return folder;
}

/** A store whose making was cut off holds nothing yet, and is made anew. */
async function makeOrOpen(folder: string, sockets: string): Promise<Worker> {
  const store = path.join(folder, 'store');
  const making = path.join(folder, 'store.making');
  if (existsSync(making)) await rm(store, { recursive: true, force: true });
  const isNew = !existsSync(store);
  if (isNew) await writeFile(making, '');
  const worker = await startWorker(store, sockets).catch((error: unknown) => {
    if (!isNew) throw new StoreDamagedError(store, error);
    throw new Error(
      `Look at the disk of ${folder}, which may be full: the store for runs cannot be made there (${reasonOf(error)})`,
      { cause: error },
    );
  });
  if (isNew) await rm(making);
  // A mark that came back after a power cut would take the store with it.
  if (isNew) await syncFolder(folder);
  return worker;
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing.
  if (process.platform === 'win32') return;
  const opened = await open(folder);
  await opened.sync().finally(async () => await opened.close());
}

async function startWorker(dataDirectory: string, sockets: string): Promise<Worker> {
  // The optimising compiler gains nothing here, and its code is freed while the thread ends.
  setFlagsFromString('--liftoff-only');
  const file = new URL(`./store-worker${path.extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(file, { workerData: { dataDirectory, socket: path.join(sockets, '.s.PGSQL.5432') } });
  await once(worker, 'message');
  return worker;
}

/** The store that a connection string names: any PostgreSQL, shared by all processes that use it. */
export function openDatabaseStore(connectionString: string): Store {
  const pool = new Pool({ connectionString, max: 10 });
  surviveCutConnections(pool);
  return { pool, embedded: false, close: async () => await pool.end() };
}

/**
 * A connection that is cut says so by an event, in the pool and while it is lent out, and an event that nobody hears ends
 * the process. The next query opens another one.
 */
function surviveCutConnections(pool: Pool): void {
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
}
