import { existsSync, statSync } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { callbackify } from 'node:util';
import { type DatabaseError, Pool } from 'pg';
import { DiskRoom } from './disk-room.ts';
import { takeLock } from './exclusive-lock.ts';
import { sleepInBackground } from '../time/sleep.ts';
import { folderError, makePrivateFolder, noRoomError } from './private-folder.ts';
import { socketPlace } from './socket-place.ts';
import { StoreClient } from './store-client.ts';
import { keepSnapshot, makeTables, snapshotFile, unpackSnapshot } from './store-snapshot.ts';
import { StoreInUseError } from './store-in-use.ts';
import { StoreThread } from './store-thread.ts';

/** A database that journals live in. */
export interface Store {
  readonly pool: Pool;
  /** Whether there is room for what runs do. */
  readonly room: DiskRoom;
  /** Whether the database has given up and is not there yet again: what is asked of it waits. */
  isDown(): boolean;
  /** Whether it belongs to this process alone; one connection, and no notifications. */
  readonly embedded: boolean;
  close(): Promise<void>;
}

/** The embedded store cannot be opened; the message says what to do. */
class StoreDamagedError extends Error {
  override readonly name = 'StoreDamagedError';
  /** Why it cannot be opened, a clause. */
  readonly reason: string;

  constructor(store: string, cause: unknown) {
    const reason = reasonOfStore(cause);
    super(
      `Move ${store} away with \`speechops runs --rebuild\` and run the pipeline again: the store cannot be opened, as after a power cut, and its runs are lost; what they have made is found and used (${reason})`,
      { cause },
    );
    this.reason = reason;
  }
}

/** The damage of the store in `folder`, whose files the database cannot read; undefined when the error is of something else. */
export function damageOfStore(error: unknown, folder: string): StoreDamagedError | undefined {
  for (let cause = error; typeof cause === 'object' && cause !== null; cause = (cause as Error).cause) {
    if (cause instanceof StoreDamagedError) return cause;
    const { code } = cause as { readonly code?: unknown };
    // PostgreSQL's classes of errors inside it and of the system under it.
    if (typeof code === 'string' && /^(XX|58)[0-9A-Z]{3}$/.test(code))
      return new StoreDamagedError(path.join(folder, 'store'), cause);
  }
  return undefined;
}

/** PGlite also throws what is no Error. */
function reasonOfStore(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : JSON.stringify(cause);
  return String(text).trim().replaceAll(/\s+/g, ' ');
}

/**
 * The store in `folder`, made when it does not exist: PostgreSQL in WebAssembly (PGlite) in a worker thread. It survives the
 * death of the process at any moment; it does not sync to disk, so a power cut may lose the last moments.
 */
export async function openEmbeddedStore(folder: string, holder: { readonly what: string }): Promise<Store> {
  return await openLockedStore(folder, await lockEmbeddedStore(folder, holder));
}

/**
 * Locks the store in `folder` for this process, and makes the folder when it does not exist. Returns the function that frees the
 * store; throws a {@link StoreInUseError} when another process uses it.
 */
export async function lockEmbeddedStore(folder: string, holder: { readonly what: string }): Promise<() => void> {
  await makePrivateFolder(folder);
  const lock = lockStore(folder, holder.what);
  if (typeof lock !== 'function') throw new StoreInUseError(folder, lock);
  return lock;
}

