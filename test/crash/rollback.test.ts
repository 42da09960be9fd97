import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/start-emulator.ts';
import { Client, idOf } from '../emulator/client.ts';
import { callMain, type Called } from '../workflows/cli/call-main.ts';
import { type AnyHome, openAnyHome } from '../workflows/cli/run-folder.ts';
import { makeTwoModels, writeSmokeAudio } from '../workflows/cli/two-models.ts';
import { startCallsProxy, type CallPoint, type CallsProxy } from './calls-proxy.ts';
import { callPoints, isChange, sample } from './crash-points.ts';
import { countsOf } from './record-run.ts';
import { startSpeechops, type SpeechopsProcess } from './speechops-process.ts';

const timeout = 3_600_000;
let folder: string;
let home: AnyHome;
let emulator: Emulator;
let proxy: CallsProxy;
let client: Client;
let env: Readonly<Record<string, string>>;
let models: { readonly first: string; readonly second: string };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-crash-rollback-'));
  home = await openAnyHome(folder);
  await writeSmokeAudio(folder);
  emulator = await startEmulator({ speed: 3000, audioDirectories: [path.join(folder, 'smoke')] });
  proxy = await startCallsProxy(emulator.url);
  client = new Client(emulator);
  env = { SPEECHOPS_ENDPOINT: proxy.url, SPEECHOPS_KEY: emulator.key, ...home.env };
  models = await makeTwoModels(client);
  await writeFile(
    path.join(folder, 'live.yaml'),
    `name: live
locale: en-US
concurrency: ward
inputs: { model: { type: string, default: ${models.first} } }
steps:
  - id: go-live
    uses: swap
    with:
      endpoint: ward
      create: true
      model: \${{ inputs.model }}
      release: releases
      verify: { audio: smoke, every: 500ms, discriminate: 3 }
`,
  );
  for (const model of [models.first, models.second])
    expect(await speechops('run', 'live.yaml', '--input', `model=${model}`)).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await proxy.close();
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
});

const rollback = ['rollback', 'ward', 'live.yaml', '--yes', '--format', 'json'] as const;

async function speechops(...args: readonly string[]): Promise<Called> {
  return await callMain(args, { cwd: folder, env });
}

/** Calls the program in a process of its own, and kills it at this point if it comes there; counted from now on. */
async function killedAt({ call, nth, when }: CallPoint, args: readonly string[]): Promise<boolean> {
  const before = countsOf(proxy.calls)[call] ?? 0;
  const process: SpeechopsProcess = startSpeechops(args, { cwd: folder, env });
  let killed = false;
  proxy.killAt({ call, nth: before + nth, when }, async () => {
    killed = true;
    await process.kill();
  });
  await process.ended;
  proxy.killAt({ call: 'none', nth: 1, when }, async () => undefined);
  return killed;
}

/** The rollback that has not succeeded, if one is kept. */
async function unfinished(): Promise<string | undefined> {
  const { stdout } = await speechops('runs', '--format', 'json');
  const runs = JSON.parse(stdout) as readonly {
    readonly runId: string;
    readonly pipeline: string;
    readonly status: string;
  }[];
  return runs.find(({ pipeline, status }) => pipeline === 'rollback ward' && status !== 'succeeded')?.runId;
}

/** The model and the mark of the one endpoint that there is. */
async function endpoint(): Promise<{ readonly model: string; readonly mark: string }> {
  const { values } = (await client.get('/endpoints')).body;
  expect(values).toHaveLength(1);
  const [{ model, customProperties }] = values;
  return { model: idOf(model.self), mark: customProperties['speechops-swap'] };
}

describe('a rollback', () => {
  it('that is killed at its calls, and at those of its resumption, goes on and ends once', { timeout }, async () => {
    const from = proxy.calls.length;
    expect(await speechops(...rollback)).toMatchObject({ code: 0 });
    const points = callPoints(countsOf(proxy.calls.slice(from)));
    const changes = sample(
      points.filter(({ call }) => isChange(call)),
      3,
    );
    const looks = sample(
      points.filter(({ call }) => !isChange(call)),
      3,
    );
    expect(changes.length).toBeGreaterThan(2);
    for (const point of [...changes, ...looks]) {
      const where = `${point.when} ${point.call}, time ${point.nth}`;
      const before = await endpoint();
      const other = before.model === models.first ? models.second : models.first;
      const wasKilled = await killedAt(point, rollback);
      // Another pace of recognition may leave out what this call would be.
      if (isChange(point.call)) expect(wasKilled, where).toBe(true);
      const runId = await unfinished();
      if (runId === undefined) {
        if (wasKilled && (await endpoint()).model === before.model)
          expect(await speechops(...rollback), where).toMatchObject({ code: 0 });
      } else {
        // Once more while it is resumed, where it comes by.
        await killedAt(point, ['resume', runId, '--format', 'json']);
        if ((await unfinished()) !== undefined)
          expect(await speechops('resume', runId), where).toMatchObject({ code: 0 });
      }
      expect(await unfinished(), where).toBeUndefined();
      expect(await endpoint(), where).toEqual({ model: other, mark: `proved ${other}` });
      expect((await client.get('/models')).body.values, where).toHaveLength(2);
    }
  });
});
