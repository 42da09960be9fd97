import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callMain, type Called } from '../workflows/cli/call-main.ts';
import {
  approvalPlan,
  openFleet,
  pause,
  planOf,
  testDatabaseUrl,
  textPlan,
  type Fleet,
  type WorkerProcess,
} from './fleet.ts';
import { until } from '../until.ts';

const preload = new URL('poison.ts', import.meta.url);

describe.skipIf(testDatabaseUrl === '')('a run that ends the processes which execute it', { timeout: 300_000 }, () => {
  let folder = '';
  let fleet: Fleet;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-fleet-'));
    fleet = await openFleet({ speed: 600 });
  });
  afterEach(async () => {
    await fleet.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('is set aside, and others are cut off with it once at most', async () => {
    const target = { endpoint: fleet.emulators[0].url };
    const innocents = ['one', 'two', 'three', 'four', 'five'];
    for (const name of innocents) {
      const { folder: own } = await textPlan(folder, { name, target });
      await fleet.journal.enqueue(name, planOf(askAndUpload(name, 'text.txt'), { folder: own, target }));
    }
    const workers = await Promise.all([start(), start(), start()]);
    // All wait: so each of them is in the hands of a worker when that one meets the poison.
    while (linesOf(workers).filter((line) => line['step'] === 'ok' && line['message'] === 'started').length < 5)
      await pause(50);
    await fleet.journal.enqueue('poison', await poisonPlan('memory.txt'));
    const ended = async (): Promise<string | undefined> => (await fleet.journal.details('poison'))?.status;
    await until(async () => (await ended()) === 'failed', 200);
    for (const runId of innocents)
      await fleet.journal.decide(runId, 'ok', { approved: true, by: 'ann', at: '2026-01-01T00:00:00Z' });
    const runs = await fleet.runs();
    expect(Object.fromEntries(runs.map(({ runId, status }) => [runId, status]))).toEqual({
      ...Object.fromEntries(innocents.map((runId) => [runId, 'succeeded'])),
      poison: 'failed',
    });
    expect(workers.map((worker) => worker.process.exitCode)).toEqual([null, null, null]);
    const cutOff = linesOf(workers).filter((line) => /has ended with it/.test(String(line['message'])));
    for (const runId of innocents) expect(cutOff.filter((line) => line['run'] === runId).length).toBeLessThanOrEqual(1);
    expect(cutOff.filter((line) => line['run'] === 'poison')).toHaveLength(3);

    const { record } = (await fleet.journal.details('poison')) ?? {};
    const reason = 'it used more memory than 256 MB, and 3 processes that executed the run have ended so';
    expect(record).toMatchObject({
      status: 'failed',
      error: `Mend what bad does, then resume the run: it was set aside, because ${reason}`,
      steps: {
        bad: { status: 'failed', failure: 'world', error: `Mend what the step does, then resume the run: ${reason}` },
        after: { status: 'skipped', reason: 'the run was set aside' },
        last: { status: 'succeeded' },
      },
    });
    expect((await speechops('show', 'poison')).stdout).toContain(`error: ${record?.error}`);
    expect((await speechops('runs')).stdout).toMatch(/^poison .*it was set aside, because it /m);
    const metrics = await Promise.all(workers.map(async (worker) => await worker.metrics()));
    expect(sum(metrics, 'speechops_executors_ended_total{cause="memory"}')).toBe(3);
    expect(sum(metrics, 'speechops_runs_set_aside_total')).toBe(1);
  });

  it('is set aside when it keeps them busy, and counted anew after it was resumed', async () => {
    const worker = await start('--stall', '3');
    await fleet.journal.enqueue('poison', await poisonPlan('stall.txt'));
    await fleet.runs();
    const error = async (): Promise<string> => String((await fleet.journal.details('poison'))?.error);
    expect(await error()).toMatch(/it kept its process busy for 3 s without a pause, and 3 processes/);
    expect((await fetch(`${worker.origin}/healthz`)).status).toBe(200);
    const followed = speechops('resume', 'poison');
    const endsAre = (ends: readonly string[]): boolean =>
      ends.every((end, index) => endsWith(worker)[index]?.endsWith(`(${end})`) === true);
    await until(() => endsAre(['1', '2', '3', '1']), 50);
    await fleet.journal.cancel('poison');
    expect((await followed).code).toBe(3);
  });

  it('is set aside also for memory that is not on the heap, and for ending its process itself', async () => {
    const worker = await start();
    await fleet.journal.enqueue('buffers', await poisonPlan('buffers.txt'));
    await fleet.journal.enqueue('exit', await poisonPlan('exit.txt'));
    await fleet.runs();
    expect((await fleet.journal.details('buffers'))?.error).toMatch(/it used more memory than 256 MB/);
    expect((await fleet.journal.details('exit'))?.error).toMatch(/it ended its process \(exit status 7\)/);
    expect(worker.process.exitCode).toBeNull();
  });

  it('is no run whose worker was killed three times', async () => {
    await fleet.journal.enqueue('asks', approvalPlan('asks', { endpoint: fleet.emulators[0].url }));
    for (let kills = 0; kills < 3; kills += 1) {
      const killed = await start();
      await until(() => killed.lines().some((line) => line['step'] === 'ok' && line['message'] === 'started'), 50);
      await killed.stop('SIGKILL');
    }
    const last = await start();
    await fleet.journal.decide('asks', 'ok', { approved: true, by: 'ann', at: '2026-01-01T00:00:00Z' });
    expect(await fleet.runs()).toMatchObject([{ runId: 'asks', status: 'succeeded' }]);
    expect(last.log()).not.toContain('has ended with it');
  });

  it('goes to other workers when its own one is killed while it keeps the process busy', async () => {
    const killed = await start('--stall', '600');
    await fleet.journal.enqueue('poison', await poisonPlan('stall.txt'));
    await until(() => killed.lines().some((line) => line['step'] === 'bad' && line['message'] === 'started'), 50);
    await killed.stop('SIGKILL');
    const other = await start();
    await until(() => other.lines().some((line) => 'from' in line), 50);
  });

  async function start(...args: readonly string[]): Promise<WorkerProcess> {
    return await fleet.startWorker(['--memory', '256', ...args], { preload });
  }

  async function speechops(...args: readonly string[]): Promise<Called> {
    const [{ url, key }] = fleet.emulators;
    const env = { SPEECHOPS_DATABASE_URL: fleet.url, SPEECHOPS_ENDPOINT: url, SPEECHOPS_KEY: key };
    return await callMain(args, { cwd: folder, env });
  }

  async function poisonPlan(file: string): Promise<ReturnType<typeof planOf>> {
    await writeFile(path.join(folder, file), 'words\n');
    await writeFile(path.join(folder, 'text.txt'), 'these are words\n');
    const yaml = `name: poison
locale: en-US
steps:
  - { id: bad, uses: upload, with: { kind: Language, from: ${file} } }
  - { id: after, uses: upload, needs: [bad], with: { kind: Language, from: text.txt } }
finally:
  - { id: last, uses: upload, with: { kind: Language, from: text.txt } }
`;
    return planOf(yaml, { folder, target: { endpoint: fleet.emulators[0].url } });
  }
});

function askAndUpload(name: string, from: string): string {
  return `name: ${name}
locale: en-US
steps:
  - { id: ok, uses: approve, with: { message: 'Go on?' } }
  - { id: text, uses: upload, needs: [ok], with: { kind: Language, from: ${from} } }
`;
}

/** What the worker has said of ends with a run. */
function endsWith(worker: WorkerProcess): readonly string[] {
  return worker.lines().flatMap(({ message }) => (/has ended with it/.test(String(message)) ? [String(message)] : []));
}

function linesOf(workers: readonly WorkerProcess[]): readonly Readonly<Record<string, unknown>>[] {
  return workers.flatMap((worker) => worker.lines());
}

function sum(metrics: readonly string[], name: string): number {
  const values = metrics.flatMap((text) => text.split('\n').filter((line) => line.startsWith(`${name} `)));
  return values.reduce((total, line) => total + Number(line.slice(name.length + 1)), 0);
}
