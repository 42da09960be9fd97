/** What was made of things that never change, so that it is made once; of more than `most` the one that was asked for longest ago is made again. */
export class Kept<T> {
  readonly #most: number;
  readonly #kept = new Map<string, Promise<T>>();

  constructor({ most }: { readonly most: number }) {
    this.#most = most;
  }

  /** What fails is not kept. */
  async of(key: string, make: () => Promise<T>): Promise<T> {
    const made = this.#kept.get(key) ?? make();
    this.#kept.delete(key);
    this.#kept.set(key, made);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
    try {
      return await made;
    } catch (error) {
      if (this.#kept.get(key) === made) this.#kept.delete(key);
      throw error;
    }
  }
}
