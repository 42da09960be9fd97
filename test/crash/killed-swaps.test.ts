import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Redeployment, redeployments } from '../../emulator/state/redeployment.ts';
import { startEmulator, type Emulator } from '../../emulator/start-emulator.ts';
import { Client, idOf } from '../emulator/client.ts';
import { until } from '../until.ts';
import { callMain, type Called } from '../workflows/cli/call-main.ts';
import { type AnyHome, openAnyHome } from '../workflows/cli/run-folder.ts';
import { makeTwoModels, writeSmokeAudio } from '../workflows/cli/two-models.ts';
import { startCallsProxy, type CallPoint, type CallsProxy } from './calls-proxy.ts';
import { callPoints, everything, isChange, sample, type WritePoint, writePoints } from './crash-points.ts';
import { countsOf } from './record-run.ts';
import { startSpeechops, type SpeechopsProcess } from './speechops-process.ts';
import { withoutRun } from '../workflows/steps/swap/swap-settings.ts';

const timeout = 7_200_000;
const pipelines = {
  // Its streams are open while it is killed.
  direct: 'verify: { audio: smoke, every: 500ms, discriminate: 3, streams: 2 }',
  canary: 'strategy: canary\n      verify: { audio: smoke, every: 500ms, discriminate: 3 }',
};
let folder: string;
let home: AnyHome;
let emulator: Emulator;
let proxy: CallsProxy;
let client: Client;
let env: Readonly<Record<string, string>>;
let models: { readonly first: string; readonly second: string };

/** Unless everything is tried, the tests take turns at what is killed. */
let turn = 0;

describe.each(redeployments)('swaps that are killed on a service whose redeployment is %s', (redeployment) => {
  beforeAll(async () => await openWorld(redeployment));
  afterAll(closeWorld);

  const kinds: Readonly<Record<string, (model: string) => readonly string[]>> = {
    'a swap with streams': (model) => ['run', 'direct.yaml', '--input', `model=${model}`],
    'a swap with a canary': (model) => ['run', 'canary.yaml', '--input', `model=${model}`],
    'a rollback': () => ['rollback', 'ward', 'direct.yaml', '--yes'],
  };

  it.each(Object.entries(kinds))('%s goes on, and the model is proved, once', { timeout }, async (_, argsFor) => {
    const from = proxy.calls.length;
    const { stderr, code } = await start(argsFor(await otherModel()), { saysWrites: true }).ended;
    expect(code, stderr).toBe(0);
    const calls = callPoints(countsOf(proxy.calls.slice(from)));
    const writes = writePoints(stderr.split('journal write: ').length - 1);
    expect(writes.length).toBeGreaterThan(4);
    const changes = calls.filter(({ call }) => isChange(call));
    // A swap looks so often that all of its looks are ended within the process, by the other tests of swaps.
    const looks = calls.filter(({ call, nth }) => !isChange(call) && nth === 1);
    turn += 1;
    const points = everything ? [...writes, ...changes, ...looks] : sample(turn % 2 === 0 ? writes : changes, 1);
    for (const point of points) await goesOnAfter(point, argsFor);
  });

  it(
    'a swap whose deployment fails ends with a model that is proved, as its exit status says',
    { timeout },
    async () => {
      const args = (model: string) => ['run', 'direct.yaml', '--input', `model=${model}`];
      const refuse = async () =>
        await client.addFault({ operation: 'Endpoints_Update', kind: 'entity-failed', count: 1 });
      const from = proxy.calls.length;
      const before = await endpoint();
      await refuse();
      const first = await start(args(await otherModel()), { saysWrites: true }).ended;
      expect([first.code, await endpoint()], first.stderr).toEqual([1, { ...before, mark: `proved ${before.model}` }]);
      const changes = callPoints(countsOf(proxy.calls.slice(from))).filter(({ call }) => isChange(call));
      const writes = writePoints(first.stderr.split('journal write: ').length - 1);
      turn += 1;
      for (const point of everything ? [...writes, ...changes] : sample(turn % 2 === 0 ? writes : changes, 1)) {
        const where = inWords(point);
        const previous = await endpoint();
        const wanted = await otherModel();
        await refuse();
        const kept = (await runs()).length;
        await killedAt(point, args(wanted));
        const code = await finish(args(wanted), { kept });
        // The service may have failed the deployment before the process died, and takes it then.
        const model = code === 0 ? wanted : previous.model;
        expect(await endpoint(), where).toEqual({ model, mark: `proved ${model}` });
        await client.control('DELETE', '/faults');
      }
    },
  );
});

