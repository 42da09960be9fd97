import { stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { ImportRefusal } from './imported-dataset.ts';

/** A zip file whose directory has been checked. Nothing of it is ever written to a disk. */
export interface Archive {
  /** Files, without folders, in the order of the directory. */
  readonly files: readonly ArchivedFile[];
  close(): void;
}

export interface ArchivedFile {
  /** Relative, with forward slashes. */
  readonly name: string;
  /** Unpacked. */
  readonly bytes: number;
  /** The whole content. Refuses the archive when the content is not what the directory says of it. */
  read(): Promise<Buffer>;
}

/**
 * Opens a zip file of a dataset, or refuses it: above 2 GB or 10,000 files (Microsoft Learn, "Training and testing
 * datasets"), names that leave the archive, links, encryption, entries that overlap or occur twice, methods other than
 * stored and deflated, and archives that unpack to far more than they are.
 */
export async function openArchive(path: string): Promise<Archive> {
  const { size } = await stat(path);
  if (size > MOST_PACKED_BYTES) {
    throw refusal(`it has ${size} bytes, at most ${MOST_PACKED_BYTES} are allowed`);
  }
  const zip = await refusing(() =>
    yauzl.openPromise(path, { autoClose: false, strictFileNames: true, validateEntrySizes: true }),
  );
  try {
    return { files: await readDirectory(zip, size), close: () => zip.close() };
  } catch (error) {
    zip.close();
    throw error;
  }
}

const MOST_PACKED_BYTES = 2 ** 31;
const MOST_FILES = 10_000;
/** Every clip is kept in memory. */
const MOST_UNPACKED_BYTES = 3 * 2 ** 30;
/** Speech shrinks to a half, digital silence to a thousandth; a small archive may be silence, a large one is a bomb. */
const MOST_RATIO = 100;
const SMALL = 64 * 2 ** 20;

async function readDirectory(zip: yauzl.ZipFile, packedBytes: number): Promise<readonly ArchivedFile[]> {
  // Folders are entries as well; the number comes from the end record and may lie, so it is checked again below.
  if (zip.entryCount > MOST_FILES * 2)
    throw refusal(`it has ${zip.entryCount} entries, at most ${MOST_FILES} files are allowed`);
  const entries: yauzl.Entry[] = [];
  await refusing(async () => {
    for await (const entry of zip.eachEntry()) {
      checkEntry(entry);
      if (!entry.fileName.endsWith('/')) entries.push(entry);
      if (entries.length > MOST_FILES) throw refusal(`it has more than ${MOST_FILES} files`);
    }
  });
  checkSizes(entries, packedBytes);
  checkPlaces(entries);
  return entries.map((entry) => ({
    name: entry.fileName,
    bytes: entry.uncompressedSize,
    read: () => readEntry(zip, entry),
  }));
}

const UNIX_FILE_TYPE = 0o170000;
const UNIX_REGULAR = 0o100000;
const UNIX_FOLDER = 0o040000;

function checkEntry(entry: yauzl.Entry): void {
  const name = JSON.stringify(entry.fileName.slice(0, 100));
  const type = (entry.externalFileAttributes >>> 16) & UNIX_FILE_TYPE;
  // The zip library has refused absolute names, drive letters, backslashes and "..".
  if (/\p{Cc}/u.test(entry.fileName)) throw refusal(`the name ${name} holds control characters`);
  if (type !== 0 && type !== UNIX_REGULAR && type !== UNIX_FOLDER) {
    throw refusal(`${name} is a link or a device: files and folders are allowed`);
  }
  if (entry.isEncrypted()) throw refusal(`${name} is encrypted`);
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    throw refusal(`${name} has compression method ${entry.compressionMethod}: stored (0) and deflated (8) are allowed`);
  }
}

function checkSizes(entries: readonly yauzl.Entry[], packedBytes: number): void {
  const unpacked = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0);
  if (unpacked > MOST_UNPACKED_BYTES) {
    throw refusal(`it unpacks to ${unpacked} bytes, at most ${MOST_UNPACKED_BYTES} are allowed`);
  }
  if (unpacked > SMALL && unpacked > packedBytes * MOST_RATIO) {
    throw refusal(
      `it unpacks to ${Math.floor(unpacked / packedBytes)} times its size, at most ${MOST_RATIO} times is allowed`,
    );
  }
}

const LOCAL_HEADER_BYTES = 30;

function checkPlaces(entries: readonly yauzl.Entry[]): void {
  const names = new Set<string>();
  let end = 0;
  const ordered = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  for (const entry of ordered) {
    const name = JSON.stringify(entry.fileName);
    if (names.has(entry.fileName)) throw refusal(`it has two files named ${name}`);
    names.add(entry.fileName);
    if (entry.relativeOffsetOfLocalHeader < end) throw refusal(`${name} overlaps another file`);
    end = entry.relativeOffsetOfLocalHeader + LOCAL_HEADER_BYTES + entry.fileNameLength + entry.compressedSize;
  }
}

async function readEntry(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Buffer> {
  return refusing(async () => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      bytes += (chunk as Buffer).length;
      if (bytes > entry.uncompressedSize)
        throw refusal(`${JSON.stringify(entry.fileName)} is larger than its directory entry says`);
      chunks.push(chunk as Buffer);
    }
    const content = Buffer.concat(chunks);
    if (bytes !== entry.uncompressedSize || crc32(content) !== entry.crc32) {
      throw refusal(
        `${JSON.stringify(entry.fileName)} is damaged: its size or checksum differs from its directory entry`,
      );
    }
    return content;
  });
}

/** What the zip library and zlib say of bad bytes becomes a refusal; faults of the disk stay errors. */
async function refusing<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof ImportRefusal || !(error instanceof Error) || 'syscall' in error) throw error;
    throw refusal(`it is not a sound zip file (${error.message})`);
  }
}

function refusal(reason: string): ImportRefusal {
  return new ImportRefusal(`Cannot import the archive: ${reason}.`);
}
