import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { bootState, type BootedState } from '../../crash/booted-state.ts';
import { createDatabase, withoutPostgres } from '../../crash/create-database.ts';
import { startSpeechops, type Ended, type SpeechopsProcess } from '../../crash/speechops-process.ts';

const timeout = 120_000;
let folder: string;
let emulator: Emulator;
let env: Record<string, string>;
let started: SpeechopsProcess[];
let booted: BootedState;

beforeAll(async () => {
  booted = await bootState();
});
afterAll(async () => await booted.remove());

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-durable-'));
  emulator = await startEmulator({ speed: 3000 });
  env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, SPEECHOPS_USER: 'ann' };
  started = [];
  await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
});
afterEach(async () => {
  await Promise.all(started.map(async (process) => await process.kill()));
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

function start(...args: readonly string[]): SpeechopsProcess {
  const process = startSpeechops(args, { cwd: folder, env });
  started.push(process);
  return process;
}

async function call(...args: readonly string[]): Promise<Ended> {
  return await start(...args).ended;
}

/** A pipeline that uploads, asks, and trains when the answer is yes. */
async function writePipeline(expires = '1h'): Promise<void> {
  await writeFile(
    path.join(folder, 'asks.yaml'),
    `name: asks
locale: en-US
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: ok, uses: approve, needs: [text], with: { message: 'Go on?', expires: ${expires} } }
  - { id: model, uses: train, needs: [ok], with: { datasets: ["\${{ steps.text.outputs.dataset }}"] } }
`,
  );
}

/** A run `a` that waits for its answer. */
async function startAsking(): Promise<SpeechopsProcess> {
  await writePipeline();
  await booted.copyTo(folder);
  const run = start('run', 'asks.yaml', '--run-id', 'a', '--format', 'json');
  await run.said('waiting for approval: Go on?');
  return run;
}

function recordOf({ stdout, stderr }: Ended): RunRecord {
  expect(stdout, stderr).not.toBe('');
  return JSON.parse(stdout) as RunRecord;
}

function statusesOf(ended: Ended): readonly string[] {
  const { status, steps } = recordOf(ended);
  return [status, ...Object.values(steps).map((step) => step.status)];
}

async function expectOneModel(): Promise<void> {
  for (const collection of ['datasets', 'models']) {
    const response = await fetch(`${emulator.url}/speechtotext/${collection}?api-version=2025-10-15`, {
      headers: { 'Ocp-Apim-Subscription-Key': emulator.key },
    });
    expect(((await response.json()) as { readonly values: readonly unknown[] }).values, collection).toHaveLength(1);
  }
}

const passed = ['succeeded', 'succeeded', 'succeeded', 'succeeded'];

describe('a run that waits in another process', { timeout }, () => {
  it('keeps the store to itself, is seen and answered from elsewhere, and loses nothing', async () => {
    const run = await startAsking();
    const second = await call('run', 'asks.yaml', '--run-id', 'b');
    expect([second.code, second.stderr]).toEqual([
      3,
      expect.stringMatching(
        new RegExp(`^error: Wait for process ${run.pid} \\(run a, since \\S+\\): it uses the runs in`, 'm'),
      ),
    ]);
    expect((await call('runs')).stdout).toMatch(/^a {2}running {4}\S+ {2}asks\n$/);
    expect((await call('show', 'a')).stdout).toMatch(
      / {2}ok {5}waiting {4}for approval: speechops approve a ok {2}<- text\n {2}model {2}waiting {4}for ok {2}<- /,
    );
    expect((await call('approve', 'a', 'ok')).stderr).toBe('ann approved ok of a\n');
    const ended = await run.ended;
    expect([ended.code, statusesOf(ended)]).toEqual([0, passed]);
    expect(recordOf(ended).steps['ok']?.outputs).toMatchObject({ approvedBy: 'ann' });
    expect(JSON.parse((await call('show', 'a', '--format', 'json')).stdout)).toMatchObject({ status: 'succeeded' });
    await expectOneModel();
  });

  it('is cancelled from elsewhere, and resumed', async () => {
    const run = await startAsking();
    expect((await call('cancel', 'a')).stderr).toBe('Cancelled a\n');
    const cancelled = await run.ended;
    expect([cancelled.code, statusesOf(cancelled)]).toEqual([3, ['cancelled', 'succeeded', 'skipped', 'skipped']]);
    expect(cancelled.stderr).toContain('Go on with it: speechops resume a (what is done already is kept)\n');
    expect(await call('cancel', 'a')).toMatchObject({
      code: 2,
      stderr: 'error: Leave a as it is: it has ended already (cancelled)\n',
    });
    await call('approve', 'a', 'ok');
    const resumed = await call('resume', 'a', '--format', 'json');
    expect([resumed.code, statusesOf(resumed)]).toEqual([0, passed]);
    await expectOneModel();
  });

  it('is stopped by Ctrl-C, and gone on with', async () => {
    const run = await startAsking();
    run.send('SIGINT');
    const stopped = await run.ended;
    expect([stopped.code, stopped.stdout, stopped.stderr]).toEqual([
      3,
      '',
      expect.stringContaining('Stopped. Go on with: speechops resume a\n'),
    ]);
    expect((await call('runs')).stdout).toMatch(/^a {2}cut off {4}\S+ {2}asks {2}\(speechops resume a\)\n$/);
    await call('approve', 'a', 'ok');
    const resumed = await call('resume', 'a', '--format', 'json');
    expect([resumed.code, statusesOf(resumed)]).toEqual([0, passed]);
  });
});

describe('a second signal', { timeout }, () => {
  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGINT', 'SIGTERM'],
  ] as const)('ends the program at once: %s, %s', async (first, second) => {
    const run = await startAsking();
    run.send(first);
    await run.said('Stopped. Go on with: speechops resume a\n');
    run.send(second);
    expect((await run.ended).code).toBe(130);
  });
});

