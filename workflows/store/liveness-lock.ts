import { uptime } from 'node:os';
import type { Client, Pool } from 'pg';
import { answerMilliseconds, ownConnection } from './own-connection.ts';
import { sleepInBackground, unlessAborted } from '../time/sleep.ts';

export interface LivenessOptions {
  /** Who lives: the executor id. Another process must not have it. */
  readonly executor: string;
  /** Called after a lost lock was taken again and before it counts as held: what happened in between is for it to find out. */
  readonly onTakenAgain: () => Promise<void>;
}

/**
 * Shows to the other users of a database that an executor lives: a session advisory lock on a connection of its own, so
 * that the server lets go of it when the process or its machine dies (after about 25 s when no end of the connection is
 * seen). A lock that was lost with its connection is taken again; until then {@link isHeld} is false.
 */
export class LivenessLock {
  readonly #pool: Pool;
  readonly #options: LivenessOptions;
  readonly #stop = new AbortController();
  #client: Client | undefined;
  /** A connection takes one query at a time. */
  #turn: Promise<void> = Promise.resolve();
  #lost = Promise.withResolvers<void>();
  #held = Promise.withResolvers<void>();
  #isHeld = false;

  private constructor(pool: Pool, options: LivenessOptions) {
    this.#pool = pool;
    this.#options = options;
  }

