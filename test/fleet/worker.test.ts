import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cancelCommand } from '../../workflows/cli/commands/cancel.ts';
import { submitCommand } from '../../workflows/cli/commands/submit.ts';
import { workerCommand } from '../../workflows/cli/commands/worker.ts';
import type { Session } from '../../workflows/cli/session.ts';
import { openDatabaseStore } from '../../workflows/store/embedded-store.ts';
import { RunLog } from '../../workflows/store/run-log.ts';
import { runDetailsText } from '../../workflows/report/commands/runs-text.ts';
import type { RunRecord } from '../../workflows/engine/run-record.ts';
import { approvalPlan, emptyDatabase, openFleet, testDatabaseUrl, textPlan, type Fleet } from './fleet.ts';
import { controlEmulator } from '../emulator/control-emulator.ts';
import { until } from '../until.ts';

describe('speechops worker and submit without a database', () => {
  it.each(['worker', 'submit'])('%s says what to set', async (verb) => {
    const { session } = caught({ env: {} });
    const command = verb === 'worker' ? workerCommand(session) : submitCommand(session);
    const args = verb === 'worker' ? [] : ['pipeline.yaml'];
    await expect(command.parseAsync(args, { from: 'user' })).rejects.toThrow(/^Set SPEECHOPS_DATABASE_URL to/);
  });
});

