import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { type ArchivedFile, ServiceError } from '../engine/ports.ts';
import type { EntityFile } from '../plan/speech-entities.ts';
import type { SpeechService } from './collections.ts';

/**
 * The recordings of these names in a zip that the service keeps, by name; those that are not there, or are larger than `mostBytes`, are
 * left out. A name stands for the file of this path, or for the only one that has this name in whichever folder. A zip may have
 * gigabytes, so only its directory and these recordings are read. Throws a {@link ServiceError} when the file is no zip, names
 * too many files, or cannot be read in parts.
 */
export async function readRecordings(
  service: SpeechService,
  archive: EntityFile,
  options: {
    readonly names: readonly string[];
    readonly signal: AbortSignal | undefined;
    /** @default 8 MiB */
    readonly mostBytes?: number | undefined;
  },
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { names, signal, mostBytes = 8 * 1024 ** 2 } = options;
  return await withArchive(service, archive, {
    purpose: `read recordings of the file ${archive.name}`,
    signal,
    async read(zip, entries) {
      const found = new Map<string, Uint8Array>();
      for (const name of names) {
        const entry = entryOf(name, entries);
        if (entry !== undefined && entry.uncompressedSize <= mostBytes)
          found.set(name, await buffer(await zip.openReadStreamPromise(entry)));
      }
      return found;
    },
  });
}

/** What the directory of a zip that the service keeps says of its files. Reads nothing else, and throws as {@link readRecordings} does. */
export async function listArchive(
  service: SpeechService,
  archive: EntityFile,
  { signal }: { readonly signal: AbortSignal | undefined },
): Promise<readonly ArchivedFile[]> {
  return await withArchive(service, archive, {
    purpose: `read the directory of the file ${archive.name}`,
    signal,
    read: async (_, entries) =>
      entries
        .filter(({ fileName }) => !fileName.endsWith('/'))
        .map(({ fileName, uncompressedSize, crc32 }) => ({ name: fileName, bytes: uncompressedSize, crc32 })),
  });
}

async function withArchive<T>(
  service: SpeechService,
  archive: EntityFile,
  options: {
    readonly purpose: string;
    readonly signal: AbortSignal | undefined;
    readonly read: (zip: yauzl.ZipFile, entries: readonly yauzl.Entry[]) => Promise<T>;
  },
): Promise<T> {
  const { purpose, signal, read } = options;
  const refused = (why: string, cause?: unknown): ServiceError =>
    new ServiceError(`Cannot ${purpose}: ${why}`, { method: 'GET', path: '', attempts: 0, outcome: 'refused', cause });
  const { contentUrl } = archive.links ?? {};
  const size = archive.properties?.size ?? 0;
  if (contentUrl === undefined || !URL.canParse(contentUrl)) throw refused('it has no links.contentUrl');
  if (size <= 0) throw refused('the service does not tell its size');
  const file = new FileInParts(service, { url: new URL(contentUrl), size, purpose, signal });
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(file, size, { autoClose: false });
    if (zip.entryCount > mostEntries)
      throw refused(
        `split it, because its directory names ${zip.entryCount} files, and ${mostEntries} are read at most`,
      );
    const entries: yauzl.Entry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entry);
    return await read(zip, entries);
  } catch (error) {
    signal?.throwIfAborted();
    if (file.failure !== undefined) throw file.failure;
    if (error instanceof ServiceError) throw error;
    throw refused('it is no zip that can be read', error);
  }
}

/** Ten times what the service imports in one zip. The directory is held in memory. */
const mostEntries = 100_000;

function entryOf(name: string, entries: readonly yauzl.Entry[]): yauzl.Entry | undefined {
  const exact = entries.find(({ fileName }) => fileName === name);
  const elsewhere = entries.filter(({ fileName }) => fileName.endsWith(`/${name}`));
  return exact ?? (elsewhere.length === 1 ? elsewhere[0] : undefined);
}

const blockBytes = 256 * 1024;

/** A file behind a URL, of which the zip library reads many small pieces: they are fetched in blocks, each of them once. */
class FileInParts extends yauzl.RandomAccessReader {
  /** Why a block could not be fetched. */
  failure: unknown;
  readonly #service: SpeechService;
  readonly #file: FileBehindUrl;
  readonly #blocks = new Map<number, Promise<Uint8Array>>();
  /** Those that have come. */
  readonly #known = new Map<number, Uint8Array>();

  constructor(service: SpeechService, file: FileBehindUrl) {
    super();
    this.#service = service;
    this.#file = file;
  }

  /** The zip library asks for some bytes of each file of the directory: a stream for each takes most of its time. */
  override read(into: Buffer, offset: number, length: number, position: number, done: (error: Error | null) => void) {
    const within = this.#known.get(position - (position % blockBytes));
    const at = position % blockBytes;
    if (within === undefined || at + length > within.byteLength)
      return super.read(into, offset, length, position, done);
    into.set(within.subarray(at, at + length), offset);
    setImmediate(() => done(null));
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#pieces(start, end), { objectMode: false });
  }

  async *#pieces(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let at = start; at < end; at = blockEnd(at)) {
      const from = at - (at % blockBytes);
      yield (await this.#block(from)).subarray(at - from, Math.min(end, blockEnd(at)) - from);
    }
  }

  async #block(first: number): Promise<Uint8Array> {
    const known = this.#blocks.get(first) ?? this.#fetch(first);
    this.#blocks.set(first, known);
    try {
      const bytes = await known;
      this.#known.set(first, bytes);
      return bytes;
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  async #fetch(first: number): Promise<Uint8Array> {
    const { url, size, purpose, signal } = this.#file;
    const last = Math.min(size, first + blockBytes) - 1;
    const read = (value: Uint8Array) => ({ value });
    const answer = await this.#service.send<Uint8Array>({
      method: 'GET',
      url,
      purpose,
      repetition: 'always',
      signed: 'own',
      part: { first, last, read },
      read: () => undefined,
      signal,
    });
    return answer.value;
  }
}

interface FileBehindUrl {
  readonly url: URL;
  readonly size: number;
  readonly purpose: string;
  readonly signal: AbortSignal | undefined;
}

function blockEnd(at: number): number {
  return at - (at % blockBytes) + blockBytes;
}
