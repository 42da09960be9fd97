import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** The process that holds a lock, for the message of a process that does not get it. */
export interface Holder {
  readonly pid: number;
  readonly what: string;
  readonly since: string;
}

/**
 * Locks a file for this process. Returns the function that frees it, or the process that holds it. The operating system keeps the
 * lock (SQLite's, on `path`), so that a killed process holds nothing, even when another one gets its process id. Not for network
 * drives. Throws an error of the file system or of SQLite (`errcode`) where the file cannot be written.
 */
export function takeLock(path: string, holder: Holder): (() => void) | Holder {
  closeSync(openSync(path, 'a', 0o600));
  const file = new DatabaseSync(path, { timeout: 0 });
  const note = `${path}.holder.json`;
  try {
    file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    writeFileSync(note, JSON.stringify(holder), { mode: 0o600 });
  } catch (error) {
    file.close();
    const { errcode } = error as { readonly errcode?: number };
    if (errcode === sqliteBusy) return readHolder(note);
    if (errcode !== sqliteNotADatabase) throw error;
    throw new Error(`Remove ${path}: it is garbled, and holds nothing but the lock on the runs`, { cause: error });
  }
  return () => {
    rmSync(note, { force: true });
    file.close();
  };
}

const sqliteBusy = 5;
const sqliteNotADatabase = 26;

/** The holder writes its note a moment after it has the lock: until then it is not known. */
function readHolder(note: string): Holder {
  try {
    return JSON.parse(readFileSync(note, 'utf8')) as Holder;
  } catch {
    return { pid: 0, what: 'starting', since: '' };
  }
}
