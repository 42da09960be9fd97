import { globSync, readdirSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { isPattern } from '../document/path-patterns.ts';
import type { DatasetKind } from '../plan/speech-entities.ts';
import { aboutFileName } from './about-file.ts';
import { isAudioKind } from './audio-kind.ts';
import { isTranscript } from './read-transcript.ts';
import { isWav } from './wav-format.ts';

/** A pattern, with the folder in which it is looked for. */
export interface PathPattern {
  /** The longest beginning that is a folder. */
  readonly folder: string;
  readonly pattern: string;
}

/** The pattern that a place is; undefined for a path. A path that is there is none, whatever characters it has. */
export function patternOf(place: string, { cwd }: { readonly cwd: string }): PathPattern | undefined {
  const parts = place.split('/');
  let folder = '';
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1;
    const longer = `${folder}${part}${isLast ? '' : '/'}`;
    const found = statSync(path.resolve(cwd, longer || '/'), { throwIfNoEntry: false });
    if (found === undefined || (!found.isDirectory() && !isLast)) {
      const pattern = parts.slice(index).join('/');
      return isPattern(pattern) ? { folder: folder || '.', pattern } : undefined;
    }
    folder = longer;
  }
  return undefined;
}

/** What a pattern finds that data of a kind can be made of, in the order of names; without a kind everything. */
export function matchesOf(
  { folder, pattern }: PathPattern,
  { kind, cwd }: { readonly kind: DatasetKind | undefined; readonly cwd: string },
): readonly string[] {
  return globSync(pattern, { cwd: path.resolve(cwd, folder) })
    .map((match) => path.join(folder, match))
    .filter((file) => kind === undefined || isWanted(path.resolve(cwd, file), kind))
    .toSorted();
}

/** Whether a pattern that finds this means it: a pattern finds more than data. */
function isWanted(absolute: string, kind: DatasetKind): boolean {
  const found = lookAt(absolute);
  const name = path.basename(absolute);
  // A link to nothing, as tools for large files leave it, is not passed by: the reader says what is missing.
  const isFile = found === undefined || found.isFile();
  if (!isAudioKind(kind)) return isFile && !name.endsWith(aboutFileName);
  if (found?.isDirectory() === true) return readdirSync(absolute).some(isWav);
  return isFile && (name.endsWith('.zip') || isWav(name) || isTranscript(name));
}

/** Undefined for a link that leads to nothing, or to itself. */
function lookAt(absolute: string): Stats | undefined {
  try {
    return statSync(absolute, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') return undefined;
    throw error;
  }
}
