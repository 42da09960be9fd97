import type { FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createInflateRaw, type InflateRaw } from 'node:zlib';

/** Larger pieces would be collected later, smaller ones take more work. */
const unpackedAtOnce = 1 << 15;
const readAtOnce = 1 << 16;

/**
 * Unpacks what lies deflated in a file. What is read of it goes through the same memory again and again: memory of its own for each
 * piece would be collected late, and be more than all else that is needed to check an archive.
 */
export class Unpacker {
  readonly #file: FileHandle;
  readonly #unused: Buffer[] = [];

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** So many bytes from a place on, unpacked. What is wrong with them is an error of the stream. */
  unpack(packed: { readonly at: number; readonly length: number }): Readable {
    const inflater = createInflateRaw({ chunkSize: unpackedAtOnce });
    this.#feed(inflater, packed).catch((error: unknown) => inflater.destroy(error as Error));
    return inflater;
  }

  /** Waits until the file is not read any more. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  async #feed(inflater: InflateRaw, { at, length }: Parameters<Unpacker['unpack']>[0]): Promise<void> {
    const memory = this.#unused.pop() ?? Buffer.allocUnsafeSlow(readAtOnce);
    try {
      for (let fed = 0; fed < length;) {
        const piece = { offset: 0, length: Math.min(readAtOnce, length - fed), position: at + fed };
        const { bytesRead } = await this.#file.read(memory, piece);
        if (bytesRead === 0) throw new Error('the file ends before it');
        await taken(inflater, memory.subarray(0, bytesRead));
        fed += bytesRead;
      }
      inflater.end();
    } finally {
      this.#unused.push(memory);
    }
  }
}

/** Waits until all of a piece is unpacked. */
async function taken(inflater: InflateRaw, piece: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  inflater.write(piece, (error) => (error ? reject(error) : resolve()));
  await promise;
}
