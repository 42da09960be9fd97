import type { Pool } from 'pg';
import { sleep } from './sleep.ts';

/**
 * The outcome of `act`, which no two processes of a database do at the same time. Whoever waits holds nothing in the
 * database meanwhile: an index that is built concurrently waits for every statement that has begun before it.
 */
export async function oneAtATime<T>(pool: Pool, what: string, act: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const key = [`speechops ${what}`];
    for (;;) {
      const { rows } = await client.query<{ readonly taken: boolean }>(
        'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken',
        key,
      );
      if (rows[0]?.taken === true) break;
      await sleep(50 + Math.random() * 100);
    }
    const result = await act();
    await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', key);
    client.release();
    return result;
  } catch (error) {
    // The lock goes with the connection.
    client.release(true);
    throw error;
  }
}
