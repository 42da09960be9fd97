import { crc32 } from 'node:zlib';
import yauzl from 'yauzl';
import type { DataFindings } from './data-findings.ts';
import { DamagedFile, type DataFile, type DataSource } from './data-file.ts';

/** Opens an archive by its directory. What keeps it from being read as a whole is a finding, and then there are no files. */
export async function openZip(
  absolute: string,
  { shown, findings }: { readonly shown: string; readonly findings: DataFindings },
): Promise<DataSource> {
  let zip: yauzl.ZipFile | undefined;
  try {
    zip = await yauzl.openPromise(absolute, { autoClose: false, strictFileNames: true, validateEntrySizes: true });
    const opened = zip;
    const files: DataFile[] = [];
    for await (const entry of opened.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      files.push({
        name: entry.fileName,
        path: `${shown}/${entry.fileName}`,
        bytes: entry.uncompressedSize,
        read: () => contentOf(opened, entry),
      });
    }
    return { kind: 'zip', path: shown, files, close: () => opened.close() };
  } catch (error) {
    zip?.close();
    if (!(error instanceof Error) || 'syscall' in error) throw error;
    findings.report('zip-damaged', { path: shown }, { why: error.message });
    return { kind: 'zip', path: shown, files: [], close: () => undefined };
  }
}

async function* contentOf(zip: yauzl.ZipFile, entry: yauzl.Entry): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      checksum = crc32(chunk as Buffer, checksum);
      yield chunk as Buffer;
    }
  } catch (error) {
    if (!(error instanceof Error) || 'syscall' in error) throw error;
    throw new DamagedFile(`${JSON.stringify(entry.fileName)} in it cannot be unpacked: ${error.message}`);
  }
  if (checksum !== entry.crc32)
    throw new DamagedFile(`${JSON.stringify(entry.fileName)} in it is not what its checksum says`);
}
