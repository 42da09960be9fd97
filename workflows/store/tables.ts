import type { Pool } from 'pg';
import type { Store } from './embedded-store.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { askRepeatedly } from './reach-database.ts';

/**
 * The tables that SpeechOps has in a store beside those of DBOS, as numbered statements. Each is applied once, in this order, and
 * never changed afterwards. Versions share a database while they are exchanged: so a new table, column or index is a new
 * statement at the end with which older versions can live.
 */
const statements: readonly string[] = [
  // Databases of versions that had no numbers have some of these tables.
  `CREATE SCHEMA IF NOT EXISTS speechops;
   CREATE TABLE IF NOT EXISTS speechops.statements (
     number integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT clock_timestamp());
   CREATE TABLE IF NOT EXISTS speechops.run_log (
     run_id text NOT NULL, number bigint GENERATED ALWAYS AS IDENTITY,
     at timestamptz NOT NULL, kind text NOT NULL, step_id text, message text NOT NULL, PRIMARY KEY (run_id, number));
   CREATE TABLE IF NOT EXISTS speechops.name_holders (name text PRIMARY KEY, run_id text NOT NULL);
   CREATE TABLE IF NOT EXISTS speechops.suspects (
     run_id text PRIMARY KEY, ends integer NOT NULL, own_ends integer NOT NULL, cause text NOT NULL,
     steps jsonb NOT NULL, executor text NOT NULL, is_cleared boolean NOT NULL);
   CREATE TABLE IF NOT EXISTS speechops.request_turns (resource text PRIMARY KEY, next_at timestamptz NOT NULL);
   CREATE TABLE IF NOT EXISTS speechops.schedules (
     pipeline text NOT NULL, name text NOT NULL, revision bigserial NOT NULL, file text NOT NULL, endpoint text NOT NULL,
     cron text NOT NULL, time_zone text NOT NULL, missed text NOT NULL, inputs jsonb NOT NULL, priority integer NOT NULL,
     is_paused boolean NOT NULL, settled_until timestamptz NOT NULL, last_tick timestamptz, last_run text,
     failed_tick timestamptz, attempts integer, error text, retry_at timestamptz, PRIMARY KEY (pipeline, name))`,
  // Times are kept as they were given.
  `CREATE TABLE speechops.decisions (
     run_id text NOT NULL, step_id text NOT NULL, number integer NOT NULL, question integer NOT NULL,
     approved boolean NOT NULL, by text NOT NULL, at text NOT NULL, comment text, is_unsure boolean NOT NULL,
     PRIMARY KEY (run_id, step_id, number));
   CREATE TABLE speechops.marks (
     run_id text NOT NULL, mark text NOT NULL, number integer NOT NULL, at text NOT NULL, cancellations integer NOT NULL,
     PRIMARY KEY (run_id, mark, number))`,
  `CREATE TABLE speechops.left_behind (
     run_id text NOT NULL, step_id text NOT NULL, said text NOT NULL, PRIMARY KEY (run_id, step_id))`,
];

/**
 * Brings the tables up to this version of SpeechOps; does nothing when this or a newer version has done so. Two processes that do
 * it at once do it one after the other.
 */
export async function prepareTables({ pool, embedded }: Pick<Store, 'pool' | 'embedded'>): Promise<void> {
  if ((await appliedIn(pool)) >= statements.length) return;
  const apply = async (): Promise<void> => {
    for (let number = await appliedIn(pool); number < statements.length; number += 1)
      // PostgreSQL executes the statements of one query as a transaction.
      await pool.query(`${statements[number]}; INSERT INTO speechops.statements (number) VALUES (${number + 1})`);
  };
  if (embedded) await apply();
  else await oneAtATime(pool, 'schema', apply);
}

/** How many of the statements have been applied. */
async function appliedIn(pool: Pool): Promise<number> {
  // A failed query costs the embedded store its only connection, so the table is looked for first.
  const { rows } = await askRepeatedly<{ readonly exists: boolean }>(
    pool,
    "SELECT to_regclass('speechops.statements') IS NOT NULL AS exists",
  );
  if (rows[0]?.exists !== true) return 0;
  const found = await askRepeatedly<{ readonly last: number }>(
    pool,
    'SELECT coalesce(max(number), 0)::integer AS last FROM speechops.statements',
  );
  return found.rows[0]?.last ?? 0;
}
