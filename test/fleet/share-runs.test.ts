import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digests, openFleet, testDatabaseUrl, textPlan, type Fleet, type WorkerProcess } from './fleet.ts';
import { until } from '../until.ts';

describe.skipIf(testDatabaseUrl === '')('workers on one database', () => {
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

  it('share the runs, and take over those of one that was killed', { timeout: 300_000 }, async () => {
    const [killed, other] = await twoWorkersAt(60);
    await killed.stop('SIGKILL');
    await expectAllOnce(60);
    expect(takenOver(other), 'runs taken over').toBeGreaterThan(0);
    expect(await other.metrics()).toMatch(/^speechops_runs_ended_total\{status="succeeded"\} \d+$/m);
  });

  it('are not disturbed by one that was frozen and wakes after its runs were taken over', async () => {
    const [frozen, other] = await twoWorkersAt(20);
    frozen.freeze();
    await cutConnections(fleet.url, frozen);
    await until(() => takenOver(other) > 0, 50);
    frozen.wake();
    await expectAllOnce(20);
    expect(frozen.process.exitCode, frozen.log().slice(-2000)).toBeNull();
  });

  async function twoWorkersAt(count: number): Promise<readonly [WorkerProcess, WorkerProcess]> {
    for (let index = 0; index < count; index += 1) {
      const plan = await textPlan(folder, { name: `run-${index}`, target: { endpoint: fleet.emulators[0].url } });
      await fleet.journal.enqueue(`run-${index}`, plan);
    }
    const args = ['--concurrency', String(Math.ceil(count / 2))];
    const workers = await Promise.all([fleet.startWorker(args), fleet.startWorker(args)]);
    await until(() => !workers.some((worker) => startedRuns(worker) === 0), 20);
    return workers;
  }

  async function expectAllOnce(count: number): Promise<void> {
    const runs = await fleet.runs();
    expect(runs.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 'succeeded'));
    for (const collection of ['datasets', 'models'] as const) {
      const found = await digests(fleet, collection);
      expect([found.size, Math.max(...found.values())], collection).toEqual([count, 1]);
    }
  }
});

function startedRuns(worker: WorkerProcess): number {
  return worker.lines().filter((line) => String(line['message']).endsWith('begins here')).length;
}

function takenOver(worker: WorkerProcess): number {
  return worker.lines().filter((line) => 'from' in line).length;
}

/** Ends the connections of a worker, as a network does that loses its machine. */
async function cutConnections(url: string, worker: WorkerProcess): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
    worker.name,
  ]);
  await client.end();
}
