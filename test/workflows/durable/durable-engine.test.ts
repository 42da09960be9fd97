import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bootedState } from '../../crash/booted-state.ts';
import { createDatabase, withoutPostgres } from '../../crash/create-database.ts';
import type { RunDetails } from '../../../workflows/durable/journal.ts';
import { socketPlace } from '../../../workflows/store/socket-place.ts';
import { until } from '../../until.ts';
import { short, statuses, written } from '../engine/run-plan.ts';
import { startEngine, type EngineProcess, type Opening } from './start-engine.ts';

const chain = written(`locale: en-US\nsteps:\n${short('a')}${short('b', 'needs: [a]')}${short('c', 'needs: [b]')}`);
const asks = written(
  "locale: en-US\nsteps:\n  - { id: ok, uses: approve, with: { message: 'Go on?', expires: 3s } }\n" +
    short('after', 'needs: [ok]'),
);
const yes = { approved: true, by: 'ann', at: '2026-01-01T00:00:00.000Z' };
const no = { approved: false, by: 'bob', at: '2026-01-02T00:00:00.000Z' };
const homes = [
  { home: 'the embedded store', isEmbedded: true },
  { home: 'PostgreSQL', isEmbedded: false },
];

/**
 * The whole table on PostgreSQL. On the embedded store the cases in which the store has a part: a run at all, the end or the death
 * of a process that leaves another one what it had, and the sockets. In all others the engine and DBOS decide, by the same code and
 * the same SQL on both; where there is no PostgreSQL, they are tried on the embedded store.
 */
