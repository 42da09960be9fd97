import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import type { RunRecord } from '../../workflows/engine/run-record.ts';
import { Client, idOf } from '../emulator/client.ts';
import { gardening } from '../emulator/recognition/spoken-texts.ts';
import { callMain, type Called } from '../workflows/cli/call-main.ts';
import { type AnyHome, openAnyHome } from '../workflows/cli/run-folder.ts';
import { type CallPoint, type CallsProxy, startCallsProxy } from './calls-proxy.ts';
import { callPoints, everything, isChange, sample } from './crash-points.ts';
import { startSpeechops } from './speechops-process.ts';

const pipeline = `name: copied
locale: en-US
project: Calls
resource: \${{ inputs.target }}
inputs:
  source: { type: string }
  target: { type: string }
  account: { type: string }
  model: { type: string }
steps:
  - id: copied
    uses: copy
    with: { model: "\${{ inputs.model }}", from: "\${{ inputs.source }}", account: "\${{ inputs.account }}" }
`;

interface Side {
  readonly emulator: Emulator;
  readonly client: Client;
  readonly proxy: CallsProxy;
}

const generous = 600_000;
const key = 'of-both';
let folder: string;
let home: AnyHome;
let sides: Readonly<Record<'source' | 'target', Side>>;
let model: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-copies-'));
  home = await openAnyHome(folder);
  await writeFile(path.join(folder, 'copied.yaml'), pipeline);
  const start = async (name: string): Promise<Side> => {
    const emulator = await startEmulator({ speed: 1000, key, account: { name } });
    return { emulator, client: new Client(emulator), proxy: await startCallsProxy(emulator.url) };
  };
  sides = { source: await start('west'), target: await start('north') };
  const { client } = sides.source;
  model = idOf((await client.model([await client.text(gardening)], { displayName: 'gardening' })).self);
}, generous);
afterAll(async () => {
  for (const { proxy, emulator } of Object.values(sides)) {
    await proxy.close();
    await emulator.close();
  }
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

const env = (): Record<string, string> => ({
  SPEECHOPS_ENDPOINT: sides.target.proxy.url,
  SPEECHOPS_KEY: key,
  ...home.env,
});

function running(runId: string): readonly string[] {
  const { source, target } = sides;
  const inputs = { source: source.proxy.url, target: target.proxy.url, account: source.emulator.resourceId, model };
  const given = Object.entries(inputs).flatMap(([name, value]) => ['--input', `${name}=${value}`]);
  return ['run', 'copied.yaml', ...given, '--run-id', runId];
}

async function speechops(...args: readonly string[]): Promise<Called> {
  return await callMain(args, { cwd: folder, env: env() });
}

/** Starts a run and kills its process at this point of one side; answers whether it got there. */
async function killed(runId: string, side: keyof typeof sides, point: CallPoint): Promise<boolean> {
  const { proxy } = sides[side];
  const before = proxy.calls.filter((call) => call === point.call).length;
  const process = startSpeechops(running(runId), { cwd: folder, env: env() });
  proxy.killAt({ ...point, nth: before + point.nth }, async () => await process.kill());
  return (await process.ended).code === null;
}

async function recordOf(runId: string): Promise<RunRecord> {
  return JSON.parse(await readFile(path.join(folder, '.speechops/runs', runId, 'run.json'), 'utf8')) as RunRecord;
}

/** The target has the model once, as the run says, and nothing at the source tells of a copy under way. */
async function expectOne(runId: string, where: string): Promise<void> {
  const [copy, ...others] = (await sides.target.client.get('/models')).body.values;
  expect(others, where).toEqual([]);
  expect(copy, where).toMatchObject({
    displayName: 'gardening',
    status: 'Succeeded',
    customProperties: { 'speechops-digest': expect.any(String), 'speechops-pipeline': 'copied' },
  });
  expect(copy.project, where).toBeDefined();
  const { steps } = await recordOf(runId);
  expect(idOf(String(steps['copied']?.outputs['model'])), where).toBe(idOf(copy.self));
  const { customProperties = {} } = (await sides.source.client.get(`/models/${model}`)).body;
  expect(
    Object.keys(customProperties).filter((name) => name.startsWith('speechops-copy-')),
    where,
  ).toEqual([]);
}

async function forget(): Promise<void> {
  const { client } = sides.target;
  for (const { self } of (await client.get('/models')).body.values) await client.delete(`/models/${idOf(self)}`);
}

describe('a copy whose process is killed', () => {
  it('arrives once, at whichever call it is killed, and leaves nothing under way', { timeout: generous }, async () => {
    const counts = Object.fromEntries(Object.entries(sides).map(([side, { proxy }]) => [side, proxy.calls.length]));
    const whole = await speechops(...running('whole'));
    expect(whole.code, whole.stderr).toBe(0);
    await expectOne('whole', 'without a kill');
    const all = (['source', 'target'] as const).flatMap((side) => {
      const own = sides[side].proxy.calls.slice(counts[side]).filter((call) => !call.includes('customspeech-copies'));
      const times = Object.fromEntries(
        [...Map.groupBy(own, (call) => call)].map(([call, calls]) => [call, Math.min(calls.length, 3)]),
      );
      return callPoints(times).map((point) => ({ side, point }));
    });
    const changes = all.filter(({ point }) => isChange(point.call));
    expect(changes.map(({ side, point }) => `${side} ${point.call}`)).toEqual(
      expect.arrayContaining(['target POST /models:authorizecopy', 'source POST /models/{id}:copy']),
    );
    // The models are read again for the report when the run has ended: a kill there leaves nothing to resume.
    const reads = all.filter(({ side, point }) => side === 'source' && /^GET .*(cop|\{id\})/i.test(point.call));
    expect(reads.length).toBeGreaterThan(0);
    // A copy of which no answer has come is looked for during a minute, so that most of these take as long.
    const chosen =
      'source after POST /models/{id}:copy, source before POST /models/{id}:copy, target after PATCH /models/{id}';
    const points = everything
      ? [...changes, ...reads]
      : [
          ...changes.filter(({ side, point }) => chosen.split(', ').includes(`${side} ${point.when} ${point.call}`)),
          ...sample(reads, 2),
        ];
    expect(points.length).toBeGreaterThan(3);
    let kills = 0;
    for (const { side, point } of points) {
      await forget();
      const runId = `killed-${(kills += 1)}`;
      const where = `${side}: ${point.when} ${point.call} ${point.nth}`;
      if (await killed(runId, side, point)) {
        const resumed = await speechops('resume', runId);
        expect(resumed.code, `${where}: ${resumed.stderr}`).toBe(0);
      }
      await expectOne(runId, where);
    }
  });

  it('is gone on with by another run, and found by its own afterwards', { timeout: generous }, async () => {
    for (const [index, when] of (everything ? (['before', 'after'] as const) : (['after'] as const)).entries()) {
      await forget();
      const point = { call: 'POST /models/{id}:copy', nth: 1, when };
      expect(await killed(`left-${index}`, 'source', point)).toBe(true);
      const other = await speechops(...running(`other-${index}`));
      expect(other.code, other.stderr).toBe(0);
      await expectOne(`other-${index}`, when);
      const resumed = await speechops('resume', `left-${index}`);
      expect(resumed.code, resumed.stderr).toBe(0);
      await expectOne(`left-${index}`, when);
      expect((await recordOf(`left-${index}`)).steps['copied']?.status).toBe('reused');
    }
  });
});