describe('an answer', { timeout }, () => {
  it('outlives a kill and may come while nobody waits; of several the first counts', async () => {
    const run = await startAsking();
    await run.kill();
    expect((await call('approve', 'a', 'ok', '--comment', 'heard ten calls')).code).toBe(0);
    expect(await call('approve', 'a', 'ok', '--reject', '--by', 'bob')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Nothing changed: ann approved ok at \S+ already\n$/),
    });
    const resumed = await call('resume', 'a', '--format', 'json');
    expect([resumed.code, statusesOf(resumed), recordOf(resumed).steps['ok']?.outputs['approvedBy']]).toEqual([
      0,
      passed,
      'ann',
    ]);
    expect(await call('resume', 'a')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Start a new run: a has succeeded'),
    });
    await expectOneModel();
  });

  it('that says no fails the run', async () => {
    const run = await startAsking();
    await call('approve', 'a', 'ok', '--reject', '--by', 'bob', '--comment', 'noise');
    const ended = await run.ended;
    expect([ended.code, statusesOf(ended)]).toEqual([1, ['failed', 'succeeded', 'failed', 'skipped']]);
    expect(recordOf(ended).steps['ok']?.error).toMatch(/^bob rejected it at \S+: noise$/);
    expect(ended.stderr).toMatch(
      /When the no is withdrawn: speechops approve a ok\nThen: speechops resume a \(what is done already is kept\)\n$/,
    );
    expect((await call('approve', 'a', 'ok', '--comment', 'cleaned up')).stderr).toBe(
      'ann approved ok of a\nGo on with: speechops resume a\n',
    );
    const resumed = await call('resume', 'a', '--format', 'json');
    expect([resumed.code, statusesOf(resumed)]).toEqual([0, passed]);
    expect(recordOf(resumed).steps['ok']?.outputs).toMatchObject({ approvedBy: 'ann', comment: 'cleaned up' });
  });

  it('is taken from those whom the run names, as soon as that is known', async () => {
    await writeFile(
      path.join(folder, 'asks.yaml'),
      `name: asks
locale: en-US
inputs: { who: { type: string, default: ann } }
steps:
  - { id: first, uses: approve, with: { message: 'First?', by: ["\${{ inputs.who }}"] } }
  - { id: second, uses: approve, with: { message: 'Second?', by: ["\${{ steps.first.outputs.comment }}"] } }
`,
    );
    const run = start('run', 'asks.yaml', '--run-id', 'a', '--format', 'json');
    await run.said('waiting for approval: First?');
    expect(await call('approve', 'a', 'first', '--by', 'bob')).toMatchObject({
      code: 2,
      stderr: 'error: Ask ann: bob may not answer first\n',
    });
    expect((await call('approve', 'a', 'second', '--reject', '--by', 'bob')).stderr).toBe(
      'bob rejected second of a\nIt counts if second lets bob answer: that is known when the step asks\n',
    );
    expect((await call('approve', 'a', 'first', '--comment', 'eve')).stderr).toBe('ann approved first of a\n');
    await run.said('bob may not answer second: eve may');
    expect(await call('approve', 'a', 'second', '--by', 'bob')).toMatchObject({
      code: 2,
      stderr: 'error: Ask eve: bob may not answer second\n',
    });
    expect((await call('approve', 'a', 'second', '--by', 'eve')).stderr).toBe('eve approved second of a\n');
    const ended = await run.ended;
    expect([ended.code, recordOf(ended).steps['second']?.outputs['approvedBy']]).toEqual([0, 'eve']);
  });

  it('that comes too late counts for the resumed run', async () => {
    await writePipeline('1s');
    const expired = await call('run', 'asks.yaml', '--run-id', 'a', '--format', 'json');
    expect([expired.code, recordOf(expired).steps['ok']?.error]).toEqual([
      1,
      expect.stringMatching(/^Nobody answered by \S+ \(expires\): Go on\?$/),
    ]);
    await call('approve', 'a', 'ok');
    const resumed = await call('resume', 'a', '--format', 'json');
    expect([resumed.code, statusesOf(resumed)]).toEqual([0, passed]);
  });

  it('is refused for what asks nothing', async () => {
    const run = await startAsking();
    expect(await call('approve', 'a', 'text')).toMatchObject({
      code: 2,
      stderr: 'error: Name an approve step of a: text is none, it has ok\n',
    });
    expect(await call('approve', 'b', 'ok')).toMatchObject({
      code: 2,
      stderr: 'error: Check the run id b: there is no such run (speechops runs lists them)\n',
    });
    await run.kill();
  });
});

