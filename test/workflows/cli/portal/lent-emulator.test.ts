import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { BusyResource } from '../../../../portal/server/sources.ts';
import { EmulatorInUseError } from '../../../../workflows/cli/connect/connection.ts';
import { openLentEmulator } from '../../../../workflows/cli/portal/lent-emulator.ts';
import type { RunControl } from '../../../../workflows/cli/runs/control-request.ts';
import { serveControl } from '../../../../workflows/cli/runs/control-socket.ts';
import type { Io } from '../../../../workflows/cli/session.ts';

/** Where a run of another process has the store and the emulator, which lends them or does not; and how often it was asked. */
async function heldBy(run: { readonly lends: boolean }): Promise<{ readonly io: Io; asked(): number }> {
  const cwd = await mkdtemp(path.join(tmpdir(), 'speechops-lent-'));
  onTestFinished(async () => await rm(cwd, { recursive: true, force: true }));
  const folder = path.join(cwd, '.speechops');
  await mkdir(folder, { mode: 0o700 });
  await writeFile(path.join(folder, 'store.lock.holder.json'), JSON.stringify({ pid: process.ppid }));
  let asked = 0;
  const lend = async (): Promise<boolean> => {
    asked += 1;
    return run.lends;
  };
  onTestFinished(await serveControl(folder, { lend } as Partial<RunControl> as RunControl));
  const stream = { write: () => undefined };
  const io = { stdout: stream, stderr: stream, env: {}, cwd, signal: new AbortController().signal };
  return { io, asked: () => asked };
}

it('a run that waits for a person is asked once for the emulator, which is opened when it has gone', async () => {
  const { io, asked } = await heldBy({ lends: true });
  let tries = 0;
  const opened = await openLentEmulator(io, async () => {
    tries += 1;
    if (tries < 3) throw new EmulatorInUseError('here');
    return 'opened';
  });
  expect([opened, tries, asked()]).toEqual(['opened', 3, 1]);
});

it('a run at work keeps the emulator, and is told as what has it', async () => {
  const { io, asked } = await heldBy({ lends: false });
  const opening = openLentEmulator(io, async () => {
    throw new EmulatorInUseError('here');
  });
  await expect(opening).rejects.toThrow(BusyResource);
  await expect(opening).rejects.toThrow('A run has the embedded emulator for itself');
  expect(asked()).toBe(1);
});

it('what else fails is no business of a run', async () => {
  const { io, asked } = await heldBy({ lends: true });
  const opening = openLentEmulator(io, async () => {
    throw new Error('No room on the disk');
  });
  await expect(opening).rejects.toThrow('No room on the disk');
  expect(asked()).toBe(0);
});
