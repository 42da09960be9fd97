import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import type { FaultAccount, FaultOrder } from '../../emulator/state/faults.ts';
import { startEmulator, type Emulator } from '../../emulator/start-emulator.ts';
import { openPipeline } from '../../workflows/cli/pipelines/open-pipeline.ts';
import { exitCodeOf } from '../../workflows/cli/runs/leave-record.ts';
import { createInMemoryEngine } from '../workflows/engine/in-memory-engine.ts';
import { createInterpreter } from '../../workflows/engine/interpret-plan.ts';
import type { RunRecord } from '../../workflows/engine/run-record.ts';
import type { Endpoint, Entity } from '../../workflows/plan/speech-entities.ts';
import type { RequestOutcome } from '../../workflows/speech/request-observer.ts';
import { stepKinds } from '../../workflows/steps/registry.ts';
import { controlEmulator } from '../emulator/control-emulator.ts';
import { fastClock } from '../workflows/engine/test-clocks.ts';
import { writeWardPipeline } from '../workflows/cli/ward-pipeline.ts';

/** So many times as fast goes the time of the pipelines: a burst of half a minute costs half a second. */
const speed = 60;

/** Whether it is this request, the so many-th of a run. */
type Beginning = (request: RequestOutcome, count: number) => boolean;

export interface Ran {
  readonly record: RunRecord;
  readonly code: number;
  readonly said: readonly string[];
  /** How often each fault has hit. */
  readonly hits: readonly number[];
}

/** A Speech resource whose calls fail as they are told to, and pipelines that work on it in fast time. */
export interface FaultyService extends AsyncDisposable {
  /** Trains, and swaps the model of the endpoint `ward`. */
  readonly pipeline: string;
  /** A pipeline of one swap of that endpoint; `within`: the step's timeout. */
  swapTo(
    model: string,
    how?: { readonly maxWer?: string; readonly within?: string; readonly strategy?: 'direct' | 'canary' },
  ): Promise<string>;
  /** `from`: the faults begin when a request has ended that it names; else at once. They end with the run. */
  run(file: string, faults?: readonly FaultOrder[], how?: { readonly from?: Beginning }): Promise<Ran>;
  /** The operations that were called since the service began, by how their calls ended. */
  operations(): Promise<Readonly<Record<string, Readonly<Record<string, number>>>>>;
  list<E extends Entity>(collection: string): Promise<readonly E[]>;
  /** The endpoint, which is the only one. */
  endpoint(): Promise<Endpoint>;
}

