import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SavedDataChange, SavedDataChanges } from '../../../schemas/types.gen.ts';
import { isTranscript } from '../../data/read-transcript.ts';
import { isWav } from '../../data/wav-format.ts';
import { folderOfPattern, isPattern } from '../../document/path-patterns.ts';
import { decodeText } from '../../document/decode-text.ts';
import { type DataPlaces, listOfPlaces, renamePlaces } from '../../plan/data/data-places.ts';
import { requestOfKey } from '../../plan/data/local-data.ts';
import { type Changes, fileChanges, lineChanges, recordingChanges } from '../../review/data-changes.ts';
import { git } from '../git.ts';
import { repositoryOf } from '../repository.ts';
import { UsageError } from '../session.ts';

/** A revision of the repository that data are held against. */
export interface BaseRevision {
  /**
   * How the data at absolute places have changed since; undefined for data that the repository does not have, or has elsewhere: behind a
   * link, or in a repository within it.
   */
  changesOf(places: DataPlaces): Promise<SavedDataChanges | undefined>;
}

/**
 * The revision of this name, or where the commit that is checked out has branched off from it: what has come to that branch since is no change
 * of this one. Throws a {@link UsageError} when there is none.
 */
export async function openBase(named: string, { folder }: { readonly folder: string }): Promise<BaseRevision> {
  const root = repositoryOf(folder);
  if (root === undefined) throw new UsageError(`Leave out --base: ${folder} is in no Git repository`);
  const wanted = await lineOf(['rev-parse', '--verify', '--quiet', '--end-of-options', `${named}^{commit}`], root);
  if (wanted === undefined)
    throw new UsageError(
      `Give --base a revision that is there, and fetch it first where a job has checked out one commit alone (git fetch, or fetch-depth: 0 of actions/checkout): Git knows no ${named}`,
    );
  const commit = (await lineOf(['merge-base', wanted, 'HEAD'], root)) ?? wanted;
  const since = `${named} (${commit.slice(0, 12)})`;
  return {
    async changesOf(places) {
      const base = { root, commit };
      const isOne = typeof places === 'string' && !isPattern(places);
      const changes = isOne ? await changesIn(places, base) : await changesAt(listOfPlaces(places), base);
      return changes && { since, ...changes };
    },
  };
}

/** How local data of a pipeline have changed, by their keys. `keys` are those of local data, whose paths are relative to `folder`. */
export async function changesSince(
  base: BaseRevision,
  keys: readonly string[],
  { folder }: { readonly folder: string },
): Promise<ReadonlyMap<string, SavedDataChanges>> {
  const changes = new Map<string, SavedDataChanges>();
  for (const key of keys) {
    const { from } = requestOfKey(key);
    const found = await base.changesOf(renamePlaces(from, (place) => path.resolve(folder, place)));
    if (found !== undefined) changes.set(key, found);
  }
  return changes;
}

interface Base {
  /** The root of the repository. */
  readonly root: string;
  readonly commit: string;
}

async function changesIn(source: string, base: Base): Promise<Changes | undefined> {
  const below = path.relative(base.root, source);
  if (below === '' || below.startsWith('..') || path.isAbsolute(below)) return undefined;
  if (await isElsewhere(source, { root: base.root, below })) return undefined;
  const files = await changedFiles(source, base);
  if (files === undefined) return undefined;
  if (await isFolder(source)) return await recordingsIn(source, files, base);
  if (source.endsWith('.zip') || isWav(source)) return fileChanges(files);
  const [before, after] = [await bytesBefore(source, base), await readFile(source).catch(() => nothing)].map(textOf);
  return before === undefined || after === undefined ? fileChanges(files) : lineChanges(before, after);
}

/** Of several places that are one set, and of what patterns find and have found. */
async function changesAt(places: readonly string[], base: Base): Promise<Changes | undefined> {
  const files = new Map<string, SavedDataChange['change']>();
  for (const place of places) {
    const source = isPattern(place) ? folderOfPattern(place) : place;
    const below = path.relative(base.root, source);
    if (below.startsWith('..') || path.isAbsolute(below)) return undefined;
    if (await isElsewhere(source, { root: base.root, below })) return undefined;
    const changed = await changedFiles(source, base);
    if (changed === undefined) return undefined;
    for (const [name, change] of changed) {
      const file = name === path.basename(source) && !(await isFolder(source)) ? source : path.join(source, name);
      if (source === place || isFoundBy(place, file)) files.set(file, change);
    }
  }
  const names = [...files.keys()];
  const byName = new Map([...files].map(([file, change]) => [path.relative(base.root, file), change]));
  if (names.some((file) => file.endsWith('.zip'))) return fileChanges(byName);
  const isAudio = names.some(isWav) || (await Promise.all(places.map(isFolder))).includes(true);
  if (isAudio) return await recordingsIn(base.root, byName, { ...base, nameOf: path.basename });
  const [before, after] = [
    await joinedText(names, async (file) => await bytesBefore(file, base)),
    await joinedText(names, async (file) => await readFile(file).catch(() => nothing)),
  ];
  return before === undefined || after === undefined ? fileChanges(byName) : lineChanges(before, after);
}

