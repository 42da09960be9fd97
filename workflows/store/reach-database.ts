import { Client, type Pool, type QueryResult, type QueryResultRow } from 'pg';
import { sleep } from '../time/sleep.ts';

/** The database cannot be used; the message says which one and why, without its password. */
class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/**
 * Resolves when the database of the pool accepts a connection; throws a {@link DatabaseError} when it refuses, or does not answer
 * in time. To be called first: every later query waits for the database, however long it is away.
 */
export async function reachDatabase(pool: Pool): Promise<void> {
  const client = newClient(pool);
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const where = `${client.host}:${client.port}`;
    const reason = reasonOfDatabase(error);
    const advice = reason.includes('password must be a string')
      ? `Give the password in SPEECHOPS_DATABASE_URL (postgresql://USER:PASSWORD@HOST/DATABASE) or in PGPASSWORD: ${where} asks ${client.user} for one`
      : `Start the database or correct SPEECHOPS_DATABASE_URL: no connection to ${where} (${reason})`;
    throw new DatabaseError(advice, { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether the database has ended the connection, or takes none now, as while it is restarted. */
export function isConnectionLost(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, cause } = error as { readonly code?: unknown; readonly message?: unknown; cause?: unknown };
  const isLost =
    /^(08[0-9A-Z]{3}|57P0[1-3]|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|EPIPE)$/.test(
      String(code),
    ) || String(message).includes('Connection terminated');
  return isLost || isConnectionLost(cause);
}

/** Whether the database has no room, also to move a page out of its memory for a reader, or no connection left. */
function isExhausted(error: unknown): boolean {
  return /^53[13]00$/.test(String((error as { readonly code?: unknown } | null)?.code));
}

/**
 * The answer to a statement that may be repeated: it is asked again until the database can answer, however long it is away, as
 * DBOS asks its own. A run that only looks something up must not fail because the database was restarted or its disk is full.
 */
export async function askRepeatedly<Row extends QueryResultRow>(
  pool: Pool,
  statement: string,
  values: readonly unknown[] = [],
): Promise<QueryResult<Row>> {
  for (let pause = 100; ; pause = Math.min(pause * 2, longestPauseMilliseconds)) {
    try {
      return await pool.query<Row>(statement, [...values]);
    } catch (error) {
      if (!isConnectionLost(error) && !isExhausted(error)) throw error;
      await sleep(pause * (0.5 + Math.random()));
    }
  }
}

/** Reads the files that the address names, such as a certificate. */
function newClient(pool: Pool): Client {
  try {
    return new Client({ ...pool.options, connectionTimeoutMillis: answerMilliseconds });
  } catch (error) {
    throw new DatabaseError(`Correct SPEECHOPS_DATABASE_URL: ${reasonOfDatabase(error)}`, { cause: error });
  }
}

/** Advice about a right that the database refused; undefined when the error is another one. */
export function adviceOnRights(message: string): string | undefined {
  const found = /permission denied for (database|schema|table|sequence) (\S+)/.exec(message);
  if (found === null) return undefined;
  const [said, kind, name] = found;
  const grant =
    kind === 'database'
      ? `GRANT CONNECT, CREATE ON DATABASE ${name} TO it`
      : 'the schemas dbos and speechops belong to the role that used the database first: GRANT that role TO it';
  return `Let the role of SPEECHOPS_DATABASE_URL keep runs there (${grant}): ${said}`;
}

/** A host name with several addresses fails with an error for each, and no message of its own. */
function reasonOfDatabase(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOfDatabase).join('; ');
  return error instanceof Error ? error.message : String(error);
}

const answerMilliseconds = 10_000;
const longestPauseMilliseconds = 5000;
