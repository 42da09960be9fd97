import path from 'node:path';
import type { Io } from '../session.ts';

/** Where everything about runs is kept: their journal, and a folder for each of them. */
export function runsFolder(io: Io): string {
  return path.join(io.cwd, '.speechops', 'runs');
}

export function stateFolder(io: Io): string {
  return path.join(io.cwd, '.speechops');
}
