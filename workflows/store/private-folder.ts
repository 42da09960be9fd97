import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { chmod, lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes the folder for this user alone, and closes one that an earlier version made for all users. Its parent must exist. Throws
 * an error that says what to do when the folder cannot be made or is a link.
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: ownerOnly });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw folderError(error, path.dirname(folder));
    const found = await lstat(folder);
    if (found.isSymbolicLink()) throw new Error(linkText(folder), { cause: error });
    // A folder of another user, or on a disk that can only be read, stays as it is.
    if ((found.mode & 0o077) !== 0) await chmod(folder, ownerOnly).catch(() => undefined);
  }
}

const ownerOnly = 0o700;

/** Writes a file for this user alone, all or nothing. It replaces what has its name, a link included. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  // A process that was killed may have left this file, or another user may have put it there.
  await rm(part, { force: true });
  try {
    await writeFile(part, text, { mode: 0o600, flag: 'wx' });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * A message about the first link that the folder is or has at any depth; undefined when there is none. Folders of these names
 * directly in it are not searched.
 */
export function adviceOnLinks(folder: string, without: readonly string[] = []): string | undefined {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() === true) return linkText(folder);
  for (const entry of entriesOf(folder)) {
    const place = path.join(folder, entry.name);
    if (entry.isSymbolicLink()) return linkText(place);
    const advice = entry.isDirectory() && !without.includes(entry.name) ? adviceOnLinks(place) : undefined;
    if (advice !== undefined) return advice;
  }
  return undefined;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // The folder does not exist: another process may just have removed it.
    return [];
  }
}

function linkText(link: string): string {
  return `Remove the link ${link}: it leads elsewhere, and speechops keeps runs in .speechops itself alone`;
}

/** The error that the disk of the folder is full. */
export function noRoomError(folder: string, cause: unknown): Error {
  return new Error(`Make room on the disk of ${folder}: it is full, and runs are kept there`, { cause });
}

/** An error that says what to do about the folder, when the file system or SQLite lacks rights or room; else the error itself. */
export function folderError(error: unknown, folder: string): unknown {
  const { code, errcode, message } = error as { code?: unknown; errcode?: unknown; message?: unknown };
  if (code === 'ENOSPC' || code === 'EDQUOT' || errcode === sqlite.full) return noRoomError(folder, error);
  const isClosed = ['EROFS', 'EACCES', 'EPERM'].includes(String(code));
  if (!isClosed && errcode !== sqlite.readOnly && errcode !== sqlite.cannotOpen) return error;
  const reason = isClosed ? code : message;
  return new Error(
    `Make ${folder} writable, or set SPEECHOPS_HOME to a folder that is: runs are kept there, and reading them writes there, too (${reason})`,
    { cause: error },
  );
}

/** Primary result codes of https://sqlite.org/rescode.html, the last eight bits of a code. */
const sqlite = { readOnly: 8, full: 13, cannotOpen: 14 };
