import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { DataError } from '../engine/ports.ts';
import type { DataPlaces } from '../plan/data/data-places.ts';
import type { DatasetKind } from '../plan/speech-entities.ts';
import { isAudioKind } from './audio-kind.ts';
import { filePointer, foreignBytes } from './check/reading/foreign-bytes.ts';
import { encodingOf } from './check/reading/text-encoding.ts';
import { assertInside } from './data-roots.ts';
import { findPlaces, type FoundPlace } from './find-places.ts';
import { isTranscript } from './read-transcript.ts';
import { divideRecordings, type PartLimits } from './sets/divide-recordings.ts';
import { packedParts } from './sets/packed-parts.ts';
import { readSet, type SetRecording } from './sets/read-set.ts';
import { isUnpackable, wavFormatOf } from './smoke-audio.ts';
import { isWav } from './wav-format.ts';
import { marked, startsWithByteOrderMark, byteOrderMark, zippedEntries } from './write-zip.ts';

/** The data of a dataset, which can be read until they are closed. */
export interface OpenedData {
  /** One, or several where one dataset cannot hold all of it: each is a dataset. */
  readonly parts: readonly [DataPart, ...DataPart[]];
  /** All of it as one dataset, where it is a folder that is divided: one of before may have been uploaded whole. */
  readonly undivided?: readonly DataEntry[];
  /** What lies on the disk of it, absolute: when none of these changes, nothing does. */
  readonly files: readonly string[];
  close(): void;
}

/** What becomes one dataset. */
export interface DataPart {
  readonly entries: readonly DataEntry[];
  /** How the entries are sent: as an archive, as a text with a byte order mark, or the one entry as it is. */
  readonly sentAs: 'archive' | 'text' | 'it-is';
  /** What is told of it to people: the folder, archive or text that it is, the texts that it is made of, or its recordings. */
  readonly origin: Origin;
}

/** Paths are as people are told them. */
export type Origin =
  | { readonly kind: 'place'; readonly path: string }
  | { readonly kind: 'texts'; readonly paths: readonly string[] }
  | { readonly kind: 'recordings'; readonly recordings: readonly SetRecording[] };

/** A file of a part. */
export interface DataEntry {
  readonly name: string;
  /** Whether it is a text of which a byte order mark is no part: the digest is without it. */
  readonly isText?: boolean;
  read(): AsyncIterable<Uint8Array>;
  /** How long it is, of a recording on the disk whose header says so. */
  seconds?(): number | undefined;
}

export interface OpenDataOptions {
  readonly kind: DatasetKind;
  /** Paths are relative to it. */
  readonly cwd: string;
  /** Absolute folders that data may lie in, links resolved. */
  readonly roots: readonly string[];
  /** What one dataset holds. */
  readonly limits: PartLimits;
}

/**
 * Opens the data of a dataset. One folder, archive or text is what it is; several are one set: recordings with their transcripts, of
 * which each is there once, or texts one behind the other. Recordings that one dataset cannot hold are divided, and archives that were
 * packed as the parts of a set are its parts. Throws a {@link DataError} when there cannot be a dataset of it.
 */
export async function openData(places: DataPlaces, options: OpenDataOptions): Promise<OpenedData> {
  const { kind, cwd } = options;
  const found = await findPlaces(places, options);
  const [first, ...others] = found;
  if (typeof first === 'string' && others.length === 0) return await openOne(first, options);
  const files = await assertReadable(found, options);
  if (!isAudioKind(kind)) return await openTexts(found.flat(), { ...options, files });
  const archives = found.filter((place) => typeof place === 'string');
  const packed = archives.length === found.length ? packedParts(archives) : undefined;
  if (packed === undefined) return await openSet(found, { ...options, files });
  const [part, ...rest] = packed.map((archive) => asItIs(archive, cwd));
  return { parts: [part!, ...rest], files, close: nothing };
}

const nothing = (): void => undefined;

async function openOne(place: string, options: OpenDataOptions): Promise<OpenedData> {
  const { kind, cwd, limits } = options;
  const source = path.resolve(cwd, place);
  const files = await sourceFiles(source, options);
  if (!isAudioKind(kind)) {
    await assertText(source);
    const entries = [entryAt(source, { isText: true })];
    const sentAs = kind === 'Pronunciation' && (await isAnsi(source)) ? 'it-is' : 'text';
    return { parts: [{ entries, sentAs, origin: { kind: 'place', path: place } }], files, close: nothing };
  }
  if (source.endsWith('.zip')) return { parts: [asItIs(place, cwd)], files, close: nothing };
  for (const file of files) if (isTranscript(file)) await assertText(file);
  if (files.length > limits.files || (await bytesOf(files)) > limits.bytes)
    return { ...(await openSet([place], { ...options, files })), undivided: files.map((file) => entryAt(file)) };
  const entries = files.map((file) => entryAt(file));
  return { parts: [{ entries, sentAs: 'archive', origin: { kind: 'place', path: place } }], files, close: nothing };
}

function asItIs(place: string, cwd: string): DataPart {
  return { entries: [entryAt(path.resolve(cwd, place))], sentAs: 'it-is', origin: { kind: 'place', path: place } };
}

function entryAt(file: string, { isText = false }: { readonly isText?: boolean } = {}): DataEntry {
  return {
    name: path.basename(file),
    isText,
    read: () => createReadStream(file),
    ...(isWav(file) ? { seconds: () => secondsOf(file) } : {}),
  };
}

function secondsOf(file: string): number | undefined {
  const format = wavFormatOf(file);
  return typeof format === 'string' ? undefined : format.seconds;
}

async function bytesOf(files: readonly string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) bytes += (await stat(file)).size;
  return bytes;
}

