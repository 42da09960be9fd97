import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/start-emulator.ts';
import { connectControl } from '../../workflows/cli/runs/control-socket.ts';
import type { RunDetails } from '../../workflows/durable/journal.ts';
import { openFleet, pause, type Fleet, type WorkerProcess } from '../fleet/fleet.ts';
import { installVersion } from '../fleet/installed-version.ts';
import { withoutPostgres } from './create-database.ts';
import { simulateTime, type SimulatedTime } from './simulated-time.ts';
import { startSpeechops, type Ended, type SpeechopsProcess } from './speechops-process.ts';
import { writeTenDaysPipelines } from './ten-days-pipelines.ts';
import { controlEmulator } from '../emulator/control-emulator.ts';
import { until } from '../until.ts';

/** It starts a dozen processes in turn, each of which takes half a minute on a machine that does much else. */
const timeout = 900_000;
const program = fileURLToPath(new URL('simulated-speechops.ts', import.meta.url));
const onPostgres = withoutPostgres === undefined ? '' : ` (${withoutPostgres})`;
const day = 24 * 3_600_000;
/** So fast that what the service takes minutes for costs seconds, and a day still holds minutes. */
const speed = 100;

describe('a run of ten days', () => {
  let folder = '';

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-days-'));
    await writeTenDaysPipelines(folder);
  });
  afterEach(async () => await rm(folder, { recursive: true, force: true }));

  it('succeeds on the embedded store although its process is killed on three of them', { timeout }, async () => {
    const emulator = await startEmulator({ speed, audioDirectories: [path.join(folder, 'smoke')] });
    const started: SpeechopsProcess[] = [];
    onTestFailed(async () => {
      for (const { ended } of started) console.log((await ended).stderr);
    });
    try {
      const place = await openPlace(emulator, { folder, env: {} });
      const state = path.join(folder, '.speechops');
      const start = async (...args: string[]): Promise<SpeechopsProcess> => {
        const process = place.start(...args);
        started.push(process);
        await process.said('run ten-days');
        return process;
      };
      let running = await start('run', 'ten-days.yaml', '--run-id', 'ten-days');
      await liveTenDays({
        ...place,
        async run() {
          const isGone = (await Promise.race([running.ended, undefined])) !== undefined;
          if (isGone) throw new Error(`The run ended too early: ${(await running.ended).stderr}`);
          const control = await connectControl(state);
          // A machine that does much else may keep the process from answering in time: it is asked again.
          const found = await control?.details('ten-days').catch(() => undefined);
          await control?.close();
          return found;
        },
        isOver: async () => (await Promise.race([running.ended, undefined])) !== undefined,
        async killed() {
          await running.kill();
          running = await start('resume', 'ten-days');
        },
      });
      const { code, stderr } = await running.ended;
      expect(code, stderr).toBe(0);
      const shown = await place.start('show', 'ten-days', '--format', 'json').ended;
      await expectTenDays(JSON.parse(shown.stdout) as RunDetails, emulator);
    } finally {
      await Promise.all(started.map((process) => process.kill()));
      await emulator.close();
    }
  });

  describe.skipIf(withoutPostgres !== undefined)(`on PostgreSQL${onPostgres}`, () => {
    let fleet: Fleet;
    beforeEach(async () => {
      fleet = await openFleet({ speed, audioDirectories: [path.join(folder, 'smoke')] });
    });
    afterEach(async () => await fleet.close());

    it('succeeds although workers are killed on three of them and upgraded on another', { timeout }, async () => {
      const [emulator] = fleet.emulators;
      const place = await openPlace(emulator, { folder, env: { SPEECHOPS_DATABASE_URL: fleet.url } });
      const { time } = place;
      const workers: WorkerProcess[] = [];
      onTestFailed(() => console.log(workers.map((started) => started.log()).join('\n')));
      const startWorker = async (executable: string): Promise<WorkerProcess> => {
        const { env, preload } = time;
        const worker = await fleet.startWorker([], { program: executable, preload, env });
        workers.push(worker);
        return worker;
      };
      const isAt = (worker: WorkerProcess, run: string): boolean =>
        worker.lines().some((line) => line['run'] === run && String(line['message']).endsWith('begins here'));

      let executable = program;
      let worker = await startWorker(executable);
      for (const name of ['unanswered', 'two-months', 'ten-days']) {
        const { code, stderr } = await place.start('submit', `${name}.yaml`, '--run-id', name).ended;
        expect(code, stderr).toBe(0);
        await until(() => isAt(worker, name), 50);
      }
      await liveTenDays({
        ...place,
        run: async () => await fleet.journal.details('ten-days'),
        isOver: async () => (await fleet.journal.details('ten-days'))?.record !== undefined,
        async killed() {
          await worker.stop('SIGKILL');
          worker = await startWorker(executable);
          await until(() => isAt(worker, 'ten-days'), 50);
        },
        isAllExpired: async () => (await fleet.journal.details('unanswered'))?.record !== undefined,
        async upgraded() {
          executable = await nextVersion(path.join(folder, 'next'));
          const next = await startWorker(executable);
          expect(await worker.stop('SIGTERM'), worker.log().slice(-2000)).toBe(0);
          worker = next;
          await until(() => isAt(worker, 'ten-days'), 50);
        },
      });
      const ended = await fleet.journal.details('ten-days');
      if (ended === undefined) throw new Error('The run is gone');
      await expectTenDays(ended, emulator);

      const unanswered = await fleet.journal.details('unanswered');
      expect([unanswered?.status, unanswered?.record?.steps['ok']?.error]).toEqual(['failed', nobodyAnswered]);
      expect(daysOf(unanswered?.record)).toBe(7);

      const memory = residentBytes(await worker.metrics());
      await time.toDay(59);
      await pause(2000);
      expect((await fleet.journal.details('two-months'))?.record).toBeUndefined();
      await time.toDay(60.5);
      await fleet.runs((runs) => runs.every(({ finishedAt }) => finishedAt !== undefined));
      const twoMonths = await fleet.journal.details('two-months');
      expect([twoMonths?.status, twoMonths?.record?.error]).toEqual([
        'failed',
        'The steps of the run did not end within 5184000 s (timeout of the pipeline)',
      ]);
      expect(daysOf(twoMonths?.record)).toBe(60);
      expect(residentBytes(await worker.metrics()) - memory).toBeLessThan(100 * 1024 ** 2);
      expect(await worker.metrics()).toMatch(/^speechops_worker_info\{.*version="98.7.6"\}/m);
    });
  });
});