/** {@link openEmbeddedStore} in a process that has the lock. Calls `unlock` when the store is closed or cannot be opened. */
export async function openLockedStore(folder: string, unlock: () => void): Promise<Store> {
  let sockets: string | undefined;
  const release = async (): Promise<void> => {
    if (sockets !== undefined) await rm(sockets, { recursive: true, force: true });
    unlock();
  };
  try {
    sockets = await emptyFolder(await socketPlace(folder));
    const room = new DiskRoom({ place: folder, folder });
    const thread = await makeOrOpen({ folder, sockets, room });
    const pool = poolOf(thread, sockets);
    hearErrors(pool, ({ code, severity }) => {
      const hasGivenUp = severity === 'PANIC';
      const wantedBytes = hasGivenUp ? logBytes : 0;
      if (code === diskFull) room.isMissing({ wantedBytes });
      if (hasGivenUp) void thread.restart(async () => await room.hasRoom(wantedBytes));
    });
    return {
      pool,
      room,
      isDown: () => thread.isDown,
      embedded: true,
      async close() {
        // A connection that waits until the database is up again waits no longer.
        await Promise.race([
          pool.end().catch(() => undefined),
          sleepInBackground(thread.isDown ? 0 : closeMilliseconds),
        ]);
        await thread.close();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

function lockStore(folder: string, what: string): ReturnType<typeof takeLock> {
  const holder = { pid: process.pid, what, since: new Date().toISOString() };
  try {
    return takeLock(path.join(folder, 'store.lock'), holder);
  } catch (error) {
    throw folderError(error, folder);
  }
}

/** Empty, whatever a process that was killed has left there. */
async function emptyFolder(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  return folder;
}

/** A store whose making was cut off holds nothing yet, and is made anew. */
async function makeOrOpen(at: {
  readonly folder: string;
  readonly sockets: string;
  readonly room: DiskRoom;
}): Promise<StoreThread> {
  const { folder, sockets, room } = at;
  const store = path.join(folder, 'store');
  const making = path.join(folder, 'store.making');
  try {
    if (existsSync(making)) await rm(store, { recursive: true, force: true });
    const isNew = !existsSync(store);
    // PGlite makes a database in a folder that has no such file, over whatever is left of the old one.
    if (!isNew && statSync(path.join(store, 'PG_VERSION'), { throwIfNoEntry: false }) === undefined)
      throw new StoreDamagedError(store, new Error('it is no folder with a file PG_VERSION'));
    if (isNew) await writeFile(making, '', { mode: 0o600 });
    if (isNew) await mkdir(store, { mode: 0o700 });
    const start = isNew ? startNew : StoreThread.start;
    const thread = await start(store, sockets).catch(async (error: unknown) => {
      if (!(await room.hasRoom())) throw noRoomError(folder, error);
      if (!isNew) throw new StoreDamagedError(store, error);
      throw new Error(`Look at ${folder}: the store for runs cannot be made there (${reasonOfStore(error)})`, {
        cause: error,
      });
    });
    if (isNew) await rm(making);
    // A mark that came back after a power cut would take the store with it.
    if (isNew) await syncFolder(folder);
    return thread;
  } catch (error) {
    throw folderError(error, folder);
  }
}

/** In the empty folder `store`. The first store that this user makes is kept, as long as it is empty, for the making of others. */
async function startNew(store: string, sockets: string): Promise<StoreThread> {
  const snapshot = await snapshotFile();
  if (snapshot === undefined || (await unpackSnapshot(snapshot, store))) return await StoreThread.start(store, sockets);
  const thread = await StoreThread.start(store, sockets);
  const pool = poolOf(thread, sockets);
  hearErrors(pool, () => undefined);
  try {
    await makeTables(pool);
  } finally {
    await pool.end();
    await thread.close();
  }
  await keepSnapshot(snapshot, store);
  await emptyFolder(sockets);
  return await StoreThread.start(store, sockets);
}

function poolOf(thread: StoreThread, sockets: string): Pool {
  return new Pool({ host: sockets, user: 'postgres', database: 'postgres', max: 1, Client: clientOf(thread) });
}

async function syncFolder(folder: string): Promise<void> {
  // Windows has no such thing.
  if (process.platform === 'win32') return;
  const opened = await open(folder);
  await opened.sync().finally(async () => await opened.close());
}

/** The store that a connection string names: any PostgreSQL, shared by all processes that use it. */
export function openDatabaseStore(connectionString: string): Store {
  const pool = new Pool({ connectionString, max: 10, Client: StoreClient });
  const room = new DiskRoom({ place: 'the database' });
  hearErrors(pool, ({ code }) => {
    if (code === diskFull) room.isMissing();
  });
  return { pool, room, isDown: () => false, embedded: false, close: async () => await pool.end() };
}

/**
 * What the database refuses it says on the connection, whoever asked. A connection that is cut says so by an event, in the pool
 * and while it is lent out, and an event that nobody hears ends the process. The next query opens another one.
 */
function hearErrors(pool: Pool, hear: (error: DatabaseError) => void): void {
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    client.connection.on('errorMessage', hear);
  });
}

/** Connects when the database is up. */
function clientOf(thread: StoreThread): typeof StoreClient {
  return class extends StoreClient {
    override connect(): Promise<StoreClient>;
    override connect(callback: (error: Error | null, client?: StoreClient) => void): void;
    override connect(callback?: (error: Error | null, client?: StoreClient) => void): Promise<StoreClient> | void {
      const connected = thread.up().then(async () => await super.connect());
      if (callback === undefined) return connected;
      callbackify(async () => await connected)(callback);
    }
  };
}

/** PostgreSQL's code for a disk that is full. */
const diskFull = '53100';
/** A file of PostgreSQL's log, and some more. */
const logBytes = 20_971_520;
const closeMilliseconds = 10_000;
