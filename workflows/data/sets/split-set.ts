import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { counted } from '../../document/counted.ts';
import { DataError } from '../../engine/ports.ts';
import { readAboutFile } from '../about-file.ts';
import { groupsOf, type NamedRecordings, readAboutSet } from '../about-set.ts';
import { checkData } from '../check/check-data.ts';
import { divideSet, type DividedRecording } from './divide-set.ts';
import { newFolder } from './new-folder.ts';
import { readSet, type ReadSetOptions, type RecordingSet, type SetRecording } from './read-set.ts';

export interface SplitOptions extends ReadSetOptions {
  /** A folder that is new or empty: `train` and `test` are made in it. */
  readonly out: string;
  /** How much of the sound is to test with, 0..1. */
  readonly test: number;
  readonly seed: string;
  /** Whether nobody may speak on both sides. */
  readonly bySpeaker: boolean;
  /** What in the name of a recording is its speaker: the first group. @default `data.yaml` says who speaks */
  readonly speakerFrom?: RegExp | undefined;
  readonly onProgress?: (bytes: number) => void;
}

/** One side of a set. */
export interface SplitSide {
  readonly path: string;
  readonly recordings: number;
  readonly seconds: number;
  readonly speakers: number;
}

export interface SplitSet {
  readonly train: SplitSide;
  readonly test: SplitSide;
  readonly groups: number;
  /** Recordings that the service would not take, or that the transcript has no line for: they are on neither side. */
  readonly leftOut: readonly string[];
}

/** Divides recordings into a folder to train with and one to test with, which have no sentence, no recording and no speaker in common. */
export async function splitSet(paths: readonly string[], options: SplitOptions): Promise<SplitSet> {
  const { isTranscribed, locale, cwd, signal, onProgress, out } = options;
  const set = await readSet(paths, options);
  try {
    const kind = isTranscribed ? 'Acoustic' : 'AudioFiles';
    // Each side may still be more than one dataset, which `packSet` makes parts of.
    const given = { kind, locale, cwd, signal, mostFiles: Infinity, keepsHeard: true } as const;
    const checked = await checkData(paths, { ...given, ...(onProgress && { onProgress }) });
    const spoken = new Map(checked.spoken.map(({ recording, text }) => [baseName(recording), text]));
    const known = await groupsBy(set, paths, options);
    const taken = checked.recordings
      .map((recording) => ({ ...recording, name: baseName(recording.name) }))
      .filter(({ name }) => !isTranscribed || spoken.has(name))
      .map((recording): DividedRecording => ({
        ...recording,
        ...known(recording.name),
        text: spoken.get(recording.name),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const { test, groups } = divideSet(taken, options);
    if (test.size === 0 || test.size === taken.length)
      throw new DataError(
        `Give more recordings, another share or another seed: ${counted(taken.length, 'recording')} are ${counted(groups, 'group')} that have to stay together, because they say or sound the same${options.bySpeaker ? ' or have a speaker in common' : ''}, and none of them can be put aside`,
      );
    const folder = await newFolder(out, options);
    const side = async (name: 'train' | 'test'): Promise<SplitSide> => {
      const ofSide = taken.filter((recording) => test.has(recording.name) === (name === 'test'));
      await writeSide(set, ofSide, { ...options, folder: path.join(folder, name) });
      const seconds = ofSide.reduce((sum, recording) => sum + recording.seconds, 0);
      const speakers = new Set(ofSide.flatMap((recording) => recording.speakers)).size;
      return { path: path.join(out, name), recordings: ofSide.length, seconds, speakers };
    };
    const names = new Set(taken.map(({ name }) => name));
    const leftOut = set.recordings.map(({ name }) => name).filter((name) => !names.has(name));
    return { train: await side('train'), test: await side('test'), groups, leftOut };
  } finally {
    set.close();
  }
}

/** Who speaks in a recording, and which slice it is of: by `data.yaml`, and speakers by names. */
async function groupsBy(
  { recordings }: RecordingSet,
  paths: readonly string[],
  { cwd, bySpeaker, speakerFrom }: SplitOptions,
): Promise<(name: string) => Pick<DividedRecording, 'speakers' | 'slice'>> {
  const named: NamedRecordings[] = [];
  for (const given of paths) {
    const about = await readAboutFile({ kind: /\.zip$/i.test(given) ? 'zip' : 'folder', path: given }, { cwd });
    if (about === undefined) continue;
    const { diagnostics, named: found } = readAboutSet(about.text, about);
    const [first] = diagnostics;
    if (first !== undefined) throw new DataError(`Correct ${about.path}:${first.line}: ${first.message}`);
    named.push(...found);
  }
  const names = recordings.map(({ name }) => name);
  const speakers = groupsOf(names, { named, of: 'speakers' });
  const slices = groupsOf(names, { named, of: 'slices' });
  const speakersOf = (name: string): readonly string[] => {
    const found = speakerFrom?.exec(name)?.[1];
    return found === undefined ? (speakers.get(name) ?? []) : [found];
  };
  const unknown = bySpeaker ? names.filter((name) => speakersOf(name).length === 0) : [];
  if (unknown.length > 0)
    throw new DataError(
      `Say who speaks in ${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ` and ${unknown.length - 3} more` : ''}: under \`speakers\` in data.yaml, or by --speaker-from`,
    );
  return (name) => ({
    speakers: bySpeaker ? speakersOf(name) : [],
    slice: (slices.get(name) ?? []).toSorted().join('\0'),
  });
}

async function writeSide(
  set: RecordingSet,
  side: readonly DividedRecording[],
  { folder, isTranscribed, signal }: SplitOptions & { readonly folder: string },
): Promise<void> {
  await mkdir(folder);
  const files = new Map<string, SetRecording>(set.recordings.map((recording) => [recording.name, recording]));
  for (const { name } of side) {
    signal?.throwIfAborted();
    const recording = files.get(name);
    if (recording !== undefined)
      await pipeline(recording.file.read(), createWriteStream(path.join(folder, name), { flags: 'wx' }));
  }
  const lines = side.map(({ name, text = '' }) => `${name}\t${text}\n`);
  if (isTranscribed) await writeFile(path.join(folder, 'trans.txt'), `\uFEFF${lines.join('')}`);
}

function baseName(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