const nobodyAnswered: unknown = expect.stringMatching(/^Nobody answered by .* \(expires\)/);

/** Where processes of a test run pipelines, in the time of an emulator whose first training is to fail. */
interface Place {
  readonly time: SimulatedTime;
  readonly emulator: Emulator;
  start(...args: string[]): SpeechopsProcess;
}

async function openPlace(
  emulator: Emulator,
  options: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
): Promise<Place> {
  const { folder } = options;
  const time = await simulateTime(emulator, folder);
  await orderFault(emulator, {
    operation: 'Models_Create',
    kind: 'entity-failed',
    count: 1,
    message: 'Too little data',
  });
  const env = {
    ...options.env,
    ...time.env,
    SPEECHOPS_ENDPOINT: emulator.url,
    SPEECHOPS_KEY: emulator.key,
    TMPDIR: tmpdir(),
  };
  return {
    time,
    emulator,
    start: (...args) => startSpeechops(args, { cwd: folder, env, preload: time.preload, program }),
  };
}

/** What happens on which day; the run has begun. */
async function liveTenDays(
  world: Place & {
    /** How far the run is; undefined while nobody can tell. */
    run(): Promise<RunDetails | undefined>;
    isOver(): Promise<boolean>;
    /** Kills what executes the run, and lets it be gone on with. */
    killed(): Promise<void>;
    upgraded?(): Promise<void>;
    /** Whether everything has ended that may wait for seven days. */
    isAllExpired?(): Promise<boolean>;
  },
): Promise<void> {
  const { time, emulator, run } = world;
  const hasEnded = (step: string) => async (): Promise<boolean> => (await run())?.steps[step] !== undefined;
  const models = async (): Promise<readonly Listed[]> => await listed(emulator, 'models');
  const answer = async (step: string): Promise<void> => {
    const { code, stderr }: Ended = await world.start('approve', 'ten-days', step, '--by', 'ann').ended;
    expect(code, stderr).toBe(0);
  };

  await time.passUntil('a model', async () => (await models()).length > 0, { stepSeconds: 60, day: 2 });

  await time.toDay(2);
  // The training has failed; half a day later at the latest it is tried again.
  await time.passUntil('another model', async () => (await models()).length > 1, { stepSeconds: 900, day: 3 });
  await world.killed();
  await time.toDay(3);
  await time.passUntil('the end of candidate', hasEnded('candidate'), { stepSeconds: 60, day: 4 });

  await time.toDay(4);
  await world.killed();
  await time.toDay(5);
  await world.upgraded?.();
  await time.toDay(6);
  expect((await run())?.steps['second-opinion']).toBeUndefined();
  await answer('approval');
  await time.passUntil('the end of approval', hasEnded('approval'), { stepSeconds: 1, day: 7 });

  await time.toDay(7);
  await time.passUntil('the end of second-opinion', hasEnded('second-opinion'), { stepSeconds: 60, day: 8 });
  await time.passUntil('what expires', world.isAllExpired ?? hasEnded('second-opinion'), { stepSeconds: 60, day: 8 });
  await time.toDay(8);
  await world.killed();
  await time.toDay(10.5);
  await answer('window');
  await time.passUntil('the end', world.isOver, { stepSeconds: 60, day: 11 });
}

