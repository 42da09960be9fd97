import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, type Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keeperOf } from '../../workflows/durable/executor-name.ts';
import { takeOver } from '../../workflows/durable/take-over.ts';
import { Journal } from '../../workflows/durable/journal.ts';
import { openDatabaseStore } from '../../workflows/store/embedded-store.ts';
import { livingExecutors } from '../../workflows/store/liveness-lock.ts';
import { openFleet, testDatabaseUrl, textPlan, type Fleet, type WorkerProcess } from '../fleet/fleet.ts';
import { until } from '../until.ts';
import { startCallsProxy, type CallPoint, type CallsProxy } from './calls-proxy.ts';
import { startPostgres, type OwnPostgres } from './own-postgres.ts';
import { startSpeechops, type SpeechopsProcess } from './speechops-process.ts';

/** A model is being trained of which the run does not know yet. */
const inTheMiddle: CallPoint = { call: 'POST /models', nth: 1, when: 'after' };

describe.skipIf(testDatabaseUrl === '')('the take-over of a run whose process was killed', { timeout: 300_000 }, () => {
  let folder: string;
  let fleet: Fleet;
  let proxy: CallsProxy;
  let started: SpeechopsProcess[];
  let postgres: OwnPostgres | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-take-over-'));
    started = [];
  });
  afterEach(async () => {
    await Promise.all(started.map(async (process) => await process.kill()));
    await proxy.close();
    await fleet.close();
    await postgres?.remove();
    postgres = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function open(server?: OwnPostgres): Promise<void> {
    postgres = server;
    fleet = await openFleet({ speed: 3000, ...(server === undefined ? {} : { server: server.url }) });
    proxy = await startCallsProxy(fleet.emulators[0].url);
  }

  /** A run of the fleet whose worker is killed at this point. */
  async function abandon(runId: string, at: CallPoint & { readonly group?: string }): Promise<void> {
    const killed = await fleet.startWorker();
    const dead = Promise.withResolvers<void>();
    proxy.killAt(at, async () => {
      killAll(killed);
      dead.resolve();
    });
    const group = at.group === undefined ? {} : { group: at.group };
    await fleet.journal.enqueue(
      runId,
      await textPlan(folder, { name: runId, target: { endpoint: proxy.url }, ...group }),
    );
    await dead.promise;
  }

  /** `speechops run` and its like in this folder, which has pipelines `one` and `two` of a concurrency group. */
  async function start(...args: readonly string[]): Promise<SpeechopsProcess> {
    const { key } = fleet.emulators[0];
    for (const name of ['one', 'two']) await writeFile(path.join(folder, `${name}.yaml`), training(name));
    const env = {
      SPEECHOPS_ENDPOINT: proxy.url,
      SPEECHOPS_KEY: key,
      SPEECHOPS_DATABASE_URL: fleet.url,
    };
    const process = startSpeechops(args, { cwd: folder, env });
    started.push(process);
    return process;
  }

  /** The same killed at this point. */
  async function abandonHere(runId: string, at: CallPoint): Promise<void> {
    const killed = await start('run', 'one.yaml', '--run-id', runId);
    proxy.killAt(at, () => killed.kill());
    expect((await killed.ended).code).toBeNull();
  }

  /** Keeps whatever would change the journal's row of the run waiting, until the returned function is called. */
  async function hold(runId: string): Promise<{ waiting(): Promise<number>; letGo(): Promise<void> }> {
    const [client, looking] = [await connect(fleet.url), await connect(fleet.url)];
    await client.query('BEGIN');
    await client.query('SELECT FROM dbos.workflow_status WHERE workflow_uuid = $1 FOR UPDATE', [runId]);
    return {
      async waiting() {
        const { rows } = await looking.query<{ readonly waiting: number }>(findWaiting);
        return rows[0]?.waiting ?? 0;
      },
      async letGo() {
        for (const connection of [client, looking]) await connection.end().catch(() => undefined);
      },
    };
  }

  async function restartWhileHeld(runId: string, take: () => Promise<unknown>): Promise<void> {
    const held = await hold(runId);
    await take();
    await until(async () => (await held.waiting()) > 0);
    await postgres?.stopAtOnce();
    await held.letGo();
    await postgres?.start();
  }

  async function expectEndedOnce(...runIds: readonly string[]): Promise<void> {
    const runs = await fleet.runs();
    expect(runs.map(({ runId, status }) => `${runId} ${status}`).toSorted()).toEqual(
      runIds.map((runId) => `${runId} succeeded`).toSorted(),
    );
    for (const call of ['POST /datasets', 'POST /models'])
      expect(
        proxy.calls.filter((made) => made === call),
        call,
      ).toHaveLength(runIds.length);
  }

  it('by a worker is done when PostgreSQL is restarted in the middle of it', async () => {
    await open(await startPostgres());
    await abandon('run', inTheMiddle);
    let worker: WorkerProcess | undefined;
    await restartWhileHeld('run', async () => (worker = await fleet.startWorker()));
    await expectEndedOnce('run');
    expect(begun('run', worker)).toBe(1);
  });

  it('by resume is done when PostgreSQL is restarted in the middle of it', async () => {
    await open(await startPostgres());
    await abandonHere('run', inTheMiddle);
    let resumed: SpeechopsProcess | undefined;
    await restartWhileHeld('run', async () => (resumed = await start('resume', 'run')));
    const { code, stderr } = (await resumed?.ended) ?? {};
    expect(code, stderr).toBe(0);
    await expectEndedOnce('run');
  });

  it('is done once by many who try it at once, and one worker does the rest of the steps', async () => {
    await open();
    await abandon('run', inTheMiddle);
    const executor = (await fleet.journal.places({ runIds: ['run'] }))[0]?.executor ?? '';
    const stores = Array.from({ length: 6 }, () => openDatabaseStore(fleet.url));
    await until(
      async () => (await livingExecutors(stores[0]?.pool as Pool, [executor, keeperOf(executor)])).size === 0,
    );
    const held = await hold('run');
    let settled = 0;
    const takers = stores.map(async (store, index) => {
      const journal = await Journal.open(store);
      const taken = await takeOver(store.pool, { journal, executor: `taker ${index}` });
      settled += 1;
      await journal.close();
      await store.close();
      return taken.map(({ runId }) => runId);
    });
    await until(async () => settled + (await held.waiting()) === takers.length && settled < takers.length);
    await held.letGo();
    expect((await Promise.all(takers)).flat()).toEqual(['run']);
    const workers = await Promise.all([fleet.startWorker(), fleet.startWorker()]);
    await expectEndedOnce('run');
    expect(begun('run', ...workers)).toBe(1);
  });

  it('is done once by two resumes at once; the other one is refused', async () => {
    await open();
    await abandonHere('run', inTheMiddle);
    const both = await Promise.all([start('resume', 'run'), start('resume', 'run')]);
    const ended = await Promise.all(both.map(async ({ ended: end }) => await end));
    expect(ended.map(({ code }) => code).toSorted(), ended.map(({ stderr }) => stderr).join('\n')).toEqual([0, 2]);
    await expectEndedOnce('run');
  });

  it('lets the next run of its concurrency group begin', async () => {
    await open();
    // The first step is in the journal, and the second has done nothing yet.
    await abandon('first', { call: 'GET /models/base', nth: 1, when: 'before', group: 'one' });
    expect(Object.keys((await fleet.journal.details('first'))?.steps ?? {})).toEqual(['text']);
    const plan = await textPlan(folder, { name: 'next', target: { endpoint: proxy.url }, group: 'one' });
    await fleet.journal.enqueue('next', plan);
    const worker = await fleet.startWorker();
    await expectEndedOnce('first', 'next');
    expect([begun('first', worker), begun('next', worker)]).toEqual([1, 1]);
  });

  it('is not waited for by the next run of its group when only a person resumes it', async () => {
    await open();
    await abandonHere('first', { call: 'GET /models/base', nth: 2, when: 'before' });
    expect(Object.keys((await fleet.journal.details('first'))?.steps ?? {})).toEqual(['text']);
    expect((await (await start('run', 'two.yaml', '--run-id', 'next')).ended).code).toBe(0);
    expect((await fleet.journal.details('first'))?.status).toBe('running');
    const submitted = await textPlan(folder, { name: 'submitted', target: { endpoint: proxy.url }, group: 'one' });
    await fleet.journal.enqueue('submitted', submitted);
    await fleet.startWorker();
    await until(async () => (await fleet.journal.details('submitted'))?.status === 'succeeded');
    expect((await (await start('resume', 'first')).ended).code).toBe(0);
    await expectEndedOnce('first', 'next', 'submitted');
  });
});

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  // The server may end it.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const findWaiting = `
  SELECT count(*)::integer AS waiting FROM pg_stat_activity
  WHERE wait_event_type = 'Lock' AND datname = current_database()`;

/** Its executors, too, as when its machine dies. */
function killAll({ process: { pid = 0 } }: WorkerProcess): void {
  process.kill(-pid, 'SIGKILL');
}

/** How often these workers have begun to execute the run. */
function begun(runId: string, ...workers: readonly (WorkerProcess | undefined)[]): number {
  const lines = workers.flatMap((worker) => worker?.lines() ?? []);
  return lines.filter((line) => line['run'] === runId && String(line['message']).endsWith('begins here')).length;
}

function training(name: string): string {
  return `name: ${name}
locale: en-US
concurrency: one
steps:
  - { id: text, uses: upload, with: { kind: Language, from: ${name}.yaml } }
  - { id: model, uses: train, needs: [text], with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
`;
}
