import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withRunControl } from '../../../../workflows/cli/runs/run-control.ts';
import { serveControl } from '../../../../workflows/cli/runs/control-socket.ts';
import { type RunControl } from '../../../../workflows/cli/runs/control-request.ts';
import type { Io } from '../../../../workflows/cli/session.ts';
import { takeLock } from '../../../../workflows/store/exclusive-lock.ts';

const run = {
  runId: 'a',
  pipeline: 'p',
  status: 'running',
  startedAt: '2026-01-01T00:00:00.000Z',
  format: 'x',
} as const;
let folder: string;
let state: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-control-'));
  vi.stubEnv('TMPDIR', folder);
  state = path.join(folder, '.speechops');
  await mkdir(state);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe.skipIf(process.platform === 'win32')('withRunControl', () => {
  it('waits for a process that has the store and does not answer yet', async () => {
    const unlock = takeLock(path.join(state, 'store.lock'), { pid: process.pid, what: 'run a', since: '' });
    if (typeof unlock !== 'function') throw new Error('It is locked');
    const stream = { write: () => undefined };
    const signal = new AbortController().signal;
    const io: Io = { stdout: stream, stderr: stream, env: {}, cwd: folder, signal };
    const runs = withRunControl(io, async (control) => await control.runs());
    await setTimeout(500);
    const stop = await serveControl(state, { runs: async () => [run] } as unknown as RunControl);
    expect(await runs).toEqual([run]);
    await stop();
    unlock();
  });
});