describe.each(homes)(
  `a durable engine on $home${withoutPostgres === undefined ? '' : ` (${withoutPostgres})`}`,
  (on) => {
    const itOfEngine = it.runIf(!on.isEmbedded || withoutPostgres !== undefined);
    let database: Awaited<ReturnType<typeof createDatabase>> | undefined;
    let folder: string;
    let engines: EngineProcess[];

    beforeEach(async (context) => {
      engines = [];
      folder = await mkdtemp(path.join(tmpdir(), 'speechops-engine-'));
      if (!on.isEmbedded && withoutPostgres !== undefined) return context.skip(withoutPostgres);
      if (on.isEmbedded) await bootedState().copyTo(folder);
      if (!on.isEmbedded) database = await createDatabase();
    });
    afterEach(async () => {
      await Promise.all(engines.map(async (engine) => await engine.kill()));
      await database?.drop();
      database = undefined;
      await rm(folder, { recursive: true, force: true });
    });

    /** The process that executes the run `r`. */
    async function open(executor = 'run:r'): Promise<EngineProcess> {
      const at: Opening =
        database === undefined ? { folder, executor } : { folder, executor, databaseUrl: database.url };
      const engine = await startEngine(at);
      engines.push(engine);
      return engine;
    }

    async function mark(name: string): Promise<() => Promise<void>> {
      await writeFile(path.join(folder, name), '');
      return async () => await rm(path.join(folder, name));
    }

    /** How often each step was done. */
    function done(...ids: readonly string[]): Record<string, number> {
      const times = (id: string): number => {
        const file = path.join(folder, `${id}.done`);
        return existsSync(file) ? readFileSync(file, 'utf8').length : 0;
      };
      return Object.fromEntries(ids.map((id) => [id, times(id)]));
    }

    it('executes a run once however often it is started, and says how it stands', async () => {
      const engine = await open();
      const go = await mark('b.hold');
      expect(await engine.status('r')).toBeUndefined();
      await engine.start('r', chain);
      await engine.start('r', chain);
      expect(await engine.status('r')).toBe('running');
      await go();
      const record = await engine.result('r');
      expect([record.status, statuses(record)]).toEqual([
        'succeeded',
        { a: 'succeeded', b: 'succeeded', c: 'succeeded' },
      ]);
      expect(await engine.status('r')).toBe('succeeded');
      await engine.start('r', chain);
      expect(await engine.result('r')).toEqual(record);
      expect(done('a', 'b', 'c')).toEqual({ a: 1, b: 1, c: 1 });
    });

    it('resumes a run whose process was killed, and repeats only what had not ended', async () => {
      const killed = await open();
      const go = await mark('b.hold');
      await killed.start('r', chain);
      await until(() => done('b')['b'] === 1);
      const before = await killed.details('r');
      await killed.kill();
      await go();
      const record = await (await open()).result('r');
      expect([record.status, done('a', 'b', 'c')]).toEqual(['succeeded', { a: 1, b: 2, c: 1 }]);
      expect(record.steps['a']).toEqual(before?.steps['a']);
    });

    it.runIf(on.isEmbedded)('leaves no sockets behind, also where a process was killed', async () => {
      const killed = await open();
      const sockets = await socketPlace(path.join(folder, '.speechops'));
      await killed.kill();
      expect(existsSync(sockets)).toBe(true);
      const next = await open();
      expect(await next.sql('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await next.close();
      expect(existsSync(sockets)).toBe(false);
    });

    it('does not take the end of the process for the end of a run, at whatever moment it comes', async () => {
      const stopped = await open();
      const go = await mark('c.late');
      await stopped.start('r', chain);
      await until(async () => (await stopped.details('r'))?.steps['c'] !== undefined);
      await stopped.close();
      await go();
      const record = await (await open()).result('r');
      expect([record.status, done('a', 'b', 'c')]).toEqual(['succeeded', { a: 1, b: 1, c: 1 }]);
    });

    it.skipIf(on.isEmbedded)('resumes a run that another process took from the queue and died with', async () => {
      const killed = await open();
      const go = await mark('b.hold');
      await killed.start('r', chain);
      await until(() => done('b')['b'] === 1);
      await killed.sql("UPDATE dbos.workflow_status SET executor_id = 'run:dead' WHERE workflow_uuid = 'r'");
      await killed.kill();
      await go();
      const record = await (await open()).result('r');
      expect([record.status, done('a', 'b', 'c')]).toEqual(['succeeded', { a: 1, b: 2, c: 1 }]);
    });

    it.skipIf(on.isEmbedded)('begins a run again that lost its group while the process was frozen', async () => {
      const engine = await open();
      const go = await mark('b.hold');
      await engine.start('r', { ...chain, pipeline: { ...chain.pipeline, concurrency: 'g' } });
      await until(() => done('b')['b'] === 1);
      await engine.sql(slowGivingBack);
      engine.send('SIGSTOP');
      const other = new Client({ connectionString: database?.url });
      await other.connect();
      try {
        await other.query(cutOthers);
        await other.query("SELECT pg_advisory_lock(hashtextextended('speechops name concurrency group g', 0))");
        engine.send('SIGCONT');
        await until(async () => (await other.query('SELECT 1 FROM given_back')).rows.length > 0);
      } finally {
        await other.end();
      }
      await go();
      const record = await engine.result('r');
      expect([record.status, done('a', 'b', 'c')]).toEqual(['succeeded', { a: 1, b: 2, c: 1 }]);
    });

    it('leaves a run alone that another executor has begun', async () => {
      const killed = await open('run:r');
      await mark('a.hold');
      await killed.start('r', chain);
      await until(() => done('a')['a'] === 1);
      await killed.kill();
      const other = await open('run:other');
      await other.start('other', written(`locale: en-US\nsteps:\n${short('d')}`));
      await other.result('other');
      expect([await other.status('r'), done('a')]).toEqual(['running', { a: 1 }]);
    });

    itOfEngine('keeps an answer that comes early, and of several the first', async () => {
      const engine = await open();
      await engine.decide('r', { topic: 'ok', payload: yes, key: '1' });
      await engine.decide('r', { topic: 'ok', payload: no, key: '2' });
      await engine.start('r', asks);
      const { status, steps } = await engine.result('r');
      expect([status, steps['ok']?.outputs]).toEqual(['succeeded', { approvedBy: 'ann', approvedAt: yes.at }]);
    });

    itOfEngine(
      'asks again when a run is resumed that a no had ended, and takes the first answer that comes after it',
      async () => {
        const engine = await open();
        const answer = async (payload: typeof yes): Promise<void> =>
          await engine.decide('r', { topic: 'ok', payload, key: payload.at });
        const patient = written(
          "locale: en-US\nsteps:\n  - { id: ok, uses: approve, with: { message: 'Go on?', expires: 1h } }\n" +
            short('after', 'needs: [ok]'),
        );
        const ended = async (): Promise<unknown> => {
          const { steps } = await engine.result('r');
          return steps['ok']?.error ?? steps['ok']?.outputs;
        };
        await answer(no);
        await engine.start('r', patient);
        expect(await ended()).toBe('bob rejected it at 2026-01-02T00:00:00.000Z');

        // Before it is resumed: a second no, which the third answer does not take back.
        await answer({ ...no, by: 'cid' });
        await answer({ ...yes, by: 'dot' });
        await engine.resume('r');
        expect(await ended()).toBe('cid rejected it at 2026-01-02T00:00:00.000Z');

        // After it was resumed: it waits.
        await engine.resume('r');
        await new Promise((resolve) => setTimeout(resolve, 1000));
        expect(await engine.status('r')).toBe('running');
        await answer(yes);
        await answer({ ...no, by: 'eve' });
        expect(await ended()).toEqual({ approvedBy: 'ann', approvedAt: yes.at });
        expect(await engine.status('r')).toBe('succeeded');
      },
    );

    itOfEngine('keeps a yes for a step that is done again, and passes over who may not answer', async () => {
      const engine = await open();
      const mend = await mark('other.fail');
      const limited = written(
        `locale: en-US\nsteps:\n${short('other')}  - { id: ok, uses: approve, with: { message: 'Go on?', by: [ann] } }\n`,
      );
      await engine.decide('r', { topic: 'ok', payload: { ...no, isUnsure: true }, key: '1' });
      await engine.decide('r', { topic: 'ok', payload: { ...yes, isUnsure: true }, key: '2' });
      await engine.start('r', limited);
      expect(statuses(await engine.result('r'))).toEqual({ other: 'failed', ok: 'succeeded' });
      await mend();
      await engine.resume('r');
      const { status, steps } = await engine.result('r');
      expect([status, steps['ok']?.outputs]).toEqual(['succeeded', { approvedBy: 'ann', approvedAt: yes.at }]);
    });

    itOfEngine('takes an answer that comes too late when the run is resumed', async () => {
      const engine = await open();
      await engine.start('r', asks);
      expect((await engine.result('r')).steps['ok']?.error).toMatch(/^Nobody answered by /);
      await engine.decide('r', { topic: 'ok', payload: yes, key: '1' });
      expect(await engine.status('r')).toBe('failed');
      await engine.resume('r');
      expect((await engine.result('r')).status).toBe('succeeded');
    });

    it('counts the time of a wait from its beginning over a kill, and anew when the failed run is resumed', async () => {
      const first = await open();
      await first.start('r', asks);
      await until(async () => (await first.details('r')) !== undefined);
      await first.kill();
      const second = await open();
      const record = await second.result('r');
      expect(expiryOf(record.steps['ok']?.error)).toBe(Date.parse(record.startedAt) + 3000);

      const from = Date.now();
      await second.resume('r');
      const to = Date.now();
      await second.kill();
      // The wait must not begin anew with the process.
      await until(() => Date.now() > to + 1000);
      const again = expiryOf((await (await open()).result('r')).steps['ok']?.error);
      expect(again).toBeGreaterThanOrEqual(from + 3000);
      expect(again).toBeLessThanOrEqual(to + 3000);
    });

    itOfEngine('gives new time to a step and to a run that had used up theirs', async () => {
      const limited = written(
        `locale: en-US\ntimeout: 8s\nsteps:\n${short('a', 'timeout: 4s')}${short('b', 'needs: [a]')}`,
      );
      const engine = await open();
      let go = await mark('a.hold');
      await engine.start('r', limited);
      expect((await engine.result('r')).steps['a']?.error).toMatch(/^The step did not end within 4 s/);
      await go();
      go = await mark('b.hold');
      await engine.resume('r');
      expect((await engine.result('r')).error).toMatch(/^The steps of the run did not end within 8 s/);
      await go();
      await engine.resume('r');
      const { status, error } = await engine.result('r');
      expect([status, error, done('a', 'b')]).toEqual(['succeeded', undefined, { a: 2, b: 2 }]);
    });

    itOfEngine('cancels a run, says so of it, and continues it when it is resumed', async () => {
      const engine = await open();
      const go = await mark('b.hold');
      await engine.start('r', chain);
      await until(() => done('b')['b'] === 1);
      await engine.cancel('r');
      const cancelled = await engine.result('r');
      expect([cancelled.status, statuses(cancelled)]).toEqual([
        'cancelled',
        { a: 'succeeded', b: 'skipped', c: 'skipped' },
      ]);
      await go();
      await engine.resume('r');
      expect((await engine.result('r')).status).toBe('succeeded');
      expect(done('a', 'b', 'c')).toEqual({ a: 1, b: 2, c: 1 });
    });

    it('does the steps under finally of a cancelled run, over a kill, and those of a resumed one at its end', async () => {
      const last = written(
        `locale: en-US\nsteps:\n${short('a')}${short('b', 'needs: [a]')}finally:\n${short('last', `if: "\${{ run.status == 'cancelled' }}"`)}${short('after', 'needs: [last]')}`,
      );
      const killed = await open();
      await mark('b.hold');
      const go = await mark('after.hold');
      await killed.start('r', last);
      await until(() => done('b')['b'] === 1);
      await killed.cancel('r');
      await until(() => done('after')['after'] === 1);
      expect(await killed.status('r')).toBe('running');
      await killed.kill();
      await go();
      const engine = await open();
      const cancelled = await engine.result('r');
      expect([cancelled.status, statuses(cancelled)]).toEqual([
        'cancelled',
        { a: 'succeeded', b: 'skipped', last: 'succeeded', after: 'succeeded' },
      ]);
      expect(await engine.status('r')).toBe('cancelled');
      await rm(path.join(folder, 'b.hold'));
      await engine.resume('r');
      const record = await engine.result('r');
      expect([record.status, statuses(record)]).toEqual([
        'succeeded',
        { a: 'succeeded', b: 'succeeded', last: 'skipped', after: 'skipped' },
      ]);
      expect(done('a', 'b', 'last', 'after')).toEqual({ a: 1, b: 2, last: 1, after: 2 });
    });

    itOfEngine(
      'does without the steps under finally of a run that is cancelled twice, until it is resumed',
      async () => {
        const last = written(`locale: en-US\nsteps:\n${short('a')}finally:\n${short('last')}`);
        const engine = await open();
        const [go, goLast] = [await mark('a.hold'), await mark('last.hold')];
        await engine.start('r', last);
        await until(() => done('a')['a'] === 1);
        await engine.cancel('r');
        await until(() => done('last')['last'] === 1);
        await engine.cancel('r');
        expect((await engine.result('r')).status).toBe('cancelled');
        await Promise.all([go(), goLast()]);
        await engine.resume('r');
        const record = await engine.result('r');
        expect([record.status, statuses(record)]).toEqual(['succeeded', { a: 'succeeded', last: 'succeeded' }]);
        expect(done('a', 'last')).toEqual({ a: 2, last: 2 });
      },
    );

    itOfEngine('resumes a failed run from the step that failed, and keeps what was done before', async () => {
      const engine = await open();
      const mend = await mark('b.fail');
      await engine.start('r', chain);
      expect(statuses(await engine.result('r'))).toEqual({ a: 'succeeded', b: 'failed', c: 'skipped' });
      await mend();
      await engine.resume('r');
      expect((await engine.result('r')).status).toBe('succeeded');
      expect(done('a', 'b', 'c')).toEqual({ a: 1, b: 2, c: 1 });
      await expect(engine.resume('r')).rejects.toThrow('Start a new run: r has succeeded');
    });

    itOfEngine('forks a run from one of its steps', async () => {
      const engine = await open('test');
      await engine.start('r', chain);
      const old = await engine.result('r');
      for (const from of ['', 'x']) {
        await expect(engine.fork('r', { from, newRunId: 'new' })).rejects.toThrow(
          `Choose a step of r: it has no \`${from}\`, but a, b, c`,
        );
      }
      await expect(engine.fork('r', { from: 'b', newRunId: 'r' })).rejects.toThrow('there is a run r already');
      await engine.fork('r', { from: 'b', newRunId: 'new' });
      const record = await engine.result('new');
      expect([record.runId, record.status, record.steps['a']]).toEqual(['new', 'succeeded', old.steps['a']]);
      expect(done('a', 'b', 'c')).toEqual({ a: 1, b: 2, c: 2 });
    });

    it.skipIf(on.isEmbedded)('refuses a run whose id is blank at every door, and keeps nothing of it', async () => {
      const engine = await open('test');
      await engine.start('r', chain);
      await engine.result('r');
      for (const blank of ['', ' ', '\t\n']) {
        const doors: Readonly<Record<string, () => Promise<unknown>>> = {
          start: () => engine.start(blank, chain),
          result: () => engine.result(blank),
          resume: () => engine.resume(blank),
          fork: () => engine.fork('r', { from: 'b', newRunId: blank }),
          cancel: () => engine.cancel(blank),
          decide: () => engine.decide(blank, { topic: 'ok', payload: yes, key: '1' }),
          submit: () => engine.enqueue(blank, chain),
        };
        for (const [door, call] of Object.entries(doors))
          await expect(call(), door).rejects.toThrow(/^Give the id of a run: it is blank/);
        expect(await engine.details(blank)).toBeUndefined();
      }
      expect(await engine.sql(rowsOfRuns)).toEqual([{ run: 'r' }]);
    });

    itOfEngine('refuses runs that it does not know or cannot read, by name', async () => {
      const engine = await open();
      await expect(engine.resume('nope')).rejects.toThrow('Check the run id nope: there is no such run');
      await expect(engine.fork('nope', { from: 'a', newRunId: 'n' })).rejects.toThrow('Check the run id nope');
      await mark('a.fail');
      await engine.start('r', chain);
      await engine.result('r');
      await engine.sql("UPDATE dbos.workflow_status SET application_version = 'journal-0' WHERE workflow_uuid = 'r'");
      const refusal =
        'Use the version of speechops that started r: its journal is journal-0, this version reads journal-1';
      await expect(engine.resume('r')).rejects.toThrow(refusal);
      await expect(engine.fork('r', { from: 'b', newRunId: 'n' })).rejects.toThrow(refusal);
      expect(((await engine.details('r')) as RunDetails).status).toBe('failed');
    });
  },
);

describe.skipIf(withoutPostgres !== undefined)('a durable engine that cannot be opened', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(async () => await database.drop());

  it('says that the database does not answer, and ends', async () => {
    const databaseUrl = 'postgresql://somebody:hush@127.0.0.1:1/runs';
    const failure = startEngine({ folder: '/', executor: 'run:r', databaseUrl });
    await expect(failure).rejects.toThrow(
      /^Start the database or correct SPEECHOPS_DATABASE_URL: no connection to 127\.0\.0\.1:1 \(connect ECONNREFUSED 127\.0\.0\.1:1\)$/,
    );
  });

  it("says that another user's journal is closed to it, ends and holds nothing", async () => {
    await (await startEngine({ folder: '/', executor: 'run:r', databaseUrl: database.url })).close();
    await onDatabase(
      database.url,
      'DO $$ BEGIN CREATE ROLE stranger LOGIN; EXCEPTION WHEN duplicate_object THEN END $$',
    );
    const url = new URL(database.url);
    url.username = 'stranger';
    const failure = startEngine({ folder: '/', executor: 'run:r', databaseUrl: url.href });
    await expect(failure).rejects.toThrow(/permission denied for /);
    const held = await onDatabase(database.url, "SELECT 1 FROM pg_stat_activity WHERE usename = 'stranger'");
    expect(held).toEqual([]);
  });
});

const cutOthers = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

/** Everything that is kept of runs. */
const rowsOfRuns = `
  SELECT workflow_uuid AS run FROM dbos.workflow_status UNION SELECT run_id FROM speechops.decisions
  UNION SELECT run_id FROM speechops.marks`;

/** Whatever gives a run back takes a while before it begins, and notes it when it has ended. */
const slowGivingBack = `
  CREATE TABLE given_back (at timestamptz);
  CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF current_query() LIKE '%status NOT IN%' THEN
      PERFORM pg_sleep(1);
      INSERT INTO given_back VALUES (now());
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER slow BEFORE UPDATE ON dbos.workflow_status FOR EACH STATEMENT EXECUTE FUNCTION slow()`;

async function onDatabase(connectionString: string, statement: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

function expiryOf(error: string | undefined): number {
  return Date.parse(/^Nobody answered by (\S+) /.exec(error ?? '')?.[1] ?? '');
}
