import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Io } from '../session.ts';
import { runsFolder } from '../runs-folder.ts';

/** How many processes of a run may use up their memory before it is set aside. */
const mostDeaths = 3;

/**
 * From now on Node leaves a report in the run's folder when this process dies because its memory is used up; it has nothing of
 * the environment. Throws when three processes of the run have died so: it is tried again when it is resumed once more.
 */
export function countMemoryDeaths(runId: string, io: Io): void {
  const folder = folderOf(runId, io);
  if (folder === undefined) return;
  const deaths = reportsIn(folder).length;
  if (deaths >= mostDeaths) {
    forgetMemoryDeaths(runId, io);
    throw new Error(
      `Mend what the step under way does, then resume ${runId} once more: the run is set aside, because ${deaths} processes that executed it have used up their memory`,
    );
  }
  // Where the folder cannot be written, its record cannot be either, which is told at the end.
  tryTo(() => mkdirSync(folder, { recursive: true }));
  Object.assign(process.report, {
    reportOnFatalError: true,
    excludeEnv: true,
    excludeNetwork: true,
    compact: true,
    directory: folder,
    filename: `${prefix}${deaths + 1}.json`,
  });
}

/** The run has ended: it is tried anew when it is resumed. */
export function forgetMemoryDeaths(runId: string, io: Io): void {
  const folder = folderOf(runId, io);
  if (folder === undefined) return;
  for (const name of reportsIn(folder)) tryTo(() => rmSync(path.join(folder, name)));
}

const prefix = 'out-of-memory-';

/** Undefined where there can be none. */
function folderOf(runId: string, io: Io): string | undefined {
  return tryTo(() => path.join(runsFolder(io), runId));
}

function reportsIn(folder: string): readonly string[] {
  return tryTo(() => readdirSync(folder).filter((name) => name.startsWith(prefix))) ?? [];
}

function tryTo<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
