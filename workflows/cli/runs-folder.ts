import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import { adviceOnLinks } from '../store/private-folder.ts';
import { repositoryOf } from './repository.ts';
import { type Io, UsageError } from './session.ts';

/** Where a folder for each run is. Throws as {@link stateFolder} does. */
export function runsFolder(io: Io): string {
  return path.join(stateFolder(io), 'runs');
}

/**
 * The folder in which everything about runs is or will be kept: `.speechops` in the folder that SPEECHOPS_HOME names; else in the
 * current folder or the nearest one around it that has one, within the Git repository where there is one; else in the root of that
 * repository, or in the current folder. Folders around the current one count when this user owns them: in a folder that many
 * users share, anybody could have put one there.
 */
export function statePlace(io: Pick<Io, 'cwd' | 'env'>): string {
  const home = (io.env['SPEECHOPS_HOME'] ?? '').trim();
  if (home !== '') return path.join(path.resolve(io.cwd, home), stateName);
  const repository = repositoryOf(io.cwd);
  const around = foldersUpTo(repository, io.cwd);
  const found = around.find((folder) => isOwn(path.join(folder, stateName)));
  const isThere = existsSync(path.join(io.cwd, stateName));
  const place = isThere ? io.cwd : (found ?? (repository !== undefined && isOwn(repository) ? repository : io.cwd));
  return path.join(place, stateName);
}

const stateName = '.speechops';

/** The folder and those around it, the nearest first, up to this one or to the root of the file system. */
function foldersUpTo(last: string | undefined, folder: string): readonly string[] {
  const parent = path.dirname(folder);
  return folder === last || parent === folder ? [folder] : [folder, ...foldersUpTo(last, parent)];
}

function isOwn(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && (process.getuid === undefined || found.uid === process.getuid());
}

/**
 * {@link statePlace}, when it may be used. Throws a {@link UsageError} when something else has the name, when the folder around it
 * is not there, or when a link in it leads elsewhere: everybody who may propose a change to the repository could have put it there.
 */
export function stateFolder(io: Io): string {
  const folder = statePlace(io);
  if (!existsSync(path.dirname(folder)))
    throw new UsageError(`Make the folder ${path.dirname(folder)}, or correct SPEECHOPS_HOME: it is not there`);
  // There may be many folders of runs, and each one is looked at when it is written.
  const advice = adviceOnLinks(folder, ['runs']);
  if (advice !== undefined) throw new UsageError(advice);
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== false) return folder;
  throw new UsageError(`Move ${folder} away: runs are kept in a folder of this name, and it is a file`);
}

/** The name of the newest run, which no run may have as its id. */
export const newestRun = 'last';

/** An id that no other run has: the name of the pipeline in plain letters, the time in UTC, and four random digits. */
export function newRunId(pipeline: string): string {
  const letters = pipeline
    .normalize('NFKD')
    .replaceAll(/\p{Mark}+/gu, '')
    .replaceAll('ß', 'ss');
  const name = letters.replaceAll(/[^A-Za-z0-9.-]+/g, '-').slice(0, 60);
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${name}-${time}-${randomBytes(2).toString('hex')}`.replace(/^[^A-Za-z0-9]+/, '');
}

/** Throws a {@link UsageError} when a run must not be called so: its folder has the name. */
export function checkRunId(runId: string): void {
  if (runId === newestRun) throw new UsageError(`Choose another run id: ${newestRun} is the name of the newest run`);
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(runId)) return;
  throw new UsageError(
    `Name the run with letters, digits, dots and hyphens, at most 100: got ${JSON.stringify(runId)}`,
  );
}
