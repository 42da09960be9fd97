import { isUtf8 } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { DataError, type DataPort, type LocalData, type LocalUtterance } from '../engine/ports.ts';
import { type DataCheck, dataCheckKey } from '../plan/data-check.ts';
import { localDataKey } from '../plan/local-data.ts';
import type { DatasetKind } from '../plan/speech-entities.ts';
import { askUrl } from './ask-url.ts';
import { filePointer, foreignBytes } from './check/foreign-bytes.ts';
import { encodingOf } from './check/text-encoding.ts';
import { assertInside } from './data-roots.ts';
import { isTranscript, readTranscript } from './read-transcript.ts';
import { assertSmokeAudio, isUnpackable, wavFormatOf } from './smoke-audio.ts';
import { byteOrderMark, marked, startsWithByteOrderMark, zipped } from './write-zip.ts';
import { readManifestFile } from './manifest-file.ts';
import { readTermsFile } from './terms-file.ts';
import { isWav, readWavFormat, whyNotShortAudio } from './wav-format.ts';

export interface LocalDataOptions {
  /** Absolute folders that data may lie in, links resolved: what lies elsewhere is not read. */
  readonly roots: readonly string[];
}

/**
 * Local training and test data as the Speech service takes it: a folder of WAV files with a transcript becomes a zip,
 * text becomes UTF-8 with a byte order mark (Microsoft Learn, "Training and testing datasets"). A `.zip` is sent as it is.
 * Digests are over names and contents, so they do not depend on dates, order of listing or the machine.
 */
export function createLocalData({ roots }: LocalDataOptions): DataPort {
  const inside = async (file: string): Promise<void> => await assertInside(file, roots);
  // A run checks nothing again that its plan has checked: by the digests that were described last.
  const digests = new Map<string, string>();
  const checked = new Map<string, { readonly digest: string | undefined; readonly check: DataCheck }>();
  return {
    async describe(source, kind) {
      const described = await explained(
        source,
        async () => await describe(await sourceFiles(source, { kind, inside }), source, kind),
      );
      digests.set(localDataKey({ path: source, kind }), described.digest);
      return described;
    },
    async linesOf(source, kind) {
      if (kind !== 'Acoustic') return new Map();
      const { linesOfRecordings } = await import('./check/lines-of-recordings.ts');
      return await explained(source, async () => {
        await inside(source);
        return await linesOfRecordings(source, { roots });
      });
    },
    async *content(source, kind) {
      yield* content(await explained(source, async () => await sourceFiles(source, { kind, inside })), source, kind);
    },
    async check({ path: from, folder, kind, locale, purpose, tests = [] }) {
      const source = path.resolve(folder, from);
      return await explained(source, async () => {
        await inside(source);
        for (const test of tests) await inside(path.resolve(folder, test));
        const request = { path: source, kind, locale };
        const digest = digests.get(localDataKey(request));
        const before = checked.get(dataCheckKey(request));
        if (before !== undefined && before.digest === digest) return before.check;
        const { checkForUpload } = await import('./check/check-for-upload.ts');
        const check = await checkForUpload({ path: from, folder, kind, locale, purpose, tests, roots });
        checked.set(dataCheckKey(request), { digest, check });
        return check;
      });
    },
    atUrl: askUrl,
    whyNotRecognised: whyNotShort,
    async terms(file) {
      const read = await explained(file, async () => {
        await inside(file);
        return readTermsFile(file, { roots });
      });
      if ('terms' in read) return read.terms;
      throw new DataError(`Correct the terms in ${file}: ${read.fault}`);
    },
    async recordingValues(file, column) {
      const read = await explained(file, async () => {
        await inside(file);
        return readManifestFile(file, { roots, column });
      });
      if ('values' in read) return read.values;
      throw new DataError(`Correct the manifest ${file}: ${read.fault}`);
    },
    async utterances(folder) {
      return await explained(
        folder,
        async () => await utterances(await sourceFiles(folder, { kind: 'Acoustic', inside }), { folder, roots }),
      );
    },
  };
}

