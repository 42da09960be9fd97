import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { skipWithout } from '../skip-without.ts';

const server = process.env['SPEECHOPS_TEST_DATABASE_URL'];

/** What stands beside the tests that need a PostgreSQL when there is none. */
export const withoutPostgres = skipWithout({
  isThere: server !== undefined && server !== '',
  name: 'a PostgreSQL',
  install:
    "Install Debian's package postgresql and run tests with scripts/with-postgres.sh, or set SPEECHOPS_TEST_DATABASE_URL",
});

/** A database of its own on the PostgreSQL that SPEECHOPS_TEST_DATABASE_URL names. */
export async function createDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  if (server === undefined) throw new Error('Set SPEECHOPS_TEST_DATABASE_URL');
  const name = `speechops_crash_${randomBytes(6).toString('hex')}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: async () => await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`) };
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
