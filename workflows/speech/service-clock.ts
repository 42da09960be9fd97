/** The clock of a service, as far as its answers tell it: what the service lets expire goes by its own time. */
export class ServiceClock {
  #heard: { readonly time: number; readonly at: number } | undefined;

  /** Takes the header `Date` of an answer that has just come. */
  hear(date: string | undefined): void {
    const time = Date.parse(date ?? '');
    if (!Number.isNaN(time)) this.#heard = { time, at: performance.now() };
  }

  /** The time now; undefined before an answer has told it. */
  now(): Date | undefined {
    return this.#heard && new Date(this.#heard.time + performance.now() - this.#heard.at);
  }
}
