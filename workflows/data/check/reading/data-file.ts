/** A file of a set: of a folder, or in an archive. It is read in a stream, and never held as a whole. */
export interface DataFile {
  /** Within the folder or the archive, with `/` between folders. */
  readonly name: string;
  /** As people are told it. */
  readonly path: string;
  readonly bytes: number;
  /** Its content. Throws a {@link DamagedFile} where that is not what the directory of its archive says. */
  read(): AsyncIterable<Uint8Array>;
}

/** The content of an archive is not what its directory says; the message is the end of a sentence about the archive. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile';
}

/** Where a set is read from. */
export interface DataSource {
  readonly kind: 'folder' | 'zip' | 'file';
  readonly path: string;
  readonly files: readonly DataFile[];
  close(): void;
}
