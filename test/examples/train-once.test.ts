import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { load } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import type { PlanDocument, ReleaseDocument } from '../../schemas/types.gen.ts';
import type { RunRecord } from '../../workflows/engine/run-record.ts';
import { controlEmulator } from '../emulator/control-emulator.ts';
import type { Called } from '../workflows/cli/call-main.ts';
import { callProgram } from '../workflows/cli/call-program.ts';

const example = path.join(import.meta.dirname, '../../examples/many-regions');
const generous = 600_000;
const key = 'of-all-regions';
let folder: string;
/** The one that trains, and the ones that serve. */
let regions: readonly Emulator[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-train-once-'));
  const smoke = path.join(example, '../call-center/data/smoke');
  const start = async (name: string): Promise<Emulator> =>
    await startEmulator({ speed: 3000, key, account: { name }, audioDirectories: name === 'west' ? [] : [smoke] });
  regions = await Promise.all(['west', 'sweden', 'italy', 'norway'].map(start));
});
afterAll(async () => {
  await Promise.all(regions.map(async (one) => await one.close()));
  await rm(folder, { recursive: true, force: true });
});

async function speechops(file: string, verb: string, ...args: readonly string[]): Promise<Called> {
  const [west, sweden, italy, norway] = regions;
  const inputs = Object.entries({
    training: west?.url,
    'training-account': west?.resourceId,
    swedencentral: sweden?.url,
    italynorth: italy?.url,
    norwayeast: norway?.url,
  }).flatMap(([name, value]) => ['--input', `${name}=${value}`]);
  const env = { SPEECHOPS_ENDPOINT: west?.url ?? '', SPEECHOPS_KEY: key };
  const named = verb === 'resume' ? [] : [file, ...inputs];
  return await callProgram([verb, ...named, ...args, '--format', 'json'], { cwd: folder, env });
}

interface Served {
  readonly self: string;
  readonly displayName: string;
  readonly model: { readonly self: string };
}

async function read<T>(region: Emulator | undefined, collection: string): Promise<readonly T[]> {
  const response = await fetch(`${region?.url}/speechtotext/${collection}?api-version=2025-10-15`, {
    headers: { 'Ocp-Apim-Subscription-Key': key },
  });
  return ((await response.json()) as { readonly values: readonly T[] }).values;
}

/** The id of the model that the endpoint of a region serves. */
async function served(region: Emulator | undefined): Promise<string | undefined> {
  const [endpoint] = await read<Served>(region, 'endpoints');
  return endpoint && /models\/([^?]+)/.exec(endpoint.model.self)?.[1];
}

describe('examples/many-regions/train-once.yaml', () => {
  const file = path.join(example, 'train-once.yaml');

  it('plans what is done once where it trains, and the rest in its waves', { timeout: generous }, async () => {
    const planned = await speechops(file, 'plan');
    expect(planned.code, planned.stderr).toBe(0);
    const { pipelines } = JSON.parse(planned.stdout) as PlanDocument;
    const at = Object.fromEntries((pipelines[0]?.steps ?? []).map((step) => [step.id, step]));
    expect(at['train']).toMatchObject({ resource: regions[0]?.url });
    expect(at['copied-norwayeast']).toMatchObject({ resource: regions[3]?.url });
    expect(at['go-live-norwayeast']?.summary).toMatch(/^wave europe: /);
    expect(at['go-live-back-norwayeast']?.summary).toBe('if wave europe fails: take go-live-norwayeast back');
  });

  it('trains one model, and serves it in every region', { timeout: generous }, async () => {
    const ran = await speechops(file, 'run', '--run-id', 'first');
    expect(ran.code, ran.stdout + ran.stderr).toBe(0);
    expect(await read(regions[0], 'models')).toHaveLength(1);
    for (const region of regions.slice(1)) {
      expect(await read(region, 'datasets')).toEqual([]);
      const [model, ...others] = await read<Served & { readonly customProperties: object }>(region, 'models');
      expect(others).toEqual([]);
      expect(model?.displayName).toBe('train');
      expect(await served(region)).toBe(/models\/([^?]+)/.exec(model?.self ?? '')?.[1]);
    }
    const again = JSON.parse((await speechops(file, 'run')).stdout) as RunRecord;
    for (const id of ['train', 'copied-swedencentral', 'go-live-italynorth'])
      expect([id, again.steps[id]?.status]).toEqual([id, 'reused']);
  });
});

