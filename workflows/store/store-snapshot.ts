import { ensureSystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import type { Pool } from 'pg';
import { makePrivateFolder } from './private-folder.ts';

/**
 * The file in this user's cache (XDG_CACHE_HOME, else ~/.cache) that new embedded stores are unpacked from: what PGlite and DBOS
 * make of an empty folder takes seconds to make and is always the same. It holds no run and nothing of any other store. Other
 * versions of PGlite and DBOS have other files. Undefined where this user has no cache that is theirs alone: nothing depends on it.
 */
export async function snapshotFile(): Promise<string | undefined> {
  try {
    const parent = path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'speechops');
    const folder = path.join(parent, 'stores');
    await mkdir(parent, { recursive: true });
    await makePrivateFolder(folder);
    return (await isPrivate(folder)) ? path.join(folder, `${key()}.zst`) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Fills the empty folder `store` from the snapshot, and answers whether it could. A snapshot that is damaged, or that others can
 * write to, is deleted. Throws when there is no room for the store.
 */
export async function unpackSnapshot(file: string, store: string): Promise<boolean> {
  const entries = await readSnapshot(file);
  if (entries === undefined) return false;
  for (const { name, bytes } of entries) {
    const place = path.join(store, name);
    if (bytes === undefined) await mkdir(place, { mode: 0o700 });
    else await writeFile(place, bytes, { mode: 0o600, flag: 'wx' });
  }
  return true;
}

/** Makes the tables in which DBOS keeps runs, as it does itself when it is launched and finds older ones or none. */
export async function makeTables(pool: Pool): Promise<void> {
  // The address is not used: the pool is. DBOS's class of loggers has no members but these that are called.
  const logger = silent as unknown as Parameters<typeof ensureSystemDatabase>[1];
  await ensureSystemDatabase('postgresql://unused', logger, pool, 'dbos', false);
}

/** Keeps a store that is closed, and in which nothing was done but {@link makeTables}; does nothing where it cannot be kept. */
export async function keepSnapshot(file: string, store: string): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  try {
    const entries: Entry[] = [];
    const found = await readdir(store, { recursive: true, withFileTypes: true });
    for (const entry of found) {
      const place = path.join(entry.parentPath, entry.name);
      const name = path.relative(store, place);
      entries.push(entry.isDirectory() ? { name } : { name, bytes: await readFile(place) });
    }
    // A folder comes before what is in it.
    entries.sort((one, other) => (one.name < other.name ? -1 : 1));
    const content = serialize({ key: key(), entries } satisfies Snapshot);
    const params = { [constants.ZSTD_c_checksumFlag]: 1 };
    await rm(part, { force: true });
    await writeFile(part, await promisify(zstdCompress)(content, { params }), { mode: 0o600, flag: 'wx' });
    await rename(part, file);
  } catch {
    // The next new store is made as this one was.
    await rm(part, { force: true }).catch(() => undefined);
  }
}

async function readSnapshot(file: string): Promise<readonly Entry[] | undefined> {
  if (!existsSync(file)) return undefined;
  try {
    if (!(await isPrivate(file))) throw new Error('Others can write to it');
    const snapshot = deserialize(await promisify(zstdDecompress)(await readFile(file))) as Snapshot;
    if (snapshot.key !== key()) throw new Error('It is of other versions');
    return snapshot.entries;
  } catch {
    await rm(file, { recursive: true, force: true }).catch(() => undefined);
    return undefined;
  }
}

/** Whether it is this user's, and nobody else can enter or open it. Windows keeps a user's profile so by itself. */
async function isPrivate(place: string): Promise<boolean> {
  const { uid, mode } = await lstat(place);
  return process.platform === 'win32' || (uid === process.getuid?.() && (mode & 0o077) === 0);
}

function key(): string {
  const packages = ['@electric-sql/pglite', '@dbos-inc/dbos-sdk'].map((name) => {
    const file = findPackageJSON(name, import.meta.url);
    if (file === undefined) throw new Error(`Install ${name}`);
    return readFileSync(file);
  });
  const digest = createHash('sha256').update(form);
  for (const text of packages) digest.update(text);
  return digest.digest('hex').slice(0, 24);
}

interface Snapshot {
  readonly key: string;
  readonly entries: readonly Entry[];
}

/** A file, or a folder, by its path in the store. */
interface Entry {
  readonly name: string;
  readonly bytes?: Uint8Array;
}

/** Changes when the form of the file or what a store is made of changes here. */
const form = 'store-snapshot-1';
const silent = { debug() {}, info() {}, warn() {}, error() {} };
