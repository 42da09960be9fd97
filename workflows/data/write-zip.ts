import path from 'node:path';
import { Readable } from 'node:stream';
import { isTranscript } from './read-transcript.ts';

export const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);
/** Stored dates would make two packings of the same data differ. */
const packedDate = new Date('2000-01-01T00:00:00Z');

/**
 * The bytes of an archive of these files, each under its own name. The same files give the same bytes on every machine. They are read
 * with `read`, one after the other.
 */
export async function* zipped(
  files: readonly string[],
  { read }: { readonly read: (file: string) => AsyncIterable<Uint8Array> },
): AsyncGenerator<Uint8Array> {
  // Most commands pack nothing.
  const { default: yazl } = await import('yazl');
  const zip = new yazl.ZipFile();
  const { outputStream } = zip;
  for (const file of files) {
    const options = { mtime: packedDate, mode: 0o100644, compress: true };
    // Microsoft asks for a byte order mark in transcripts of other languages than English, and its own sample for en-US has one: so
    // it is right in all, and the locale need not be known. Digests are over the files, which stay as they are.
    const content = (): AsyncIterable<Uint8Array> => (isTranscript(file) ? marked(read(file)) : read(file));
    zip.addReadStreamLazy(path.basename(file), options, (give) => {
      // A file that has gone meanwhile ends the archive with the reason.
      give(
        null,
        Readable.from(content()).on('error', (error) => (outputStream as Readable).destroy(error)),
      );
    });
  }
  zip.end();
  yield* outputStream as unknown as AsyncIterable<Uint8Array>;
}

/** A text that begins with a byte order mark. */
export async function* marked(text: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of text) {
    if (isFirst && !startsWithByteOrderMark(chunk)) yield byteOrderMark;
    isFirst = false;
    yield chunk;
  }
}

/** Whether bytes begin with the byte order mark of UTF-8. */
export function startsWithByteOrderMark(chunk: Uint8Array): boolean {
  return byteOrderMark.every((byte, index) => chunk[index] === byte);
}
