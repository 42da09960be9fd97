import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Uploads are for the user of the emulator, and for no other user of the machine. */
const ownerOnly = 0o700;

/** A stream brought more bytes than it may; nothing of it is kept. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/**
 * The bytes behind a resource's objects, on disk: one folder for each object that owns some. Names are chosen by the
 * emulator, never by a client.
 */
export class ContentFolder {
  readonly root: string;
  #temporary: boolean;

  constructor(root: string, options: { readonly temporary: boolean }) {
    this.root = root;
    this.#temporary = options.temporary;
  }

  pathOf(owner: string, name: string): string {
    return join(this.root, owner, name);
  }

  /** Writes a text or bytes and answers the size in bytes. */
  async write(owner: string, { name, content }: { readonly name: string; readonly content: string | Uint8Array }) {
    await mkdir(join(this.root, owner), { recursive: true });
    await writeFile(this.pathOf(owner, name), content);
    return Buffer.byteLength(content);
  }

  /** Writes what the stream brings and answers the size in bytes. Throws {@link TooLarge} above `maximumBytes`. */
  async writeStream(
    owner: string,
    task: { readonly name: string; readonly stream: AsyncIterable<Uint8Array>; readonly maximumBytes: number },
  ): Promise<number> {
    await mkdir(join(this.root, owner), { recursive: true });
    const path = this.pathOf(owner, task.name);
    let size = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const chunk of task.stream) {
        size += chunk.length;
        if (size > task.maximumBytes) throw new TooLarge(`More than ${task.maximumBytes} bytes`);
        yield chunk;
      }
    }
    try {
      await pipeline(counted, createWriteStream(path));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    return size;
  }

  /** Joins files of an owner to one. */
  async concatenate(owner: string, task: { readonly from: readonly string[]; readonly to: string }): Promise<void> {
    const streams = task.from.map((name) => () => this.readStream(owner, name));
    async function* joined(): AsyncGenerator<Buffer> {
      for (const open of streams) yield* open() as AsyncIterable<Buffer>;
    }
    await pipeline(joined, createWriteStream(this.pathOf(owner, task.to)));
  }

  rename(owner: string, names: { readonly from: string; readonly to: string }): Promise<void> {
    return rename(this.pathOf(owner, names.from), this.pathOf(owner, names.to));
  }

  read(owner: string, name: string): Promise<Buffer> {
    return readFile(this.pathOf(owner, name));
  }

  /** The bytes from `start` to `end`, both included. @default the whole file */
  readStream(owner: string, name: string, part: { readonly start?: number; readonly end?: number } = {}): Readable {
    return createReadStream(this.pathOf(owner, name), part);
  }

  /** Names and sizes of the files of an owner whose names start with `prefix`. */
  async list(owner: string, prefix: string): Promise<{ readonly name: string; readonly size: number }[]> {
    const names = await readdir(join(this.root, owner)).catch(() => []);
    const wanted = names.filter((name) => name.startsWith(prefix)).toSorted();
    return Promise.all(wanted.map(async (name) => ({ name, size: (await stat(this.pathOf(owner, name))).size })));
  }

  async remove(owner: string, name?: string): Promise<void> {
    await rm(name === undefined ? join(this.root, owner) : this.pathOf(owner, name), { recursive: true, force: true });
  }

  async clear(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
    await mkdir(this.root, { recursive: true, mode: ownerOnly });
  }

  /** Removes everything if the folder is a temporary one. */
  async close(): Promise<void> {
    if (this.#temporary) await rm(this.root, { recursive: true, force: true });
  }
}

/** The folder below `dataDirectory`, or a temporary one that is removed on close. */
export async function openContentFolder(dataDirectory: string | undefined): Promise<ContentFolder> {
  if (dataDirectory === undefined) {
    return new ContentFolder(await mkdtemp(join(tmpdir(), 'speechops-emulator-')), { temporary: true });
  }
  const root = join(dataDirectory, 'contents');
  await mkdir(root, { recursive: true, mode: ownerOnly });
  // An earlier version may have made it for all to read.
  await chmod(root, ownerOnly);
  return new ContentFolder(root, { temporary: false });
}
