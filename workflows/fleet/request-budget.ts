import type { Pool } from 'pg';
import { sleepInBackground } from '../time/sleep.ts';

export interface RequestLimit {
  /** At most so many requests … */
  readonly requests: number;
  /** … in any span of so many seconds. */
  readonly seconds: number;
}

/** Speech-to-text REST API: 100 requests per 10 seconds and resource, F0 and S0 alike (Microsoft Learn: quotas and limits). */
export const serviceLimit: RequestLimit = { requests: 100, seconds: 10 };

/**
 * The share of a Speech resource's requests that this process gets, with all workers on the database together never above
 * the limit: a row for each resource says when its next request may go. A tenth of the limit may come at once.
 */
export class RequestBudget {
  readonly #pool: Pool;
  readonly #options: { readonly resource: string; readonly limit: RequestLimit };
  readonly #waiting = new Set<Waiting>();
  #isGivingTurns = false;
  waitedSeconds = 0;

  constructor(pool: Pool, options: { readonly resource: string; readonly limit: RequestLimit }) {
    this.#pool = pool;
    this.#options = options;
  }

  /** Resolves when a request may be sent, those that can wait after all others; rejects with the signal's reason. */
  async admit(request: { readonly canWait?: boolean; readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { canWait = false, signal } = request;
    signal?.throwIfAborted();
    const asked = performance.now();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { canWait, begin: resolve };
    const stop = (): void => reject(signal?.reason as Error);
    signal?.addEventListener('abort', stop, { once: true });
    this.#waiting.add(waiting);
    if (!this.#isGivingTurns) void this.#giveTurns();
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', stop);
      this.#waiting.delete(waiting);
      this.waitedSeconds += (performance.now() - asked) / 1000;
    }
  }

  /** One after the other, so that a process that dies keeps at most one turn to itself; who has it is decided when it comes. */
  async #giveTurns(): Promise<void> {
    this.#isGivingTurns = true;
    while (this.#waiting.size > 0) {
      const wait = await this.#reserve();
      if (wait === undefined) continue;
      if (wait > 0) await sleepInBackground(wait * 1000);
      const waiting = [...this.#waiting];
      const next = waiting.find(({ canWait }) => !canWait) ?? waiting[0];
      if (next === undefined) continue;
      this.#waiting.delete(next);
      next.begin();
    }
    this.#isGivingTurns = false;
  }

  /** Seconds until the turn that is now this process's own. */
  async #reserve(): Promise<number | undefined> {
    const { resource, limit } = this.#options;
    const burst = Math.max(1, Math.floor(limit.requests / 10));
    const apart = limit.seconds / Math.max(1, limit.requests - burst);
    try {
      const values = [resource, apart, burst * apart];
      const { rows } = await this.#pool.query<{ readonly wait: number }>(reserveTurn, values);
      return rows[0]?.wait ?? 0;
    } catch {
      // Nobody knows whose turn it is while the database is away: whoever asks waits for it, as for the journal.
      await sleepInBackground(retryMilliseconds);
      return undefined;
    }
  }
}

interface Waiting {
  readonly canWait: boolean;
  begin(): void;
}

const retryMilliseconds = 1000;

/** `next_at` runs ahead by the time between two requests for each turn given, and lies back at most by a burst. */
const reserveTurn = `
  INSERT INTO speechops.request_turns AS turns (resource, next_at)
  VALUES ($1, clock_timestamp() + make_interval(secs => $2::float8 - $3::float8))
  ON CONFLICT (resource) DO UPDATE
    SET next_at = greatest(turns.next_at, clock_timestamp() - make_interval(secs => $3::float8))
                  + make_interval(secs => $2::float8)
  RETURNING extract(epoch FROM next_at - clock_timestamp())::float8 AS wait`;
