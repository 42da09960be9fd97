import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import type { RunRecord } from '../../../workflows/engine/run-record.ts';
import { controlEmulator } from '../../emulator/control-emulator.ts';
import { callMain, type Called } from './call-main.ts';
import { openAnyHome, type AnyHome } from './run-folder.ts';
import { writeWardPipeline } from './ward-pipeline.ts';

/** Of the emulator, and how fast its time goes. */
export const key = 'a-key-that-nobody-may-print';
export const speed = 3000;

/** What is made for each test: a folder with a pipeline, an emulator that it works for, and where its runs are kept. */
interface Prepared {
  folder: string;
  /** Path of the pipeline. */
  pipeline: string;
  emulator: Emulator;
  home: AnyHome;
}

/** The program for the pipeline of a ward, in this process. */
export interface Ward extends Prepared {
  call(args: readonly string[], options?: Partial<Parameters<typeof callMain>[1]>): Promise<Called>;
  speechops(...args: readonly string[]): Promise<Called>;
  /** A run of the pipeline, with its record. */
  run(...args: readonly string[]): Promise<Called & { readonly record: RunRecord }>;
  /** Orders faults of the emulator. */
  fault(...orders: readonly object[]): Promise<void>;
  /** Display names of everything in the resource. */
  objects(): Promise<Record<string, string[]>>;
}

/** Prepares all that for each test of the file. */
export function useWard(): Ward {
  const ward: Ward = Object.assign({} as Prepared, { call, speechops, run, fault, objects });

  beforeEach(async () => {
    ward.folder = await mkdtemp(path.join(tmpdir(), 'speechops-run-'));
    ward.home = await openAnyHome(ward.folder);
    ward.pipeline = await writeWardPipeline(ward.folder);
    ward.emulator = await startEmulator({
      key,
      speed,
      dataDirectory: path.join(ward.folder, 'emulator'),
      audioDirectories: [path.join(ward.folder, 'smoke')],
    });
  });

  afterEach(async () => {
    await ward.emulator.close();
    await ward.home.remove();
    await rm(ward.folder, { recursive: true, force: true });
  });

  async function speechops(...args: readonly string[]): Promise<Called> {
    return await call(args);
  }

  async function call(args: readonly string[], options: Partial<Parameters<typeof callMain>[1]> = {}): Promise<Called> {
    const env = { SPEECHOPS_ENDPOINT: ward.emulator.url, SPEECHOPS_KEY: key, ...ward.home.env };
    return await callMain(args, { cwd: ward.folder, env, ...options });
  }

  async function run(...args: readonly string[]): Promise<Called & { readonly record: RunRecord }> {
    const called = await speechops('run', ward.pipeline, '--format', 'json', ...args);
    return { ...called, record: JSON.parse(called.stdout) as RunRecord };
  }

  async function fault(...orders: readonly object[]): Promise<void> {
    const response = await controlEmulator(ward.emulator, '/faults', { body: orders });
    expect(response.status).toBe(201);
  }

  async function objects(): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    for (const collection of ['projects', 'datasets', 'models', 'evaluations', 'endpoints']) {
      const response = await fetch(`${ward.emulator.url}/speechtotext/${collection}?api-version=2025-10-15`, {
        headers: { 'Ocp-Apim-Subscription-Key': key },
      });
      const { values } = (await response.json()) as { values: { displayName: string }[] };
      found[collection] = values.map(({ displayName }) => displayName);
    }
    return found;
  }

  return ward;
}

/** How the steps of a run ended. */
export function statuses(record: RunRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(record.steps).map(([id, { status }]) => [id, status]));
}

/** What is in the resource after the pipeline was run, however often. */
export const once = {
  projects: ['Ward'],
  datasets: [expect.any(String), expect.any(String)],
  models: ['retrain'],
  evaluations: ['baseline', 'candidate'],
  endpoints: ['ward'],
};