describe.each([
  { place: 'the embedded store', onPostgres: false },
  { place: 'a PostgreSQL', onPostgres: true },
])('the id of a run in $place', { timeout }, ({ onPostgres }) => {
  it.skipIf(onPostgres && withoutPostgres !== undefined)(
    'is taken by one run alone, also when that is unfinished',
    async () => {
      const database = onPostgres ? await createDatabase() : undefined;
      if (database !== undefined) env['SPEECHOPS_DATABASE_URL'] = database.url;
      await writeFile(
        path.join(folder, 'other.yaml'),
        'name: other\nlocale: en-US\nsteps:\n  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }\n',
      );
      const refused = {
        code: 2,
        stdout: '',
        stderr: 'error: Choose another run id: there is a run a already (to go on with that one: speechops resume a)\n',
      };
      try {
        const asking = await startAsking();
        expect((await call('runs')).stdout).toMatch(/^a {2}running {4}\S+ {2}asks\n$/);
        await asking.kill();
        expect((await call('runs')).stdout).toMatch(/^a {2}cut off {4}\S+ {2}asks {2}\(speechops resume a\)\n$/);
        expect((await call('show', 'a')).stdout).toMatch(
          /^asks: cut off, started \S+, run a {2}\(speechops resume a\)\n/,
        );
        // The journal is what knows: a killed run has left no record.
        expect(await call('run', 'other.yaml', '--run-id', 'a')).toEqual(refused);
        expect((await call('run', 'other.yaml', '--run-id', 'b')).code).toBe(0);
        expect(await call('fork', 'b', '--from', 'text', '--run-id', 'a')).toEqual(refused);
        await call('approve', 'a', 'ok');
        expect((await call('resume', 'a')).code).toBe(0);
        await rm(path.join(folder, '.speechops', 'runs'), { recursive: true });
        expect(await call('run', 'other.yaml', '--run-id', 'a')).toEqual(refused);
        // Nothing is announced that is then refused.
        expect(await call('resume', 'a')).toEqual({
          code: 2,
          stdout: '',
          stderr: 'error: Start a new run: a has succeeded\n',
        });
        expect(await call('fork', 'a', '--from', 'nope')).toEqual({
          code: 2,
          stdout: '',
          stderr: 'error: Choose a step of a: it has no `nope`, but text, ok, model\n',
        });
      } finally {
        await Promise.all(started.map(async (process) => await process.kill()));
        await database?.drop();
      }
    },
  );
});

