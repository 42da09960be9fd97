/** Callbacks that are being sent: nothing waits for them but the end of the resource. */
export class CallbacksUnderWay {
  readonly #stop = new AbortController();
  readonly #tasks = new Set<Promise<void>>();

  /** Begins a task, which is to end early when its signal is aborted; it deals with its own failures. */
  begin(task: (signal: AbortSignal) => Promise<void>): void {
    const { signal } = this.#stop;
    if (signal.aborted) return;
    const running = task(signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    const tracked = running.finally(() => this.#tasks.delete(tracked));
    this.#tasks.add(tracked);
  }

  /** Cuts off what is under way and lets nothing begin any more. */
  async close(): Promise<void> {
    this.#stop.abort(new Error('The emulator is closing'));
    await Promise.all(this.#tasks);
  }
}