/** Whether a pattern finds a file, or a folder that it lies in. */
function isFoundBy(pattern: string, file: string): boolean {
  if (path.matchesGlob(file, pattern)) return true;
  const above = path.dirname(file);
  return above !== file && above.length > folderOfPattern(pattern).length && isFoundBy(pattern, above);
}

async function isFolder(place: string): Promise<boolean> {
  return (await stat(place).catch(() => undefined))?.isDirectory() === true;
}

async function joinedText(
  files: readonly string[],
  read: (file: string) => Promise<Buffer>,
): Promise<string | undefined> {
  const texts = await Promise.all(files.map(async (file) => textOf(await read(file))));
  return texts.includes(undefined) ? undefined : texts.join('\n');
}

/** Whether a link leads to another place than the path says: Git compares the link. */
async function isElsewhere(
  source: string,
  { root, below }: { readonly root: string; readonly below: string },
): Promise<boolean> {
  const real = await realpath(source).catch(() => undefined);
  return real !== undefined && real !== path.join(await realpath(root), below);
}

const nothing = Buffer.alloc(0);

/** Bytes in UTF-8, or in UTF-16 with its mark; undefined for what is no text. */
function textOf(bytes: Buffer): string | undefined {
  try {
    const { text, fault } = decodeText(bytes);
    if (fault === undefined) return text.includes('\0') ? undefined : text;
    if (!fault.isUtf16) return undefined;
    return new TextDecoder(fault.byte === 0xff ? 'utf-16le' : 'utf-16be', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function recordingsIn(
  folder: string,
  files: ReadonlyMap<string, SavedDataChange['change']>,
  { nameOf = (file) => file, ...base }: Base & { readonly nameOf?: (file: string) => string },
): Promise<Changes> {
  const audio = [...files].filter(([name]) => isWav(name));
  const transcripts = [...files].filter(([name]) => isTranscript(name));
  const textsOf = async (
    without: SavedDataChange['change'],
    read: (file: string) => Promise<Buffer>,
  ): Promise<string | undefined> => {
    const named = transcripts.filter(([, change]) => change !== without);
    const texts = await Promise.all(named.map(async ([name]) => textOf(await read(path.join(folder, name)))));
    return texts.includes(undefined) ? undefined : texts.join('\n');
  };
  const before = await textsOf('added', async (file) => await bytesBefore(file, base));
  const after = await textsOf('removed', async (file) => await readFile(file));
  const byName = audio.map(([name, change]) => [nameOf(name), change] as const);
  return before === undefined || after === undefined
    ? fileChanges(files)
    : recordingChanges({ audio: new Map(byName), before, after });
}

/** The files that have changed, by their names in the folder, or the file itself; undefined where the repository does not have them as files. */
async function changedFiles(
  source: string,
  { root, commit }: Base,
): Promise<ReadonlyMap<string, SavedDataChange['change']> | undefined> {
  const options = { cwd: root };
  const literal = ['--literal-pathspecs'];
  const compared = ['diff', '--name-status', '--no-renames', '--no-ext-diff', '--no-textconv', '-z', commit];
  const [changed, added, known] = await Promise.all([
    git([...literal, ...compared, '--', source], options),
    git([...literal, 'ls-files', '--others', '--exclude-standard', '-z', '--', source], options),
    git([...literal, 'ls-files', '--stage', '-z', '--', source], options),
  ]);
  if (partsOf(known).some((entry) => isLink.test(entry))) return undefined;
  const parts = partsOf(changed);
  const files = new Map<string, SavedDataChange['change']>();
  const nameOf = (file: string): string => path.relative(source, path.join(root, file)) || path.basename(file);
  for (let at = 0; at + 1 < parts.length; at += 2) {
    // A file was a link, or the other way round.
    if (parts[at] === 'T') return undefined;
    files.set(nameOf(parts[at + 1]!), changeIn(parts[at]!));
  }
  for (const file of partsOf(added)) {
    // A folder is a repository of its own.
    if (file.endsWith('/')) return undefined;
    files.set(nameOf(file), 'added');
  }
  return files.size === 0 && known.length === 0 ? undefined : files;
}

function partsOf(listed: Buffer): readonly string[] {
  return listed
    .toString('utf8')
    .split('\0')
    .filter((part) => part !== '');
}

/** An entry of `ls-files --stage` that is a symbolic link, or a commit of a submodule. */
const isLink = /^1[26]0000 /;

function changeIn(status: string): SavedDataChange['change'] {
  if (status === 'A') return 'added';
  return status === 'D' ? 'removed' : 'changed';
}

/** What a file was; empty where it was not there. With what a filter, as of Git LFS, makes of what is stored. */
async function bytesBefore(file: string, { root, commit }: Base): Promise<Buffer> {
  const name = path.relative(root, file).split(path.sep).join('/');
  return await git(['cat-file', '--filters', `${commit}:${name}`], { cwd: root }).catch(() => nothing);
}

async function lineOf(args: readonly string[], cwd: string): Promise<string | undefined> {
  const text = await git(args, { cwd }).catch(() => undefined);
  return text?.toString('utf8').trim() || undefined;
}
