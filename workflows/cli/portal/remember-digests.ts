import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { matchesOf, patternOf } from '../../data/match-pattern.ts';
import type { DataPort, LocalData } from '../../engine/ports.ts';
import { listOfPlaces } from '../../plan/data/data-places.ts';
import { localDataKey } from '../../plan/data/local-data.ts';

/**
 * Local data whose digests are remembered: to digest a folder of recordings reads all of it, and a page asks again and again. Data are read
 * anew when a file of theirs has another size or date.
 */
export function rememberDigests(data: DataPort): Pick<DataPort, 'describe' | 'content' | 'recordingValues'> {
  const known = new Map<string, { readonly version: string; readonly described: Promise<LocalData> }>();
  return {
    async describe(places, kind) {
      const key = localDataKey({ from: places, kind });
      const version = (await Promise.all(listOfPlaces(places).map(versionOf))).join('\n');
      const before = known.get(key);
      if (before?.version === version) return await before.described;
      const described = data.describe(places, kind);
      known.set(key, { version, described });
      // What could not be read may be readable the next time, whatever its date.
      described.catch(() => known.delete(key));
      return await described;
    },
    content: (places, kind) => data.content(places, kind),
    recordingValues: async (file, column) => await data.recordingValues(file, column),
  };
}

/** Size and date of a file, or of all files of a folder and of the folders in it; of a pattern those of what it finds. */
async function versionOf(place: string): Promise<string> {
  const pattern = patternOf(place, { cwd: '/' });
  if (pattern === undefined) return await versionAt(place);
  const found = matchesOf(pattern, { kind: undefined, cwd: '/' });
  return (await Promise.all(found.map(async (one) => `${one}\0${await versionAt(one)}`))).join('\n');
}

async function versionAt(source: string): Promise<string> {
  const found = await stat(source).catch(() => undefined);
  if (found === undefined) return 'none';
  const names = found.isDirectory() ? await readdir(source, { recursive: true }).catch(() => []) : [];
  const parts: string[] = [];
  for (const name of names.toSorted()) {
    const file = await stat(path.join(source, name)).catch(() => undefined);
    parts.push(`${name}\0${file?.size} ${file?.mtimeMs}`);
  }
  return [`${found.size} ${found.mtimeMs}`, ...parts].join('\n');
}
