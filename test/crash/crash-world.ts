import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { startEmulator } from '../../emulator/start-emulator.ts';
import type { Redeployment } from '../../emulator/state/redeployment.ts';
import type { RunRecord } from '../../workflows/engine/run-record.ts';
import { callMain } from '../workflows/cli/call-main.ts';
import type { BootedState } from './booted-state.ts';
import { startCallsProxy, type CallsProxy } from './calls-proxy.ts';
import { writeCrashPipeline } from './crash-pipeline.ts';
import { isChange, type WritePoint } from './crash-points.ts';
import { takeTurns } from './take-turns.ts';
import { startSpeechops, type Ended, type SpeechopsProcess } from './speechops-process.ts';

/** Where runs are kept: embedded, or the PostgreSQL at this address. */
export interface Home {
  readonly databaseUrl?: string | undefined;
}

/** A Speech resource, a pipeline for it, and processes that run it and are killed. */
export interface CrashWorld extends AsyncDisposable {
  readonly proxy: CallsProxy;
  readonly runId: string;
  /** Where the process works; the embedded store is in `.speechops/store`. */
  readonly folder: string;
  run(options?: RunOptions): SpeechopsProcess;
  resume(): SpeechopsProcess;
  /** The same run in the process of the test, at a tenth of the cost: for a part of the run that no test kills. */
  runHere(): Promise<Ended>;
  resumeHere(): Promise<Ended>;
  /**
   * Goes on with the run until it has ended, and proves that it succeeded and that nothing exists twice. A run that died
   * before it was kept is started again; then it has changed nothing before, unless what was kept is `forgotten`.
   */
  finish(options?: { readonly forgotten: boolean }): Promise<void>;
  /** Proves that nothing exists twice. */
  expectOnce(): Promise<void>;
}

interface RunOptions {
  /** Kills the process at a journal write. */
  readonly killAtWrite?: WritePoint;
  /** Says every journal write on stderr. */
  readonly saysWrites?: boolean;
}

const key = 'crash-key';
let worlds = 0;
/** A process executes one run at a time. */
const oneHere = takeTurns(1);

/** `state`: a store to begin with; without it the first process makes one. */
export async function openCrashWorld(
  home: Home,
  state?: BootedState,
  redeployment: Redeployment = 'at-once',
): Promise<CrashWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-crash-'));
  const pipeline = await writeCrashPipeline(folder);
  if (home.databaseUrl === undefined) await state?.copyTo(folder);
  const emulator = await startEmulator({
    key,
    speed: 3000,
    redeployment,
    audioDirectories: [path.join(folder, 'smoke')],
  });
  const proxy = await startCallsProxy(emulator.url);
  worlds += 1;
  const runId = `crash-${process.pid}-${worlds}`;
  const env = {
    SPEECHOPS_ENDPOINT: proxy.url,
    SPEECHOPS_KEY: key,
    ...(home.databaseUrl === undefined ? {} : { SPEECHOPS_DATABASE_URL: home.databaseUrl }),
  };
  const processes: SpeechopsProcess[] = [];
  // A database is reached from everywhere: there the run is gone on with in another folder, as on another machine.
  const elsewhere = home.databaseUrl === undefined ? folder : await mkdtemp(path.join(folder, 'elsewhere-'));
  const start = (cwd: string, options: { readonly args: readonly string[] } & RunOptions): SpeechopsProcess => {
    const { args, killAtWrite: killAt, saysWrites = killAt !== undefined } = options;
    const started = startSpeechops([...args, '--format', 'json'], {
      cwd,
      env: { ...env, ...(killAt === undefined ? {} : { CRASH_NTH: String(killAt.nth), CRASH_WHEN: killAt.when }) },
      ...(saysWrites ? { preload: new URL('kill-at-journal-write.ts', import.meta.url) } : {}),
    });
    processes.push(started);
    return started;
  };
  const run = (options: RunOptions = {}): SpeechopsProcess =>
    start(folder, { args: ['run', pipeline, '--run-id', runId], ...options });
  const resume = (): SpeechopsProcess => start(elsewhere, { args: ['resume', runId] });
  const here = async (cwd: string, ...args: readonly string[]): Promise<Ended> =>
    await oneHere(async () => await callMain([...args, '--format', 'json'], { cwd, env }));
  const runHere = async (): Promise<Ended> => await here(folder, 'run', pipeline, '--run-id', runId);
  const resumeHere = async (): Promise<Ended> => await here(elsewhere, 'resume', runId);
  return {
    proxy,
    runId,
    folder,
    expectOnce: async () => await expectOnce(emulator.url),
    run,
    resume,
    runHere,
    resumeHere,
    async finish({ forgotten } = { forgotten: false }) {
      const changesBefore = proxy.calls.filter(isChange);
      let ended = await resumeHere();
      if (ended.stderr.includes('there is no such run')) {
        if (!forgotten) expect(changesBefore).toEqual([]);
        ended = await runHere();
      } else if (ended.stderr.includes('has succeeded')) return await expectOnce(emulator.url);
      // A run that has forgotten its end finds nothing better than what is served already.
      if (forgotten) expect(ended.code, ended.stderr).toBe(0);
      else expectSucceeded(ended);
      await expectOnce(emulator.url);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(processes.map((started) => started.kill()));
      await proxy.close();
      await emulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function expectSucceeded({ code, stdout, stderr }: Ended): void {
  expect(code, stderr).toBe(0);
  const record = JSON.parse(stdout) as RunRecord;
  const passed = Object.entries(record.steps).filter(([, { status }]) => status === 'succeeded' || status === 'reused');
  expect([record.status, passed.map(([id]) => id)]).toEqual(['succeeded', steps]);
}

const steps = ['endpoint', 'calls', 'text', 'same-text', 'baseline', 'retrain', 'candidate', 'go-live'];

/** Everything that the pipeline makes exists once, and the endpoint serves the model that was trained. */
async function expectOnce(url: string): Promise<void> {
  const objects: Record<string, readonly Listed[]> = {};
  for (const collection of ['projects', 'datasets', 'models', 'evaluations', 'endpoints']) {
    const response = await fetch(`${url}/speechtotext/${collection}?api-version=2025-10-15`, {
      headers: { 'Ocp-Apim-Subscription-Key': key },
    });
    objects[collection] = ((await response.json()) as { readonly values: readonly Listed[] }).values;
  }
  const names = Object.entries(objects).map(([collection, found]) => [
    collection,
    found.map(({ displayName, kind }) => kind ?? displayName).toSorted(),
  ]);
  expect(Object.fromEntries(names)).toEqual({
    projects: ['Ward'],
    datasets: ['Acoustic', 'Language'],
    models: ['retrain'],
    evaluations: ['baseline', 'candidate'],
    endpoints: ['ward'],
  });
  const idOf = (self: string | undefined): string | undefined => self?.split('/').at(-1);
  expect(idOf(objects['endpoints']?.[0]?.model?.self)).toBe(idOf(objects['models']?.[0]?.self));
}

interface Listed {
  readonly self: string;
  readonly displayName: string;
  readonly kind?: string;
  readonly model?: { readonly self: string };
}
