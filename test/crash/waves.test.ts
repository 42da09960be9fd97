import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import type { RunRecord } from '../../workflows/engine/run-record.ts';
import { Client, idOf } from '../emulator/client.ts';
import { controlEmulator } from '../emulator/control-emulator.ts';
import { callMain, type Called } from '../workflows/cli/call-main.ts';
import { type AnyHome, openAnyHome } from '../workflows/cli/run-folder.ts';
import { makeTwoModels, writeSmokeAudio } from '../workflows/cli/two-models.ts';
import { type CallsProxy, startCallsProxy } from './calls-proxy.ts';
import { startSpeechops } from './speechops-process.ts';

const pipeline = `name: live
locale: en-US
resource: \${{ inputs[matrix.region] }}
inputs:
  west: { type: string }
  north: { type: string }
  south: { type: string }
  west-model: { type: string }
  north-model: { type: string }
  south-model: { type: string }
strategy:
  waves: [canary, rest]
  matrix:
    include:
      - { region: west, wave: canary }
      - { region: north, wave: rest }
      - { region: south, wave: rest }
steps:
  - id: go-live
    uses: swap
    with:
      endpoint: ward
      create: true
      settle-timeout: 10s
      model: \${{ inputs[format('{0}-model', matrix.region)] }}
      verify: { audio: smoke, every: 100ms, discriminate: 3 }
`;

const names = ['west', 'north', 'south'] as const;
type Name = (typeof names)[number];

interface Region {
  readonly emulator: Emulator;
  readonly client: Client;
  readonly proxy: CallsProxy;
  readonly first: string;
  readonly second: string;
}