describe('speechops fork', { timeout }, () => {
  it('keeps what was done before the step, and refuses what is no step', async () => {
    const run = await startAsking();
    await call('approve', 'a', 'ok');
    const first = recordOf(await run.ended);
    for (const from of ['', 'go-live']) {
      expect(await call('fork', 'a', '--from', from)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`error: Choose a step of a: it has no \`${from}\`, but text, ok, model\n`),
      });
    }
    expect(await call('fork', 'a', '--from', 'model', '--run-id', 'a/b')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('error: Name the run with letters, digits, dots and hyphens'),
    });
    const forked = await call('fork', 'a', '--from', 'model', '--run-id', 'b', '--format', 'json');
    const { runId, steps } = recordOf(forked);
    expect([forked.code, runId, steps['ok'], steps['model']?.status]).toEqual([0, 'b', first.steps['ok'], 'reused']);
    await expectOneModel();
  });
});

const places = [
  { place: 'a folder', onPostgres: false },
  { place: 'a PostgreSQL', onPostgres: true },
];
describe.each(places)('$place where nothing was ever run', { timeout }, ({ onPostgres }) => {
  it.skipIf(onPostgres && withoutPostgres !== undefined)('has no runs, and says so', async () => {
    const database = onPostgres ? await createDatabase() : undefined;
    if (database !== undefined) env['SPEECHOPS_DATABASE_URL'] = database.url;
    try {
      expect(await call('runs')).toEqual({ code: 0, stdout: 'No runs here yet\n', stderr: '' });
      for (const command of [
        ['show', 'a'],
        ['cancel', 'a'],
        ['approve', 'a', 'ok'],
        ['resume', 'a'],
        ['fork', 'a', '--from', 'ok'],
      ]) {
        expect(await call(...command)).toEqual({
          code: 2,
          stdout: '',
          stderr: 'error: Check the run id a: there is no such run (speechops runs lists them)\n',
        });
      }
    } finally {
      await database?.drop();
    }
  });
});

describe('a database that does not answer', { timeout }, () => {
  it('ends every command with a plain message', async () => {
    await writePipeline();
    env['SPEECHOPS_DATABASE_URL'] = 'postgresql://ann:hush@127.0.0.1:1/runs';
    for (const command of [['runs'], ['run', 'asks.yaml'], ['resume', 'a'], ['schedule', '--list']]) {
      expect(await call(...command)).toEqual({
        code: 3,
        stdout: '',
        stderr: expect.stringMatching(
          /^error: Start the database or correct SPEECHOPS_DATABASE_URL: no connection to 127\.0\.0\.1:1 \(connect ECONNREFUSED 127\.0\.0\.1:1\)\n$/,
        ),
      });
    }
  });
});

describe.skipIf(withoutPostgres !== undefined)('a database that lets nobody in', { timeout }, () => {
  it('is said with what to grant', async () => {
    const database = await createDatabase();
    const stranger = new URL(database.url);
    stranger.username = 'speechops_stranger';
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      await client.query(
        'DO $$ BEGIN CREATE ROLE speechops_stranger LOGIN; EXCEPTION WHEN duplicate_object THEN END $$',
      );
      env['SPEECHOPS_DATABASE_URL'] = stranger.href;
      expect(await call('runs')).toMatchObject({
        code: 3,
        stderr: expect.stringMatching(
          /^error: Let the role of SPEECHOPS_DATABASE_URL keep runs there \(GRANT CONNECT, CREATE ON DATABASE \S+ TO it\): permission denied for database \S+\n$/,
        ),
      });
      env['SPEECHOPS_DATABASE_URL'] = database.url;
      expect((await call('runs')).code).toBe(0);
      env['SPEECHOPS_DATABASE_URL'] = stranger.href;
      expect((await call('runs')).stderr).toMatch(
        /^error: Let the role of SPEECHOPS_DATABASE_URL keep runs there \(the schemas dbos and speechops belong to .*: permission denied for schema dbos\n$/,
      );
    } finally {
      await client.end();
      await database.drop();
    }
  });
});

describe('a file that has the name of the folder for runs', { timeout }, () => {
  it('is said by every command that needs the folder', async () => {
    await writePipeline();
    await writeFile(path.join(folder, '.speechops'), '');
    for (const command of [['runs'], ['run', 'asks.yaml'], ['run', 'asks.yaml', '--emulator']]) {
      expect(await call(...command)).toEqual({
        code: 2,
        stdout: '',
        stderr: `error: Move ${path.join(folder, '.speechops')} away: runs are kept in a folder of this name, and it is a file\n`,
      });
    }
  });
});
