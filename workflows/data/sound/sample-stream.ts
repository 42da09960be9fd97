/** Bytes of a recording as samples of 16 bits, the lower byte first, in as many pieces as they come: a piece may end within a sample. */
export class SampleStream {
  #left: number | undefined;
  #copy = new Uint8Array(0);

  /** The samples that are complete. They are overwritten by those of the next piece. */
  samplesOf(bytes: Uint8Array): Int16Array {
    const before = this.#left === undefined ? 0 : 1;
    const whole = (before + bytes.length) & ~1;
    // Samples that stand right in memory are read where they are.
    const isAligned = before === 0 && bytes.byteOffset % 2 === 0;
    const source = isAligned ? bytes : this.#aligned(bytes, before);
    this.#left = before + bytes.length > whole ? bytes.at(-1) : undefined;
    return new Int16Array(source.buffer, source.byteOffset, whole / 2);
  }

  #aligned(bytes: Uint8Array, before: number): Uint8Array {
    const length = before + bytes.length;
    if (this.#copy.length < length) this.#copy = new Uint8Array(length + (length % 2));
    this.#copy[0] = this.#left ?? 0;
    this.#copy.set(bytes, before);
    return this.#copy;
  }
}
