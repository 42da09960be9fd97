import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startProgram } from '../../../../workflows/cli/portal/started-runs.ts';
import type { Io } from '../../../../workflows/cli/session.ts';

/** Starts a program of this text as the portal starts `resume`. */
async function start(
  text: string,
  how: { readonly patienceMilliseconds?: number; readonly settleMilliseconds?: number } = {},
): Promise<{ readonly runId?: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-started-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  const program = path.join(folder, 'program.mjs');
  await writeFile(program, text);
  const stream = { write: () => undefined };
  const io: Io = { stdout: stream, stderr: stream, env: {}, cwd: folder, signal: new AbortController().signal };
  return await startProgram(['resume', 'a'], { io, program, patienceMilliseconds: 60_000, ...how });
}

describe('a run that the portal starts', () => {
  it('has gone on when its process says so', async () => {
    const text = `console.error('calls, run nine on https://west, run ' + process.argv[3] + '-fork');\nsetTimeout(() => {}, 1500);`;
    expect(await start(text)).toEqual({ runId: 'a-fork' });
  });

  it('is told to have ended at once, with what its process said', async () => {
    const text = `console.error('Building\\nerror: Give --allow-env TOKEN again: the run reads it');\nprocess.exit(2);`;
    await expect(start(text)).rejects.toThrow(/^Give --allow-env TOKEN again: the run reads it$/);
    await expect(start('process.exit(3);')).rejects.toThrow('It has ended at once');
  });

  it('is told to be refused after it was announced', async () => {
    const text = `console.error('calls on https://west, run a');\nconsole.error('error: Leave it');\nsetTimeout(() => process.exit(2), 200);`;
    await expect(start(text, { settleMilliseconds: 60_000 })).rejects.toThrow(/^Leave it$/);
  });

  it('is told that it could not be started', async () => {
    const stream = { write: () => undefined };
    const io: Io = { stdout: stream, stderr: stream, env: {}, cwd: '/nowhere', signal: new AbortController().signal };
    await expect(startProgram(['resume', 'a'], { io, program: 'program.mjs' })).rejects.toThrow('ENOENT');
  });

  it('is not waited for longer than a person waits', async () => {
    expect(await start('setTimeout(() => {}, 2000);', { patienceMilliseconds: 300 })).toEqual({});
  });
});
