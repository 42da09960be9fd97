import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { journalFormat } from '../../workflows/durable/journal-format.ts';
import { startSpeechops, type Ended } from '../crash/speechops-process.ts';
import {
  approvalPlan,
  digests,
  openFleet,
  pause,
  testDatabaseUrl,
  textPlan,
  type Fleet,
  type WorkerProcess,
} from './fleet.ts';
import { installVersion } from './installed-version.ts';
import { until } from '../until.ts';

const timeout = 300_000;
const yes = { approved: true, by: 'ann', at: '2026-01-01T00:00:00.000Z' };

describe.skipIf(testDatabaseUrl === '')('two versions of the program on one database', () => {
  let folder = '';
  let fleet: Fleet;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-upgrade-'));
    fleet = await openFleet({ speed: 600 });
  });
  afterEach(async () => {
    await fleet.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A command of another version, in the folder of the test. */
  async function call(program: string | undefined, ...args: string[]): Promise<Ended> {
    const [{ url, key }] = fleet.emulators;
    const env = { SPEECHOPS_DATABASE_URL: fleet.url, SPEECHOPS_ENDPOINT: url, SPEECHOPS_KEY: key };
    return await startSpeechops(args, { cwd: folder, env, ...(program === undefined ? {} : { program }) }).ended;
  }

  it(
    'exchange workers one by one under runs that are submitted all along, and nothing is lost or made twice',
    async () => {
      const program = await installVersion(path.join(folder, 'next'), { version: '98.7.6' });
      const target = { endpoint: fleet.emulators[0].url };
      await fleet.journal.enqueue('asks', approvalPlan('asks', target));
      let submitted = 0;
      const submit = async (): Promise<void> => {
        const name = `run-${(submitted += 1)}`;
        await fleet.journal.enqueue(name, await textPlan(folder, { name, target }));
      };
      const old = await Promise.all([1, 2, 3].map(async () => await fleet.startWorker()));
      const stop = new AbortController();
      const submitting = (async () => {
        for (; !stop.signal.aborted; await pause(100)) await submit();
      })();

      const next: WorkerProcess[] = [];
      for (const worker of old) {
        await until(() => worker.lines().some(({ status }) => status === 'succeeded'), 50);
        next.push(await fleet.startWorker([], { program }));
        expect(await worker.stop('SIGTERM'), worker.log().slice(-2000)).toBe(0);
      }
      stop.abort();
      await submitting;
      await fleet.journal.decide('asks', 'ok', yes);
      const runs = await fleet.runs();

      const others = runs.filter(({ status }) => status !== 'succeeded');
      expect(await Promise.all(others.map(async ({ runId }) => await fleet.journal.details(runId)))).toEqual([]);
      expect(runs).toHaveLength(submitted + 1);
      for (const collection of ['datasets', 'models'] as const) {
        const found = await digests(fleet, collection);
        expect([found.size, Math.max(...found.values())], collection).toEqual([submitted, 1]);
      }
      expect((await Promise.all(next.map((worker) => worker.metrics()))).map(versionIn)).toEqual(
        next.map(() => '98.7.6'),
      );
      expect(next.flatMap(begun)).toContain('asks');
    },
    timeout,
  );

  it(
    'leave runs of the other journal format to its own workers, and refuse them by name',
    async () => {
      const program = await installVersion(path.join(folder, 'next'), { version: '98.7.6', format: 'journal-next' });
      const target = { endpoint: fleet.emulators[0].url };
      const before = await fleet.startWorker();
      await fleet.journal.enqueue('asked-before', approvalPlan('asked-before', target));
      await fleet.journal.enqueue('unwanted', approvalPlan('unwanted', target));
      await until(() => before.lines().filter(({ step }) => step === 'ok').length >= 2, 50);

      const next = await fleet.startWorker([], { program });
      await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
      await writeFile(path.join(folder, 'next.yaml'), uploadPipeline);
      const submitted = await call(program, 'submit', 'next.yaml', '--run-id', 'by-next', '--wait');
      expect(submitted.code, submitted.stderr).toBe(0);
      expect([begun(before), begun(next)]).toEqual([['asked-before', 'unwanted'], ['by-next']]);

      await before.stop('SIGKILL');
      await until(async () => waiting(await next.metrics())[journalFormat] === '2', 100);
      const second = await fleet.startWorker([], { program });
      await until(() => second.lines().some(({ format }) => format === journalFormat), 50);
      expect(second.lines().find(({ format }) => format === journalFormat)).toMatchObject({
        level: 'warn',
        message: `2 runs wait for a worker whose journal is ${journalFormat}: this one reads journal-next`,
      });

      const refusal = `Use the version of speechops that started asked-before: its journal is ${journalFormat}, this version reads journal-next`;
      for (const args of [
        ['resume', 'asked-before'],
        ['fork', 'asked-before', '--from', 'ok'],
        ['approve', 'asked-before', 'ok'],
      ]) {
        const { code, stderr } = await call(program, ...args);
        expect([args[0], code, stderr]).toEqual([args[0], 2, `error: ${refusal}\n`]);
      }
      const shown = await call(program, 'show', 'asked-before');
      expect(shown.stdout).toMatch(
        /^asked-before: \w+, .*\(kept as journal-\d+, for another version: this one reads journal-next\)\n {2}ok {2}/,
      );
      const listed = await call(undefined, 'runs');
      expect(listed.stdout).toMatch(/\nby-next .* \(kept as journal-next, .*\nunwanted .*\n.*asked-before\n$/);
      expect((await call(undefined, 'resume', 'by-next')).stderr).toMatch(/its journal is journal-next, this version/);

      expect((await call(program, 'cancel', 'unwanted')).code).toBe(0);
      await fleet.journal.decide('asked-before', 'ok', yes);
      const again = await fleet.startWorker();
      const runs = await fleet.runs();
      expect(runs.map(({ runId, status }) => [runId, status])).toEqual([
        ['by-next', 'succeeded'],
        ['unwanted', 'cancelled'],
        ['asked-before', 'succeeded'],
      ]);
      expect([begun(again), begun(next), begun(second)]).toEqual([['asked-before'], ['by-next'], []]);
    },
    timeout,
  );
});

const uploadPipeline = `name: next
locale: en-US
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
`;

/** The runs that a worker has executed, from their beginning or later. */
function begun(worker: WorkerProcess): readonly string[] {
  return worker
    .lines()
    .filter(({ message }) => String(message).endsWith('begins here'))
    .map(({ run }) => String(run))
    .toSorted();
}

function versionIn(metrics: string): string | undefined {
  return /^speechops_worker_info\{.*version="([^"]*)"/m.exec(metrics)?.[1];
}

/** How many runs wait, by format. */
function waiting(metrics: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...metrics.matchAll(/^speechops_runs_waiting\{format="([^"]*)"\} (\d+)$/gm)].map(([, format, runs]) => [
      format,
      runs,
    ]),
  );
}
