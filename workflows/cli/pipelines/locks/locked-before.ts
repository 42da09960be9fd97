import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LockedData } from '../../../../schemas/types.gen.ts';
import { folderOfPattern, isPattern } from '../../../document/path-patterns.ts';
import { listOfPlaces } from '../../../plan/data/data-places.ts';
import { git } from '../../git.ts';
import { repositoryOf } from '../../repository.ts';
import { UsageError } from '../../session.ts';
import { parseLock } from './datasets-lock.ts';
import { lockFileName } from './lock-file-name.ts';

/** What a lock file said of an upload, at some time. */
export interface LockedBefore extends LockedData {
  /** Absolute folder of the lock file, which `from` is relative to. */
  readonly folder: string;
}

/**
 * What the lock files of the repository around a folder say, and have said in any commit; without a repository those in the folder. A
 * version in a commit that is no lock file says nothing; one that lies there is a {@link UsageError}, since what it would say is missing.
 */
export async function lockedBefore(cwd: string): Promise<readonly LockedBefore[]> {
  const root = repositoryOf(cwd) ?? cwd;
  const found = new Map<string, LockedBefore>();
  const add = (file: string, text: string, { isHere = false } = {}): void => {
    const document = parseLock(text);
    if ('fault' in document) {
      if (isHere) throw new UsageError(`Correct ${path.join(root, file)}, or delete it: ${document.fault}`);
      return;
    }
    const folder = path.join(root, path.dirname(file));
    for (const data of document.data) found.set(JSON.stringify([folder, data]), { ...data, folder });
  };
  const here = globSync(`**/${lockFileName}`, { cwd: root, exclude: (name) => name === 'node_modules' });
  for (const file of here) {
    const text = await readFile(path.join(root, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(`Check ${path.join(root, file)}: it cannot be read (${error.code})`);
    });
    add(file, text, { isHere: true });
  }
  for (const { commit, file } of await versionsIn(root)) {
    const text = await git(['cat-file', 'blob', `${commit}:${file}`], { cwd: root }).catch(() => undefined);
    if (text !== undefined) add(file, text.toString('utf8'));
  }
  return [...found.values()];
}

/** The commits that have changed lock files, with the files. */
async function versionsIn(root: string): Promise<readonly { readonly commit: string; readonly file: string }[]> {
  const args = ['log', '--all', `--max-count=${mostVersions}`, '--format=%x00%H', '--name-only', '-z', '--'];
  const log = await git([...args, `:(glob)**/${lockFileName}`], { cwd: root }).catch(() => Buffer.of());
  let commit = '';
  return log
    .toString('utf8')
    .split('\0')
    .flatMap((part) => {
      // The first name of a commit follows a line feed; names are as they are, whatever characters they have.
      const [first = ''] = part.split('\n', 1);
      if (/^[0-9a-f]{40,64}$/.test(first)) commit = first;
      const file = part.startsWith('\n') ? part.slice(1) : part;
      return file.endsWith(lockFileName) ? [{ commit, file }] : [];
    });
}

/** As many commits are looked at, the newest. */
const mostVersions = 1000;

/** Whether an upload took data at an absolute path, or some of them, or more. */
export function hasData({ folder, from }: LockedBefore, absolute: string): boolean {
  return listOfPlaces(from).some((place) => {
    const source = path.resolve(folder, place);
    if (!isPattern(place)) return isWithin(source, absolute) || isWithin(absolute, source);
    return isWithin(folderOfPattern(source), absolute) || isFoundBy(source, absolute);
  });
}

function isWithin(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}${path.sep}`);
}

/** Whether a pattern finds a path, or a folder that it lies in. */
function isFoundBy(pattern: string, file: string): boolean {
  const above = path.dirname(file);
  return path.matchesGlob(file, pattern) || (above !== file && isFoundBy(pattern, above));
}
