import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { DataError } from '../engine/ports.ts';
import { whyNoPattern } from '../document/path-patterns.ts';
import { type DataPlaces, listOfPlaces, whyNotPlaces } from '../plan/data/data-places.ts';
import type { DatasetKind } from '../plan/speech-entities.ts';
import { isAudioKind } from './audio-kind.ts';
import { assertInside } from './data-roots.ts';
import { matchesOf, patternOf } from './match-pattern.ts';
import { assertAllParts } from './sets/packed-parts.ts';
import { isTranscript } from './read-transcript.ts';
import { isWav } from './wav-format.ts';

/** A folder, an archive or a text; or recordings with a transcript that were named or found one by one. */
export type FoundPlace = string | readonly string[];

interface FindOptions {
  readonly kind: DatasetKind;
  /** Paths are relative to it. */
  readonly cwd: string;
  /** Absolute folders that data may lie in, links resolved: no other folder is listed for a pattern. */
  readonly roots: readonly string[];
}

/**
 * What lies at the places of a dataset, in their order; what a pattern finds in the order of names. One path is answered as it is, whether
 * or not there is something. What is found twice is answered once. Throws a {@link DataError} for a pattern that finds nothing.
 */
export async function findPlaces(places: DataPlaces, options: FindOptions): Promise<readonly FoundPlace[]> {
  const refused = whyNotPlaces(places);
  if (refused !== undefined) throw new DataError(refused);
  const all: string[] = [];
  const named = new Set<string>();
  for (const place of listOfPlaces(places)) {
    const matches = await matchedBy(place, options);
    if (matches === undefined) named.add(place);
    all.push(...(matches ?? [place]));
  }
  if (all.length === 1 && named.size === 1) return all;
  const paths = await eachOnce(all, options.cwd);
  if (!isAudioKind(options.kind)) return paths;
  assertAllParts(paths);
  const isLoose = (file: string): boolean => isWav(file) || isTranscript(file);
  const whole = paths.filter((one) => !isLoose(one));
  const loose = paths.filter(isLoose);
  // A pattern beside folders also finds texts that are no transcripts: notes, a list of terms.
  const wanted = whole.length > 0 && !loose.some(isWav) ? loose.filter((file) => named.has(file)) : loose;
  return [...whole, ...(await groupsOf(wanted, paths, options))];
}

/** What a pattern finds; undefined for a path. */
async function matchedBy(place: string, { kind, cwd, roots }: FindOptions): Promise<readonly string[] | undefined> {
  const pattern = patternOf(place, { cwd });
  if (pattern === undefined) return undefined;
  const refused = whyNoPattern(pattern.pattern);
  if (refused !== undefined) throw new DataError(`Correct the pattern ${place}: ${refused}`);
  await assertInside(path.resolve(cwd, pattern.folder), roots);
  const matches = matchesOf(pattern, { kind, cwd });
  if (matches.length > 0) return matches;
  const wanted = isAudioKind(kind) ? 'no folder of recordings, archive, recording or transcript' : 'no file';
  throw new DataError(`Correct the pattern ${place}: ${wanted} matches it`);
}

/** A folder and a link to it are one; a path that cannot be looked at stays, so that who reads it says why. */
async function eachOnce(paths: readonly string[], cwd: string): Promise<readonly string[]> {
  const real = new Map<string, string>();
  for (const one of paths) {
    const absolute = path.resolve(cwd, one);
    const place = await realpath(absolute).catch(() => absolute);
    if (!real.has(place)) real.set(place, one);
  }
  return [...real.values()];
}

/**
 * Files that lie in one folder are together a set of that folder. Where a folder has recordings and no transcript, all of them are one
 * set. Files of a folder that is there as a whole are left out.
 */
async function groupsOf(
  files: readonly string[],
  paths: readonly string[],
  { kind, cwd }: FindOptions,
): Promise<readonly (readonly string[])[]> {
  const whole = new Set(paths.map((one) => path.resolve(cwd, one)));
  const left = files.filter((file) => !whole.has(path.dirname(path.resolve(cwd, file))));
  if (left.length === 0) return [];
  const groups = [...Map.groupBy(left, (file) => path.dirname(path.resolve(cwd, file))).values()];
  const isWhole = (group: readonly string[]): boolean =>
    group.some(isWav) && (kind !== 'Acoustic' || group.some(isTranscript));
  return groups.every(isWhole) ? groups : [left];
}
