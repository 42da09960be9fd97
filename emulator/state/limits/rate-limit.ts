/** Speech-to-text REST API: 100 requests per 10 seconds, F0 and S0 alike (Microsoft Learn: quotas and limits). */
const requestsPerWindow = 100;
const windowMilliseconds = 10_000;

/** Counts requests over a sliding window of virtual time. */
export class RateLimit {
  #times: number[] = [];

  /** 0 when a request at virtual `now` is within the limit (it then counts), else the virtual milliseconds to wait. */
  admit(now: number): number {
    const open = this.#times.findIndex((time) => time > now - windowMilliseconds);
    this.#times.splice(0, open < 0 ? this.#times.length : open);
    const oldest = this.#times[0];
    if (oldest !== undefined && this.#times.length >= requestsPerWindow) return oldest + windowMilliseconds - now;
    this.#times.push(now);
    return 0;
  }

  reset(): void {
    this.#times = [];
  }
}
