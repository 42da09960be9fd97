import { createReadStream } from 'node:fs';
import path from 'node:path';
import { DataError } from '../engine/ports.ts';
import { type DataPlaces, shownPlaces } from '../plan/data/data-places.ts';
import { linesOfRecordings } from './check/lines-of-recordings.ts';
import { linesOf, type OpenedData } from './open-data.ts';
import type { SetRecording } from './sets/read-set.ts';

interface Named {
  readonly from: DataPlaces;
  /** Paths are relative to it. */
  readonly folder: string;
  readonly isTranscribed: boolean;
  readonly part: number;
  /** As the service names lines: the name of a recording, or `line 12`. */
  readonly named: readonly string[];
  readonly roots: readonly string[];
}

/** Where lines and recordings that the service names stand in the data, as `data/test/trans.txt:12 a.wav`. */
export async function placesInData(data: OpenedData, options: Named): Promise<ReadonlyMap<string, string>> {
  const { named, part, from, folder } = options;
  const origin = data.parts[part]?.origin;
  if (origin === undefined) throw new DataError(`Plan anew: ${shownPlaces(from)} has no part ${part + 1} any more`);
  switch (origin.kind) {
    case 'place':
      return await placesAt(origin.path, options);
    case 'texts':
      return await placesInTexts(origin.paths, { named, folder });
    case 'recordings':
      return placesOfRecordings(origin.recordings, { named, from });
  }
}

/** In a folder, an archive or a text. */
async function placesAt(
  place: string,
  { folder, isTranscribed, named, roots }: Named,
): Promise<ReadonlyMap<string, string>> {
  const lines = isTranscribed
    ? await linesOfRecordings(path.resolve(folder, place), { roots })
    : new Map<string, string>();
  // Of recordings all lines are those of the one transcript.
  const [first] = lines.values();
  const file = first === undefined ? place : `${place}/${first.replace(/:\d+$/, '')}`;
  return placesBy(named, (name, number) => {
    if (number !== undefined) return `${file}:${number}`;
    const line = lines.get(name) ?? lines.get(path.posix.basename(name));
    return line === undefined ? `${place} ${name}` : `${place}/${line} ${name}`;
  });
}

function placesOfRecordings(
  recordings: readonly SetRecording[],
  { named, from }: Pick<Named, 'named' | 'from'>,
): ReadonlyMap<string, string> {
  const lines = linesOf(recordings);
  const byName = new Map(recordings.map((recording) => [recording.name, recording]));
  return placesBy(named, (name, number) => {
    const at = number === undefined ? byName.get(path.posix.basename(name)) : lines[number - 1];
    if (at !== undefined) return at.line === undefined ? at.file.path : `${at.line} ${at.name}`;
    return number === undefined ? `${shownPlaces(from)} ${name}` : `${shownPlaces(from)}:${number}`;
  });
}

/** In texts one behind the other. */
async function placesInTexts(
  paths: readonly string[],
  { named, folder }: Pick<Named, 'named' | 'folder'>,
): Promise<ReadonlyMap<string, string>> {
  const starts: { readonly path: string; readonly before: number }[] = [];
  let before = 0;
  for (const one of paths) {
    starts.push({ path: one, before });
    before += await linesIn(path.resolve(folder, one));
  }
  return placesBy(named, (name, number) => {
    const at = number === undefined ? undefined : starts.findLast((start) => start.before < number);
    return at === undefined || number === undefined ? `${paths[0]} ${name}` : `${at.path}:${number - at.before}`;
  });
}

/** A text without a line end at its end has got one. */
async function linesIn(file: string): Promise<number> {
  let lines = 0;
  let isOpen = false;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) lines += 1;
    isOpen = chunk.at(-1) !== lineFeed;
  }
  return lines + (isOpen ? 1 : 0);
}

const lineFeed = 0x0a;

function placesBy(
  named: readonly string[],
  placeOf: (name: string, line: number | undefined) => string,
): ReadonlyMap<string, string> {
  return new Map(
    named.map((name) => {
      const line = /^line (\d+)$/.exec(name)?.[1];
      return [name, placeOf(name, line === undefined ? undefined : Number(line))];
    }),
  );
}
