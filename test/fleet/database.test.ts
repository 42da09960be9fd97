import { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LivenessLock, livingExecutors, whileDead } from '../../workflows/store/liveness-lock.ts';
import { RequestBudget } from '../../workflows/fleet/request-budget.ts';
import { prepareTables } from '../../workflows/store/tables.ts';
import { Journal } from '../../workflows/durable/journal.ts';
import { emptyDatabase, testDatabaseUrl } from './fleet.ts';

describe.skipIf(testDatabaseUrl === '')('what workers share in the database', () => {
  let pool: Pool;

  beforeEach(async () => {
    pool = new Pool({ connectionString: await emptyDatabase() });
    pool.on('error', () => undefined);
  });
  afterEach(async () => {
    await pool.end();
  });

  async function take(executor: string, onTakenAgain = async () => {}): Promise<LivenessLock | undefined> {
    return await LivenessLock.take(pool, { executor, onTakenAgain });
  }

  async function cutLocks(): Promise<void> {
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
  }

  it('is asked for a run also where the making of its tables was cut off', async () => {
    await pool.query('CREATE SCHEMA dbos');
    await pool.query('CREATE TABLE dbos.workflow_status (workflow_uuid text PRIMARY KEY)');
    await pool.query("INSERT INTO dbos.workflow_status VALUES ('there')");
    const journal = await Journal.open({ pool, embedded: false, close: async () => undefined });
    expect([await journal.holds('there'), await journal.holds('elsewhere')]).toEqual([true, false]);
    await journal.close();
  });

  it('shows an executor as living until its lock is released', async () => {
    const lock = await take('worker:a');
    expect(await take('worker:a'), 'a second one of the same name').toBeUndefined();
    expect(await whileDead(pool, 'worker:a', async () => 'cleared')).toBeUndefined();
    // Keys of either sign and with either half above 2^31.
    const others = Array.from({ length: 20 }, (_, index) => `worker:${index}`);
    const locks = await Promise.all(others.map(async (other) => await take(other)));
    expect(await livingExecutors(pool, [...others, 'worker:a', 'worker:b'])).toEqual(new Set([...others, 'worker:a']));
    await Promise.all(locks.map(async (other) => await other?.release()));
    expect(await livingExecutors(pool, [...others, 'worker:a'])).toEqual(new Set(['worker:a']));
    expect(await whileDead(pool, 'worker:b', async () => 'cleared')).toBe('cleared');
    await lock?.release();
    expect(await whileDead(pool, 'worker:a', async () => 'cleared')).toBe('cleared');
  });

  it('keeps others from clearing up after the same dead executor, also when clearing up fails', async () => {
    const seen: unknown[] = [];
    const failed = whileDead(pool, 'worker:a', async () => {
      seen.push(await whileDead(pool, 'worker:a', async () => 'also'));
      throw new Error('the database is gone');
    });
    await expect(failed).rejects.toThrow('the database is gone');
    expect(seen).toEqual([undefined]);
    expect(await whileDead(pool, 'worker:a', async () => 'cleared')).toBe('cleared');
  });

  it('takes a lock again whose connection was cut, and asks what happened before it counts as held', async () => {
    const states: (boolean | undefined)[] = [];
    const again = Promise.withResolvers<void>();
    const lock = await take('worker:a', async () => {
      states.push(lock?.isHeld);
      again.resolve();
    });
    await cutLocks();
    await again.promise;
    await lock?.untilHeld();
    expect([states, lock?.isHeld]).toEqual([[false], true]);
    expect(await whileDead(pool, 'worker:a', async () => 'cleared')).toBeUndefined();
    await lock?.release();
  });

  it('looks again when a lock got lost meanwhile', async () => {
    const lock = await take('worker:a');
    const looks: (boolean | undefined)[] = [];
    const answer = await lock?.whileHeld(async () => {
      looks.push(lock.isHeld);
      if (looks.length === 1) await cutLocks();
      return looks.length;
    }, new AbortController().signal);
    expect([answer, looks]).toEqual([2, [true, true]]);
    await lock?.release();
  });

  it('looks again when the process stood still before it read that a lock is held', async () => {
    const lock = await take('worker:a');
    let looks = 0;
    const answer = await lock?.whileHeld(async () => {
      looks += 1;
      if (looks === 1) setImmediate(standStill);
      return looks;
    }, new AbortController().signal);
    expect(answer).toBe(2);
    await lock?.release();
  });

  it('waits no longer for a lost lock than somebody wants', async () => {
    const lock = await take('worker:a');
    await lock?.release();
    const reason = new Error('Enough');
    const stop = new AbortController();
    setTimeout(() => stop.abort(reason), 50);
    await expect(lock?.whileHeld(async () => 'looked', stop.signal)).rejects.toBe(reason);
  });

  it('gets its tables once, however many processes make them at the same time', async () => {
    await pool.query('DROP SCHEMA IF EXISTS speechops CASCADE');
    await Promise.all(Array.from({ length: 5 }, async () => await prepareTables({ pool, embedded: false })));
    const { rows } = await pool.query<{ readonly number: number }>(
      'SELECT number FROM speechops.statements ORDER BY 1',
    );
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
  });

  it('has no half of a statement when it fails in the middle', async () => {
    await pool.query('DROP SCHEMA IF EXISTS speechops CASCADE');
    await pool.query('CREATE SCHEMA speechops; CREATE TABLE speechops.statements (wrong text)');
    await expect(prepareTables({ pool, embedded: false })).rejects.toThrow('number');
    const tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'speechops'";
    expect((await pool.query(tables)).rows).toEqual([{ table_name: 'statements' }]);
    await pool.query('DROP SCHEMA speechops CASCADE');
  });

  it('gives no more turns than the limit allows to all processes of a resource together', async () => {
    await prepareTables({ pool, embedded: false });
    const limit = { requests: 20, seconds: 0.2 };
    const budgets = [1, 2].map(() => new RequestBudget(pool, { resource: 'https://one', limit }));
    const started = performance.now();
    await Promise.all(Array.from({ length: 101 }, async (_, index) => await budgets[index % 2]?.admit()));
    // Slower is allowed: the first 20 fill one span, the other 81 need more than four.
    expect(performance.now() - started).toBeGreaterThan(4 * limit.seconds * 1000);
  });

  it('does not let one resource wait for another, nor keep the turn of a request that is given up', async () => {
    await prepareTables({ pool, embedded: false });
    const limit = { requests: 1, seconds: 3600 };
    await new RequestBudget(pool, { resource: 'https://one', limit }).admit();
    await new RequestBudget(pool, { resource: 'https://two', limit }).admit();
    const budget = new RequestBudget(pool, { resource: 'https://one', limit });
    const stopped = AbortSignal.abort(new Error('The run was cancelled'));
    await expect(budget.admit({ signal: stopped })).rejects.toThrow('The run was cancelled');
  });

  it('gives turns to requests that begin work before readings that can wait, and to those in their order', async () => {
    await prepareTables({ pool, embedded: false });
    const budget = new RequestBudget(pool, { resource: 'https://one', limit: { requests: 10, seconds: 1 } });
    const gone: string[] = [];
    const ask = async (name: string, canWait: boolean): Promise<void> => {
      await budget.admit({ canWait });
      gone.push(name);
    };
    const readings = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ask(name, true));
    await readings[1];
    await Promise.all([...readings, ask('create', false), ask('list', false)]);
    expect(gone).toEqual(['a', 'b', 'create', 'list', 'c', 'd', 'e', 'f']);
  });

  it('lets a request that waits for its turn be given up, and its turn go to the next one', async () => {
    await prepareTables({ pool, embedded: false });
    const budget = new RequestBudget(pool, { resource: 'https://one', limit: { requests: 10, seconds: 20 } });
    await budget.admit();
    const nextTurn = async (): Promise<number> => {
      const sql = 'SELECT extract(epoch FROM next_at)::float8 AS at FROM speechops.request_turns WHERE resource = $1';
      const { rows } = await pool.query<{ readonly at: number }>(sql, ['https://one']);
      return rows[0]?.at ?? Infinity;
    };
    const first = await nextTurn();
    const stop = new AbortController();
    const given = budget.admit({ signal: stop.signal });
    const next = budget.admit();
    stop.abort(new Error('The run was cancelled'));
    await expect(given).rejects.toThrow('The run was cancelled');
    await next;
    // Turns are 2.2 s apart, and with the first one the next request has taken two.
    expect(await nextTurn()).toBeLessThan(first + 1.9 * (20 / 9));
  });
});

function standStill(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
}
