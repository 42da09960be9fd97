import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { chmod, lstat, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes the folder for this user alone, also when an earlier version has made it for all to enter; the one that it is in must
 * exist. Throws an error that says what to do where it cannot be made, and where a link leads to it.
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: ownerOnly });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw folderError(error, path.dirname(folder));
    const found = await lstat(folder);
    if (found.isSymbolicLink()) throw new Error(linkText(folder), { cause: error });
    // That of somebody else, or on a disk that can only be read, stays as it is.
    if ((found.mode & 0o077) !== 0) await chmod(folder, ownerOnly).catch(() => undefined);
  }
}

const ownerOnly = 0o700;

/** Writes a file for this user alone, in one piece: it takes the place of what has its name, a link included. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  // A process that was killed has left it, or somebody else has put something there.
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
 * What to say of the first link that the folder is, or that is in it or below it, the content of some folders directly in it
 * left out; undefined when there is none.
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
    // It is not there, or not any more: another process may be clearing it away.
    return [];
  }
}

function linkText(link: string): string {
  return `Remove the link ${link}: it leads elsewhere, and what is kept of runs is written to .speechops itself alone`;
}

/** That the disk of the folder is full. */
export function noRoomError(folder: string, cause: unknown): Error {
  return new Error(`Make room on the disk of ${folder}: it is full, and runs are kept there`, { cause });
}

/** An error that says what to do about the folder, in place of one of the file system or of SQLite; else the error itself. */
export function folderError(error: unknown, folder: string): unknown {
  const { code, errcode, message } = error as { code?: unknown; errcode?: unknown; message?: unknown };
  if (code === 'ENOSPC' || code === 'EDQUOT' || errcode === sqlite.full) return noRoomError(folder, error);
  const isClosed = ['EROFS', 'EACCES', 'EPERM'].includes(String(code));
  if (!isClosed && errcode !== sqlite.readOnly && errcode !== sqlite.cannotOpen) return error;
  const reason = isClosed ? code : message;
  return new Error(
    `Make ${folder} writable, or work on a copy of it: runs are kept there, and reading them writes there, too (${reason})`,
    { cause: error },
  );
}

/** Of https://sqlite.org/rescode.html, the last eight bits. */
const sqlite = { readOnly: 8, full: 13, cannotOpen: 14 };
