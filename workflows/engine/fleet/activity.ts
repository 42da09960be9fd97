/** What the steps of a process are at: whether they do something that should not be cut off, or only wait. */
export class Activity {
  readonly #working = new Set<string>();
  readonly #waiting = new Map<string, number>();
  #isClosed = false;
  #quiet: PromiseWithResolvers<void> | undefined;

  /** Steps that do something or wait. */
  get steps(): number {
    return this.#working.size;
  }

  /** A step begins; never resolves when no more are to begin. */
  async begin(step: string): Promise<void> {
    if (this.#isClosed) await new Promise<never>(() => undefined);
    this.#working.add(step);
  }

  /** What came of the step is in the journal, or is no longer wanted. */
  end(step: string): void {
    this.#working.delete(step);
    this.#waiting.delete(step);
    this.#tell();
  }

  /** The outcome of a wait, which may be cut off; never settles when the process has begun to leave. */
  async whileWaiting<T>(step: string, wait: () => Promise<T>): Promise<T> {
    this.#count(step, 1);
    const [settled] = await Promise.allSettled([wait()]);
    if (this.#isClosed) await new Promise<never>(() => undefined);
    this.#count(step, -1);
    if (settled.status === 'rejected') throw settled.reason;
    return settled.value;
  }

  /** Lets nothing begin any more; resolves when every step has ended or waits. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#quiet = Promise.withResolvers<void>();
    this.#tell();
    await this.#quiet.promise;
  }

  #count(step: string, change: 1 | -1): void {
    const count = (this.#waiting.get(step) ?? 0) + change;
    if (count === 0) this.#waiting.delete(step);
    else this.#waiting.set(step, count);
    this.#tell();
  }

  #tell(): void {
    if (this.#quiet !== undefined && [...this.#working].every((step) => this.#waiting.has(step))) this.#quiet.resolve();
  }
}
