import { Readable } from 'node:stream';

export const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);

/** A file of an archive: its name there, and its content, which is asked for when its turn comes. */
export interface ZipEntry {
  readonly name: string;
  /** Where it is known: the content must have so many bytes. */
  readonly bytes?: number | undefined;
  read(): AsyncIterable<Uint8Array>;
}

/** The bytes of an archive with these entries, in their order; of the same entries the same bytes, in whatever zone and year. */
export async function* zippedEntries(entries: readonly ZipEntry[]): AsyncGenerator<Uint8Array> {
  // Most commands pack nothing.
  const { default: yazl } = await import('yazl');
  const zip = new yazl.ZipFile();
  const packed = zip.outputStream as unknown as Readable;
  // A file that cannot be read, or has gone meanwhile, ends the archive with the reason: the library would wait for it.
  const end = (error: unknown): unknown => packed.destroy(error as Error);
  for (const { name, bytes, read } of entries) {
    const options = { ...alwaysTheSame(), ...(bytes === undefined ? {} : { size: bytes }) };
    zip.addReadStreamLazy(name, options, (give) => give(null, Readable.from(read()).on('error', end)));
  }
  zip.on('error', end);
  zip.end();
  yield* packed as AsyncIterable<Uint8Array>;
}

/**
 * Stored dates would make two packings of the same data differ. An archive has them in the zone of the machine, so that the date is that
 * of midnight there; the same moment in UTC, which would differ by the zone, is left out.
 */
function alwaysTheSame(): { mtime: Date; forceDosTimestamp: boolean; mode: number; compress: boolean } {
  return { mtime: new Date(2000, 0, 1), forceDosTimestamp: true, mode: 0o100644, compress: true };
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
