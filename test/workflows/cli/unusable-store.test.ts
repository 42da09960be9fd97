import { lstat, mkdir, open, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { addDatabase, dropDatabase, withoutPostgres } from '../../crash/create-database.ts';
import { callMain } from './call-main.ts';
import { useRunFolder } from './run-folder.ts';

const timeout = 300_000;
const place = useRunFolder({ isEmbedded: true });

describe('a database that does not answer', { timeout }, () => {
  it('ends every command with a plain message', async () => {
    place().env['SPEECHOPS_DATABASE_URL'] = 'postgresql://ann:hush@127.0.0.1:1/runs';
    for (const command of [['runs'], ['run', 'asks.yaml'], ['resume', 'a'], ['schedule', '--list']]) {
      expect(await place().call(...command)).toEqual({
        code: 3,
        stdout: '',
        stderr: expect.stringMatching(
          /^error: Start the database or correct SPEECHOPS_DATABASE_URL: no connection to 127\.0\.0\.1:1 \(connect ECONNREFUSED 127\.0\.0\.1:1\)\n$/,
        ),
      });
    }
  });
});

describe.skipIf(withoutPostgres !== undefined)('a database that lets nobody in', { timeout }, () => {
  it('is said with what to grant', async () => {
    const url = await addDatabase(process.env['SPEECHOPS_TEST_DATABASE_URL'] ?? '');
    const stranger = new URL(url);
    stranger.username = 'speechops_stranger';
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(
        'DO $$ BEGIN CREATE ROLE speechops_stranger LOGIN; EXCEPTION WHEN duplicate_object THEN END $$',
      );
      place().env['SPEECHOPS_DATABASE_URL'] = stranger.href;
      expect(await place().call('runs')).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(
          /^error: Let the role of SPEECHOPS_DATABASE_URL keep runs there \(GRANT CONNECT, CREATE ON DATABASE \S+ TO it\): permission denied for database \S+\n$/,
        ),
      });
      place().env['SPEECHOPS_DATABASE_URL'] = url;
      expect((await place().call('runs')).code).toBe(0);
      place().env['SPEECHOPS_DATABASE_URL'] = stranger.href;
      expect((await place().call('runs')).stderr).toMatch(
        /^error: Let the role of SPEECHOPS_DATABASE_URL keep runs there \(the schemas dbos and speechops belong to .*: permission denied for schema dbos\n$/,
      );
    } finally {
      await client.end();
      await dropDatabase(url);
    }
  });
});

describe('a file that has the name of the folder for runs', { timeout }, () => {
  it('is said by every command that needs the folder', async () => {
    await writeFile(path.join(place().folder, '.speechops'), '');
    for (const command of [['runs'], ['run', 'asks.yaml'], ['run', 'asks.yaml', '--emulator']]) {
      expect(await place().call(...command)).toEqual({
        code: 2,
        stdout: '',
        stderr: `error: Move ${path.join(place().folder, '.speechops')} away: runs are kept in a folder of this name, and it is a file\n`,
      });
    }
  });
});

