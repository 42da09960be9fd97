import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digests, openFleet, pause, testDatabaseUrl, textPlan, type Fleet } from './fleet.ts';

const withDatabase = testDatabaseUrl !== '';
if (!withDatabase)
  console.log('SKIPPED: fleet tests; run them with scripts/with-postgres.sh npx vitest run test/fleet');

describe.skipIf(!withDatabase)('workers on one database', () => {
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

  it('share the runs, and take over those of one that was killed', { timeout: 60_000 }, async () => {
    const count = 60;
    const [killed, other] = await Promise.all([
      fleet.startWorker(['--concurrency', '40']),
      fleet.startWorker(['--concurrency', '40']),
    ]);
    for (let index = 0; index < count; index += 1) {
      const plan = await textPlan(folder, { name: `run-${index}`, target: { endpoint: fleet.emulators[0].url } });
      await fleet.journal.enqueue(`run-${index}`, plan);
    }
    while (startedRuns(killed) < 5) await pause(50);
    await killed.stop('SIGKILL');
    const runs = await fleet.runs();

    expect(runs.map(({ status }) => status)).toEqual(Array.from({ length: count }, () => 'succeeded'));
    for (const collection of ['datasets', 'models'] as const) {
      const found = await digests(fleet, collection);
      expect([found.size, Math.max(...found.values())], collection).toEqual([count, 1]);
    }
    expect(other.lines().filter((line) => 'from' in line).length, 'runs taken over').toBeGreaterThan(0);
    expect(await other.metrics()).toMatch(/^speechops_runs_ended_total\{status="succeeded"\} \d+$/m);
  });
});

function startedRuns(worker: { lines(): readonly Readonly<Record<string, unknown>>[] }): number {
  return worker.lines().filter((line) => String(line['message']).endsWith('begins here')).length;
}
