import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import type { RunRecord } from '../../workflows/engine/run-record.ts';
import type { PlanDocument } from '../../schemas/types.gen.ts';
import type { Called } from '../workflows/cli/call-main.ts';
import { callProgram } from '../workflows/cli/call-program.ts';
import { controlEmulator } from '../emulator/control-emulator.ts';

const pipeline = path.join(import.meta.dirname, '../../examples/many-regions/pipeline.yaml');
const generous = 300_000;
const sharedKey = 'of-both-regions';
let folder: string;
let westeurope: Emulator;
let eastus: Emulator;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-regions-'));
  [westeurope, eastus] = await Promise.all([
    startEmulator({ speed: 3000, key: sharedKey }),
    startEmulator({ speed: 3000, key: sharedKey }),
  ]);
});
afterAll(async () => {
  await Promise.all([westeurope.close(), eastus.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function speechops(...args: readonly string[]): Promise<Called> {
  // A key goes where the environment says, and both are on this machine.
  const env = { SPEECHOPS_ENDPOINT: westeurope.url, SPEECHOPS_KEY: sharedKey };
  return await callProgram([...args, '--format', 'json'], { cwd: folder, env });
}

/** The pipeline with the emulators as its regions. */
function regions(): readonly string[] {
  return [pipeline, '--input', `westeurope=${westeurope.url}`, '--input', `eastus=${eastus.url}`];
}

/** Display names and locales of what a resource has. */
async function objects({ url, key }: Emulator, collection: string): Promise<readonly string[]> {
  const response = await fetch(`${url}/speechtotext/${collection}?api-version=2025-10-15`, {
    headers: { 'Ocp-Apim-Subscription-Key': key },
  });
  const { values } = (await response.json()) as {
    readonly values: readonly { readonly displayName: string; readonly locale: string }[];
  };
  return values.map(({ displayName, locale }) => `${displayName} ${locale}`).toSorted();
}

describe('examples/many-regions', () => {
  it('plans each combination against the resource of its region', { timeout: generous }, async () => {
    const planned = await speechops('plan', ...regions());
    expect(planned.code, planned.stderr).toBe(0);
    const { pipelines } = JSON.parse(planned.stdout) as PlanDocument;
    const steps = pipelines[0]?.steps ?? [];
    expect(Object.groupBy(steps, ({ resource }) => resource ?? 'none')).toMatchObject({
      [westeurope.url]: [
        { id: 'calls-westeurope-en-us' },
        {},
        {},
        {},
        {},
        {},
        {},
        { id: 'calls-westeurope-en-gb' },
        {},
        {},
        {},
        {},
        {},
        {},
      ],
      [eastus.url]: [{ id: 'calls-eastus-en-us' }, {}, {}, {}, {}, {}, {}],
    });
  });

  it(
    'gives each region its own objects and no others, also when a run is gone on with',
    { timeout: generous },
    async () => {
      const refused = { operation: 'Models_Create', kind: 'status', status: 400, count: 1 };
      await controlEmulator(eastus, '/faults', { body: refused });
      const first = await speechops('run', ...regions(), '--run-id', 'first');
      const failed = (JSON.parse(first.stdout) as RunRecord).steps['retrain-eastus-en-us'];
      expect([first.code, failed?.status], first.stderr).toEqual([1, 'failed']);
      expect(await objectsOf(westeurope)).toEqual(expected('westeurope-en-gb en-GB', 'westeurope-en-us en-US'));
      const resumed = await speechops('resume', 'first');
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(await objectsOf(westeurope)).toEqual(expected('westeurope-en-gb en-GB', 'westeurope-en-us en-US'));
      expect(await objectsOf(eastus)).toEqual(expected('eastus-en-us en-US'));
    },
  );

  it('reuses in each region what is there', { timeout: generous }, async () => {
    const { steps } = JSON.parse((await speechops('run', ...regions())).stdout) as RunRecord;
    const statusOf = (step: string): readonly unknown[] =>
      Object.entries(steps).flatMap(([id, { status }]) => (id.startsWith(step) ? [status] : []));
    expect([statusOf('calls'), statusOf('words'), statusOf('retrain')]).toEqual([
      ['reused', 'reused', 'reused'],
      ['reused', 'reused', 'reused'],
      ['skipped', 'skipped', 'skipped'],
    ]);
    expect(await objectsOf(eastus)).toEqual(expected('eastus-en-us en-US'));
  });
});

async function objectsOf(region: Emulator): Promise<Record<string, readonly string[]>> {
  return {
    projects: await objects(region, 'projects'),
    datasets: await objects(region, 'datasets'),
    models: await objects(region, 'models'),
    endpoints: await objects(region, 'endpoints'),
  };
}

/** What these combinations make: `<id> <locale>` of each. */
function expected(...combinations: readonly string[]): Record<string, readonly string[]> {
  const copies = (...steps: readonly string[]): readonly string[] =>
    steps.flatMap((step) => combinations.map((combination) => `${step}-${combination}`)).toSorted();
  const locales = combinations.map((combination) => combination.slice(-5));
  return {
    projects: locales.map((locale) => `Calls ${locale}`),
    datasets: copies('calls', 'trade', 'words'),
    models: copies('retrain'),
    endpoints: locales.map((locale) => `calls ${locale}`),
  };
}
