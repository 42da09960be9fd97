import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
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
  // Nor does it read everything again to know that nothing has changed.
  const described = new Map<string, { readonly version: string; readonly data: LocalData }>();
  const checked = new Map<string, { readonly digest: string | undefined; readonly check: DataCheck }>();
  return {
    async describe(source, kind) {
      return await explained(source, async () => {
        const key = localDataKey({ path: source, kind });
        const files = await sourceFiles(source, { kind, inside });
        const version = await versionOf(files);
        const before = described.get(key);
        const isSame = before !== undefined && version !== undefined && before.version === version;
        const found = isSame ? before.data : await describe(files, source, kind);
        if (version !== undefined) described.set(key, { version, data: found });
        digests.set(key, found.digest);
        return found;
      });
    },
    async linesOf(source, kind) {
      if (kind !== 'Acoustic') return new Map();
      const { linesOfRecordings } = await import('./check/lines-of-recordings.ts');
      return await explained(source, async () => {
        await inside(source);
        return await linesOfRecordings(source, { roots });
      });
    },
    async *content(source, kind, { digest } = {}) {
      const files = await explained(source, async () => await sourceFiles(source, { kind, inside }));
      const read = new DigestOfFiles(files, kind);
      yield* content(files, { source, kind, read: (file) => read.stream(file) });
      const found = digest === undefined ? undefined : read.digest();
      if (found !== digest)
        throw new DataError(`Leave ${source} as it is while it is uploaded: it was changed since it was looked at`);
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

/**
 * What changes when one of the files does; undefined while that cannot be told, because one was written so shortly ago that its time
 * may not tell another change.
 */
async function versionOf(files: readonly string[]): Promise<string | undefined> {
  const parts: string[] = [];
  const recent = BigInt(Date.now() - shortlyMilliseconds) * 1_000_000n;
  for (const file of files) {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    if (ctimeNs > recent || mtimeNs > recent) return undefined;
    parts.push([file, dev, ino, size, mtimeNs, ctimeNs].join(' '));
  }
  return parts.join('\n');
}

/** File systems keep times to two seconds at the coarsest. */
const shortlyMilliseconds = 2000;

async function describe(files: readonly string[], source: string, kind: DatasetKind): Promise<LocalData> {
  const read = new DigestOfFiles(files, kind);
  let bytes = 0;
  for (const file of files) {
    if (isText(file, kind)) await assertText(file);
    for await (const chunk of read.stream(file)) bytes += chunk.byteLength;
  }
  if (bytes === 0) throw new DataError(`Put data into ${source}: it is empty`);
  const seconds = isAudioKind(kind) ? secondsOf(files) : undefined;
  return { digest: read.digest(), files: files.length, bytes, ...(seconds === undefined ? {} : { seconds }) };
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

interface ReadContent {
  readonly source: string;
  readonly kind: DatasetKind;
  readonly read: (file: string) => AsyncIterable<Uint8Array>;
}

async function* content(files: readonly string[], { source, kind, read }: ReadContent): AsyncGenerator<Uint8Array> {
  for (const file of files) if (isText(file, kind)) await assertText(file);
  if (isAudioKind(kind) && !source.endsWith('.zip')) {
    yield* zipped(files, { read });
    return;
  }
  const [file = source] = files;
  yield* isAudioKind(kind) || (kind === 'Pronunciation' && (await isAnsi(file))) ? read(file) : marked(read(file));
}

/**
 * The digest of what files hold, made while they are read, in whichever order: it needs no reading of its own. One file is known by
 * what it holds, several also by their names.
 */
class DigestOfFiles {
  readonly #files: readonly string[];
  readonly #skipByteOrderMark: boolean;
  readonly #digests = new Map<string, Uint8Array>();

  constructor(files: readonly string[], kind: DatasetKind) {
    this.#files = files;
    this.#skipByteOrderMark = !isAudioKind(kind);
  }

  /** What one of the files holds. */
  async *stream(file: string): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let isFirst = true;
    for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
      const skip = isFirst && this.#skipByteOrderMark && startsWithByteOrderMark(chunk) ? byteOrderMark.length : 0;
      hash.update(chunk.subarray(skip));
      isFirst = false;
      yield chunk;
    }
    this.#digests.set(file, hash.digest());
  }

  /** Of all files, which have to be read to their ends. */
  digest(): string {
    const hash = createHash('sha256');
    for (const file of this.#files) {
      const contents = this.#digests.get(file);
      if (contents === undefined) throw new Error(`${file} was not read to its end`);
      hash.update(this.#files.length === 1 ? '' : `${path.basename(file)}\0`).update(contents);
    }
    return hash.digest('hex');
  }
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
