import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Io } from '../session.ts';
import { runsFolder } from '../runs-folder.ts';

/** How many processes of a run may use up their memory before it is set aside. */
const mostDeaths = 3;

/**
 * Makes Node leave a report in the folder of the run, without the environment, when this process dies because its memory is used
 * up. Throws when three processes of the run have died so; the next resume tries the run again.
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
  // A folder that cannot be written takes no record, either, which the command tells at the end.
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

/** Removes the reports of a run that has ended, so that a resume counts anew. */
export function forgetMemoryDeaths(runId: string, io: Io): void {
  const folder = folderOf(runId, io);
  if (folder === undefined) return;
  for (const name of reportsIn(folder)) tryTo(() => rmSync(path.join(folder, name)));
}

const prefix = 'out-of-memory-';

/** Undefined where there can be no folder. */
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