/**
 * Refuses a folder of smoke audio that a pipeline may not read, or that cannot be recognised. For callers before a run, and those
 * that read the folder in another way. `roots` as in {@link LocalDataOptions}.
 */
export async function assertRecognisable(folder: string, { roots }: LocalDataOptions): Promise<void> {
  const inside = async (file: string): Promise<void> => await assertInside(file, roots);
  await explained(folder, async () => {
    await sourceFiles(folder, { kind: 'Acoustic', inside });
    assertSmokeAudio(folder, { roots });
  });
}

function whyNotShort(audio: Uint8Array): string | undefined {
  const read = (at: number, length: number): Uint8Array => audio.subarray(at, at + length);
  const format = readWavFormat({ size: audio.byteLength, read });
  return typeof format === 'string' ? format : whyNotShortAudio(format);
}

async function describe(files: readonly string[], source: string, kind: DatasetKind): Promise<LocalData> {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const file of files) {
    if (isText(file, kind)) await assertText(file);
    const contents = createHash('sha256');
    bytes += await addContents(contents, file, { skipByteOrderMark: !isAudioKind(kind) });
    // One file is known by what it holds, several also by their names.
    hash.update(files.length === 1 ? '' : `${path.basename(file)}\0`).update(contents.digest());
  }
  if (bytes === 0) throw new DataError(`Put data into ${source}: it is empty`);
  const seconds = isAudioKind(kind) ? secondsOf(files) : undefined;
  return { digest: hash.digest('hex'), files: files.length, bytes, ...(seconds === undefined ? {} : { seconds }) };
}

/** How long the recordings among the files are together; undefined where one of them does not say so, or there is none. */
function secondsOf(files: readonly string[]): number | undefined {
  const recordings = files.filter(isWav);
  let seconds = 0;
  for (const file of recordings) {
    const format = wavFormatOf(file);
    if (typeof format === 'string') return undefined;
    seconds += format.seconds;
  }
  return recordings.length === 0 ? undefined : seconds;
}

async function* content(files: readonly string[], source: string, kind: DatasetKind): AsyncGenerator<Uint8Array> {
  for (const file of files) if (isText(file, kind)) await assertText(file);
  if (isAudioKind(kind) && !source.endsWith('.zip')) {
    yield* zipped(files);
    return;
  }
  const [file = source] = files;
  yield* isAudioKind(kind) || (kind === 'Pronunciation' && (await isAnsi(file)))
    ? createReadStream(file)
    : marked(file);
}

/** Whether a file of a dataset is text, rather than a recording or an archive. */
function isText(file: string, kind: DatasetKind): boolean {
  return isAudioKind(kind) ? isTranscript(file) : true;
}

/** Refuses what a byte order mark of UTF-8 must not be put before: text of another Unicode encoding, and what is no text. */
async function assertText(file: string): Promise<void> {
  const head = Buffer.concat((await createReadStream(file, { end: (1 << 16) - 1 }).toArray()) as Buffer[]);
  const pointer = filePointer(head);
  if (pointer !== undefined)
    throw new DataError(`Fetch ${file} with \`${pointer.command}\`: it is a pointer of ${pointer.tool}`);
  const encoding = encodingOf(head);
  const foreign = foreignBytes(head) ?? (encoding === 'binary' ? 'a binary file' : undefined);
  if (foreign !== undefined) throw new DataError(`Put a text file in place of ${file}: it is ${foreign}`);
  if (encoding !== 'binary' && encoding.label !== 'utf-8')
    throw new DataError(`Save ${file} as UTF-8: it is ${encoding.name}`);
}

/** The service takes English pronunciations in windows-1252, which a byte order mark of UTF-8 would spoil. They have at most 1 MB. */
async function isAnsi(file: string): Promise<boolean> {
  return (await stat(file)).size <= 2 ** 20 && !isUtf8(await readFile(file));
}

