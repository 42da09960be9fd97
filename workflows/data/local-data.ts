import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import yazl from 'yazl';
import { DataError, type DataPort, type LocalData, type LocalUtterance } from '../engine/ports.ts';
import type { DatasetKind } from '../plan/speech-entities.ts';
import { readTranscript } from './read-transcript.ts';

/**
 * Local training and test data as the Speech service takes it: a folder of WAV files with a transcript becomes a zip,
 * text becomes UTF-8 with a byte order mark (Microsoft Learn, "Training and testing datasets"). A `.zip` is sent as it is.
 * Digests are over names and contents, so they do not depend on dates, order of listing or the machine.
 */
export function createLocalData(): DataPort {
  return { describe, content, utterances };
}

const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);
/** Stored dates would make two packings of the same data differ. */
const packedDate = new Date('2000-01-01T00:00:00Z');

async function describe(source: string, kind: DatasetKind): Promise<LocalData> {
  const files = await sourceFiles(source, kind);
  const hash = createHash('sha256');
  let bytes = 0;
  for (const file of files) {
    const contents = createHash('sha256');
    bytes += await addContents(contents, file, { skipByteOrderMark: !isAudioKind(kind) });
    // One file is known by what it holds, several also by their names.
    hash.update(files.length === 1 ? '' : `${path.basename(file)}\0`).update(contents.digest());
  }
  if (bytes === 0) throw new DataError(`Put data into ${source}: it is empty`);
  return { digest: hash.digest('hex'), files: files.length, bytes };
}

async function* content(source: string, kind: DatasetKind): AsyncGenerator<Uint8Array> {
  const files = await sourceFiles(source, kind);
  if (isAudioKind(kind) && !source.endsWith('.zip')) {
    yield* zipped(files);
    return;
  }
  const [file = source] = files;
  let first = true;
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
    if (first && !isAudioKind(kind) && !startsWithByteOrderMark(chunk)) yield byteOrderMark;
    first = false;
    yield chunk;
  }
}

async function utterances(folder: string): Promise<readonly LocalUtterance[]> {
  const files = await sourceFiles(folder, 'Acoustic');
  const transcript = files.find((file) => !file.endsWith('.wav'));
  if (transcript === undefined) throw missingTranscript(folder);
  const audio = new Map(files.filter((file) => file.endsWith('.wav')).map((file) => [path.basename(file), file]));
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
async function sourceFiles(source: string, kind: DatasetKind): Promise<readonly string[]> {
  const found = await stat(source).catch(() => undefined);
  if (found === undefined) throw new DataError(`Check the path ${source}: there is no such file or folder`);
  if (!isAudioKind(kind)) {
    if (found.isFile()) return [source];
    throw new DataError(`Give a text file for a dataset of kind ${kind}: ${source} is a folder`);
  }
  if (found.isFile()) {
    if (source.endsWith('.zip')) return [source];
    throw new DataError(`Give a folder of WAV files or a .zip for a dataset of kind ${kind}: ${source} is neither`);
  }
  const names = (await readdir(source)).toSorted();
  const audio = names.filter((name) => name.endsWith('.wav'));
  if (audio.length === 0) throw new DataError(`Put WAV files into ${source}: a dataset of kind ${kind} needs them`);
  const transcripts = names.filter((name) => name.endsWith('.txt') || name.endsWith('.tsv'));
  if (kind === 'Acoustic' && transcripts.length === 0) throw missingTranscript(source);
  if (kind === 'Acoustic' && transcripts.length > 1) {
    throw new DataError(
      `Leave one transcript in ${source}: the service takes one .txt or .tsv, there are ${transcripts.join(', ')}`,
    );
  }
  return [...(kind === 'Acoustic' ? transcripts : []), ...audio].map((name) => path.join(source, name));
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

function startsWithByteOrderMark(chunk: Uint8Array): boolean {
  return byteOrderMark.every((byte, index) => chunk[index] === byte);
}

async function* zipped(files: readonly string[]): AsyncGenerator<Uint8Array> {
  const zip = new yazl.ZipFile();
  for (const file of files) {
    zip.addFile(file, path.basename(file), { mtime: packedDate, mode: 0o100644, compress: true });
  }
  zip.end();
  yield* zip.outputStream as unknown as AsyncIterable<Uint8Array>;
}
