import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { dump, load } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../emulator/start-emulator.ts';
import { openPipeline } from '../../workflows/cli/pipelines/open-pipeline.ts';
import { createInterpreter } from '../../workflows/engine/interpret-plan.ts';
import type { RunRecord } from '../../workflows/engine/run-record.ts';
import { previousModelOf } from '../../workflows/plan/endpoint-proof.ts';
import { entityId } from '../../workflows/plan/identity.ts';
import type { CustomModel, Dataset, Endpoint, Evaluation } from '../../workflows/plan/speech-entities.ts';
import { createSpeechClient } from '../../workflows/speech/speech-client.ts';
import { stepKinds } from '../../workflows/steps/registry.ts';
import { recordings, wavOf } from '../emulator/acoustic-zip.ts';
import { controlEmulator } from '../emulator/control-emulator.ts';
import { everyday, ward, wardNotes } from '../emulator/recognition/spoken-texts.ts';
import { callMain, type Called } from '../workflows/cli/call-main.ts';
import { createInMemoryEngine } from '../workflows/engine/in-memory-engine.ts';

const example = path.join(import.meta.dirname, '../../examples/call-center');
const calls = recordings('ward', ward.slice(0, 8));
/** No year of the machine's, so that the same base models are released whenever the test is run. */
const begin = Date.UTC(2040, 0, 20);
const day = 86_400_000;
const weeks = 104;
/** At which callers ask the endpoint, in each week. */
const moments = 3;
/** How old the first model is when the two years begin: each can recognise for two years and the rest of a quarter. */
const weeksBefore = 26;

describe('two years with a base model each quarter', () => {
  let folder = '';
  let world: World;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-two-years-'));
    world = await openWorld(folder);
  });
  afterEach(async () => {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('go by without a fallback where maintain.yaml is run once a week', async () => {
    const swaps: string[] = [];
    let trained = 1;
    for (let week = 1; week <= weeks; week += 1) {
      const { status, steps } = await world.run('maintain.yaml');
      expect([status, namesOf(steps, 'failed')], `in week ${week}`).toEqual(['succeeded', []]);
      if (steps['retrain']?.status === 'succeeded') trained += 1;
      if (steps['go-live']?.status === 'succeeded')
        swaps.push(steps['candidate']?.outputs?.['better'] === true ? 'better' : 'before the other expires');
      expect(steps['sentinel']?.outputs?.['days-left'], `in week ${week}`).toBeGreaterThan(120 - 8);
      expect(await world.answersOfAWeek()).toEqual(Array.from({ length: moments }, () => 'own model'));
    }
    // A new base model is better by fewer words than chance makes here: age alone swaps.
    expect(swaps).toEqual(['before the other expires']);
    // Nothing is made twice, and the models of before are there for going back.
    const { datasets, models, evaluations, endpoints } = await world.objects();
    expect([datasets.length, models.length, endpoints.length]).toEqual([2, trained, 1]);
    expect(trained).toBeGreaterThanOrEqual(8);
    expect(evaluations.length).toBeLessThanOrEqual(trained + 1);
    const [endpoint] = endpoints;
    const previous = endpoint && previousModelOf(endpoint);
    expect(models.map(({ self }) => entityId(self))).toContain(previous);
  });

  it('end in a fallback without it, which nothing tells but the sentinel, in its week', async () => {
    await world.keepSteps('maintain.yaml', { as: 'sentinel.yaml', ids: ['test-data', 'sentinel'] });
    const model = (await world.objects()).endpoints[0]?.model?.self;
    const told: number[] = [];
    const fellBack: number[] = [];
    for (let week = 1; week <= weeks; week += 1) {
      const { status, steps } = await world.run('sentinel.yaml');
      const { liveWer, liveDrift } = steps['sentinel']?.outputs ?? {};
      expect(status).toBe('succeeded');
      if (Number(liveDrift) > 0.1 && Number(liveWer) > 0.2) told.push(week);
      if ((await world.answersOfAWeek()).includes('base model')) fellBack.push(week);
    }
    const [first = 0] = fellBack;
    expect(await world.weekOf('2042-04-15')).toBe(first);
    expect(fellBack).toEqual(Array.from({ length: weeks - first + 1 }, (_, index) => first + index));
    // The week's run was before its day.
    expect(told).toEqual(fellBack.slice(1));
    const [endpoint] = (await world.objects()).endpoints;
    expect(endpoint).toMatchObject({ status: 'Succeeded', model: { self: model } });
    const { code, stdout } = await world.call('lifecycle');
    expect([code, stdout]).toEqual([1, expect.stringMatching(/^expired .* endpoint +call-center/m)]);

    await world.keepSteps('maintain.yaml', { as: 'unasked.yaml', without: ['answers-as-measured'] });
    const { status, steps } = await world.run('unasked.yaml');
    expect([status, steps['go-live']?.status]).toEqual(['succeeded', 'succeeded']);
    expect(await world.answersOfAWeek()).not.toContain('base model');
  });
});

type Answers = 'own model' | 'base model' | 'neither';

interface World {
  /** What `speechops run` does, without a journal. */
  run(file: string): Promise<RunRecord>;
  call(...args: readonly string[]): Promise<Called>;
  /** Lets a week pass, and asks the endpoint at some moments of it. */
  answersOfAWeek(): Promise<readonly Answers[]>;
  /** The week of the two years that a date lies in. */
  weekOf(date: string): Promise<number>;
  objects(): Promise<Objects>;
  /** Writes a pipeline with some of the steps of another one. */
  keepSteps(
    file: string,
    options: { readonly as: string; readonly ids?: readonly string[]; readonly without?: readonly string[] },
  ): Promise<void>;
  close(): Promise<void>;
}

