import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';
import { skipWithout } from '../skip-without.ts';

const server = process.env['SPEECHOPS_TEST_DATABASE_URL'];

/** What stands beside the tests that need a PostgreSQL when there is none. */
export const withoutPostgres = skipWithout({
  isThere: server !== undefined && server !== '',
  name: 'a PostgreSQL',
  install:
    "Install Debian's package postgresql and run tests with scripts/with-postgres.sh, or set SPEECHOPS_TEST_DATABASE_URL",
});

/** A database of its own on the PostgreSQL that SPEECHOPS_TEST_DATABASE_URL names: with the tables of runs, and no run. */
export async function createDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  if (server === undefined) throw new Error('Set SPEECHOPS_TEST_DATABASE_URL');
  const url = await addDatabase(server, { like: inject('preparedDatabase') });
  return { url, drop: async () => await dropDatabase(url) };
}

/**
 * Adds a database to a PostgreSQL server, and resolves to its address. The database is empty, or a copy of `like`, to which no
 * process may be connected.
 */
export async function addDatabase(onServerAt: string, options: { readonly like?: string } = {}): Promise<string> {
  const name = `speechops_test_${randomBytes(6).toString('hex')}`;
  const { like } = options;
  await onServer(
    onServerAt,
    `CREATE DATABASE ${name}${like === undefined ? '' : ` TEMPLATE ${new URL(like).pathname.slice(1)}`}`,
  );
  const url = new URL(onServerAt);
  url.pathname = `/${name}`;
  return url.href;
}

export async function dropDatabase(url: string): Promise<void> {
  const admin = new URL(url);
  admin.pathname = '/postgres';
  await onServer(admin.href, `DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`);
}

async function onServer(connectionString: string, statement: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