/** Recordings of several places, or more than one dataset holds. */
async function openSet(
  places: readonly FoundPlace[],
  { kind, cwd, roots, limits, files }: OpenDataOptions & { readonly files: readonly string[] },
): Promise<OpenedData> {
  const isTranscribed = kind === 'Acoustic';
  const set = await readSet(places, { isTranscribed, locale: '', cwd, roots });
  try {
    const unpackable = set.recordings.find(({ name }) => isUnpackable(name));
    if (unpackable !== undefined) throw new DataError(whyUnpackable(unpackable.name, unpackable.file.path));
    const [first = [], ...others] = divideRecordings(set.recordings, { ...limits, isTranscribed });
    const onDisk = new Set(files);
    const entryOf = ({ name, file }: SetRecording): DataEntry => {
      const place = path.resolve(cwd, file.path);
      return { name, read: () => file.read(), ...(onDisk.has(place) ? { seconds: () => secondsOf(place) } : {}) };
    };
    const partOf = (recordings: readonly SetRecording[]): DataPart => ({
      entries: [...(isTranscribed ? [transcriptOf(recordings)] : []), ...recordings.map(entryOf)],
      sentAs: 'archive',
      origin: { kind: 'recordings', recordings },
    });
    return { parts: [partOf(first), ...others.map(partOf)], files, close: set.close };
  } catch (error) {
    set.close();
    throw error;
  }
}

function transcriptOf(recordings: readonly SetRecording[]): DataEntry {
  return {
    name: 'trans.txt',
    read: () => Readable.from(linesOf(recordings).map(({ name, text }) => Buffer.from(`${name}\t${text}\n`))),
  };
}

/** The recordings that have a line in the transcript of their part, in its order. */
export function linesOf(recordings: readonly SetRecording[]): readonly SetRecording[] {
  return recordings.filter(({ text }) => text !== undefined);
}

/** Texts one behind the other, each with a line end. */
async function openTexts(
  paths: readonly string[],
  { kind, files }: OpenDataOptions & { readonly files: readonly string[] },
): Promise<OpenedData> {
  if (kind !== 'Language' && kind !== 'Pronunciation')
    throw new DataError(
      `Write ${paths.slice(0, 2).join(' and ')} into one file: of kind ${kind} its lists and sections hold for all of a file`,
    );
  for (const file of files) {
    await assertText(file);
    if (kind === 'Pronunciation' && (await isAnsi(file)))
      throw new DataError(`Save ${file} as UTF-8: of several files one text is made`);
  }
  const entry: DataEntry = { name: path.basename(files[0] ?? ''), read: () => concatenated(files) };
  return { parts: [{ entries: [entry], sentAs: 'text', origin: { kind: 'texts', paths } }], files, close: nothing };
}

async function* concatenated(files: readonly string[]): AsyncGenerator<Uint8Array> {
  let last = lineFeed;
  for (const file of files) {
    if (last !== lineFeed) yield Uint8Array.of(lineFeed);
    for await (const chunk of unmarked(createReadStream(file))) {
      last = chunk.at(-1) ?? last;
      yield chunk;
    }
  }
}

const lineFeed = 0x0a;

async function* unmarked(text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of text) {
    yield isFirst && startsWithByteOrderMark(chunk) ? chunk.subarray(byteOrderMark.length) : chunk;
    isFirst = false;
  }
}

/** The bytes of a part as they are sent. `read` reads an entry. */
export async function* contentOf(
  { entries, sentAs }: DataPart,
  read: (entry: DataEntry) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const [entry] = entries;
  if (sentAs === 'archive')
    // Microsoft asks for a byte order mark in transcripts of other languages than English, and its own sample for en-US has one: so
    // it is right in all, and the locale need not be known. Digests are over the files, which stay as they are.
    yield* zippedEntries(
      entries.map((one) => ({ name: one.name, read: () => (isTranscript(one.name) ? marked(read(one)) : read(one)) })),
    );
  else if (entry !== undefined) yield* sentAs === 'text' ? marked(read(entry)) : read(entry);
}

/** The files of several places, in a fixed order; absolute paths. Each may be read, and is of the kind. */
async function assertReadable(places: readonly FoundPlace[], options: OpenDataOptions): Promise<readonly string[]> {
  const files: string[] = [];
  for (const place of places) {
    const paths = (typeof place === 'string' ? [place] : place).map((one) => path.resolve(options.cwd, one));
    for (const one of paths)
      files.push(...(typeof place === 'string' ? await sourceFiles(one, options) : [await assertFile(one, options)]));
  }
  for (const file of files) if (isAudioKind(options.kind) && isTranscript(file)) await assertText(file);
  return files;
}

/** The files that lie at a place, in a fixed order; absolute paths. */
export async function sourceFiles(
  source: string,
  options: Pick<OpenDataOptions, 'kind' | 'roots'>,
): Promise<readonly string[]> {
  // A source outside the roots is not even listed.
  await assertInside(source, options.roots);
  const files = await listSource(source, options.kind);
  for (const file of files) await assertFile(file, options);
  return files;
}

async function assertFile(file: string, { roots }: Pick<OpenDataOptions, 'roots'>): Promise<string> {
  await assertInside(file, roots);
  if (!(await stat(file)).isFile()) throw new DataError(`Put a file in place of ${file}: it is none`);
  return file;
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
  if (unpackable !== undefined) throw new DataError(whyUnpackable(unpackable, source));
  return packed.map((name) => path.join(source, name));
}

function whyUnpackable(name: string, place: string): string {
  return `Rename ${JSON.stringify(name)} in ${place}: names in a zip have no backslashes and no control characters`;
}

export function missingTranscript(folder: string): DataError {
  return new DataError(`Add trans.txt to ${folder}: one line per WAV file, its name, a tab and what is said`);
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
