import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import { DamagedFile, type DataFile, type DataSource } from './data-file.ts';
import type { DataFindings } from '../data-findings.ts';
import { Unpacker } from './unpacker.ts';

/**
 * Opens an archive by its directory, and checks that: size, names, methods, and whether it unpacks to more than it can hold. What keeps
 * it from being read as a whole is a finding, and then there are no files.
 */
export async function openZip(
  absolute: string,
  { shown, findings }: { readonly shown: string; readonly findings: DataFindings },
): Promise<DataSource> {
  const at = { path: shown };
  const { size } = await stat(absolute);
  if (size > mostBytes) {
    findings.report('zip-too-large', at, { bytes: size, most: mostBytes });
    return empty(shown);
  }
  let zip: yauzl.ZipFile | undefined;
  try {
    zip = await yauzl.openPromise(absolute, { autoClose: false, strictFileNames: true, validateEntrySizes: true });
    const opened = zip;
    const entries: yauzl.Entry[] = [];
    for await (const entry of opened.eachEntry()) {
      if (entries.length > mostEntries) break;
      if (!entry.fileName.endsWith('/')) entries.push(withoutBytes(entry));
    }
    if (checkEntries(entries, { packed: size, shown, findings })) {
      const archive = { zip: opened, unpacker: new Unpacker(await open(absolute)) };
      const files = entries.map((entry) => fileOf(entry, { archive, shown }));
      return { kind: 'zip', path: shown, files, close: () => closeArchive(archive) };
    }
  } catch (error) {
    zip?.close();
    if (!(error instanceof Error) || 'syscall' in error) throw error;
    if (/fileName|relative path|absolute path/i.test(error.message))
      findings.report('zip-name', at, { why: error.message });
    else findings.report('zip-damaged', at, { why: error.message.split('. ', 1)[0] ?? '' });
    return empty(shown);
  }
  zip.close();
  return empty(shown);
}

/** Microsoft Learn, "Speech service quotas and limits". */
const mostBytes = 2 * 1024 ** 3;
/** An archive with so many entries is refused for their number: nothing else has to be found in it. */
const mostEntries = 100_000;
/** Speech shrinks to a half, digital silence to a thousandth: a small archive may be silence, a large one is a bomb. */
const mostRatio = 100;
const small = 64 * 1024 ** 2;

function empty(shown: string): DataSource {
  return { kind: 'zip', path: shown, files: [], close: () => undefined };
}

/** An archive that is read: its directory and the headers of its entries by one reader, what is packed by another. */
interface Archive {
  readonly zip: yauzl.ZipFile;
  readonly unpacker: Unpacker;
}

function fileOf(
  entry: yauzl.Entry,
  { archive, shown }: { readonly archive: Archive; readonly shown: string },
): DataFile {
  const { fileName: name, uncompressedSize: bytes } = entry;
  return { name, path: `${shown}/${name}`, bytes, read: () => contentOf(entry, archive) };
}

function closeArchive({ zip, unpacker }: Archive): void {
  zip.close();
  void unpacker.close();
}