describe.skipIf(testDatabaseUrl === '')('a worker', () => {
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

  interface Submitted {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
  }

  async function submit(...args: string[]): Promise<Submitted> {
    return await submitWith({}, ...args);
  }

  async function submitWith(variables: Readonly<Record<string, string>>, ...args: string[]): Promise<Submitted> {
    const [emulator] = fleet.emulators;
    const env = {
      ...variables,
      SPEECHOPS_DATABASE_URL: fleet.url,
      SPEECHOPS_ENDPOINT: emulator.url,
      SPEECHOPS_KEY: emulator.key,
    };
    const { session, written, told } = caught({ env, cwd: folder });
    await new Command('speechops').addCommand(submitCommand(session)).parseAsync(['submit', ...args], { from: 'user' });
    return { code: session.exitCode, stdout: written(), stderr: told() };
  }

  async function logOf(runId: string): Promise<string> {
    const store = openDatabaseStore(fleet.url);
    const lines = await RunLog.reading(store)
      .read(runId)
      .finally(async () => await store.close());
    return lines.map(({ message }) => message).join('\n');
  }

  async function writePipeline(from: string): Promise<void> {
    await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
    await writeFile(
      path.join(folder, 'pipeline.yaml'),
      `name: words\nlocale: en-US\nsteps:\n  - id: text\n    uses: upload\n    with: { kind: Language, from: ${from} }\n`,
    );
  }

  it('executes what was submitted, which submit follows to the end', async () => {
    await fleet.startWorker();
    await writePipeline('text.txt');
    const { code, stdout } = await submit('pipeline.yaml', '--run-id', 'first', '--wait');
    expect(stdout).toMatch(/^words: succeeded in .*\n {2}text {2}succeeded/);
    expect(code).toBe(0);
    const kept = path.join(folder, '.speechops', 'runs', 'first');
    expect(JSON.parse(await readFile(path.join(kept, 'run.json'), 'utf8'))).toMatchObject({ runId: 'first' });
    expect(await readFile(path.join(kept, 'report.md'), 'utf8')).toMatch(/^# `words`: succeeded\n/);
    await expect(submit('pipeline.yaml', '--run-id', 'first')).rejects.toThrow(
      'Choose another run id: there is a run first already',
    );
  });

  it('sends the mails of a run, so that submit tells whose host counts', async () => {
    const mail = '{ id: tell, uses: notify, with: { message: Gone, email: [ann@b.example] } }';
    await writeFile(path.join(folder, 'pipeline.yaml'), `name: tell\nlocale: en-US\nsteps: [${mail}]\n`);
    const { stdout, stderr } = await submit('pipeline.yaml', '--run-id', 'mails');
    expect([stdout, stderr]).toEqual([
      'mails\n',
      expect.stringMatching(/^The mails of tell are sent by the worker that executes the run: its SPEECHOPS_SMTP_URL/),
    ]);
  });

  it('starts beside others on a database that has no tables yet', async () => {
    const url = await emptyDatabase();
    const workers = await Promise.all([1, 2, 3].map(async () => await fleet.startWorker([], { url })));
    const metrics = await Promise.all(workers.map((worker) => worker.metrics()));
    expect(metrics.map((text) => /^speechops_worker_ready (\d)$/m.exec(text)?.[1])).toEqual(['1', '1', '1']);
  });

  it('fails an upload whose data it does not have, and says so', async () => {
    await writePipeline('text.txt');
    await submit('pipeline.yaml', '--run-id', 'elsewhere');
    await rm(path.join(folder, 'text.txt'));
    await fleet.startWorker();
    await fleet.runs();
    const run = await fleet.journal.details('elsewhere');
    expect([run?.status, run?.steps['text']?.error]).toEqual([
      'failed',
      expect.stringMatching(/^Give every worker the data under the same path, or let `from:` name a URL: /),
    ]);
  });

  it('gives a run the secret variables that its operator has listed, and no others', async () => {
    const from = 'https://127.0.0.1:9/words.txt?${{ env.WORDS_SAS }}';
    const steps = `steps: [{ id: text, uses: upload, with: { kind: Language, from: "${from}" } }]`;
    const text = `name: words\nlocale: en-US\nenv: { WORDS_SAS: { secret: true } }\n${steps}\n`;
    await writeFile(path.join(folder, 'pipeline.yaml'), text);
    const secret = { WORDS_SAS: 'sig=of-nobody-elses-business' };
    const unlisted = await fleet.startWorker([], { env: secret });
    expect((await submitWith(secret, 'pipeline.yaml', '--run-id', 'unlisted')).code).toBe(0);
    const [refused] = await fleet.runs();
    expect((await fleet.journal.details(refused?.runId ?? ''))?.steps['text']?.error).toMatch(
      /^Set the secret variable WORDS_SAS where the run is executed \(a worker must list it, too: --allow-env WORDS_SAS\)/,
    );
    await unlisted.stop('SIGTERM');
    await fleet.startWorker(['--allow-env', 'WORDS_SAS'], { env: secret });
    expect((await submitWith(secret, 'pipeline.yaml', '--run-id', 'listed')).code).toBe(0);
    await fleet.runs();
    const listed = await fleet.journal.details('listed');
    // The emulator tried to download the data, and no server listens at that address.
    expect(listed?.steps['text']?.error).toMatch(/connect|fetch|reach|download/i);
    expect(JSON.stringify([listed, await logOf('listed')])).not.toContain('nobody-elses-business');
  });

  it('fails a run that it cannot work for, and says why', async () => {
    await fleet.startWorker([], { env: { SPEECHOPS_ENDPOINT: 'https://other.cognitiveservices.azure.com' } });
    await writePipeline('text.txt');
    const [{ url }] = fleet.emulators;
    const text = await readFile(path.join(folder, 'pipeline.yaml'), 'utf8');
    await writeFile(path.join(folder, 'pipeline.yaml'), text.replace('steps:', `resource: ${url}\nsteps:`));
    const why = `Unset SPEECHOPS_ENDPOINT when SPEECHOPS_KEY is the key of ${url}`;
    const { code, stdout, stderr } = await submit('pipeline.yaml', '--run-id', 'refused', '--wait');
    expect([code, stdout, stderr]).toEqual([3, '', expect.stringContaining(`error: ${why}`)]);
    expect(stderr).toContain('When the cause is mended: speechops resume refused\n');
    const json = await submit('pipeline.yaml', '--run-id', 'again', '--wait', '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({ status: 'failed', error: expect.stringContaining(why) });
    const run = await fleet.journal.details('refused');
    if (run === undefined) throw new Error('It is not there');
    const log = [{ at: 't', kind: 'run', message: 'm' }] as const;
    expect(runDetailsText({ ...run, log }).split('\n')[1]).toMatch(`error: ${why}`);
    await vi.waitFor(
      async () => expect(await logOf('refused')).toMatch(/^left by worker:\S+: Unset SPEECHOPS_ENDPOINT/m),
      { timeout: 60_000, interval: 200 },
    );
  });

  it('is done with a run that was cancelled while it executed it', async () => {
    const worker = await fleet.startWorker();
    const steps = '  - { id: ok, uses: approve, with: { message: Go? } }';
    await writeFile(path.join(folder, 'approve.yaml'), `name: asked\nlocale: en-US\nsteps:\n${steps}\n`);
    await submit('approve.yaml', '--run-id', 'asked');
    const executing = async (): Promise<readonly (string | undefined)[]> => {
      const text = await worker.metrics();
      return ['runs', 'steps'].map((what) => new RegExp(`^speechops_${what}_executing (\\d+)$`, 'm').exec(text)?.[1]);
    };
    await vi.waitFor(async () => expect(await executing()).toEqual(['1', '1']), { timeout: 60_000, interval: 200 });
    await fleet.journal.cancel('asked');
    await vi.waitFor(async () => expect(await executing()).toEqual(['0', '0']), { timeout: 60_000, interval: 200 });
  });

  it('does the steps under finally of a run that was cancelled, which submit follows to its end', async () => {
    await fleet.startWorker();
    const steps = `steps:
  - { id: ok, uses: approve, with: { message: Go? } }
finally:
  - { id: text, uses: upload, if: "\${{ run.status == 'cancelled' }}", with: { kind: Language, from: left.yaml } }
`;
    await writeFile(path.join(folder, 'left.yaml'), `name: left\nlocale: en-US\nconcurrency: one\n${steps}`);
    const followed = submit('left.yaml', '--run-id', 'left', '--wait', '--format', 'json');
    await vi.waitFor(async () => expect((await fleet.journal.details('left'))?.status).toBe('running'), 60_000);
    await fleet.journal.cancel('left');
    const { code, stdout } = await followed;
    const record = JSON.parse(stdout) as RunRecord;
    expect([code, record.status, record.steps['ok']?.status, record.steps['text']?.status]).toEqual([
      3,
      'cancelled',
      'skipped',
      'succeeded',
    ]);
  });

  it('does the steps under finally of a run that was cancelled when its own worker was dead', async () => {
    const dead = await fleet.startWorker();
    const steps = `steps:
  - { id: ok, uses: approve, with: { message: Go? } }
finally:
  - { id: text, uses: upload, with: { kind: Language, from: left.yaml } }
`;
    await writeFile(path.join(folder, 'left.yaml'), `name: left\nlocale: en-US\n${steps}`);
    await submit('left.yaml', '--run-id', 'left');
    await until(() => dead.lines().some((line) => line['step'] === 'ok'), 50);
    await dead.stop('SIGKILL');
    const { session, told } = caught({ env: { SPEECHOPS_DATABASE_URL: fleet.url }, cwd: folder });
    await new Command('speechops').addCommand(cancelCommand(session)).parseAsync(['cancel', 'left'], { from: 'user' });
    expect(told()).toBe(
      'Cancelled left; its steps under finally are still done (cancel it again to do without them)\n',
    );
    await fleet.startWorker();
    // The run is cancelled at once, and has its record when its last steps are done.
    const recordOf = async (): Promise<RunRecord | undefined> => (await fleet.journal.details('left'))?.record;
    await until(async () => (await recordOf()) !== undefined, 50);
    const record = await recordOf();
    expect([record?.status, record?.steps['ok']?.status, record?.steps['text']?.status]).toEqual([
      'cancelled',
      'skipped',
      'succeeded',
    ]);
  });

  it('has its run told with its exit code also where its record cannot be written', async () => {
    await fleet.startWorker();
    await writePipeline('text.txt');
    await writeFile(path.join(folder, '.speechops'), 'a file');
    const { code, stdout, stderr } = await submit('pipeline.yaml', '--run-id', 'first', '--wait', '--format', 'json');
    expect([code, (JSON.parse(stdout) as RunRecord).status]).toEqual([0, 'succeeded']);
    expect(stderr).toMatch(
      /^warning: The run has not left all of run\.json, results\.json, report\.md, junit\.xml and report\.html here: Move .*\.speechops away/m,
    );
  });

  it('lets every attempt take a turn, repetitions and blocks too', async () => {
    const [emulator] = fleet.emulators;
    const faults = await controlEmulator(emulator, '/faults', {
      body: { operation: 'Datasets_UploadBlock', kind: 'status', status: 503, count: 3 },
    });
    expect(faults.status).toBe(201);
    await fleet.startWorker(['--requests-per-10s', '20']);
    const started = performance.now();
    const target = { endpoint: emulator.url };
    await fleet.journal.enqueue('slowly', await textPlan(folder, { name: 'slowly', target, trains: false }));
    expect((await fleet.runs()).map(({ status }) => status)).toEqual(['succeeded']);
    const seconds = (performance.now() - started) / 1000;
    const counted = (await (await controlEmulator(emulator, '/requests')).json()) as RequestCounts;
    const requests = Object.values(counted.operations)
      .flatMap((endings) => Object.values(endings))
      .reduce((sum, count) => sum + count, 0);
    expect(requests).toBeGreaterThan(8);
    // Two may go at once, and each other one waits for a turn: slower is allowed.
    expect(seconds).toBeGreaterThan(((requests - 3) * 10) / 18);
  });

  it('takes the waiting run with the lowest number first', async () => {
    await writePipeline('text.txt');
    for (const [runId, priority] of [
      ['latest', ['--priority', '200']],
      ['middle', []],
      ['first', ['--priority', '10']],
    ] as const)
      await submit('pipeline.yaml', '--run-id', runId, ...priority);
    await fleet.startWorker(['--concurrency', '1']);
    await fleet.runs();
    const records = await Promise.all(
      ['first', 'middle', 'latest'].map(async (runId) => (await fleet.journal.details(runId))?.record),
    );
    const starts = records.map((record) => record?.startedAt ?? 'none');
    expect(starts).toEqual(starts.toSorted());
    expect(new Set(starts).size).toBe(3);
  });

  it('executes one run of a concurrency group at a time, whichever worker does', async () => {
    const target = { endpoint: fleet.emulators[0].url };
    for (const name of ['one', 'two', 'three'])
      await fleet.journal.enqueue(name, await textPlan(folder, { name, target, group: 'shared', trains: false }));
    await Promise.all([fleet.startWorker(), fleet.startWorker()]);
    await fleet.runs();
    const spans = await Promise.all(
      ['one', 'two', 'three'].map(async (name) => {
        const record = (await fleet.journal.details(name))?.record;
        return { status: record?.status, from: record?.startedAt ?? '', to: record?.finishedAt ?? '' };
      }),
    );
    const inOrder = spans.toSorted((a, b) => a.from.localeCompare(b.from));
    expect(inOrder.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(inOrder.slice(1).filter(({ from }, index) => from < (inOrder[index]?.to ?? ''))).toEqual([]);
  });

  it('leaves at SIGTERM without staying for a step that waits, which another worker resumes', async () => {
    const leaving = await fleet.startWorker(['--drain', '60']);
    await fleet.journal.enqueue('asks', approvalPlan('asks', { endpoint: fleet.emulators[0].url }));
    await until(() => leaving.lines().some((line) => line['step'] === 'ok' && line['message'] === 'started'), 50);
    expect(await leaving.stop('SIGTERM')).toBe(0);
    expect(leaving.lines().at(-1)?.['message']).toMatch(/^has left/);

    const other = await fleet.startWorker();
    await fleet.journal.decide('asks', 'ok', { approved: true, by: 'ann', at: '2026-01-01T00:00:00Z' });
    await fleet.runs();
    expect((await fleet.journal.details('asks'))?.status).toBe('succeeded');
    expect(other.lines().find((line) => 'from' in line)?.['run']).toBe('asks');
    expect(await other.metrics()).toMatch(/^speechops_runs_taken_over_total 1$/m);
  });
});

/** What the emulator says of the calls it got: how many of each operation ended how. */
interface RequestCounts {
  readonly operations: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

function caught(options: { readonly env: Readonly<Record<string, string>>; readonly cwd?: string }): {
  readonly session: Session;
  written(): string;
  told(): string;
} {
  let stdout = '';
  let stderr = '';
  const session: Session = {
    io: {
      stdout: { write: (text) => void (stdout += text) },
      stderr: { write: (text) => void (stderr += text) },
      env: options.env,
      cwd: options.cwd ?? '/',
      signal: new AbortController().signal,
    },
    exitCode: 0,
  };
  return { session, written: () => stdout, told: () => stderr };
}
