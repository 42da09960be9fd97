import { lstatSync } from 'node:fs';
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { damageOfStore, lockEmbeddedStore, openLockedStore, type Store } from './embedded-store.ts';

/** How a store was found. A broken one was moved away. */
export type FoundStore =
  | { readonly state: 'none' }
  | { readonly state: 'good' }
  | { readonly state: 'moved'; readonly movedTo: string; readonly reason: string };

/**
 * Moves the embedded store in `folder` away when the database cannot open it or read all of it, and makes a new one in its place.
 * Nothing is deleted or replaced: the broken store lies in a folder beside it, which has the time in its name. A store that can be
 * read stays where it is, and gets its indexes anew. Throws a StoreInUseError when another process uses the store, and the error
 * of the new store when none can be made here: the fault is then not the old one's, which lies where it was.
 */
export async function moveAwayIfBroken(folder: string, holder: { readonly what: string }): Promise<FoundStore> {
  const store = path.join(folder, 'store');
  if (lstatSync(store, { throwIfNoEntry: false }) === undefined) return { state: 'none' };
  const unlock = await lockEmbeddedStore(folder, holder);
  try {
    const reason = await whyBroken(folder);
    if (reason === undefined) return { state: 'good' };
    const place = await makeFolderBeside(store);
    const movedTo = path.join(place, 'store');
    await rename(store, movedTo);
    try {
      await (await openHere(folder)).close();
    } catch (error) {
      for (const made of [store, `${store}.making`]) await rm(made, { recursive: true, force: true });
      await rename(movedTo, store);
      await rmdir(place);
      throw error;
    }
    return { state: 'moved', movedTo, reason };
  } finally {
    unlock();
  }
}

async function whyBroken(folder: string): Promise<string | undefined> {
  let store: Store | undefined;
  try {
    store = await openHere(folder);
    await readAll(store);
    return undefined;
  } catch (error) {
    const damage = damageOfStore(error, folder);
    if (damage === undefined) throw error;
    return damage.reason;
  } finally {
    await store?.close();
  }
}

/** The lock is kept when the store is closed. */
async function openHere(folder: string): Promise<Store> {
  return await openLockedStore(folder, () => undefined);
}

/** Reads every row whole. Damage in an index costs no run: indexes are made anew from the rows before a query could use them. */
async function readAll({ pool }: Store): Promise<void> {
  const { rows } = await pool.query<{ readonly name: string }>(findTables);
  for (const { name } of rows) {
    await pool.query(`REINDEX TABLE ${name}`);
    await pool.query(`SELECT count(kept::text) FROM ${name} AS kept`);
  }
}

const findTables = `
  SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('dbos', 'speechops')`;

async function makeFolderBeside(store: string): Promise<string> {
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  for (let number = 1; ; number += 1) {
    const place = path.join(path.dirname(store), `broken-store-${time}Z${number === 1 ? '' : `-${number}`}`);
    try {
      // It fails where anything has the name, a link included.
      await mkdir(place, { mode: 0o700 });
      return place;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
