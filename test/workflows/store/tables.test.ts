import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddedStore, type Store } from '../../../workflows/store/embedded-store.ts';
import { prepareTables } from '../../../workflows/store/tables.ts';

describe('the tables of a store', () => {
  let folder: string;
  let store: Store;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-tables-'));
    store = await openEmbeddedStore(folder, { what: 'a test' });
  });
  afterAll(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => void (await store.pool.query('DROP SCHEMA IF EXISTS speechops CASCADE')));

  async function rows(query: string): Promise<readonly unknown[]> {
    return (await store.pool.query(query)).rows;
  }

  const names = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'speechops' ORDER BY 1";
  const applied = 'SELECT number, applied_at FROM speechops.statements ORDER BY 1';

  it('are made once', async () => {
    await prepareTables(store);
    const first = await rows(applied);
    await prepareTables(store);
    expect(await rows(applied)).toEqual(first);
    expect(first).toHaveLength(new Set(first.map((row) => (row as { readonly number: number }).number)).size);
    expect(await rows(names)).toEqual(
      expect.arrayContaining(
        ['name_holders', 'request_turns', 'run_log', 'schedules', 'suspects'].map((name) => ({ name })),
      ),
    );
  });

  it('of a version without numbers keep what is in them, and get those that are missing', async () => {
    await store.pool.query(`CREATE SCHEMA speechops; CREATE TABLE speechops.request_turns
      (resource text PRIMARY KEY, next_at timestamptz NOT NULL); INSERT INTO speechops.request_turns VALUES ('r', 'epoch')`);
    await prepareTables(store);
    expect(await rows('SELECT resource FROM speechops.request_turns')).toEqual([{ resource: 'r' }]);
    expect(await rows(names)).toContainEqual({ name: 'run_log' });
  });

  it('of a newer version are left as they are', async () => {
    await prepareTables(store);
    await store.pool.query('INSERT INTO speechops.statements (number) VALUES (9000)');
    await store.pool.query('DROP TABLE speechops.name_holders');
    await prepareTables(store);
    expect(await rows(names)).not.toContainEqual({ name: 'name_holders' });
  });
});
