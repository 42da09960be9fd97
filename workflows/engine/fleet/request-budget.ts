import type { Pool } from 'pg';
import { oneAtATime } from './one-at-a-time.ts';
import { sleep } from './sleep.ts';

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
  /** Requests of this process go one after the other, so that a process that dies keeps at most one turn to itself. */
  #turn: Promise<void> = Promise.resolve();
  waitedSeconds = 0;

  constructor(pool: Pool, options: { readonly resource: string; readonly limit: RequestLimit }) {
    this.#pool = pool;
    this.#options = options;
  }

  /** Resolves when a request may be sent; rejects with the signal's reason. */
  async admit(signal?: AbortSignal): Promise<void> {
    const asked = performance.now();
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    try {
      await before;
      signal?.throwIfAborted();
      const wait = await this.#reserve(signal);
      if (wait > 0) await sleep(wait * 1000, signal);
    } finally {
      resolve();
      this.waitedSeconds += (performance.now() - asked) / 1000;
    }
  }

  /** Seconds until the turn that is now this process's own. */
  async #reserve(signal: AbortSignal | undefined): Promise<number> {
    const { resource, limit } = this.#options;
    const burst = Math.max(1, Math.floor(limit.requests / 10));
    const apart = limit.seconds / Math.max(1, limit.requests - burst);
    for (;;) {
      try {
        const values = [resource, apart, burst * apart];
        const { rows } = await this.#pool.query<{ readonly wait: number }>(reserveTurn, values);
        return rows[0]?.wait ?? 0;
      } catch {
        // Nobody knows whose turn it is while the database is away: whoever asks waits for it, as for the journal.
        await sleep(retryMilliseconds, signal);
      }
    }
  }
}

/** Makes what {@link RequestBudget} needs in the database; does nothing when it is there. */
export async function prepareBudgets(pool: Pool): Promise<void> {
  await oneAtATime(pool, 'schema', async () => {
    await pool.query('CREATE SCHEMA IF NOT EXISTS speechops');
    await pool.query(
      'CREATE TABLE IF NOT EXISTS speechops.request_turns (resource text PRIMARY KEY, next_at timestamptz NOT NULL)',
    );
  });
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
