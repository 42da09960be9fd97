import { lstatSync } from 'node:fs';
import path from 'node:path';
import { adviceOnLinks } from '../store/private-folder.ts';
import { type Io, UsageError } from './session.ts';

/** Where a folder for each run is. Throws as {@link stateFolder} does. */
export function runsFolder(io: Io): string {
  return path.join(stateFolder(io), 'runs');
}

/**
 * Where everything about runs is kept. Throws a {@link UsageError} when something else has the name, or when a link in it leads
 * elsewhere: everybody who may propose a change to the repository could have put it there.
 */
export function stateFolder(io: Io): string {
  const folder = path.join(io.cwd, '.speechops');
  // There may be many folders of runs, and each one is looked at when it is written.
  const advice = adviceOnLinks(folder, ['runs']);
  if (advice !== undefined) throw new UsageError(advice);
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== false) return folder;
  throw new UsageError(`Move ${folder} away: runs are kept in a folder of this name, and it is a file`);
}

/** Throws a {@link UsageError} when a run must not be called so: its folder has the name. */
export function checkRunId(runId: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(runId)) return;
  throw new UsageError(
    `Name the run with letters, digits, dots and hyphens, at most 100: got ${JSON.stringify(runId)}`,
  );
}