describe('a link in the folder for runs', { timeout }, () => {
  it.each([
    '.speechops',
    '.speechops/runs',
    '.speechops/emulator',
    '.speechops/store',
    '.speechops/store.lock',
    '.speechops/store/base/5',
    '.speechops/emulator/contents',
  ])('is refused, and nothing is written to where it leads: %s', async (name) => {
    const { folder } = place();
    const elsewhere = path.join(folder, 'elsewhere');
    await mkdir(elsewhere);
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await symlink(elsewhere, path.join(folder, name));
    for (const command of [['runs'], ['run', 'asks.yaml'], ['run', 'asks.yaml', '--emulator']]) {
      expect(await callMain(command, { cwd: folder, env: place().env })).toEqual({
        code: 2,
        stdout: '',
        stderr: `error: Remove the link ${path.join(folder, name)}: it leads elsewhere, and speechops keeps runs in .speechops itself alone\n`,
      });
    }
    expect(await readdir(elsewhere)).toEqual([]);
  });

  it('at the place of a record is replaced, and a folder of a run that is one is not written to', async () => {
    const { folder } = place();
    const [elsewhere, runs] = [path.join(folder, 'elsewhere'), path.join(folder, '.speechops', 'runs')];
    await place().prepareStore();
    await place().expireAfter('1s');
    await mkdir(path.join(runs, 'a'), { recursive: true });
    await mkdir(elsewhere);
    await writeFile(path.join(elsewhere, 'precious'), 'kept');
    await symlink(path.join(elsewhere, 'precious'), path.join(runs, 'a', 'report.md'));
    expect((await place().call('run', 'asks.yaml', '--run-id', 'a')).code).toBe(1);
    expect((await lstat(path.join(runs, 'a', 'report.md'))).isFile()).toBe(true);
    await symlink(elsewhere, path.join(runs, 'b'));
    expect((await place().call('run', 'asks.yaml', '--run-id', 'b')).stderr).toContain(
      `warning: The run has not left all of run.json, results.json, report.md, junit.xml and report.html here: Remove the link ${path.join(runs, 'b')}`,
    );
    expect(await readdir(elsewhere)).toEqual(['precious']);
    expect(await readFile(path.join(elsewhere, 'precious'), 'utf8')).toBe('kept');
  });
});

describe('what is kept of runs', { timeout }, () => {
  it('is for its user alone', async () => {
    const { folder } = place();
    await place().expireAfter('1s');
    expect((await place().call('run', 'asks.yaml', '--run-id', 'a', '--emulator')).code).toBe(1);
    const modeOf = async (name: string): Promise<string> =>
      ((await lstat(path.join(folder, '.speechops', name))).mode & 0o777).toString(8);
    expect(await Promise.all(['.', 'store', 'emulator', 'runs', 'runs/a'].map(modeOf))).toEqual(
      Array.from({ length: 5 }, () => '700'),
    );
    const files = ['run.json', 'results.json', 'report.md', 'junit.xml'];
    expect(await Promise.all(['store.lock', ...files.map((file) => `runs/a/${file}`)].map(modeOf))).toEqual(
      Array.from({ length: 5 }, () => '600'),
    );
  });
});

describe('a store with a broken file', { timeout }, () => {
  it('is said with what to do when it is the lock', async () => {
    const lock = path.join(place().folder, '.speechops', 'store.lock');
    await place().prepareStore();
    await writeFile(lock, 'no database at all '.repeat(100));
    for (const command of [['runs'], ['run', 'asks.yaml']]) {
      expect(await place().call(...command)).toEqual({
        code: 3,
        stdout: '',
        stderr: `error: Remove ${lock}: it is garbled, and holds nothing but the lock on the runs\n`,
      });
    }
    await rm(lock);
    expect((await place().call('run', 'asks.yaml', '--run-id', 'a', '--input', 'x=1')).stderr).not.toContain('garbled');
  });

  it('is said with what to do when its pages are broken', async () => {
    const store = path.join(place().folder, '.speechops', 'store');
    await place().prepareStore();
    // The catalogue of PostgreSQL can be read, and the tables of the runs cannot.
    for (const name of await readdir(path.join(store, 'base', '5'))) {
      if (!/^\d+$/.test(name) || Number(name) < 16_384) continue;
      const file = await open(path.join(store, 'base', '5', name), 'r+');
      await file.write(Buffer.alloc(Math.min(8192, (await file.stat()).size), 0x5a), 0);
      await file.close();
    }
    for (const command of [['runs'], ['run', 'asks.yaml']]) {
      const { code, stderr } = await place().call(...command);
      expect([code, stderr], command.join(' ')).toEqual([
        3,
        expect.stringMatching(
          new RegExp(
            `^error: Move ${store} away with \`speechops runs --rebuild\` and run the pipeline again: the store cannot be opened, .*\\(.*\\)$`,
            'm',
          ),
        ),
      ]);
    }
  });
});
