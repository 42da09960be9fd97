import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callMain, type Called } from '../workflows/cli/call-main.ts';
import { openFleet, pause, testDatabaseUrl, type Fleet } from './fleet.ts';
import { quoteName } from '../../workflows/document/quote-name.ts';
import { until } from '../until.ts';

describe('speechops schedule', () => {
  it('asks for one thing to do, and for the database', async () => {
    const call = async (...args: string[]): Promise<Called> => await callMain(['schedule', ...args], { cwd: '/' });
    for (const args of [[], ['a.yaml', '--list'], ['--pause', 'a', '--continue', 'a']]) {
      const { code, stderr } = await call(...args);
      expect([code, stderr], args.join(' ')).toEqual([
        2,
        'error: Give pipeline files, or one of --list, --remove, --pause and --continue\n',
      ]);
    }
    const { code, stderr } = await call('--list');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: Set SPEECHOPS_DATABASE_URL to/)]);
  });
});

describe.skipIf(testDatabaseUrl === '')('schedules of a fleet', () => {
  let folder = '';
  let fleet: Fleet;
  let pool: Pool;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-schedules-'));
    fleet = await openFleet({ speed: 600 });
    pool = new Pool({ connectionString: fleet.url });
  });
  afterEach(async () => {
    await fleet.close();
    await pool.end();
    await rm(folder, { recursive: true, force: true });
  });

  async function call(...args: string[]): Promise<Called> {
    const [emulator] = fleet.emulators;
    const env = {
      SPEECHOPS_DATABASE_URL: fleet.url,
      SPEECHOPS_ENDPOINT: emulator.url,
      SPEECHOPS_KEY: emulator.key,
    };
    return await callMain(['schedule', ...args], { env, cwd: folder });
  }

  async function list(): Promise<readonly Listed[]> {
    return JSON.parse((await call('--list', '--format', 'json')).stdout) as readonly Listed[];
  }

  async function write(schedule: string): Promise<void> {
    await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
    await writeFile(
      path.join(folder, 'words.yaml'),
      `name: words
locale: en-US
${schedule}inputs:
  rejected: { type: rate }
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt, max-rejected: "\${{ inputs.rejected }}" } }
`,
    );
  }

  /** As if the schedule had begun yesterday and nobody had worked since: the times of a day are missed. */
  async function missADay(): Promise<void> {
    await pool.query(
      "UPDATE speechops.schedules SET settled_until = settled_until - interval '25 hours', revision = DEFAULT",
    );
  }

  it('are what the files say, however often they are told', async () => {
    await write(
      "schedule:\n  - { cron: '0 3 * * 1', time-zone: Europe/Berlin, name: weekly, inputs: { rejected: 3% } }\n  - { cron: '30 5 * * *', name: daily, missed: skip, inputs: { rejected: 0.1 } }\n",
    );
    const added = await call('words.yaml', '--priority', '7');
    expect(added.stderr).toBe('');
    expect(
      added.stdout.replaceAll(/\d{4}-\d\d-\d\d/g, 'DAY').replaceAll(/\b(Tue|Wed|Thu|Fri|Sat|Sun)\b/g, 'Mon'),
    ).toMatch(
      /^\+ added {4}words weekly {2}0 3 \* \* 1 {2}Europe\/Berlin\n {4}file: .*\n {4}next: (Mon DAY 03:00 \+0[12]:00(, |\n)){3}\+ added {4}words daily {2}30 5 \* \* \* {2}UTC {2}missed: skip\n {4}file: .*\n {4}next: (Mon DAY 05:30 \+00:00(, |\n)){3}$/,
    );
    expect((await call('words.yaml', '--priority', '7')).stdout).toMatch(/^= kept .*\n.*\n.*\n= kept .*\n.*\n.*\n$/);
    const [daily, weekly] = await list();
    expect(weekly).toMatchObject({
      pipeline: 'words',
      name: 'weekly',
      cron: '0 3 * * 1',
      timeZone: 'Europe/Berlin',
      missed: 'once',
      inputs: { rejected: '3%' },
      priority: 7,
      file: path.join(folder, 'words.yaml'),
      endpoint: fleet.emulators[0].url,
      isPaused: false,
    });
    expect([daily?.name, daily?.nextTicks.length, daily?.nextTicks[0]?.slice(11)]).toEqual([
      'daily',
      3,
      '05:30:00.000Z',
    ]);

    await write("schedule:\n  - { cron: '0 4 * * 1', name: weekly, inputs: { rejected: 3% } }\n");
    expect((await call('words.yaml')).stdout).toMatch(
      /^~ changed {2}words weekly {2}0 4 .*\n.*\n.*\n- removed {2}words daily .*\n$/,
    );
    await write('');
    const emptied = await call('words.yaml');
    expect([emptied.stdout, emptied.stderr]).toEqual([
      expect.stringMatching(/^- removed {2}words weekly .*\n$/),
      expect.stringMatching(/^words does not start by itself: .* has no `schedule`\n$/),
    ]);
    expect((await call('--list')).stdout).toBe('Nothing is scheduled\n');
  });

  it('stay as they are when one of the files has a fault', async () => {
    await write("schedule: [{ cron: '0 3 * * 1', inputs: { rejected: 3% } }]\n");
    await writeFile(path.join(folder, 'faulty.yaml'), "name: x\nlocale: en-US\nschedule: [{ cron: '@daily' }]\n");
    const { code, stdout, stderr } = await call('words.yaml', 'faulty.yaml');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^faulty\.yaml:1:1: .*\[missing-key\]/);
    expect(await list()).toEqual([]);
  });

  it('are removed, paused and continued by the name of the pipeline', async () => {
    for (const option of ['--remove', '--pause', '--continue']) {
      const { code, stderr } = await call(option, 'nobody');
      expect([code, stderr], option).toEqual([
        2,
        expect.stringMatching(/^error: Check the name nobody: no such pipeline/),
      ]);
    }
    await write("schedule: [{ cron: '0 3 * * 1', inputs: { rejected: 3% } }]\n");
    await call('words.yaml');
    expect((await call('--pause', 'words')).stderr).toBe('Paused words\n');
    expect((await call('--list')).stdout).toMatch(/ {2}paused\n.*\n {4}next: none while it is paused/);
    expect((await call('--continue', 'words')).stderr).toBe('Continued words\n');
    expect((await call('--list')).stdout).toMatch(/\n {4}next: Mon /);
    expect((await call('--remove', 'words')).stderr).toBe('Removed the schedule of words\n');
    expect(await list()).toEqual([]);
  });

  it('make one run of two workers for all the times that were missed', { timeout: 300_000 }, async () => {
    await write(`schedule: [{ cron: '${hourly()}', inputs: { rejected: 3% } }]\n`);
    await call('words.yaml', '--priority', '3');
    await missADay();
    const workers = await Promise.all([fleet.startWorker(), fleet.startWorker()]);
    const [run] = await fleet.runs((runs) => runs.some(({ status }) => status === 'succeeded'));
    const [listed] = await list();
    expect(listed?.lastRun).toEqual({ runId: run?.runId, status: 'succeeded' });
    expect(listed?.lastTick).toMatch(/:\d\d:00\.000Z$/);
    expect(run?.runId).toMatch(/^words-\d{8}-\d{4}00-[0-9a-f]{8}$/);
    expect((await call('--list')).stdout).toContain(`run ${run?.runId} succeeded\n`);
    expect((await fleet.journal.details(run?.runId ?? ''))?.plan?.pipeline.inputs['rejected']?.value).toBe(0.03);
    expect(await fleet.journal.runs()).toHaveLength(1);
    const fired = workers.flatMap((worker) => worker.lines().filter((line) => 'tick' in line));
    expect(fired).toEqual([expect.objectContaining({ run: run?.runId, pipeline: 'words', tick: listed?.lastTick })]);
  });

  it('say what is wrong with the file, and make the run when that is mended', { timeout: 300_000 }, async () => {
    await write(`schedule: [{ cron: '${hourly()}', inputs: { rejected: 3% } }]\n`);
    await call('words.yaml');
    await missADay();
    await rm(path.join(folder, 'text.txt'));
    const worker = await fleet.startWorker();
    const failed = async (): Promise<Listed | undefined> =>
      (await list()).find(({ lastError }) => lastError !== undefined);
    let found = await failed();
    while (found === undefined) {
      await pause(100);
      found = await failed();
    }
    const fault = `${path.join(folder, 'words.yaml')}:7:61: Cannot find \`text.txt\`: paths are relative to the pipeline's file, and there is no ${quoteName(path.join(folder, 'text.txt'))} [missing-file]`;
    expect(found.lastError).toMatchObject({ attempts: expect.any(Number), message: fault });
    expect((await call('--list')).stdout).toContain(`: ${fault}\n`);
    const errors = () => worker.lines().filter((one) => one['level'] === 'error');
    await until(() => errors().length > 0);
    expect(errors()[0]?.['message']).toMatch(
      /^Cannot start the run of words for .*:00\.000Z, again at .*\[missing-file\]$/,
    );

    await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
    await fleet.runs((runs) => runs.some(({ status }) => status === 'succeeded'));
    const [mended] = await list();
    expect([mended?.lastError, mended?.lastRun?.status]).toEqual([undefined, 'succeeded']);
  });

  it('read only the variables that the operator of the worker has listed', { timeout: 300_000 }, async () => {
    const steps = 'steps: [{ id: a, uses: approve, if: "${{ env.STAGE == \'x\' }}", with: { message: Go? } }]';
    const schedule = `schedule: [{ cron: '${hourly()}' }]`;
    await writeFile(
      path.join(folder, 'words.yaml'),
      `name: words\nlocale: en-US\nenv: { STAGE: {} }\n${schedule}\n${steps}\n`,
    );
    await call('words.yaml');
    await missADay();
    const unlisted = await fleet.startWorker([], { env: { STAGE: 'test' } });
    let found: Listed | undefined;
    while (found?.lastError === undefined) {
      await pause(100);
      [found] = await list();
    }
    expect(found.lastError.message).toMatch(/^Start the workers with --allow-env STAGE: /);
    await unlisted.stop('SIGTERM');
    await fleet.startWorker(['--allow-env', 'STAGE'], { env: { STAGE: 'test', PGPASSFILE: '/nowhere' } });
    const [run] = await fleet.runs((runs) => runs.some(({ status }) => status === 'succeeded'));
    expect((await fleet.journal.details(run?.runId ?? ''))?.plan?.env).toEqual({ STAGE: 'test' });
  });
});

/** Every hour, at half an hour from now: no tick comes while a test runs. */
function hourly(): string {
  return `${(new Date().getUTCMinutes() + 30) % 60} * * * *`;
}

interface Listed {
  readonly pipeline: string;
  readonly name?: string;
  readonly nextTicks: readonly string[];
  readonly lastTick?: string;
  readonly lastRun?: { readonly runId: string; readonly status: string };
  readonly lastError?: { readonly message: string; readonly attempts: number };
}
