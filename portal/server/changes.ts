import type { Change } from '../api/common.ts';

/** Tells open pages what has changed. Nothing is kept: a page that was away asks for everything again. */
export class Changes {
  readonly #listeners = new Set<(change: Change) => void>();

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Answers the function that ends the listening. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
