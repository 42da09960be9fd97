/**
 * What people ask for on pages that may be open twice. Who asks for what is under way, or on a page that was made before it was done, gets the answer of the
 * first, and it is not done again.
 */
export class DoneOnce<T> {
  readonly #known = new Map<string, { readonly answer: Promise<T>; doneAt: number }>();

  /** `seenAt` is when what the person looks at was told, as an ISO date-time. What has failed is done again. */
  async of(key: string, act: () => Promise<T>, { seenAt }: { readonly seenAt?: string | undefined }): Promise<T> {
    const before = this.#known.get(key);
    if (before !== undefined && (before.doneAt === Infinity || Date.parse(seenAt ?? '') <= before.doneAt))
      return await before.answer;
    const known = { answer: act(), doneAt: Infinity };
    this.#known.delete(key);
    this.#known.set(key, known);
    const oldest = this.#known.keys().next();
    if (this.#known.size > mostKnown && oldest.done !== true) this.#known.delete(oldest.value);
    try {
      const answer = await known.answer;
      known.doneAt = Date.now();
      return answer;
    } catch (error) {
      if (this.#known.get(key) === known) this.#known.delete(key);
      throw error;
    }
  }
}

/** More is not done at a time. */
const mostKnown = 1000;
