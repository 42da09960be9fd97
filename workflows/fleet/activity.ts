/** Whether a step works, waits or has ended. */
export type StepActivity = 'works' | 'waits' | 'ended';

/** Which steps of a process work, so that they should not be interrupted, and which only wait. */
export class Activity {
  readonly #onChange: ((step: string, activity: StepActivity) => void) | undefined;
  readonly #working = new Set<string>();
  readonly #waiting = new Map<string, number>();
  #isClosed = false;
  #quiet: PromiseWithResolvers<void> | undefined;
  #waits: PromiseWithResolvers<void> | undefined;

  constructor(onChange?: (step: string, activity: StepActivity) => void) {
    this.#onChange = onChange;
  }

  /** How many steps work or wait. */
  get steps(): number {
    return this.#working.size;
  }

  /** Notes that a step begins. Never resolves after {@link close}. */
  async begin(step: string): Promise<void> {
    if (this.#isClosed) await new Promise<never>(() => undefined);
    this.#working.add(step);
    this.#onChange?.(step, 'works');
  }

  /** Notes that the result of a step is in the journal, or no longer wanted. */
  end(step: string): void {
    this.#working.delete(step);
    this.#waiting.delete(step);
    this.#onChange?.(step, 'ended');
    this.#tell();
  }

  /** Whether steps are under way, all of which wait. */
  get onlyWaits(): boolean {
    return this.#working.size > 0 && this.#isQuiet;
  }

  /** Resolves when steps are under way and all of them wait. */
  async untilOnlyWaits(): Promise<void> {
    this.#waits ??= Promise.withResolvers<void>();
    const { promise } = this.#waits;
    this.#tell();
    await promise;
  }

  /** The outcome of `wait`, during which the process may leave. Never settles after {@link close}. */
  async whileWaiting<T>(step: string, wait: () => Promise<T>): Promise<T> {
    this.#count(step, 1);
    const [outcome] = await Promise.allSettled([wait()]);
    if (this.#isClosed) await new Promise<never>(() => undefined);
    this.#count(step, -1);
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }

  /** Lets no step begin any more. Resolves when every step has ended or waits. */
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
    if (this.#working.has(step)) this.#onChange?.(step, count === 0 ? 'works' : 'waits');
    this.#tell();
  }

  get #isQuiet(): boolean {
    return [...this.#working].every((step) => this.#waiting.has(step));
  }

  #tell(): void {
    if (this.#quiet !== undefined && this.#isQuiet) this.#quiet.resolve();
    if (this.#waits !== undefined && this.onlyWaits) {
      this.#waits.resolve();
      this.#waits = undefined;
    }
  }
}