async function openWorld(redeployment: Redeployment): Promise<void> {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-killed-swaps-'));
  home = await openAnyHome(folder);
  await writeSmokeAudio(folder);
  emulator = await startEmulator({ speed: 3000, redeployment, audioDirectories: [path.join(folder, 'smoke')] });
  proxy = await startCallsProxy(emulator.url);
  client = new Client(emulator);
  env = { SPEECHOPS_ENDPOINT: proxy.url, SPEECHOPS_KEY: emulator.key, ...home.env };
  models = await makeTwoModels(client);
  for (const [name, rest] of Object.entries(pipelines))
    await writeFile(
      path.join(folder, `${name}.yaml`),
      `name: ${name}
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
      ${rest}
`,
    );
  for (const model of [models.first, models.second])
    expect(await speechops('run', 'direct.yaml', '--input', `model=${model}`)).toMatchObject({ code: 0 });
}

async function closeWorld(): Promise<void> {
  await proxy.close();
  await emulator.close();
  await home.remove();
  await rm(folder, { recursive: true, force: true });
}

/** Where a process is killed. */
type Point = CallPoint | WritePoint;

function inWords(point: Point): string {
  return `${point.when} ${'call' in point ? point.call : 'journal write'}, time ${point.nth}`;
}

/** Kills a change of the model, and its resumption, at this point, and expects that the change goes on and ends. */
async function goesOnAfter(point: Point, argsFor: (model: string) => readonly string[]): Promise<void> {
  const where = inWords(point);
  const wanted = await otherModel();
  const args = argsFor(wanted);
  const kept = (await runs()).length;
  const wasKilled = await killedAt(point, args);
  // Another pace of recognition may leave out what another call would be.
  if (!('call' in point) || isChange(point.call)) expect(wasKilled, where).toBe(true);
  const [newest, ...others] = await runs();
  // Once more while it is resumed, where it comes by.
  if (others.length === kept && newest !== undefined && !ends.includes(newest.status))
    await killedAt(point, ['resume', newest.runId]);
  expect(await finish(args, { kept }), where).toBe(0);
  expect(await endpoint(), where).toEqual({ model: wanted, mark: `proved ${wanted}` });
  expect((await client.get('/models')).body.values, where).toHaveLength(2);
}

async function speechops(...args: readonly string[]): Promise<Called> {
  return await callMain([...args, '--format', 'json'], { cwd: folder, env });
}

function start(
  args: readonly string[],
  { killAt, saysWrites = killAt !== undefined }: { readonly killAt?: WritePoint; readonly saysWrites?: boolean } = {},
): SpeechopsProcess {
  return startSpeechops([...args, '--format', 'json'], {
    cwd: folder,
    env: { ...env, ...(killAt === undefined ? {} : { CRASH_NTH: String(killAt.nth), CRASH_WHEN: killAt.when }) },
    ...(saysWrites ? { preload: new URL('kill-at-journal-write.ts', import.meta.url) } : {}),
  });
}

/** Calls the program in a process of its own, and kills it at this point if it comes there; counted from now on. */
async function killedAt(point: Point, args: readonly string[]): Promise<boolean> {
  if (!('call' in point)) return (await start(args, { killAt: point }).ended).code === null;
  const { call, nth, when } = point;
  const before = countsOf(proxy.calls)[call] ?? 0;
  const process = start(args);
  let killed = false;
  proxy.killAt({ call, nth: before + nth, when }, async () => {
    killed = true;
    await process.kill();
  });
  await process.ended;
  proxy.killAt({ call: 'none', nth: 1, when }, async () => undefined);
  return killed;
}

/** The runs that are kept, newest first. */
async function runs(): Promise<readonly { readonly runId: string; readonly status: string }[]> {
  return JSON.parse((await speechops('runs', '--limit', '1000')).stdout);
}

/** Goes on until the run has ended that was begun after `kept` others; answers its exit status. */
async function finish(args: readonly string[], { kept }: { readonly kept: number }): Promise<number> {
  const [newest, ...others] = await runs();
  const isKept = others.length === kept && newest !== undefined;
  const { code, stderr } =
    isKept && ends.includes(newest.status)
      ? { code: ends.indexOf(newest.status), stderr: '' }
      : await speechops(...(isKept ? ['resume', newest.runId] : args));
  expect([0, 1], stderr).toContain(code);
  await until(() => proxy.recognitions() === 0);
  return code;
}

/** By their exit status. */
const ends = ['succeeded', 'failed'];

/** The model and the mark of the one endpoint that there is. */
async function endpoint(): Promise<{ readonly model: string; readonly mark: string | undefined }> {
  const { values } = (await client.get('/endpoints')).body;
  expect(values).toHaveLength(1);
  const [{ model, customProperties }] = values;
  return { model: idOf(model.self), mark: withoutRun(customProperties['speechops-swap']) };
}

async function otherModel(): Promise<string> {
  return (await endpoint()).model === models.first ? models.second : models.first;
}
