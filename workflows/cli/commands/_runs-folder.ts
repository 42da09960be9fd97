import { statSync } from 'node:fs';
import path from 'node:path';
import { type Io, UsageError } from '../session.ts';

/** Where a folder for each run is. Throws as {@link stateFolder} does. */
export function runsFolder(io: Io): string {
  return path.join(stateFolder(io), 'runs');
}

/** Where everything about runs is kept. Throws a {@link UsageError} when something else has the name. */
export function stateFolder(io: Io): string {
  const folder = path.join(io.cwd, '.speechops');
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== false) return folder;
  throw new UsageError(`Move ${folder} away: runs are kept in a folder of this name, and it is a file`);
}
