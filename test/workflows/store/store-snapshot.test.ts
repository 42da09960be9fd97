import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openEmbeddedStore, type Store } from '../../../workflows/store/embedded-store.ts';
import { prepareDatabase } from '../../../workflows/durable/prepare-database.ts';
import { snapshotFile, unpackSnapshot } from '../../../workflows/store/store-snapshot.ts';

describe('a new embedded store', () => {
  let folder: string;
  let made = 0;
  /** The snapshot that the first store has left. */
  let snapshot: string;
  let first: { readonly identity: unknown; readonly schema: unknown };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-snapshot-'));
    vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'cache'));
    first = await withStore(async (store) => {
      await prepareDatabase(store);
      await store.pool.query(
        "INSERT INTO dbos.workflow_status (workflow_uuid, status, name) VALUES ('run-of-the-first-store', 'SUCCESS', 'x')",
      );
      return { identity: await identityOf(store), schema: await schemaOf(store) };
    });
    snapshot = (await snapshotFile()) ?? '';
  });
  afterEach(() => vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'cache')));
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  async function newFolder(): Promise<string> {
    const place = path.join(folder, `of-store-${(made += 1)}`);
    await mkdir(place);
    return place;
  }

  async function withStore<T>(use: (store: Store) => Promise<T>): Promise<T> {
    const store = await openEmbeddedStore(path.join(await newFolder(), '.speechops'), { what: 'a test' });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  it('is unpacked from what the first one of this user has left, with the same tables and without its content', async () => {
    const second = await withStore(async (store) => {
      const runs = await store.pool.query('SELECT * FROM dbos.workflow_status');
      const unpacked = await schemaOf(store);
      await prepareDatabase(store);
      return { runs: runs.rows, unpacked, identity: await identityOf(store), schema: await schemaOf(store) };
    });
    expect(second.runs).toEqual([]);
    expect(second.identity).toEqual(first.identity);
    // DBOS has found nothing to add when it was launched.
    expect(second.unpacked).toEqual(second.schema);
    expect(second.schema).toEqual(first.schema);
  });

  it('leaves nothing in the snapshot that is of a store, and nothing that others can read', async () => {
    const content = zstdDecompressSync(await readFile(snapshot));
    expect(content.includes('workflow_status')).toBe(true);
    for (const own of ['run-of-the-first-store', folder, path.basename(folder)])
      expect(content.includes(own), own).toBe(false);
    expect((await stat(snapshot)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(snapshot))).mode & 0o777).toBe(0o700);
  });

  it('has files and folders that are of this user alone', async () => {
    const place = await newFolder();
    expect(await unpackSnapshot(snapshot, place)).toBe(true);
    const entries = await readdir(place, { recursive: true });
    expect(entries).toContain('PG_VERSION');
    for (const entry of entries) expect((await stat(path.join(place, entry))).mode & 0o077, entry).toBe(0);
  });

  it.each([
    ['cut off', async (file: string, bytes: Buffer) => await writeFile(file, bytes.subarray(0, bytes.length / 2))],
    ['of no bytes', async (file: string) => await writeFile(file, '')],
    [
      'with one byte changed',
      async (file: string, bytes: Buffer) => {
        const changed = Buffer.from(bytes);
        const middle = Math.floor(changed.length / 2);
        changed[middle] = (changed[middle] ?? 0) ^ 1;
        await writeFile(file, changed);
      },
    ],
    [
      'of other versions',
      async (file: string, bytes: Buffer) => {
        const content = deserialize(zstdDecompressSync(bytes)) as object;
        await writeFile(file, zstdCompressSync(serialize({ ...content, key: 'other' })));
      },
    ],
    ['that others can write to', async (file: string) => await chmod(file, 0o666)],
  ])('is not unpacked from a snapshot %s, which is thrown away', async (_, damage) => {
    const bytes = await readFile(snapshot);
    const file = path.join(folder, 'damaged.zst');
    await writeFile(file, bytes, { mode: 0o600 });
    await damage(file, bytes);
    const place = await newFolder();
    expect(await unpackSnapshot(file, place)).toBe(false);
    expect(await readdir(place)).toEqual([]);
    expect(await readdir(folder)).not.toContain('damaged.zst');
  });

  it('is made by two processes at once, where the snapshot is damaged, and a new snapshot is left', async () => {
    vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'shared-cache'));
    await writeFile((await snapshotFile()) ?? '', 'no snapshot', { mode: 0o600 });
    const module = new URL('../../../workflows/store/embedded-store.ts', import.meta.url).href;
    const source = `import { openEmbeddedStore } from ${JSON.stringify(module)};
      const store = await openEmbeddedStore(process.argv[2], { what: 'a test' });
      console.log((await store.pool.query("SELECT to_regclass('dbos.workflow_status') AS found")).rows[0].found);
      await store.close();`;
    const program = path.join(folder, 'open-store.mjs');
    await writeFile(program, source);
    const places = [await newFolder(), await newFolder()];
    const outputs = await Promise.all(
      places.map(async (place) => {
        const args = [program, path.join(place, '.speechops')];
        return (await promisify(execFile)(process.execPath, args)).stdout;
      }),
    );
    expect(outputs).toEqual(['dbos.workflow_status\n', 'dbos.workflow_status\n']);
    const file = (await snapshotFile()) ?? '';
    expect(await readdir(path.dirname(file))).toEqual([path.basename(file)]);
    expect(await unpackSnapshot(file, await newFolder())).toBe(true);
    const identity = await withStore(identityOf);
    expect(identity).not.toEqual(first.identity);
    expect(await withStore(identityOf)).toEqual(identity);
  });

  it('is made as it was before there were snapshots where the cache cannot be written', async () => {
    vi.stubEnv('XDG_CACHE_HOME', '/dev/null');
    const found = await withStore(async (store) => {
      const { rows } = await store.pool.query("SELECT to_regclass('dbos.workflow_status') AS tables");
      await prepareDatabase(store);
      return { rows, schema: await schemaOf(store) };
    });
    expect(found.rows).toEqual([{ tables: null }]);
    expect(found.schema).toEqual(first.schema);
  });
});

/** What PostgreSQL gives a database when it is made, and no other. */
async function identityOf(store: Store): Promise<unknown> {
  return (await store.pool.query('SELECT system_identifier FROM pg_control_system()')).rows;
}

/** Columns, indexes, functions and triggers, and how far DBOS's migrations have gone. */
async function schemaOf(store: Store): Promise<unknown> {
  const queries = [
    `SELECT table_name, column_name, data_type, column_default, is_nullable FROM information_schema.columns
     WHERE table_schema = 'dbos' ORDER BY 1, 2`,
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'dbos' ORDER BY 1",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'dbos'::regnamespace ORDER BY 1, 2",
    "SELECT tgname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid WHERE relnamespace = 'dbos'::regnamespace ORDER BY 1",
    'SELECT version FROM dbos.dbos_migrations',
  ];
  const found: unknown[] = [];
  for (const query of queries) found.push((await store.pool.query(query)).rows);
  return found;
}
