import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultOrder } from '../../emulator/state/faults.ts';
import type { Entity } from '../../workflows/plan/speech-entities.ts';
import { burstOf, openFaultyService, sharesOf, type FaultyService, type Ran } from './faulty-service.ts';
import { withoutRun } from '../workflows/steps/swap/swap-settings.ts';

/** `FAULTS_ALL=1`: every seed, and bursts of every length on every operation; else a sample. */
const isWhole = process.env['FAULTS_ALL'] === '1';
const timeout = isWhole ? 3_600_000 : 600_000;
const seeds = Array.from({ length: isWhole ? 20 : 2 }, (_, index) => index + 1);

const answers = [
  { status: 429 },
  { status: 429, retryAfterSeconds: 1 },
  { status: 503 },
  { status: 503, retryAfterSeconds: 2 },
] as const;
const lengths = isWhole ? [1, 10, 30] : [30];

describe('a swap', () => {
  let service: FaultyService;
  beforeAll(async () => {
    service = await openTrained();
  });
  afterAll(async () => await service[Symbol.asyncDispose]());

  it.each([
    ['', 0.2, 'direct'],
    ['', 0.3, 'direct'],
    ['', 0.5, 'direct'],
    [' and no canary', 0.3, 'canary'],
  ] as const)(
    'ends with the right model, proved%s, when %d of all calls fail',
    { timeout },
    async (_, rate, strategy) => {
      for (const seed of seeds) {
        const model = seed % 2 === 1 ? 'base' : await trained(service);
        const ran = await service.run(await service.swapTo(model, { strategy }), sharesOf(rate, seed));
        expect(ran.code, `${rate}, seed ${seed}: ${explain(ran)}`).toBe(0);
        await expectProved(service, ran);
      }
      await expectOnce(service);
    },
  );

  it('is still sent back under the same faults when the model is worse', { timeout }, async () => {
    const good = await trained(service);
    for (const seed of seeds) {
      const ran = await service.run(await service.swapTo('base', { maxWer: '5%' }), sharesOf(0.3, seed));
      const { error, outputs } = goLive(ran);
      expect([ran.code, error], explain(ran)).toEqual([
        1,
        expect.stringMatching(/word error rate .*; went back to the/),
      ]);
      expect(outputs).toMatchObject({ rolledBack: true, probeFailures: 0 });
      expect((await service.endpoint()).model?.self).toBe(good);
    }
  });

  it('is still sent back under the same faults when the deployment fails', { timeout }, async () => {
    const good = await trained(service);
    for (const seed of seeds) {
      const failed: FaultOrder = { operation: 'Endpoints_Update', kind: 'entity-failed', message: 'No room', count: 1 };
      const ran = await service.run(await service.swapTo('base'), [failed, ...sharesOf(0.3, seed)]);
      expect([ran.code, goLive(ran).error], explain(ran)).toEqual([
        1,
        expect.stringMatching(/No room .*went back to the/),
      ]);
      expect((await service.endpoint()).model?.self).toBe(good);
    }
  });

  it('that is not answered before it changes is a failure of the world, and changes nothing', { timeout }, async () => {
    const good = await trained(service);
    const ran = await service.run(await service.swapTo('base', { within: '2m' }), [
      { operation: 'Recognise', ...silence },
    ]);
    expect([ran.code, goLive(ran).error], explain(ran)).toEqual([
      3,
      expect.stringMatching(/^The step did not end within 120 s \(timeout\): .* 429 .*endpoint ward was not changed/),
    ]);
    const { model, customProperties } = await service.endpoint();
    expect([model?.self, withoutRun(customProperties?.['speechops-swap'])]).toEqual([good, `proved ${idOf(good)}`]);
  });

  it.each([
    ['recognitions', ['Recognise']],
    ['any request', ['*', 'Recognise']],
  ])(
    'that gets no answer to %s any more ends as a failure of the world, unproved, and the next run proves it',
    { timeout },
    async (_, operations) => {
      const good = await trained(service);
      const faults = operations.map((operation) => ({ operation, ...silence }));
      // Ten seconds of real time: on a busy machine the change is made after some of them.
      const file = await service.swapTo('base', { within: '10m' });
      const ran = await service.run(file, faults, { from: ({ method }) => method === 'PATCH' });
      expect([ran.code, goLive(ran).error], explain(ran)).toEqual([
        3,
        expect.stringMatching(/429 .*endpoint ward (serves|is to serve) .*, which is not proved there: resume the run/),
      ]);
      const { customProperties } = await service.endpoint();
      expect(customProperties).toMatchObject({
        'speechops-swap': expect.stringMatching(/^unproved base\//),
        'speechops-previous-model': idOf(good),
      });

      const next = await service.run(file);
      expect(next.code, explain(next)).toBe(0);
      await expectProved(service, next);
      expect((await service.run(await service.swapTo(good))).code).toBe(0);
    },
  );
});

const silence = { kind: 'status', status: 429, retryAfterSeconds: 1 } as const;

describe('bursts of throttling and of an unavailable service', () => {
  it('are outlasted by a whole pipeline, whichever operation they hit', { timeout }, async () => {
    const operations = await operationsOf();
    const bursts = lengths.flatMap((seconds) =>
      operations.flatMap((operation, index) =>
        answers
          // In the sample each operation gets one of the answers.
          .filter((_, turn) => isWhole || turn === index % answers.length)
          .map((answer) => [burstOf(operation, { seconds, ...answer })]),
      ),
    );
    const sample = isWhole ? bursts : bursts.filter((_, index) => index % 3 === 0);
    await inParallel(sample, async (faults) => await expectOutlasted(faults));
  });

  it('are outlasted in the middle of a run, when they hit everything', { timeout }, async () => {
    const moments = isWhole ? Array.from({ length: 24 }, (_, index) => 5 + index * 6) : [12, 70];
    const cases = moments.map((moment, index) => ({ moment, answer: answers[index % answers.length] }));
    await inParallel(cases, async ({ moment, answer = { status: 503 } }) => {
      const faults = ['*', 'Recognise', 'ReadFile'].map((operation) => burstOf(operation, { seconds: 30, ...answer }));
      await expectOutlasted(faults, moment);
    });
  });
});

async function openTrained(): Promise<FaultyService> {
  const service = await openFaultyService();
  const ran = await service.run(service.pipeline);
  expect(ran.code, explain(ran)).toBe(0);
  return service;
}

async function trained(service: FaultyService): Promise<string> {
  const [model] = await service.list<Entity>('models');
  if (model === undefined) throw new Error('No model was trained');
  return model.self;
}

async function operationsOf(): Promise<readonly string[]> {
  await using service = await openTrained();
  return Object.keys(await service.operations());
}

/** `moment`: the faults begin after so many requests. */
async function expectOutlasted(faults: readonly FaultOrder[], moment?: number): Promise<void> {
  const isNew = faults.some(({ operation }) => operation === 'Endpoints_Create');
  await using service = await openFaultyService({ isNew });
  const how = moment === undefined ? {} : { from: (_: unknown, count: number) => count === moment };
  const ran = await service.run(service.pipeline, faults, how);
  expect(ran.code, `${JSON.stringify([faults, moment])}: ${explain(ran)}`).toBe(0);
  expect(Math.max(...ran.hits), JSON.stringify(faults)).toBeGreaterThan(0);
  expect((await service.endpoint()).model?.self).toBe(await trained(service));
  await expectProved(service, ran);
  await expectOnce(service);
}

/** What the run says of the endpoint is so. */
async function expectProved(service: FaultyService, ran: Ran): Promise<void> {
  const { model, customProperties } = await service.endpoint();
  const { outputs } = goLive(ran);
  expect(model?.self).toBe(outputs['model']);
  expect(withoutRun(customProperties?.['speechops-swap'])).toMatch(
    new RegExp(`^proved (base/)?${idOf(String(model?.self))}$`),
  );
  expect(outputs).toMatchObject({ rolledBack: false, probeFailures: 0 });
}

function idOf(self: string): string {
  return new URL(self).pathname.split('/').at(-1) ?? '';
}

async function expectOnce(service: FaultyService): Promise<void> {
  const names = async (collection: string): Promise<readonly string[]> =>
    (await service.list<Entity>(collection)).map(({ displayName }) => displayName);
  expect(await names('projects')).toEqual(['Ward']);
  expect(await names('datasets')).toHaveLength(2);
  expect(await names('models')).toEqual(['retrain']);
  expect((await names('evaluations')).toSorted()).toEqual(['baseline', 'candidate']);
  expect(await names('endpoints')).toEqual(['ward']);
}

function goLive({ record }: Ran) {
  const step = record.steps['go-live'];
  if (step === undefined) throw new Error('There was no swap');
  return step;
}

function explain({ record, said }: Ran): string {
  const errors = Object.entries(record.steps).flatMap(([id, { error }]) =>
    error === undefined ? [] : [`${id}: ${error}`],
  );
  return [...errors, ...said.slice(-5)].join('\n');
}

/** Most of their time is pauses. */
async function inParallel<T>(cases: readonly T[], act: (of: T) => Promise<void>): Promise<void> {
  const left = [...cases];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) await act(next);
  };
  await Promise.all([worker(), worker(), worker()]);
}
