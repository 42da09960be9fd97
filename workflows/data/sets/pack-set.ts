import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isUnpackable } from '../smoke-audio.ts';
import { DataError } from '../../engine/ports.ts';
import { byteOrderMark, zippedEntries } from '../write-zip.ts';
import { divideRecordings, limitsOfDataset } from './divide-recordings.ts';
import { newFolder } from './new-folder.ts';
import { nameOfPart } from './packed-parts.ts';
import { readSet, type ReadSetOptions, type SetRecording } from './read-set.ts';

export interface PackOptions extends ReadSetOptions {
  /** A folder that is new or empty. */
  readonly out: string;
  /** How the archives are called, without an ending. */
  readonly name: string;
  /** What a part may unpack to. @default 2 GB, which is what the service takes of an archive */
  readonly mostBytes?: number;
  /** How many files a part may have. @default 10,000, as the service */
  readonly mostFiles?: number;
  readonly onProgress?: (done: { readonly bytes: number; readonly of: number }) => void;
}

/** An archive that was made. */
export interface PackedPart {
  /** As people are told it. */
  readonly path: string;
  /** SHA-256 of the archive: hexadecimal. */
  readonly digest: string;
  readonly bytes: number;
  readonly recordings: number;
  /** How many of them have a line in the transcript. */
  readonly lines: number;
}

export interface PackedSet {
  readonly parts: readonly PackedPart[];
  /** Lines of transcripts that are in no part, since they are about no recording. */
  readonly strayLines: number;
}

/**
 * Packs recordings into archives as the service takes them: parts of less than 2 GB and at most 10,000 files, each with the lines of its
 * own recordings. Names are sorted and dates left out, so that the same recordings and lines give the same bytes everywhere.
 */
export async function packSet(paths: readonly string[], options: PackOptions): Promise<PackedSet> {
  const set = await readSet(paths, options);
  try {
    const unpackable = set.recordings.find(({ name }) => isUnpackable(name));
    if (unpackable !== undefined)
      throw new DataError(`Rename ${JSON.stringify(unpackable.name)}: names in a zip have no backslash and no control`);
    const { mostBytes = limitsOfDataset.bytes, mostFiles = limitsOfDataset.files, isTranscribed } = options;
    const parts = divideRecordings(set.recordings, { bytes: mostBytes, files: mostFiles, isTranscribed });
    const folder = await newFolder(options.out, options);
    const of = set.recordings.reduce((sum, { file }) => sum + file.bytes, 0);
    let bytes = 0;
    const onRead = (read: number): void => options.onProgress?.({ bytes: (bytes += read), of });
    const packed: PackedPart[] = [];
    for (const [index, part] of parts.entries()) {
      const name = nameOfPart(options.name, { part: index + 1, of: parts.length });
      packed.push(
        await packPart(part, {
          ...options,
          file: path.join(folder, name),
          shown: path.join(options.out, name),
          onRead,
        }),
      );
    }
    return { parts: packed, strayLines: set.strayLines };
  } finally {
    set.close();
  }
}

async function packPart(
  recordings: readonly SetRecording[],
  {
    file,
    shown,
    isTranscribed,
    onRead,
    signal,
  }: PackOptions & { readonly file: string; readonly shown: string; readonly onRead: (bytes: number) => void },
): Promise<PackedPart> {
  const lines = recordings.flatMap(({ name, text }) => (text === undefined ? [] : [`${name}\t${text}\n`]));
  const transcript = { name: 'trans.txt', read: () => Readable.from([byteOrderMark, Buffer.from(lines.join(''))]) };
  const sounds = recordings.map(({ name, file: { bytes, read } }) => ({
    name,
    bytes,
    async *read() {
      for await (const chunk of read()) {
        onRead(chunk.length);
        yield chunk;
      }
    },
  }));
  const hash = createHash('sha256');
  let bytes = 0;
  const measured = new Transform({
    transform(chunk: Uint8Array, _encoding, done: TransformCallback) {
      hash.update(chunk);
      bytes += chunk.length;
      done(undefined, chunk);
    },
  });
  const unfinished = `${file}.part`;
  try {
    const archive = zippedEntries(isTranscribed ? [transcript, ...sounds] : sounds);
    await pipeline(archive, measured, createWriteStream(unfinished), { ...(signal && { signal }) });
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  return { path: shown, digest: hash.digest('hex'), bytes, recordings: recordings.length, lines: lines.length };
}
