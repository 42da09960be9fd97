import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PlanDocument } from '../../../schemas/types.gen.ts';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { Client, idOf } from '../../emulator/client.ts';
import { callMain, type Called } from './call-main.ts';
import { openAnyHome, type AnyHome } from './run-folder.ts';
import { makeTwoModels, writeSmokeAudio } from './two-models.ts';

let folder: string;
let home: AnyHome;
let emulator: Emulator;
let client: Client;
let models: { readonly first: string; readonly second: string };

/** Endpoint `ward` serves the model `gardening`, and the pipeline is to give it `ward-notes`. */
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-saved-'));
  home = await openAnyHome(folder);
  await writeSmokeAudio(folder);
  emulator = await startEmulator({ speed: 3000, audioDirectories: [path.join(folder, 'smoke')] });
  client = new Client(emulator);
  models = await makeTwoModels(client);
  const ward = { displayName: 'ward', locale: 'en-US', model: { self: modelAt(models.first) } };
  await client.finished((await client.create('/endpoints', ward)).self);
  await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
  await writeFile(path.join(folder, 'p.yaml'), await pipeline());
});

afterEach(async () => {
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

function modelAt(id: string): string {
  return `${emulator.url}/speechtotext/models/${id}`;
}

/** Of a measurement that is there, a training that is not due, and a swap. */
async function pipeline(): Promise<string> {
  const datasets = (await client.get('/datasets')).body.values as readonly { self: string; kind: string }[];
  const measured = idOf(datasets.find(({ kind }) => kind === 'Acoustic')?.self ?? '');
  return `name: p
locale: en-US
inputs:
  max-wer: { type: rate, default: 40% }
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: known, uses: evaluate, with: { dataset: ${measured}, model: ${models.second} } }
  - id: renew
    uses: train
    with: { datasets: ["\${{ steps.text.outputs.dataset }}"], in-use: endpoint/ward, if-expiring-within: 30d }
  - id: go-live
    uses: swap
    with: { endpoint: ward, model: ${models.second}, verify: { audio: smoke, max-wer: "\${{ inputs.max-wer }}", every: 100ms, discriminate: 3 } }
`;
}

async function speechops(...args: readonly string[]): Promise<Called> {
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key, ...home.env };
  return await callMain(args, { cwd: folder, env });
}

/** A plan that was saved, to which nothing has happened yet. */
async function save(...args: readonly string[]): Promise<PlanDocument> {
  const { code, stdout, stderr } = await speechops('plan', 'p.yaml', '--out', 'plan.json', ...args);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain('endpoint ward: gardening -> ward-notes');
  expect(stdout).toMatch(
    /\nPlan [0-9a-f]{12} is in plan\.json\. To do exactly this: speechops run --plan plan\.json\n$/,
  );
  return JSON.parse(await readFile(path.join(folder, 'plan.json'), 'utf8')) as PlanDocument;
}

async function objects(): Promise<string> {
  const all = ['/endpoints', '/models', '/datasets', '/evaluations', '/projects'];
  return JSON.stringify(await Promise.all(all.map(async (one) => (await client.get(one)).body.values)));
}

/** Expects that the plan is refused, with what has changed, before anything was done. */
async function expectStale(
  { hash }: PlanDocument,
  reasons: string | RegExp,
  ...args: readonly string[]
): Promise<void> {
  const before = await objects();
  const { code, stdout, stderr } = await speechops('run', '--plan', 'plan.json', ...args);
  const [, told] = new RegExp(
    `^error: Plan anew, the plan ${hash.slice(0, 12)} is stale and nothing was done: (.*)\\n$`,
  ).exec(stderr) ?? [undefined, stderr];
  if (typeof reasons === 'string') expect(told).toBe(reasons);
  else expect(told).toMatch(reasons);
  expect([code, stdout]).toEqual([1, '']);
  expect(await objects()).toBe(before);
}

describe('run --plan', () => {
  it('does the plan when nothing has changed but the time and objects of others, and records its hash', async () => {
    // What it costs is told, and is nothing that is done.
    const prices = path.join(folder, 'prices.yaml');
    await writeFile(prices, 'version: 1\ncurrency: USD\ndate: 2026-01-31\nsource: x\nprices: { recognition: 1 }\n');
    const { hash, pipelines } = await save('--input', 'max-wer=50%');
    await rm(prices);
    expect(pipelines[0]?.cost?.items).toMatchObject([{ what: 'recordings on endpoint ward', price: 1 }]);
    const known = pipelines[0]?.steps.find(({ id }) => id === 'known');
    expect(known).toMatchObject({ action: 'reuse', outputs: { 'days-left': expect.any(Number) } });
    await client.model([await client.text(['something else entirely'])], { displayName: 'unrelated' });
    await client.advance(3 * 86_400);
    const { code, stdout, stderr } = await speechops('run', '--plan', 'plan.json', '--run-id', 'a', '--format', 'json');
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      planHash: hash,
      steps: {
        text: { status: 'succeeded' },
        known: { status: 'reused' },
        renew: { status: 'skipped' },
        'go-live': { status: 'succeeded' },
      },
    });
    const [{ model }] = (await client.get('/endpoints')).body.values;
    expect(idOf(model.self)).toBe(models.second);
    const kept = async (name: string): Promise<string> =>
      await readFile(path.join(folder, '.speechops/runs/a', name), 'utf8');
    expect(JSON.parse(await kept('results.json'))).toMatchObject({
      made: { planHash: hash },
      inputs: { 'max-wer': 0.5 },
    });
    expect(await kept('report.md')).toContain(`plan \`${hash.slice(0, 12)}\``);
    // It was done, so that it would do something else now.
    const again = await speechops('run', '--plan', 'plan.json');
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('is stale and nothing was done: ')]);
  });

  it('refuses it when data have changed', async () => {
    const plan = await save();
    await appendFile(path.join(folder, 'text.txt'), 'and how is the pain now\n');
    await expectStale(plan, /^text\.txt changed: its digest is [0-9a-f]{12}, it was [0-9a-f]{12}$/);
    await writeFile(path.join(folder, 'text.txt'), 'good morning how did you sleep\n');
    await writeFile(path.join(folder, 'smoke/trans.txt'), 'smoke0.wav\tsomething that nobody says\n');
    await expectStale(plan, /^smoke changed: its digest is /);
  });

  it('refuses it when the endpoint serves another model, also one of the same name', async () => {
    const plan = await save();
    const twin = await client.model([await client.text(['roses need water'])], { displayName: 'gardening' });
    const [{ self }] = (await client.get('/endpoints')).body.values;
    await client.finished((await client.api('PATCH', self, { body: { model: { self: twin.self } } })).body.self);
    await expectStale(
      plan,
      `endpoint ward serves gardening (${idOf(twin.self)}) now, it was gardening (${models.first}) (go-live)`,
    );
  });

  it('refuses it when the pipeline has changed, with the lines', async () => {
    const plan = await save();
    const text = await pipeline();
    await writeFile(path.join(folder, 'p.yaml'), text.replace('discriminate: 3', 'discriminate: 4'));
    await expectStale(plan, 'p.yaml changed at line 13');
    await writeFile(path.join(folder, 'p.yaml'), text.replace('name: p', '# a comment\nname: p'));
    await expectStale(plan, 'p.yaml changed at line 1');
  });

  it('refuses it when inputs are others', async () => {
    const plan = await save('--input', 'max-wer=10%');
    await expectStale(plan, 'input max-wer is 15.0 %, it was 10.0 %', '--input', 'max-wer=15%');
  });

  it('refuses it when so much time has gone by that a step would do something else', async () => {
    const plan = await save();
    const model = (await client.get(`/models/${models.first}`)).body;
    const end = Date.parse(model.properties.deprecationDates.transcriptionDateTime);
    const { now } = (await client.control('GET', '/clock')).body as { now: string };
    await client.advance((end - Date.parse(now)) / 1000 - 10 * 86_400);
    await expectStale(
      plan,
      /step renew would (create|decide at run time): .*; planned was: skip: gardening expires on/,
    );
  });
});