/** The service as it is before a pipeline: unless it is new, the endpoint is there and serves a base model, which is proved. */
export async function openFaultyService({ isNew = false } = {}): Promise<FaultyService> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-faulty-'));
  const pipeline = await writeWardPipeline(folder);
  const emulator = await startEmulator({
    speed: 3000,
    audioDirectories: [path.join(folder, 'smoke'), path.join(folder, 'calls')],
  });
  let pipelines = 0;

  async function list<E extends Entity>(collection: string): Promise<readonly E[]> {
    const url = `${emulator.url}/speechtotext/${collection}?api-version=2025-10-15`;
    const response = await fetch(url, { headers: { 'Ocp-Apim-Subscription-Key': emulator.key } });
    return ((await response.json()) as { readonly values: readonly E[] }).values;
  }

  const service: FaultyService = {
    pipeline,
    list,
    async swapTo(model, { maxWer, within, strategy = 'direct' } = {}) {
      const file = path.join(folder, `swap-${(pipelines += 1)}.yaml`);
      const audio = maxWer === undefined ? 'audio: smoke' : `audio: calls, max-wer: ${maxWer}`;
      const timeout = within === undefined ? '' : `    timeout: ${within}\n`;
      const step = `  - id: go-live\n    uses: swap\n${timeout}    with: { endpoint: ward, create: true, model: '${model}', strategy: ${strategy}, verify: { ${audio} } }\n`;
      await writeFile(file, `name: swap\nlocale: en-US\nsteps:\n${step}`);
      return file;
    },
    async run(file, faults = [], { from } = {}) {
      let begun: Promise<unknown> | undefined;
      const begin = async (): Promise<unknown> => await control(emulator, 'POST', 'faults', faults);
      if (from === undefined) await begin();
      let requests = 0;
      const afterRequest = (request: RequestOutcome): void => {
        requests += 1;
        if (from?.(request, requests) === true) begun ??= begin();
      };
      try {
        const ran = await run(file, { folder, emulator, afterRequest });
        const accounts = (await (await control(emulator, 'GET', 'faults')).json()) as {
          readonly faults: readonly FaultAccount[];
        };
        return { ...ran, hits: accounts.faults.map(({ hits }) => hits) };
      } finally {
        await begun;
        await control(emulator, 'DELETE', 'faults');
      }
    },
    async operations() {
      const counts = (await (await control(emulator, 'GET', 'requests')).json()) as {
        readonly operations: Readonly<Record<string, Readonly<Record<string, number>>>>;
      };
      return counts.operations;
    },
    async endpoint() {
      const [endpoint, ...others] = await list<Endpoint>('endpoints');
      if (endpoint === undefined) throw new Error('There is no endpoint');
      expect(others).toEqual([]);
      return endpoint;
    },
    async [Symbol.asyncDispose]() {
      await emulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  await mkdir(path.join(folder, '.git'));
  if (isNew) return service;
  const { code, said } = await service.run(await service.swapTo('base'));
  expect(code, said.join('\n')).toBe(0);
  return service;
}

async function run(
  file: string,
  at: {
    readonly folder: string;
    readonly emulator: Emulator;
    readonly afterRequest: (request: RequestOutcome) => void;
  },
): Promise<Omit<Ran, 'hits'>> {
  const { folder, emulator, afterRequest } = at;
  const said: string[] = [];
  const opened = await openPipeline(file, {
    emulator: false,
    observer: { afterRequest },
    io: {
      stdout: { write: () => undefined },
      stderr: { write: (text) => void said.push(text) },
      env: { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key },
      cwd: folder,
      signal: new AbortController().signal,
      clock: fastClock(speed),
    },
  });
  if (opened === undefined) throw new Error(said.join(''));
  const { connection } = opened;
  const engine = createInMemoryEngine(
    createInterpreter({
      kinds: stepKinds,
      ports: connection.ports,
      ownership: connection.ownership,
      onEvent: (event) => event.kind === 'step-progress' && said.push(`${event.stepId}: ${event.message}`),
    }),
  );
  await engine.start('run', await opened.plan());
  const record = await engine.result('run');
  await connection.close();
  return { record, code: exitCodeOf(record), said };
}

async function control(emulator: Emulator, method: string, name: string, body?: unknown): Promise<Response> {
  const response = await controlEmulator(emulator, `/${name}`, { method, body });
  if (!response.ok) throw new Error(await response.text());
  return response;
}

/** Faults that hit this share of all calls, of each kind a fifth, the same ones for the same seed. */
export function sharesOf(rate: number, seed: number): readonly FaultOrder[] {
  const kinds: readonly Pick<FaultOrder, 'kind' | 'status' | 'retryAfterSeconds'>[] = [
    { kind: 'status', status: 429, retryAfterSeconds: 1 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 503 },
    { kind: 'cut' },
    { kind: 'lost' },
  ];
  const share = rate / kinds.length;
  return ['*', 'Recognise', 'ReadFile'].flatMap((operation, turn) =>
    kinds.map((kind, index) => ({
      operation,
      ...kind,
      // Of the calls that none of the faults before has hit.
      rate: share / (1 - index * share),
      seed: seed * 100 + turn * 10 + index,
    })),
  );
}

/** Fails every call of an operation for so long, in the time of the pipelines. */
export function burstOf(
  operation: string,
  { seconds, ...answer }: { readonly seconds: number; readonly status: number; readonly retryAfterSeconds?: number },
): FaultOrder {
  return { operation, kind: 'status', ...answer, lastsMilliseconds: (seconds * 1000) / speed };
}