async function expectTenDays({ status, record }: RunDetails, emulator: Emulator): Promise<void> {
  expect([status, daysOf(record)]).toEqual(['succeeded', 10]);
  const outcomes = Object.entries(record?.steps ?? {}).map(([id, step]) => [id, step.status, step.error]);
  expect(outcomes.filter(([, outcome]) => outcome !== 'succeeded' && outcome !== 'reused')).toEqual([
    ['second-opinion', 'failed', nobodyAnswered],
    ['late-look', 'failed', expect.stringMatching(/rejected 1 of 2 lines, .*: .*URI/)],
  ]);

  const names = async (collection: string): Promise<readonly string[]> =>
    (await listed(emulator, collection)).map(({ displayName, status: now }) => `${displayName} ${now}`).toSorted();
  expect(await names('datasets')).toEqual(['calls Succeeded', 'flawed Succeeded', 'text Succeeded']);
  expect(await names('models')).toEqual(['model Failed', 'model Succeeded']);
  expect(await names('evaluations')).toEqual(['candidate Succeeded']);
  expect(await names('endpoints')).toEqual(['ward Succeeded']);
  const models = await listed(emulator, 'models');
  const made = models.map(({ createdDateTime }) => Date.parse(createdDateTime)).toSorted((a, b) => a - b);
  expect(((made[1] ?? 0) - (made[0] ?? 0)) / day).toBeGreaterThan(1.9);
  const trained = models.find(({ status: now }) => now === 'Succeeded');
  const [endpoint] = await listed(emulator, 'endpoints');
  expect(idOf(endpoint?.model?.self)).toBe(idOf(trained?.self));
}

/** How many whole days it took, by what is journalled. */
function daysOf(record: RunDetails['record']): number {
  return Math.floor((Date.parse(record?.finishedAt ?? '') - Date.parse(record?.startedAt ?? '')) / day);
}

function idOf(self: string | undefined): string | undefined {
  return self?.split('/').at(-1);
}

function residentBytes(metrics: string): number {
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)?.[1]);
}

/** The program of this test as another version of it. */
async function nextVersion(folder: string): Promise<string> {
  await installVersion(folder, { version: '98.7.6' });
  const copy = path.join(folder, 'test/crash', path.basename(program));
  await mkdir(path.dirname(copy), { recursive: true });
  await cp(program, copy);
  return copy;
}

interface Listed {
  readonly self: string;
  readonly displayName: string;
  readonly status: string;
  readonly createdDateTime: string;
  readonly model?: { readonly self: string };
}

async function listed({ url, key }: Emulator, collection: string): Promise<readonly Listed[]> {
  const response = await fetch(`${url}/speechtotext/${collection}?api-version=2025-10-15`, {
    headers: { 'Ocp-Apim-Subscription-Key': key },
  });
  return ((await response.json()) as { readonly values: readonly Listed[] }).values;
}

async function orderFault(emulator: Emulator, fault: object): Promise<void> {
  const response = await controlEmulator(emulator, '/faults', { body: fault });
  if (!response.ok) throw new Error(await response.text());
}
