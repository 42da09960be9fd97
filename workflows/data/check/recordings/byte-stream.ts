import type { WantedBytes } from '../../wav-header.ts';

/** Bytes that come in a stream, of which some are picked, from the beginning to the end. */
export class ByteStream {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array();
  /** Where the rest of the chunk begins in the file. */
  #at = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  /** The next bytes, which stay; fewer where the file ends. */
  async beginning(length: number): Promise<Uint8Array> {
    const chunks = [this.#chunk];
    for (let bytes = this.#chunk.length; bytes < length;) {
      const { done, value } = await this.#chunks.next();
      if (done === true) break;
      chunks.push(value);
      bytes += value.length;
    }
    this.#chunk = Buffer.concat(chunks);
    return this.#chunk.subarray(0, length);
  }

  /** Bytes further on, a copy of them; fewer where the file ends. What is before them is passed over. */
  async pick({ at, length }: WantedBytes): Promise<Uint8Array> {
    const picked = new Uint8Array(length);
    let filled = 0;
    for await (const part of this.parts({ at, length })) {
      picked.set(part, filled);
      filled += part.length;
    }
    return picked.subarray(0, filled);
  }

  /** The same in the pieces in which they come. */
  async *parts({ at, length }: WantedBytes): AsyncGenerator<Uint8Array> {
    const end = at + length;
    while (this.#at < end) {
      const skipped = Math.min(this.#chunk.length, Math.max(0, at - this.#at));
      const taken = this.#chunk.subarray(skipped, end - this.#at);
      this.#chunk = this.#chunk.subarray(skipped + taken.length);
      this.#at += skipped + taken.length;
      if (taken.length > 0) yield taken;
      if (this.#chunk.length > 0) continue;
      const { done, value } = await this.#chunks.next();
      if (done === true) return;
      this.#chunk = value;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
