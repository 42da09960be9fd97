import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPostgres, type OwnPostgres } from '../crash/own-postgres.ts';
import { digests, openFleet, pause, planOf, testDatabaseUrl, textPlan, type Fleet } from './fleet.ts';
import { until } from '../until.ts';

describe.skipIf(testDatabaseUrl === '')('a database that is away for a while', { timeout: 300_000 }, () => {
  let folder: string;
  let postgres: OwnPostgres;
  let fleet: Fleet;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-outage-'));
    postgres = await startPostgres();
    fleet = await openFleet({ speed: 600, server: postgres.url });
  });
  afterEach(async () => {
    await fleet.close();
    await postgres.remove();
    await rm(folder, { recursive: true, force: true });
  });

  it('costs no run, makes nothing twice and leaves both workers at work', async () => {
    const count = 40;
    const endpoint = fleet.emulators[0].url;
    await fleet.journal.enqueue('asks', asking(endpoint));
    for (let index = 0; index < count; index += 1) {
      const plan = await textPlan(folder, { name: `run-${index}`, target: { endpoint } });
      await fleet.journal.enqueue(`run-${index}`, plan);
    }
    const workers = await Promise.all([1, 2].map(async () => await fleet.startWorker(['--concurrency', '21'])));
    const started = (): number =>
      workers.reduce((sum, worker) => sum + worker.log().split('begins here').length - 1, 0);
    await until(() => started() >= count, 20);
    await postgres.stopAtOnce();
    await pause(5000);
    await postgres.start();

    await fleet.journal.decide('asks', 'ok', { approved: true, by: 'ann', at: '2026-01-01T00:00:00Z' });
    const runs = await fleet.runs();
    expect(runs.filter(({ status }) => status !== 'succeeded')).toEqual([]);
    expect(runs).toHaveLength(count + 1);
    for (const collection of ['datasets', 'models'] as const) {
      const found = await digests(fleet, collection);
      expect([found.size, Math.max(...found.values())], collection).toEqual([count, 1]);
    }
    for (const worker of workers) {
      expect(worker.process.exitCode, worker.log().slice(-2000)).toBeNull();
      await until(async () => /^speechops_worker_ready 1$/m.test(await worker.metrics()), 50);
    }
  });
});

function asking(endpoint: string): ReturnType<typeof planOf> {
  return planOf("name: asks\nlocale: en-US\nsteps:\n  - id: ok\n    uses: approve\n    with: { message: 'Go on?' }\n", {
    folder: '/',
    target: { endpoint },
  });
}
