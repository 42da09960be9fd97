import type { Pool, PoolClient } from 'pg';
import { sleepInBackground } from '../time/sleep.ts';

/**
 * The outcome of `act`, which one process of a database does at a time. A process that waits has no statement open meanwhile:
 * PostgreSQL builds an index concurrently only after every older statement has ended.
 */
export async function oneAtATime<T>(pool: Pool, what: string, act: () => Promise<T>): Promise<T> {
  return await withConnection(pool, async (client) => {
    while (!(await tryLock(client, what))) await sleepInBackground(50 + Math.random() * 100);
    return await whileLocked(client, { what, act });
  });
}

/** Does `act` unless another process of the database, or another caller in this one, does it now. */
export async function unlessOthersDo(pool: Pool, what: string, act: () => Promise<void>): Promise<void> {
  await withConnection(pool, async (client) => {
    if (await tryLock(client, what)) return await whileLocked(client, { what, act });
    return { result: undefined, isFree: true };
  });
}

/** What came of it, and whether the connection holds the lock no more. */
interface Done<T> {
  readonly result: T;
  readonly isFree: boolean;
}

async function withConnection<T>(pool: Pool, use: (client: PoolClient) => Promise<Done<T>>): Promise<T> {
  const client = await pool.connect();
  try {
    const { result, isFree } = await use(client);
    client.release(!isFree);
    return result;
  } catch (error) {
    // PostgreSQL frees the lock with the connection.
    client.release(true);
    throw error;
  }
}

async function tryLock(client: PoolClient, what: string): Promise<boolean> {
  const { rows } = await client.query<{ readonly taken: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken',
    [`speechops ${what}`],
  );
  return rows[0]?.taken === true;
}

async function whileLocked<T>(
  client: PoolClient,
  { what, act }: { readonly what: string; readonly act: () => Promise<T> },
): Promise<Done<T>> {
  const result = await act();
  // What was done is done, also when the connection was lost meanwhile.
  const freed = client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [`speechops ${what}`]);
  const isFree = await freed.then(
    () => true,
    () => false,
  );
  return { result, isFree };
}
