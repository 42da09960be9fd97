import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of a zip file, with whatever lies its headers should tell. */
export interface CraftedEntry {
  readonly name: string;
  readonly content?: Uint8Array;
  readonly deflate?: boolean;
  readonly flags?: number;
  readonly method?: number;
  /** Of the unpacked content, in both headers. */
  readonly declaredBytes?: number;
  readonly crc?: number;
  /** Mode bits of Unix, as in `0o120777` for a link. */
  readonly mode?: number;
  /** Use the content of this earlier entry instead of one of its own. */
  readonly sharesPlaceWith?: number;
}

/** A zip file byte by byte: honest archivers refuse to write what the tests need. */
export function craftZip(entries: readonly CraftedEntry[], options: { readonly entryCount?: number } = {}): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const entry of entries) {
    const content = entry.content ?? Buffer.alloc(0);
    const stored = entry.deflate === true ? deflateRawSync(content) : Buffer.from(content);
    const name = Buffer.from(entry.name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(entry.flags ?? 0x800, 2);
    fields.writeUInt16LE(entry.method ?? (entry.deflate === true ? 8 : 0), 4);
    fields.writeUInt32LE(entry.crc ?? crc32(content), 10);
    fields.writeUInt32LE(stored.length, 14);
    fields.writeUInt32LE(entry.declaredBytes ?? content.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const offset = entry.sharesPlaceWith === undefined ? at : offsets[entry.sharesPlaceWith]!;
    offsets.push(offset);
    if (entry.sharesPlaceWith === undefined) {
      const parts = [Buffer.from('PK\u0003\u0004', 'latin1'), fields, name, stored];
      local.push(...parts);
      at += parts.reduce((sum, part) => sum + part.length, 0);
    }
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\u0001\u0002\u0014\u0003', 'latin1'), fields, tail, name);
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(options.entryCount ?? entries.length, 8);
  end.writeUInt16LE(options.entryCount ?? entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...local, directory, end]);
}