/** Whether the entries can be read. */
function checkEntries(
  entries: readonly yauzl.Entry[],
  { packed, shown, findings }: { readonly packed: number; readonly shown: string; readonly findings: DataFindings },
): boolean {
  const at = { path: shown };
  const bytes = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
  const control = entries.find(({ fileName }) => /\p{Cc}/u.test(fileName));
  const named = (found: readonly yauzl.Entry[]): { name: string; others: number } | undefined =>
    found[0] && { name: found[0].fileName, others: found.length - 1 };
  const encrypted = named(entries.filter((entry) => entry.isEncrypted()));
  const packedOtherwise = entries.filter(({ compressionMethod }) => compressionMethod !== 0 && compressionMethod !== 8);
  const links = named(entries.filter(isNoFile));
  const again = named(repeated(entries));
  const shared = overlapping(entries);
  if (control !== undefined)
    findings.report('zip-name', at, { why: `${JSON.stringify(control.fileName)} has control characters` });
  if (encrypted !== undefined) findings.report('zip-encrypted', at, encrypted);
  const [first] = packedOtherwise;
  if (first !== undefined && encrypted === undefined)
    findings.report('zip-compression', at, {
      name: first.fileName,
      method: first.compressionMethod,
      others: packedOtherwise.length - 1,
    });
  if (links !== undefined) findings.report('zip-link', at, links);
  if (again !== undefined) findings.report('zip-same-name', at, again);
  else if (shared !== undefined) findings.report('zip-overlap', at, { name: shared.fileName });
  const isBomb = bytes > small && bytes > packed * mostRatio;
  if (isBomb) findings.report('zip-expands', at, { bytes, times: Math.floor(bytes / packed) });
  return ![control, encrypted, first, links, shared].some((one) => one !== undefined) && !isBomb;
}

const unixType = 0o170000;
const unixFile = 0o100000;

function isNoFile({ externalFileAttributes }: yauzl.Entry): boolean {
  const type = (externalFileAttributes >>> 16) & unixType;
  return type !== 0 && type !== unixFile;
}

function repeated(entries: readonly yauzl.Entry[]): readonly yauzl.Entry[] {
  const names = new Set<string>();
  return entries.filter(({ fileName }) => names.size === names.add(fileName).size);
}

const localHeaderBytes = 30;

function overlapping(entries: readonly yauzl.Entry[]): yauzl.Entry | undefined {
  let end = 0;
  return entries
    .toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader)
    .find(({ relativeOffsetOfLocalHeader: start, fileNameLength, compressedSize }) => {
      const isShared = start < end;
      end = start + localHeaderBytes + fileNameLength + compressedSize;
      return isShared;
    });
}

/** What is needed of an entry, without its name, comment and extra fields as bytes: of many entries these are most of what is kept. */
function withoutBytes(entry: yauzl.Entry): yauzl.Entry {
  const kept = new yauzl.Entry();
  kept.fileName = entry.fileName;
  kept.fileNameLength = entry.fileNameLength;
  kept.generalPurposeBitFlag = entry.generalPurposeBitFlag;
  kept.compressionMethod = entry.compressionMethod;
  kept.compressedSize = entry.compressedSize;
  kept.uncompressedSize = entry.uncompressedSize;
  kept.crc32 = entry.crc32;
  kept.externalFileAttributes = entry.externalFileAttributes;
  kept.relativeOffsetOfLocalHeader = entry.relativeOffsetOfLocalHeader;
  return kept;
}

async function* contentOf(entry: yauzl.Entry, archive: Archive): AsyncGenerator<Uint8Array> {
  const { fileName, uncompressedSize, crc32: announced } = entry;
  let checksum = 0;
  let bytes = 0;
  try {
    for await (const chunk of await piecesOf(entry, archive)) {
      bytes += (chunk as Buffer).length;
      if (bytes > uncompressedSize) break;
      checksum = crc32(chunk as Buffer, checksum);
      yield chunk as Buffer;
    }
  } catch (error) {
    if (!(error instanceof Error) || 'syscall' in error) throw error;
    throw new DamagedFile(`${JSON.stringify(fileName)} in it cannot be unpacked: ${error.message}`);
  }
  if (bytes !== uncompressedSize)
    throw new DamagedFile(`${JSON.stringify(fileName)} in it has another size than its directory says`);
  if (checksum !== announced) throw new DamagedFile(`${JSON.stringify(fileName)} in it is not what its checksum says`);
}

async function piecesOf(entry: yauzl.Entry, { zip, unpacker }: Archive): Promise<Readable> {
  if (entry.compressionMethod === 0) return await zip.openReadStreamPromise(entry);
  const { fileDataStart: at } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
  return unpacker.unpack({ at, length: entry.compressedSize });
}
