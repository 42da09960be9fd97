import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDatabase } from '../../../workflows/durable/prepare-database.ts';
import { openDatabaseStore, openEmbeddedStore } from '../../../workflows/store/embedded-store.ts';
import { callMain, type Called } from '../cli/call-main.ts';
import { openAnyHome, type AnyHome } from '../cli/run-folder.ts';

/**
 * The rows that a release wrote which kept decisions and marks as DBOS workflows: `asks` has its first approval and waits for the
 * second one, its process was stopped; `gone` was cancelled while it waited.
 */
const rows = new URL('store-before/rows.json', import.meta.url);

describe('a store of the release before', () => {
  let folder: string;
  let home: AnyHome;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-before-'));
    const text = (await readFile(rows, 'utf8')).replaceAll('/repository', folder);
    await mkdir(path.join(folder, '.speechops'), { mode: 0o700 });
    home = await openAnyHome(folder);
    const { SPEECHOPS_DATABASE_URL: url } = home.env;
    const store =
      url === undefined
        ? await openEmbeddedStore(path.join(folder, '.speechops'), { what: 'a test' })
        : openDatabaseStore(url);
    try {
      await prepareDatabase(store);
      await store.pool.query('DROP SCHEMA IF EXISTS speechops CASCADE');
      for (const [table, kept] of Object.entries(JSON.parse(text) as Readonly<Record<string, readonly object[]>>))
        await store.pool.query(
          `INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1::jsonb) ON CONFLICT DO NOTHING`,
          [JSON.stringify(kept)],
        );
    } finally {
      await store.close();
    }
  });
  afterAll(async () => {
    await home.remove();
    await rm(folder, { recursive: true, force: true });
  });

  async function call(...args: readonly string[]): Promise<Called> {
    return await callMain(args, { cwd: folder, env: home.env });
  }

  it('is listed as it was left', async () => {
    expect((await call('runs')).stdout).toMatch(
      /\ngone +cancelled .* gone\nasks +abandoned .* asks {2}\(speechops resume asks\)\n$/,
    );
    expect((await call('show', 'asks')).stdout).toMatch(/first {3}succeeded {2}approved by ann .*: heard ten calls/);
  });

  it('keeps the decision that was made, takes the next one, and ends the run with both', async () => {
    expect((await call('approve', 'asks', 'first', '--by', 'bob', '--reject')).stderr).toContain('ann approved first');
    expect(await call('approve', 'asks', 'second', '--by', 'bob')).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await call('resume', 'asks');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/first {3}succeeded {2}approved by ann[^\n]*\n {2}second {2}succeeded {2}approved by bob/);
  });

  it('resumes the cancelled run, which counts its cancellation no more', async () => {
    expect(await call('approve', 'gone', 'ok', '--by', 'ann')).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await call('resume', 'gone');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('gone: succeeded');
  });
});
