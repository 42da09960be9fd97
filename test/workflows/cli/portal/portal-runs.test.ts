import { existsSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { fleetOf } from '../../../../workflows/cli/portal/fleet-state.ts';
import { PortalRuns } from '../../../../workflows/cli/portal/portal-runs.ts';
import { until } from '../../../until.ts';
import type { Io } from '../../../../workflows/cli/session.ts';
import { type RunFolder, useRunFolder } from '../run-folder.ts';

const plain =
  'name: plain\nlocale: en-US\nsteps:\n  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n';

function ioOf({ folder, env }: RunFolder): Io {
  const stream = { write: () => undefined };
  return { stdout: stream, stderr: stream, env, cwd: folder, signal: new AbortController().signal };
}

function portalRunsOf(at: RunFolder, how: { readonly idleMilliseconds?: number } = {}): PortalRuns {
  const runs = new PortalRuns(ioOf(at), how);
  onTestFinished(async () => await runs.close());
  return runs;
}

describe('runs in the embedded store, for a portal', () => {
  const prepared = useRunFolder({ isEmbedded: true });
  let at: RunFolder;
  const holderFile = (): string => path.join(at.folder, '.speechops', 'store.lock.holder.json');
  beforeEach(async () => {
    at = prepared();
    await writeFile(path.join(at.folder, 'plain.yaml'), plain);
  });

  it('are none before there is a store, and none is made', async () => {
    const runs = portalRunsOf(at);
    expect(await runs.borrow(async (access) => await access.runs())).toEqual([]);
    expect(existsSync(path.join(at.folder, '.speechops'))).toBe(false);
  });

  it('are answered from memory until something has changed', async () => {
    await at.prepareStore();
    await at.start('run', 'plain.yaml', '--run-id', 'a').ended;
    const runs = portalRunsOf(at, { idleMilliseconds: 1 });
    const listed = async (): Promise<readonly string[]> =>
      await runs.borrow(async (access) => (await access.runs()).map(({ runId, status }) => `${runId} ${status}`));
    expect(await listed()).toEqual(['a succeeded']);
    await until(() => !existsSync(holderFile()));
    const written = (): bigint =>
      statSync(path.join(at.folder, '.speechops/store/global/pg_control'), { bigint: true }).mtimeNs;
    const [before, version] = [written(), await runs.version()];
    expect(await listed()).toEqual(['a succeeded']);
    expect(await runs.borrow(async (access) => await access.runs())).toHaveLength(1);
    expect([written(), await runs.version()]).toEqual([before, version]);
    await at.start('run', 'plain.yaml', '--run-id', 'b').ended;
    expect(await runs.version()).not.toBe(version);
    expect(await listed()).toEqual(['b succeeded', 'a succeeded']);
  });

  it('keep no run from starting, which gets the store at once', async () => {
    await at.prepareStore();
    await at.start('run', 'plain.yaml', '--run-id', 'a').ended;
    const runs = portalRunsOf(at, { idleMilliseconds: 600_000 });
    const read = async (): Promise<readonly string[]> =>
      await runs.borrow(async (access) => (await access.runs()).map(({ runId }) => runId));
    expect(await read()).toEqual(['a']);
    expect(existsSync(holderFile())).toBe(true);
    const started = at.start('run', 'plain.yaml', '--run-id', 'b');
    // The page goes on asking all the while.
    const over = started.ended.then(() => 'over');
    let known: readonly string[] = [];
    while ((await Promise.race([over, setImmediate('runs')])) !== 'over') {
      known = await runs.borrow(async (access) => {
        await access.log('a', { after: Math.floor(Math.random() * 1e6) });
        return (await access.runs()).map(({ runId }) => runId);
      });
    }
    const ended = await started.ended;
    expect([ended.code, ended.stderr]).toEqual([
      0,
      expect.stringContaining('The portal reads the runs, and makes room'),
    ]);
    expect(await read()).toEqual(['b', 'a']);
    expect(known.length).toBeGreaterThan(0);
  });

  it('are asked of the process that executes one, and steered there', async () => {
    const run = await at.startAsking();
    const runs = portalRunsOf(at);
    // The lines of the log are written a moment later than the terminal shows them.
    await until(async () => {
      const log = await runs.borrow(async (access) => await access.log('a'));
      return log.at(-1)?.message.includes('waiting for approval: Go on?') === true;
    });
    const before = await runs.version();
    const details = await runs.borrow(async (access) => await access.details('a'));
    expect([details?.status, details?.abandoned]).toEqual(['running', undefined]);
    expect(await runs.version()).toBe(before);
    const decision = { approved: true, by: 'ann', at: new Date().toISOString() };
    expect(await runs.borrow(async (access) => await access.decide('a', 'ok', decision))).toMatchObject(decision);
    expect(await runs.version()).not.toBe(before);
    expect((await run.ended).code).toBe(0);
    expect((await runs.borrow(async (access) => await access.details('a')))?.status).toBe('succeeded');
  });

  it('answer other processes while the portal has the store, and notice what these change', async () => {
    const run = await at.startAsking();
    await run.kill();
    const runs = portalRunsOf(at, { idleMilliseconds: 600_000 });
    const details = async () => await runs.borrow(async (access) => await access.details('a'));
    expect((await details())?.abandoned).toBe('until-resumed');
    const before = await runs.version();
    const cancelled = await at.start('cancel', 'a').ended;
    expect([cancelled.code, cancelled.stderr]).toEqual([0, 'Cancelled a\n']);
    expect(existsSync(holderFile())).toBe(true);
    expect(await runs.version()).not.toBe(before);
    expect((await details())?.status).toBe('cancelled');
  });
});

describe('runs in a PostgreSQL, for a portal', () => {
  const prepared = useRunFolder({ isEmbedded: false });

  it('change with each step, each answer and each process that dies', async () => {
    const at = prepared();
    const runs = portalRunsOf(at);
    const run = await at.startAsking();
    const before = await runs.version();
    const details = async () => await runs.borrow(async (access) => await access.details('a'));
    expect((await details())?.abandoned).toBeUndefined();
    await run.kill();
    await until(async () => (await runs.version()) !== before);
    expect((await details())?.abandoned).toBe('until-resumed');
    const abandoned = await runs.version();
    await at.call('approve', 'a', 'ok');
    expect(await runs.version()).not.toBe(abandoned);
    const answered = await runs.version();
    expect((await at.start('resume', 'a').ended).code).toBe(0);
    expect(await runs.version()).not.toBe(answered);
    expect((await details())?.status).toBe('succeeded');
  });

  it('have schedules and the workers that execute some', async () => {
    const at = prepared();
    await writeFile(path.join(at.folder, 'plain.yaml'), `${plain}schedule: [{ cron: '0 3 * * 1' }]\n`);
    expect(await at.call('schedule', 'plain.yaml')).toMatchObject({ code: 0 });
    expect(await at.call('submit', 'asks.yaml', '--run-id', 'q')).toMatchObject({ code: 0 });
    const io = ioOf(at);
    expect(await fleetOf(io)).toMatchObject({
      schedules: [{ pipeline: 'plain', cron: '0 3 * * 1' }],
      executors: [],
      queued: 1,
    });
    const worker = at.start('worker');
    await until(async () => (await fleetOf(io)).executors.some(({ runIds }) => runIds.length > 0));
    expect(await fleetOf(io)).toMatchObject({ queued: 0, executors: [{ isAlive: true, runIds: ['q'] }] });
    worker.send('SIGTERM');
    await worker.ended;
  });

  it('have the workers that wait for some, until they end', async () => {
    const at = prepared();
    const io = ioOf(at);
    const [one, other] = [at.start('worker'), at.start('worker')];
    await until(async () => (await fleetOf(io)).executors.length >= 2);
    const idle = { name: expect.stringMatching(/^worker:/), isAlive: true, runIds: [] };
    expect((await fleetOf(io)).executors).toEqual([idle, idle]);
    one.send('SIGTERM');
    await one.ended;
    await until(async () => (await fleetOf(io)).executors.length < 2);
    other.send('SIGTERM');
    await other.ended;
    expect((await fleetOf(io)).executors).toEqual([]);
  });
});
