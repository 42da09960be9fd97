import { Client, type Pool } from 'pg';

/** The database cannot be used at all; the message says which one and why, without its password. */
class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
}

/**
 * Resolves when the database of the pool lets this process in; throws a {@link DatabaseError} when it refuses, or does not
 * answer in time. To be asked first: what uses the database later waits for it however long it is away.
 */
export async function reachDatabase(pool: Pool): Promise<void> {
  const client = new Client({ ...pool.options, connectionTimeoutMillis: answerMilliseconds });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new DatabaseError(
      `Start the database or correct SPEECHOPS_DATABASE_URL: no connection to ${client.host}:${client.port} (${reasonOf(error)})`,
      { cause: error },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A name with several addresses fails with one error for each, and no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

const answerMilliseconds = 10_000;