  /** The lock, or undefined when a living process holds it. The pool only says where the database is. */
  static async take(pool: Pool, options: LivenessOptions): Promise<LivenessLock | undefined> {
    const lock = new LivenessLock(pool, options);
    if (!(await lock.#take())) return undefined;
    lock.#becomeHeld();
    void lock.#watch();
    return lock;
  }

  /** Whether nobody else can think that this executor is dead. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Resolves at once when the lock is held, else when it was taken again; never after {@link release}. */
  async untilHeld(): Promise<void> {
    await this.#held.promise;
  }

  /**
   * What `look` answers while the lock is held without a break and a moment ago: it waits while the lock is lost, and looks
   * again when that is not certain, ever less often. What a process remembers of its lock proves nothing after it stood still.
   * Rejects with the signal's reason.
   */
  async whileHeld<T>(look: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let pause = 50; ; pause = Math.min(pause * 2, longestPauseMilliseconds)) {
      await unlessAborted(this.untilHeld(), signal);
      const client = this.#client;
      const answer = await unlessAborted(look(), signal);
      if (client !== undefined && (await unlessAborted(this.#isAlive(client), signal))) return answer;
      await sleepInBackground(pause, signal);
    }
  }

  /** The rows of a query on the connection that holds the lock; rejects while there is none. */
  async ask<Row extends object>(statement: string, values: readonly unknown[]): Promise<readonly Row[]> {
    const client = this.#client;
    if (client === undefined) throw new Error('The lock is lost');
    return (await this.#inTurn(async () => await client.query<Row>(statement, [...values]))).rows;
  }

  /** Lets others take over what is left. */
  async release(): Promise<void> {
    this.#becomeLost();
    this.#stop.abort(new Error('The lock was released'));
    await this.#drop();
  }

  async #inTurn<T>(query: () => Promise<T>): Promise<T> {
    const answer = this.#turn.then(query);
    this.#turn = answer.then(
      () => undefined,
      () => undefined,
    );
    return await answer;
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      if (this.#isHeld) await this.#untilLost();
      else await this.#takeAgain();
    }
  }

  /** A dead connection is often not told by an event: so the server is asked. */
  async #untilLost(): Promise<void> {
    try {
      await Promise.race([sleepInBackground(heartbeatMilliseconds, this.#stop.signal), this.#lost.promise]);
      if (!this.#isHeld) return;
      const answered = this.ask('SELECT 1', []).then(() => true);
      answered.catch(() => undefined);
      const inTime = await Promise.race([
        answered,
        sleepInBackground(answerMilliseconds, this.#stop.signal).then(() => false),
      ]);
      if (inTime !== true) this.#becomeLost();
    } catch {
      this.#becomeLost();
    }
  }

  /** Whether the server has answered on this connection just now: the lock lives as long as it does. */
  async #isAlive(client: Client): Promise<boolean> {
    try {
      let asked = 0;
      await this.#inTurn(async () => {
        asked = uptime();
        await client.query('SELECT 1');
      });
      return uptime() - asked < freshSeconds && client === this.#client;
    } catch {
      if (client === this.#client) this.#becomeLost();
      return false;
    }
  }

  async #takeAgain(): Promise<void> {
    try {
      await this.#drop();
      if (await this.#take()) {
        this.#lost = Promise.withResolvers<void>();
        await this.#options.onTakenAgain();
        if (this.#client !== undefined) return this.#becomeHeld();
      }
    } catch {
      // The database does not answer yet.
    }
    await sleepInBackground(retryMilliseconds, this.#stop.signal).catch(() => undefined);
  }

  async #take(): Promise<boolean> {
    const client = ownConnection(this.#pool);
    const lose = (): void => {
      if (this.#client !== client) return;
      this.#client = undefined;
      this.#becomeLost();
    };
    client.on('error', lose).on('end', lose);
    await client.connect();
    const { rows } = await client.query<{ readonly taken: boolean }>(
      `SELECT pg_try_advisory_lock(${lockKey}) AS taken`,
      [this.#options.executor],
    );
    if (rows[0]?.taken === true && !this.#stop.signal.aborted) {
      this.#client = client;
      this.#turn = Promise.resolve();
      return true;
    }
    await client.end();
    return false;
  }

  #becomeHeld(): void {
    this.#isHeld = true;
    this.#held.resolve();
  }

  #becomeLost(): void {
    if (this.#isHeld) this.#held = Promise.withResolvers<void>();
    this.#isHeld = false;
    this.#lost.resolve();
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    // A connection that hangs does not end in good order.
    await Promise.race([client?.end().catch(() => undefined), sleepInBackground(1000)]);
  }
}

/** SQL of the key that stands for an executor; everybody asks for the same one. */
function keyOf(executor: string): string {
  return `hashtextextended('speechops executor ' || ${executor}, 0)`;
}

const lockKey = keyOf('$1::text');

/**
 * The outcome of `act`, done while it is certain that the executor is dead and that nobody else clears up after it;
 * undefined, and nothing done, when it lives.
 */
export async function whileDead<T>(pool: Pool, executor: string, act: () => Promise<T>): Promise<T | undefined> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ readonly taken: boolean }>(
      `SELECT pg_try_advisory_xact_lock(${lockKey}) AS taken`,
      [executor],
    );
    const result = rows[0]?.taken === true ? await act() : undefined;
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // A connection that is only thrown away keeps its lock until the server notices.
    const isFree = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    client.release(!isFree);
    throw error;
  }
}

/** Which of these executors live. Only looks, so that it keeps nobody from taking a lock. */
export async function livingExecutors(pool: Pool, executors: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ readonly executor: string }>(findLiving, [executors]);
  return new Set(rows.map(({ executor }) => executor));
}

/** A lock's key is shown in two halves, as a lock of one key (`objsubid` 1). */
const findLiving = `
  SELECT asked.executor FROM unnest($1::text[]) AS asked (executor)
  WHERE EXISTS (
    SELECT FROM pg_locks, (SELECT ${keyOf('asked.executor')} AS key) AS wanted
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint = (key >> 32) & 4294967295 AND objid::bigint = key & 4294967295)`;

/**
 * An answer that was longer on its way may have waited here, while this process stood still, for the lock to get lost. By the
 * uptime of the machine, which nobody sets and which goes on while the machine sleeps.
 */
const freshSeconds = 1;
const heartbeatMilliseconds = 2000;
const retryMilliseconds = 1000;
const longestPauseMilliseconds = 2000;
