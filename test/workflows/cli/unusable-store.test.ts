import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { createDatabase, withoutPostgres } from '../../crash/create-database.ts';
import { useRunFolder } from './run-folder.ts';

const timeout = 120_000;
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
    const database = await createDatabase();
    const stranger = new URL(database.url);
    stranger.username = 'speechops_stranger';
    const client = new Client({ connectionString: database.url });
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
      place().env['SPEECHOPS_DATABASE_URL'] = database.url;
      expect((await place().call('runs')).code).toBe(0);
      place().env['SPEECHOPS_DATABASE_URL'] = stranger.href;
      expect((await place().call('runs')).stderr).toMatch(
        /^error: Let the role of SPEECHOPS_DATABASE_URL keep runs there \(the schemas dbos and speechops belong to .*: permission denied for schema dbos\n$/,
      );
    } finally {
      await client.end();
      await database.drop();
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
