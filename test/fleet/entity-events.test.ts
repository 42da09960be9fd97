import { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EntityEvents } from '../../workflows/fleet/webhooks/entity-events.ts';
import { type Heard } from '../../workflows/engine/retries/wait-pauses.ts';
import { emptyDatabase, pause, testDatabaseUrl } from './fleet.ts';
import { until } from '../until.ts';

describe.skipIf(testDatabaseUrl === '')('events among the workers of a database', () => {
  let pool: Pool;
  let workers: readonly [EntityEvents, EntityEvents];

  beforeEach(async () => {
    pool = new Pool({ connectionString: await emptyDatabase(), application_name: 'speechops-events' });
    pool.on('error', () => undefined);
    workers = [new EntityEvents(pool), new EntityEvents(pool)];
    for (const worker of workers) worker.open();
    for (const worker of workers) await untilListening(worker);
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await pool.end();
  });

  it('reach everybody who listens for the object, on every worker', async () => {
    const [one, other] = workers;
    const heard = [one.next('a'), one.next('a'), other.next('a')];
    const unconcerned = other.next('b');
    await one.tell('a');
    await Promise.all(heard.map(untilHeard));
    expect(unconcerned.signal.aborted).toBe(false);
  });

  it('do not reach who has ended listening', async () => {
    const [one] = workers;
    const [ended, listening] = [one.next('a'), one.next('a')];
    ended.end();
    await one.tell('a');
    await untilHeard(listening);
    expect(ended.signal.aborted).toBe(false);
  });

  it('cannot be missed unnoticed: a cut connection wakes everybody, and is made again', async () => {
    const [one] = workers;
    const heard = one.next('a');
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'speechops-events' AND pid <> pg_backend_pid()`,
    );
    await untilHeard(heard);
    await untilListening(one);
    const next = one.next('a');
    await one.tell('a');
    await untilHeard(next);
  });
});

async function untilListening(worker: EntityEvents): Promise<void> {
  await until(() => worker.isListening, 20);
}

async function untilHeard({ signal }: Heard): Promise<void> {
  while (!signal.aborted) await pause(20);
}
