import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectControl, serveControl } from '../../../../workflows/cli/runs/control-socket.ts';
import { type RunControl } from '../../../../workflows/cli/runs/control-request.ts';
import { vanish } from '../vanishing-clients.ts';
import type { Decision } from '../../../../workflows/durable/decision.ts';
import type { RunDetails } from '../../../../workflows/durable/journal.ts';

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
    pulse: async () => 'unchanged',
    details: async (runId) => (runId === 'a' ? ({ runId } as RunDetails) : undefined),
    log: async (runId, { limit } = {}) => [
      { number: 7, at: '2026-01-01T00:00:00.000Z', kind: 'run', message: `${runId}, last ${limit}` },
    ],
    async cancel(runId) {
      if (runId !== 'a') throw new Error(`There is no run ${runId}`);
      done.push(['cancel', runId]);
      return 1;
    },
    lend: async () => true,
    async decide(...args) {
      done.push(args);
      return decision;
    },
    close: async () => undefined,
  };
  return { control, done };
}

/** Sends text to the socket of `state`, and answers what comes back until the other side closes. */
async function exchange(text: string): Promise<string> {
  const socket = await connectTo();
  let said = '';
  socket.setEncoding('utf8').on('data', (part: string) => (said += part));
  // Who is cut off while it still speaks hears that, too.
  socket.on('error', () => undefined).end(text);
  await new Promise((resolve) => socket.once('close', resolve));
  return said;
}

async function connectTo(): Promise<Socket> {
  const [name = ''] = await readdir(sockets);
  const socket = connect(path.join(sockets, name));
  await once(socket, 'connect');
  return socket;
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
    expect(await other.pulse()).toBe('unchanged');
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

  // Root alone can give a folder to another user; CI may run as one that cannot.
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

  it('is closed to a client that stays connected when the run ends', async () => {
    const stop = await serveControl(state, fakeRuns().control);
    const other = await connected();
    await other.runs();
    await stop();
    await expect(other.runs()).rejects.toThrow('Try again: the process that runs the pipeline has just ended');
  });

  it('survives clients that vanish at any byte, and goes on answering', async () => {
    const { control, done } = fakeRuns();
    const stop = await serveControl(state, control);
    const [name = ''] = await readdir(sockets);
    await vanish(path.join(sockets, name), { count: 700, seed: 1 });
    expect(await (await connected()).runs()).toHaveLength(1);
    expect(done).toEqual([]);
    await stop();
  });

  it('answers every line of a client that has closed its side already, in their order', async () => {
    const stop = await serveControl(state, fakeRuns().control);
    const answers = (await exchange('{"method":"details","params":{"runId":"a"}}\nno request\n{"method":"runs"}\n'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(answers).toEqual([
      { result: { runId: 'a' } },
      { error: expect.stringContaining('Send a JSON object') },
      { result: [expect.objectContaining({ runId: 'a' })] },
    ]);
    await stop();
  });

  it('ends the conversation with a client whose line has no end', async () => {
    const stop = await serveControl(state, fakeRuns().control);
    expect(await exchange('x'.repeat(400_000))).toContain('Send shorter lines');
    await stop();
  });

  it('asks nothing more of the run for a client that does not read its answers', async () => {
    let asked = 0;
    const { control } = fakeRuns();
    const message = 'x'.repeat(1_000_000);
    const log = async () => {
      asked += 1;
      return [{ number: 1, at: '2026-01-01T00:00:00.000Z', kind: 'run' as const, message }];
    };
    const stop = await serveControl(state, { ...control, log });
    const socket = (await connectTo()).pause();
    socket.write('{"method":"log","params":{"runId":"a"}}\n'.repeat(500));
    const other = await connected();
    for (let times = 0; times < 20; times += 1) await other.runs();
    // One answer is on its way; nothing of it has to be held beside what the system's buffers take.
    expect(asked).toBe(1);
    socket.destroy();
    await other.close();
    await stop();
  });

  it('refuses one client too many by saying so', async () => {
    const stop = await serveControl(state, fakeRuns().control);
    const waiting = await Promise.all(Array.from({ length: 64 }, connectTo));
    expect(await exchange('{"method":"runs"}\n')).toContain('Try again: too many processes ask');
    for (const socket of waiting) socket.destroy();
    await Promise.all(waiting.map(async (socket) => socket.closed || (await once(socket, 'close'))));
    await stop();
  });

  it('does not wait for ever for a process that was stopped, nor after Ctrl-C', async () => {
    await mkdir(sockets, { mode: 0o700 });
    const stop = await serveControl(state, fakeRuns().control);
    const [name = ''] = await readdir(sockets);
    await stop();
    // It takes connections and answers none, as the system does for a stopped process.
    const still = createServer(() => undefined).listen(path.join(sockets, name));
    await once(still, 'listening');
    const holder = { pid: 123, what: 'run a' };
    await expect((await connectControl(state, { holder }))?.runs()).rejects.toThrow(
      'Let process 123 (run a) go on, or end it: it has not answered for 3.5 seconds (kill -CONT 123 wakes one that was stopped)',
    );
    const interrupt = new AbortController();
    const asked = (await connectControl(state, { signal: interrupt.signal }))?.runs();
    interrupt.abort(new Error('Stopped by SIGINT'));
    await expect(asked).rejects.toThrow('Stopped by SIGINT');
    still.close();
  });
});
