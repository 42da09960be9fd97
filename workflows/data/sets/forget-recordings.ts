import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { dump } from 'js-yaml';
import { DataError } from '../../engine/ports.ts';
import type { DataDocument } from '../../../schemas/index.ts';
import { aboutFileName, readAboutFile } from '../about-file.ts';
import { type AboutSet, groupsOf, readAboutSet } from '../about-set.ts';
import { newFolder } from './new-folder.ts';
import { readSet, type ReadSetOptions, type SetRecording } from './read-set.ts';

export interface ForgetOptions extends ReadSetOptions {
  /** A recording, with or without `.wav`, or a speaker of `data.yaml`. */
  readonly who: string;
  /** A folder that is new or empty. It is not made where there is nothing to forget. */
  readonly out: string;
}

/** What became of a set. */
export interface ForgottenRecordings {
  /** The recordings that are forgotten; none where the set has nothing of them. */
  readonly forgotten: readonly string[];
  /** How many recordings are left. */
  readonly left: number;
}

/**
 * Writes a set anew without a recording, or without everything that a speaker is heard in, also where others are heard as well. What is
 * left of `data.yaml` names neither.
 */
export async function forgetRecordings(given: string, options: ForgetOptions): Promise<ForgottenRecordings> {
  const { who, cwd, out } = options;
  const set = await readSet([given], options);
  try {
    const about = await aboutSet(given, { cwd });
    const names = set.recordings.map(({ name }) => name);
    const speakers = groupsOf(names, { named: about?.named ?? [], of: 'speakers' });
    const isHeard = (name: string): boolean =>
      name === who || name === `${who}.wav` || speakers.get(name)?.includes(who) === true;
    const forgotten = names.filter(isHeard);
    const left = set.recordings.filter(({ name }) => !isHeard(name));
    if (forgotten.length === 0) return { forgotten, left: left.length };
    if (left.length === 0)
      throw new DataError(`Delete ${given} as a whole: nothing is left of it without ${JSON.stringify(who)}`);
    const folder = await newFolder(out, options);
    await writeRecordings(left, { ...options, folder });
    if (about !== undefined)
      await writeFile(path.join(folder, aboutFileName), dump(without(about.document, { who, forgotten })));
    return { forgotten, left: left.length };
  } finally {
    set.close();
  }
}

async function aboutSet(given: string, { cwd }: { readonly cwd: string }): Promise<AboutSet | undefined> {
  const about = await readAboutFile({ kind: /\.zip$/i.test(given) ? 'zip' : 'folder', path: given }, { cwd });
  if (about === undefined) return undefined;
  const read = readAboutSet(about.text, about);
  const [first] = read.diagnostics;
  if (first !== undefined) throw new DataError(`Correct ${about.path}:${first.line}: ${first.message}`);
  return read;
}

async function writeRecordings(
  recordings: readonly SetRecording[],
  { folder, isTranscribed, signal }: ForgetOptions & { readonly folder: string },
): Promise<void> {
  for (const { name, file } of recordings) {
    signal?.throwIfAborted();
    await pipeline(file.read(), createWriteStream(path.join(folder, name), { flags: 'wx' }));
  }
  const lines = recordings.flatMap(({ name, text }) => (text === undefined ? [] : [`${name}\t${text}\n`]));
  if (isTranscribed) await writeFile(path.join(folder, 'trans.txt'), `\uFEFF${lines.join('')}`);
}

/** What is known of a set, without the speaker and the recordings that are forgotten. */
function without(
  document: DataDocument,
  { who, forgotten }: { readonly who: string; readonly forgotten: readonly string[] },
): DataDocument {
  const gone = new Set(forgotten);
  const groups = (given: Readonly<Record<string, readonly string[]>> | undefined, leave?: string) =>
    Object.fromEntries(
      Object.entries(given ?? {}).flatMap(([name, recordings]) => {
        const left = recordings.filter((recording) => !gone.has(recording));
        return name === leave || left.length === 0 ? [] : [[name, left]];
      }),
    );
  const { speakers, slices, ...rest } = document;
  return {
    ...rest,
    ...(speakers && { speakers: groups(speakers, who) }),
    ...(slices && { slices: groups(slices) }),
  } as DataDocument;
}