interface Objects {
  readonly datasets: readonly Dataset[];
  readonly models: readonly CustomModel[];
  readonly evaluations: readonly Evaluation[];
  readonly endpoints: readonly Endpoint[];
}

/** The resource, with an endpoint that serves its first model for half a year. */
async function openWorld(folder: string): Promise<World> {
  await writeData(folder);
  const emulator = await startEmulator({
    speed: 5000,
    baseModels: 'quarterly',
    audioDirectories: [path.join(folder, 'data/smoke')],
  });
  const env = { SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
  const speech = createSpeechClient({ endpoint: emulator.url, credential: { key: emulator.key } });
  const asked = calls.filter(({ transcript }) => /metoprolol|furosemide/.test(transcript));
  const answers = async (): Promise<Answers> => {
    const [endpoint] = await speech.endpoints.list();
    if (endpoint === undefined) throw new Error('There is no endpoint');
    const heard = await Promise.all(asked.map(async (clip) => await speech.recognise(wavOf(clip), { endpoint })));
    const own = heard.filter(({ lexical }) => /metoprolol|furosemide/.test(lexical)).length;
    return own === asked.length ? 'own model' : own === 0 ? 'base model' : 'neither';
  };
  let runs = 0;
  let weeksPassed = 0;
  const world: World = {
    async run(file) {
      const io = { ...silent, env, cwd: folder, signal: new AbortController().signal };
      const opened = await openPipeline(file, { io, emulator: false });
      if (opened === undefined) throw new Error(`${file} has faults`);
      const { ports, portsOf, ownership, close } = opened.connection;
      try {
        const engine = createInMemoryEngine(createInterpreter({ kinds: stepKinds, ports, portsOf, ownership }));
        const id = `run-${(runs += 1)}`;
        await engine.start(id, await opened.planRun());
        return await engine.result(id);
      } finally {
        await close();
      }
    },
    call: async (...args) => await callMain(args, { cwd: folder, env }),
    async answersOfAWeek() {
      const told: Answers[] = [];
      for (let count = 1; count <= moments; count += 1) {
        await passUntil(emulator, begin + (weeksBefore + weeksPassed + count / moments) * 7 * day);
        told.push(await answers());
      }
      weeksPassed += 1;
      return told;
    },
    weekOf: async (date) => Math.ceil((Date.parse(date) - (begin + weeksBefore * 7 * day)) / (7 * day)),
    async objects() {
      const { datasets, models, evaluations, endpoints } = speech;
      return {
        datasets: await datasets.list(),
        models: await models.list(),
        evaluations: await evaluations.list(),
        endpoints: await endpoints.list(),
      };
    },
    async keepSteps(file, { as, ids, without = [] }) {
      const pipeline = load(await readFile(path.join(folder, file), 'utf8')) as {
        readonly steps: { readonly id: string }[];
      };
      const steps = pipeline.steps.filter(({ id }) => (ids?.includes(id) ?? true) && !without.includes(id));
      await writeFile(path.join(folder, as), dump({ ...pipeline, steps }));
    },
    close: async () => await emulator.close(),
  };
  await passUntil(emulator, begin);
  expect(await world.run('pipeline.yaml')).toMatchObject({ status: 'succeeded' });
  await passUntil(emulator, begin + weeksBefore * 7 * day);
  return world;
}

const silent = { stdout: { write: () => undefined }, stderr: { write: () => undefined } };

/** A run takes hours by the clock of the emulator, more on a slower machine: so a week ends at its time, and not so long after the last. */
async function passUntil(emulator: Emulator, time: number): Promise<void> {
  const { now } = (await (await controlEmulator(emulator, '/clock')).json()) as { readonly now: string };
  const advanceSeconds = Math.max(0, (time - Date.parse(now)) / 1000);
  const moved = await controlEmulator(emulator, '/clock', { body: { advanceSeconds } });
  if (!moved.ok) throw new Error(await moved.text());
}

function namesOf(steps: RunRecord['steps'], status: string): readonly string[] {
  return Object.entries(steps).flatMap(([name, step]) => (step.status === status ? [name] : []));
}

/** The example's pipelines, with data that cost less to recognise. */
async function writeData(folder: string): Promise<void> {
  const sets = { test: calls, smoke: recordings('everyday', everyday.slice(0, 2)) };
  for (const [name, clips] of Object.entries(sets)) {
    const at = path.join(folder, 'data', name);
    await mkdir(at, { recursive: true });
    for (const clip of clips) await writeFile(path.join(at, clip.name), wavOf(clip));
    const lines = clips.map((clip) => `${clip.name}\t${clip.transcript}`);
    await writeFile(path.join(at, 'trans.txt'), `\u{FEFF}${lines.join('\n')}\n`);
  }
  await writeFile(path.join(folder, 'data/related-text.txt'), `${wardNotes.join('\n')}\n`);
  for (const file of ['pipeline.yaml', 'maintain.yaml']) {
    const text = await readFile(path.join(example, file), 'utf8');
    // So few recordings decide nothing where they are not allowed to.
    await writeFile(
      path.join(folder, file),
      text.replace(/^( +)min-improvement: 3%/m, '$1min-words: 50\n$1min-improvement: 1%'),
    );
  }
}
