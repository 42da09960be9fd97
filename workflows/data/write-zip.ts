import { createReadStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { isTranscript } from './read-transcript.ts';

export const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);
/** Stored dates would make two packings of the same data differ. */
const packedDate = new Date('2000-01-01T00:00:00Z');

/** The bytes of an archive of these files, each under its own name. The same files give the same bytes on every machine. */
export async function* zipped(files: readonly string[]): AsyncGenerator<Uint8Array> {
  // Most commands pack nothing.
  const { default: yazl } = await import('yazl');
  const zip = new yazl.ZipFile();
  for (const file of files) {
    const options = { mtime: packedDate, mode: 0o100644, compress: true };
    // Microsoft asks for a byte order mark in transcripts of other languages than English, and its own sample for en-US has one: so
    // it is right in all, and the locale need not be known. Digests are over the files, which stay as they are.
    if (isTranscript(file))
      zip.addReadStreamLazy(path.basename(file), options, (give) => give(null, Readable.from(marked(file))));
    else zip.addFile(file, path.basename(file), options);
  }
  zip.end();
  yield* zip.outputStream as unknown as AsyncIterable<Uint8Array>;
}

/** A text that begins with a byte order mark. */
export async function* marked(file: string): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
    if (isFirst && !startsWithByteOrderMark(chunk)) yield byteOrderMark;
    isFirst = false;
    yield chunk;
  }
}

/** Whether bytes begin with the byte order mark of UTF-8. */
export function startsWithByteOrderMark(chunk: Uint8Array): boolean {
  return byteOrderMark.every((byte, index) => chunk[index] === byte);
}