async function utterances(
  files: readonly string[],
  { folder, roots }: LocalDataOptions & { readonly folder: string },
): Promise<readonly LocalUtterance[]> {
  const transcript = files.find((file) => !isWav(file));
  if (transcript === undefined) throw missingTranscript(folder);
  assertSmokeAudio(folder, { roots });
  const audio = new Map(files.filter(isWav).map((file) => [path.basename(file), file]));
  const found: LocalUtterance[] = [];
  for (const line of readTranscript(await readFile(transcript, 'utf8'), { path: transcript })) {
    const file = audio.get(line.file);
    if (file === undefined)
      throw new DataError(`Add ${line.file} to ${folder}: ${path.basename(transcript)}:${line.line} names it`);
    found.push({ name: line.file, audio: await readFile(file), transcript: line.text });
  }
  if (found.length === 0) throw new DataError(`Write at least one line into ${transcript}: it names no audio`);
  return found;
}

/** The files a dataset is made of, in a fixed order; absolute paths. */
async function sourceFiles(
  source: string,
  options: { readonly kind: DatasetKind; readonly inside: (file: string) => Promise<void> },
): Promise<readonly string[]> {
  // A source outside the roots is not even listed.
  await options.inside(source);
  const files = await listSource(source, options.kind);
  for (const file of files) {
    await options.inside(file);
    if (!(await stat(file)).isFile()) throw new DataError(`Put a file in place of ${file}: it is none`);
  }
  return files;
}

async function listSource(source: string, kind: DatasetKind): Promise<readonly string[]> {
  const found = await stat(source);
  if (!isAudioKind(kind)) {
    if (found.isFile()) return [source];
    throw new DataError(
      `Give a text file for a dataset of kind ${kind}: ${source} is ${found.isDirectory() ? 'a folder' : 'none'}`,
    );
  }
  if (found.isFile()) {
    if (source.endsWith('.zip')) return [source];
    throw new DataError(`Give a folder of WAV files or a .zip for a dataset of kind ${kind}: ${source} is neither`);
  }
  const entries = await readdir(source, { withFileTypes: true });
  const names = entries.map(({ name }) => name).toSorted();
  const audio = names.filter(isWav);
  if (audio.length === 0) {
    const folders = entries.some((entry) => entry.isDirectory()) ? ', and folders in it are not read' : '';
    throw new DataError(`Put WAV files into ${source}: a dataset of kind ${kind} needs them${folders}`);
  }
  const transcripts = names.filter(isTranscript);
  if (kind === 'Acoustic' && transcripts.length === 0) throw missingTranscript(source);
  if (kind === 'Acoustic' && transcripts.length > 1) {
    throw new DataError(
      `Leave one transcript in ${source}: the service takes one .txt or .tsv, there are ${transcripts.join(', ')}`,
    );
  }
  const packed = [...(kind === 'Acoustic' ? transcripts : []), ...audio];
  const unpackable = packed.find(isUnpackable);
  if (unpackable !== undefined) {
    throw new DataError(
      `Rename ${JSON.stringify(unpackable)} in ${source}: names in a zip have no backslashes and no control characters`,
    );
  }
  return packed.map((name) => path.join(source, name));
}

/** Reads, and turns an error of the file system into a {@link DataError} that names the path. */
async function explained<T>(source: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const { code, path: at = source } = error as NodeJS.ErrnoException;
    if (error instanceof DataError || code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    if (code === 'ENOENT')
      throw new DataError(`Check the path ${at}: there is no such file or folder`, { cause: error });
    throw new DataError(`Check ${at}: it cannot be read (${code})`, { cause: error });
  }
}

function missingTranscript(folder: string): DataError {
  return new DataError(`Add trans.txt to ${folder}: one line per WAV file, its name, a tab and what is said`);
}

function isAudioKind(kind: DatasetKind): boolean {
  return kind === 'Acoustic' || kind === 'AudioFiles';
}

async function addContents(
  hash: Hash,
  file: string,
  options: { readonly skipByteOrderMark: boolean },
): Promise<number> {
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
    const skip = bytes === 0 && options.skipByteOrderMark && startsWithByteOrderMark(chunk) ? byteOrderMark.length : 0;
    hash.update(chunk.subarray(skip));
    bytes += chunk.length;
  }
  return bytes;
}
