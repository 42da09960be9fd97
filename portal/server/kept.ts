/**
 * What takes long to read and does not change: the last values that were asked for are kept, as long as their sizes together are at most
 * `most`. A value is read by one request at a time, and the others wait for it.
 */
export class Kept<T> {
  readonly #values = new Map<string, T>();
  readonly #reading = new Map<string, Promise<T>>();
  readonly #most: number;
  readonly #sizeOf: (value: T) => number;
  #size = 0;

  constructor({
    most,
    sizeOf = () => 1,
  }: {
    readonly most: number;
    /** @default 1 of each */ readonly sizeOf?: (value: T) => number;
  }) {
    this.#most = most;
    this.#sizeOf = sizeOf;
  }

  /** Rejects with what the reading rejects with; the next request reads again. */
  async of(key: string, read: () => Promise<T>): Promise<T> {
    const value = this.#values.get(key);
    if (value !== undefined) {
      this.#values.delete(key);
      this.#values.set(key, value);
      return value;
    }
    const reading =
      this.#reading.get(key) ??
      read()
        .then((found) => this.#keep(key, found))
        .finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return await reading;
  }

  #keep(key: string, value: T): T {
    this.#values.set(key, value);
    this.#size += this.#sizeOf(value);
    for (const [oldest, kept] of this.#values) {
      if (this.#size <= this.#most) break;
      this.#values.delete(oldest);
      this.#size -= this.#sizeOf(kept);
    }
    return value;
  }
}
