import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectControl, serveControl, type RunControl } from '../../../workflows/cli/control-socket.ts';
import type { Decision } from '../../../workflows/engine/decision.ts';
import type { RunDetails } from '../../../workflows/engine/journal.ts';

const isRoot = process.getuid?.() === 0;
const decision: Decision = { approved: true, by: 'ada', at: '2026-01-02T03:04:05.000Z' };
let temporary: string;
let sockets: string;
let state: string;

beforeEach(async () => {
  temporary = await mkdtemp(path.join(tmpdir(), 'speechops-control-'));
  vi.stubEnv('TMPDIR', temporary);
  sockets = path.join(temporary, `speechops-${userInfo().uid}`);
  state = path.join(temporary, 'project', '.speechops');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true, force: true });
});

/** Runs that exist only here, and what was done to them. */
function fakeRuns() {
  const done: unknown[] = [];
  const control: RunControl = {
    runs: async () => [
      { runId: 'a', pipeline: 'p', status: 'running', startedAt: '2026-01-01T00:00:00.000Z', format: 'x' },
    ],
    details: async (runId) => (runId === 'a' ? ({ runId } as RunDetails) : undefined),
    log: async (runId, { limit } = {}) => [
      { number: 7, at: '2026-01-01T00:00:00.000Z', kind: 'run', message: `${runId}, last ${limit}` },
    ],
    async cancel(runId) {
      if (runId !== 'a') throw new Error(`There is no run ${runId}`);
      done.push(['cancel', runId]);
      return 1;
    },
    async decide(...args) {
      done.push(args);
      return decision;
    },
    close: async () => undefined,
  };
  return { control, done };
}

async function connected(): Promise<RunControl> {
  const control = await connectControl(state);
  if (control === undefined) throw new Error('Nobody answers');
  return control;
}

describe.skipIf(process.platform === 'win32')('the control socket', () => {
  it('passes on what is asked, what is answered and what goes wrong', async () => {
    const { control, done } = fakeRuns();
    const stop = await serveControl(state, control);
    const other = await connected();
    expect(await other.runs()).toEqual(await control.runs());
    expect(await other.log('a', { limit: 3 })).toEqual(await control.log('a', { limit: 3 }));
    expect(await other.details('a')).toEqual({ runId: 'a' });
    expect(await other.details('b')).toBeUndefined();
    expect(await other.decide('a', 'ok', decision)).toEqual(decision);
    await other.cancel('a');
    await expect(other.cancel('b')).rejects.toThrow('There is no run b');
    expect(done).toEqual([
      ['a', 'ok', decision],
      ['cancel', 'a'],
    ]);
    await other.close();
    await stop();
    expect(await connectControl(state)).toBeUndefined();
  });

  it('lies in a folder that only this user can enter, and leaves nothing there', async () => {
    const stop = await serveControl(state, fakeRuns().control);
    expect((await stat(sockets)).mode & 0o777).toBe(0o700);
    expect(await readdir(sockets)).toHaveLength(1);
    await stop();
    expect(await readdir(sockets)).toEqual([]);
  });

  it('is of one store: another one is not reached through it', async () => {
    const stop = await serveControl(state, fakeRuns().control);
    expect(await connectControl(path.join(temporary, 'other', '.speechops'))).toBeUndefined();
    await stop();
  });

  it('refuses a folder that others can enter', async () => {
    await mkdir(sockets);
    await chmod(sockets, 0o755);
    await expect(serveControl(state, fakeRuns().control)).rejects.toThrow(`Remove ${sockets} or make it yours alone`);
    await expect(connectControl(state)).rejects.toThrow(`Remove ${sockets} or make it yours alone`);
  });

  it.skipIf(!isRoot)('refuses a folder of another user', async () => {
    await mkdir(sockets, { mode: 0o700 });
    await chown(sockets, 65_534, 65_534);
    await expect(serveControl(state, fakeRuns().control)).rejects.toThrow(`Remove ${sockets} or make it yours alone`);
    await expect(connectControl(state)).rejects.toThrow(`Remove ${sockets} or make it yours alone`);
  });

  it('takes the place of what a killed process left', async () => {
    const stop = await serveControl(state, fakeRuns().control);
    const [name = ''] = await readdir(sockets);
    await stop();
    await writeFile(path.join(sockets, name), '');
    expect(await connectControl(state)).toBeUndefined();
    const stopAgain = await serveControl(state, fakeRuns().control);
    expect(await (await connected()).runs()).toHaveLength(1);
    await stopAgain();
  });

  it('tells another version that it does not know the request, and survives what is no request', async () => {
    const stop = await serveControl(state, fakeRuns().control);
    const [name = ''] = await readdir(sockets);
    const socket = connect(path.join(sockets, name));
    socket.write('{"method":"dance"}\n');
    expect(String(await once(socket, 'data'))).toContain('Use the same version of speechops');
    socket.write('no request\n');
    expect(String(await once(socket, 'data'))).toContain('error');
    socket.destroy();
    expect(await (await connected()).runs()).toHaveLength(1);
    await stop();
  });

  it('is closed to whoever stays connected when the run ends', async () => {
    const stop = await serveControl(state, fakeRuns().control);
    const other = await connected();
    await other.runs();
    await stop();
    await expect(other.runs()).rejects.toThrow('Try again: the process that runs the pipeline has just ended');
  });
});