const key = 'of-all-regions';
const generous = 600_000;
let folder: string;
let home: AnyHome;
let regions: Readonly<Record<Name, Region>>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-waves-'));
  home = await openAnyHome(folder);
  await writeSmokeAudio(folder);
  await writeFile(path.join(folder, 'live.yaml'), pipeline);
  const start = async (name: Name): Promise<readonly [Name, Region]> => {
    const audioDirectories = [path.join(folder, 'smoke')];
    const emulator = await startEmulator({ speed: 3000, key, account: { name }, audioDirectories });
    const client = new Client(emulator);
    return [name, { emulator, client, proxy: await startCallsProxy(emulator.url), ...(await makeTwoModels(client)) }];
  };
  regions = Object.fromEntries(await Promise.all(names.map(start))) as typeof regions;
}, generous);
afterAll(async () => {
  for (const { proxy, emulator } of Object.values(regions)) {
    await proxy.close();
    await emulator.close();
  }
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

const env = (): Record<string, string> => ({
  SPEECHOPS_ENDPOINT: regions.west.proxy.url,
  SPEECHOPS_KEY: key,
  ...home.env,
});

/** The words of a command that runs the pipeline with the first or the second model of each region. */
function running(which: 'first' | 'second', runId: string): readonly string[] {
  const inputs = names.flatMap((name) => [
    `${name}=${regions[name].proxy.url}`,
    `${name}-model=${regions[name][which]}`,
  ]);
  return ['run', 'live.yaml', ...inputs.flatMap((input) => ['--input', input]), '--run-id', runId];
}

async function speechops(...args: readonly string[]): Promise<Called> {
  return await callMain(args, { cwd: folder, env: env() });
}

/** The models of the endpoints, as first or second of their region, and their marks without the id. */
async function served(): Promise<Readonly<Record<Name, string>>> {
  const found = names.map(async (name) => {
    const { client, first, second } = regions[name];
    const [endpoint] = (await client.get('/endpoints')).body.values;
    const model = idOf(endpoint.model.self);
    const [mark, of] = String(endpoint.customProperties['speechops-swap']).split(' ');
    const which = model === second ? 'second' : model === first ? 'first' : model;
    return [name, `${mark} ${which}${of === model ? '' : ` marked as ${of}`}`];
  });
  return Object.fromEntries(await Promise.all(found)) as Readonly<Record<Name, string>>;
}

async function recordOf(runId: string): Promise<RunRecord> {
  return JSON.parse(await readFile(path.join(folder, '.speechops/runs', runId, 'run.json'), 'utf8')) as RunRecord;
}

function patches({ calls }: CallsProxy): number {
  return calls.filter((call) => call === 'PATCH /endpoints/{id}').length;
}

let runs = 0;

describe('a wave of swaps', () => {
  beforeEach(async () => {
    for (const { client } of Object.values(regions)) await client.control('DELETE', '/faults');
    const again = await speechops(...running('first', `before-${(runs += 1)}`));
    expect(again.code, again.stderr).toBe(0);
  }, generous);

  it('goes back as a whole when one had the model and was not proved there', { timeout: generous }, async () => {
    const wrong = { operation: 'Endpoints_Update', kind: 'wrong-model', count: 1 };
    await controlEmulator(regions.south.emulator, '/faults', { body: wrong });
    const ran = await speechops(...running('second', 'a'));
    expect(ran.code, ran.stderr).toBe(1);
    const { steps } = await recordOf('a');
    const statuses = Object.fromEntries(Object.entries(steps).map(([id, { status }]) => [id, status]));
    expect(statuses).toEqual({
      'go-live-west': 'succeeded',
      'go-live-north': 'succeeded',
      'go-live-south': 'failed',
      'go-live-back-west': 'skipped',
      'go-live-back-north': 'succeeded',
      'go-live-back-south': 'skipped',
    });
    expect(steps['go-live-south']).toMatchObject({ outputs: { rolledBack: true } });
    expect(await served()).toEqual({ west: 'proved second', north: 'proved first', south: 'proved first' });
  });

  it('takes back what it gave before its process was killed', { timeout: generous }, async () => {
    const wrong = { operation: 'Endpoints_Update', kind: 'wrong-model', count: 10 };
    await controlEmulator(regions.south.emulator, '/faults', { body: wrong });
    const run = startSpeechops(running('second', 'c'), { cwd: folder, env: env() });
    const { proxy } = regions.north;
    // The mark that the model is proved there is the last change of a swap.
    const nth = patches(proxy) + 2;
    proxy.killAt({ call: 'PATCH /endpoints/{id}', nth, when: 'after' }, async () => await run.kill());
    expect((await run.ended).code).toBeNull();
    expect((await served()).north).toBe('proved second');
    const resumed = await speechops('resume', 'c');
    expect(resumed.code, resumed.stderr).toBe(1);
    const { steps } = await recordOf('c');
    expect(steps['go-live-north']).toMatchObject({ status: 'succeeded', outputs: { given: true } });
    expect(steps['go-live-back-north']?.status, resumed.stderr).toBe('succeeded');
    expect(await served()).toMatchObject({ west: 'proved second', north: 'proved first' });
  });

  it('leaves an endpoint that somebody has given another model since', { timeout: generous }, async () => {
    const wrong = { operation: 'Endpoints_Update', kind: 'wrong-model', count: 1 };
    await controlEmulator(regions.south.emulator, '/faults', { body: wrong });
    const { proxy } = regions.south;
    const { client } = regions.north;
    const { self: base } = (await client.baseModels()).at(-1);
    let isGiven = false;
    proxy.interruptAt({ call: 'PATCH /endpoints/{id}', nth: patches(proxy) + 2, when: 'before' }, async () => {
      while ((await served()).north !== 'proved second') await sleep(100);
      const [endpoint] = (await client.get('/endpoints')).body.values;
      const given = await client.patch(`/endpoints/${idOf(endpoint.self)}`, { model: { self: base } });
      isGiven = given.status === 200;
    });
    const ran = await speechops(...running('second', 'd'));
    expect([ran.code, isGiven], ran.stderr).toEqual([1, true]);
    const { steps } = await recordOf('d');
    const reason = `endpoint ward is left as it is, because somebody else has given it a model since this run did: it serves model base/${idOf(base)}`;
    expect(steps['go-live-back-north']).toMatchObject({ status: 'skipped', reason });
    expect(ran.stderr).toContain(reason);
    expect((await served()).north).toContain(idOf(base));
    const report = await readFile(path.join(folder, '.speechops/runs/d/report.md'), 'utf8');
    expect(report).toContain(reason);
  });

  it(
    'that is cancelled on its way back is done again by resume, with what had gone back',
    { timeout: generous },
    async () => {
      const wrong = { operation: 'Endpoints_Update', kind: 'wrong-model', count: 1 };
      await controlEmulator(regions.south.emulator, '/faults', { body: wrong });
      const run = startSpeechops(running('second', 'f'), { cwd: folder, env: env() });
      const { proxy } = regions.north;
      // A swap changes the model and the mark, and then the way back begins.
      const nth = patches(proxy) + 3;
      proxy.interruptAt({ call: 'PATCH /endpoints/{id}', nth, when: 'after' }, async () => {
        const cancelled = await speechops('cancel', 'f');
        expect(cancelled.code, cancelled.stderr).toBe(0);
        await run.ended;
      });
      expect((await run.ended).code).toBe(3);
      expect((await served()).north).toBe('unproved first');
      const forked = await speechops('fork', 'f', '--from', 'go-live-south');
      expect([forked.code, forked.stderr]).toEqual([
        2,
        expect.stringContaining('Choose go-live-north or a step before'),
      ]);
      const resumed = await speechops('resume', 'f');
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(await served()).toEqual({ west: 'proved second', north: 'proved second', south: 'proved second' });
    },
  );

  it(
    'whose process has died says at its cancellation how it has left its endpoints',
    { timeout: generous },
    async () => {
      const run = startSpeechops(running('second', 'e'), { cwd: folder, env: env() });
      const { proxy } = regions.south;
      proxy.killAt(
        { call: 'PATCH /endpoints/{id}', nth: patches(proxy) + 1, when: 'after' },
        async () => await run.kill(),
      );
      expect((await run.ended).code).toBeNull();
      const cancelled = await speechops('cancel', 'e');
      const left = 'endpoint ward is to serve ward-notes, which is not proved there: resume the run';
      expect(cancelled.stderr).toMatch(new RegExp(`^Cancelled e\\n(.*\\n)?go-live-south: ${left}`));
      const shown = await speechops('show', 'e');
      expect(shown.stdout).toContain(left);
      const resumed = await speechops('resume', 'e');
      expect(resumed.code, resumed.stderr).toBe(0);
    },
  );

  it(
    'that is cancelled stays as it is, is told of in the record, and is finished by resume',
    { timeout: generous },
    async () => {
      const run = startSpeechops(running('second', 'b'), { cwd: folder, env: env() });
      const { proxy } = regions.south;
      const nth = patches(proxy) + 1;
      proxy.interruptAt({ call: 'PATCH /endpoints/{id}', nth, when: 'after' }, async () => {
        const cancelled = await speechops('cancel', 'b');
        expect(cancelled.code, cancelled.stderr).toBe(0);
        await run.ended;
      });
      const { code, stderr } = await run.ended;
      expect(code, stderr).toBe(3);
      const { status, steps } = await recordOf('b');
      expect(status).toBe('cancelled');
      expect(steps['go-live-west']?.status).toBe('succeeded');
      expect(steps['go-live-south']?.status, stderr).toBe('cancelled');
      expect(steps['go-live-south']?.reason, stderr).toMatch(
        /^the run was cancelled; endpoint ward is to serve ward-notes, which is not proved there: resume the run/,
      );
      const report = await readFile(path.join(folder, '.speechops/runs/b/report.md'), 'utf8');
      expect(report).toContain('which is not proved there');
      for (const id of ['go-live-back-north', 'go-live-back-south'])
        expect(steps[id]).toMatchObject({ status: 'skipped', reason: 'the run was cancelled' });
      const left = await served();
      expect([left.west, left.south]).toEqual(['proved second', 'unproved second']);
      const resumed = await speechops('resume', 'b');
      expect(resumed.code, resumed.stderr).toBe(0);
      expect(await served()).toEqual({ west: 'proved second', north: 'proved second', south: 'proved second' });
    },
  );
});
