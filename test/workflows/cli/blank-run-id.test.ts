import { existsSync } from 'node:fs';
import path from 'node:path';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { withoutPostgres } from '../../crash/create-database.ts';
import { callMain } from './call-main.ts';
import { useRunFolder } from './run-folder.ts';

describe.skipIf(withoutPostgres !== undefined)('a run id that is blank', () => {
  const place = useRunFolder({ isEmbedded: false });

  it('is refused by every command, and nothing is kept of it', async () => {
    const { folder, env } = place();
    const call = async (...args: readonly string[]): ReturnType<typeof callMain> =>
      await callMain(args, { cwd: folder, env });
    expect((await call('submit', 'asks.yaml', '--run-id', 'a')).code).toBe(0);
    const rows = async (): Promise<readonly unknown[]> => await onDatabase(env['SPEECHOPS_DATABASE_URL'] ?? '');
    const before = await rows();
    for (const blank of ['', '  ']) {
      const commands = [
        ['run', 'asks.yaml', '--run-id', blank],
        ['submit', 'asks.yaml', '--run-id', blank],
        ['fork', 'a', '--from', 'ok', '--run-id', blank],
        ['fork', blank, '--from', 'ok'],
        ['resume', blank],
        ['show', blank],
        ['cancel', blank],
        ['approve', blank, 'ok'],
      ];
      for (const command of commands) {
        const { code, stdout, stderr } = await call(...command);
        expect([code, stdout, stderr], command.join(' ')).toEqual([
          2,
          '',
          expect.stringMatching(/^error: (Name the run with letters|Check the run id +: there is no such run).*\n$/),
        ]);
      }
    }
    expect([await rows(), existsSync(path.join(folder, '.speechops'))]).toEqual([before, false]);
  });
});

/** Every row that is kept of runs. */
async function onDatabase(connectionString: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<object>(
      `SELECT workflow_uuid AS run, status FROM dbos.workflow_status UNION ALL SELECT run_id, 'decision' FROM speechops.decisions
       UNION ALL SELECT run_id, mark FROM speechops.marks`,
    );
    return rows;
  } finally {
    await client.end();
  }
}
