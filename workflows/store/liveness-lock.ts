import { uptime } from 'node:os';
import type { Client, Pool } from 'pg';
import { answerMilliseconds, ownConnection } from './own-connection.ts';
import { askRepeatedly } from './reach-database.ts';
import { sleepInBackground, unlessAborted } from '../time/sleep.ts';

export interface LivenessOptions {
  /** The executor that lives. No other process may have its name. */
  readonly executor: string;
  /** Called after a lost lock was taken again and before it counts as held, to find out what other processes did meanwhile. */
  readonly onTakenAgain: () => Promise<void>;
}

/**
 * Shows other processes of a database that an executor lives: a session advisory lock on a connection of its own. PostgreSQL
 * frees it when the process or its machine dies (after about 25 s when it sees no end of the connection). A lock that was lost
 * with its connection is taken again; until then {@link isHeld} is false.
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

  /** Takes the lock; undefined when a living process holds it. The pool only says where the database is. */
  static async take(pool: Pool, options: LivenessOptions): Promise<LivenessLock | undefined> {
    const lock = new LivenessLock(pool, options);
    if (!(await lock.#take())) return undefined;
    lock.#becomeHeld();
    void lock.#watch();
    return lock;
  }

  /** Whether no other process can think that this executor is dead. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Resolves at once when the lock is held, else when it was taken again; never after {@link release}. */
  async untilHeld(): Promise<void> {
    await this.#held.promise;
  }

  /**
   * The answer of `look`, given while the lock was held without a break until a moment ago. It waits while the lock is lost, and
   * looks again, ever less often, when this is not certain: a process that stood still may remember a lock that it has lost.
   * Rejects with the reason of the signal.
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

  /** Frees the lock, so that other processes take over the unfinished runs. */
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

  /** Often no event tells that a connection is dead, so PostgreSQL is asked. */
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

  /** Whether PostgreSQL has answered on this connection just now: the lock lives as long as the connection. */
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
      // Who names sessions, by PGAPPNAME or in the address of the database, finds them by that name.
      `SELECT pg_try_advisory_lock(${lockKey}) AS taken,
         CASE WHEN current_setting('application_name') = '' THEN set_config('application_name', $2, false) END`,
      [this.#options.executor, sessionPrefix + this.#options.executor],
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
    // A connection that hangs may never finish ending.
    await Promise.race([client?.end().catch(() => undefined), sleepInBackground(1000)]);
  }
}

/** SQL of the lock key of an executor, the same in every process. */
function keyOf(executor: string): string {
  return `hashtextextended('speechops executor ' || ${executor}, 0)`;
}

const lockKey = keyOf('$1::text');

/**
 * The outcome of `act`, done while the executor is certainly dead and no other process takes over its runs; undefined when it
 * lives.
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
    // After a ROLLBACK the lock is free. A connection that is only closed keeps it until PostgreSQL notices.
    const isFree = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    client.release(!isFree);
    throw error;
  }
}

/** What PostgreSQL calls the sessions of executors that live, before their names. */
const sessionPrefix = 'speechops ';

/**
 * The names of the executors that live and begin with a text, whether they have runs or not, by the sessions that hold their locks. PostgreSQL keeps the
 * first 63 bytes of what a session is called: a longer name comes cut. An executor whose sessions a person has named is not among them.
 */
export async function namesOfLiving(pool: Pool, beginning: string): Promise<readonly string[]> {
  const { rows } = await askRepeatedly<{ readonly name: string }>(
    pool,
    `SELECT DISTINCT application_name AS name FROM pg_stat_activity
     WHERE datname = current_database() AND starts_with(application_name, $1)`,
    [sessionPrefix + beginning],
  );
  return rows.map(({ name }) => name.slice(sessionPrefix.length)).toSorted();
}

/** The executors among these that live. It only reads, so that it keeps no process from taking a lock. */
export async function livingExecutors(pool: Pool, executors: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await askRepeatedly<{ readonly executor: string }>(pool, findLiving, [executors]);
  return new Set(rows.map(({ executor }) => executor));
}

/** PostgreSQL shows the key of a lock in two halves, with `objsubid` 1 for a lock with one key. */
const findLiving = `
  SELECT asked.executor FROM unnest($1::text[]) AS asked (executor)
  WHERE EXISTS (
    SELECT FROM pg_locks, (SELECT ${keyOf('asked.executor')} AS key) AS wanted
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND classid::bigint = (key >> 32) & 4294967295 AND objid::bigint = key & 4294967295)`;

/**
 * A slower answer proves nothing: it may have waited here while this process stood still and the lock was lost. Measured by the
 * uptime of the machine, which no person sets and which includes the time that the machine sleeps.
 */
const freshSeconds = 1;
const heartbeatMilliseconds = 2000;
const retryMilliseconds = 1000;
const longestPauseMilliseconds = 2000;