describe('a wave that fails', () => {
  it(
    'stops and goes back, while the wave before stays and finally runs, and is done again by resume',
    { timeout: generous },
    async () => {
      const before = await Promise.all(regions.map(served));
      // The same care with other words: a second model.
      const text = await readFile(path.join(example, 'train-once.yaml'), 'utf8');
      await writeFile(
        path.join(folder, 'words.txt'),
        'Please send it to the warehouse in Oslo.\nIt is a pallet jack.\n',
      );
      await cp(path.join(example, '../call-center/data'), path.join(folder, 'data'), { recursive: true });
      const again = `finally:
  - { id: tell, uses: upload, resource: "\${{ inputs.training }}", with: { kind: Language, from: words.txt } }
`;
      const other = text
        .replaceAll('../call-center/', '')
        .replace('from: data/related-text.txt', 'from: words.txt')
        .replace('    if: ${{ steps.candidate.outputs.better }}\n', '')
        .replace(', max-wer: 20%', '')
        // The region that fails begins when the one before it has its model: there is something to go back to.
        .replace('  waves:', '  max-parallel: 1\n  waves:')
        .replace('create: true', 'create: true\n      release: "releases/${{ matrix.region }}"');
      const file = path.join(folder, 'other.yaml');
      await writeFile(file, `${other}${again}`);
      const [, , italy, norway] = regions;
      const refused = { operation: 'Endpoints_Update', kind: 'status', status: 400, count: 1 };
      await controlEmulator(norway!, '/faults', { body: refused });
      const ran = await speechops(file, 'run', '--run-id', 'second');
      expect(ran.code, ran.stderr).toBe(1);
      const { steps, status } = JSON.parse(ran.stdout) as RunRecord;
      const statuses = Object.fromEntries(Object.entries(steps).map(([id, step]) => [id, step.status]));
      expect(status).toBe('failed');
      expect(statuses).toMatchObject({
        'go-live-swedencentral': 'succeeded',
        'go-live-italynorth': 'succeeded',
        'go-live-norwayeast': 'failed',
        'go-live-back-swedencentral': 'skipped',
        'go-live-back-italynorth': 'succeeded',
        'go-live-back-norwayeast': 'skipped',
        tell: 'reused',
      });
      expect(steps['go-live-back-italynorth']?.reason).toBe('wave europe did not end well: go-live-norwayeast failed');
      const after = await Promise.all(regions.map(served));
      expect(after[1]).not.toBe(before[1]);
      expect(after.slice(2)).toEqual(before.slice(2));
      const report = await readFile(path.join(folder, '.speechops/runs/second/report.md'), 'utf8');
      expect(report).toContain('go-live-back-italynorth');
      expect(report).toContain('wave europe did not end well');

      const resumed = await speechops(file, 'resume', 'second');
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(await served(italy)).not.toBe(before[2]);
      expect(await served(norway)).not.toBe(before[3]);
      for (const region of ['swedencentral', 'norwayeast']) {
        const released = await readFile(path.join(folder, `releases/${region}/calls.yaml`), 'utf8');
        const { model } = load(released) as ReleaseDocument;
        expect(model).toMatchObject({
          name: 'train',
          data: [],
          copyOf: { id: steps['copied-norwayeast']?.outputs['source'], name: 'train', data: [{ name: 'words' }] },
        });
      }
    },
  );
});
