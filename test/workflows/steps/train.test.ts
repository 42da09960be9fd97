import { describe, expect, it } from 'vitest';
import type { TrainWith } from '../../../schemas/types.gen.ts';
import type { Facts } from '../../../workflows/plan/facts.ts';
import { train } from '../../../workflows/steps/train.ts';
import type { StepPlan } from '../../../workflows/plan/step-plan.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint, fakeModel, type FakeWorld } from './fake-world.ts';
import { runStep } from './run-step.ts';

const settings: TrainWith = {
  datasets: ['https://speech/datasets/text'],
  'base-model': 'newest',
  name: 'calls',
  'if-wer-above-by': 'point',
};
const dataset = 'https://speech/datasets/text';

function worldWithData(): FakeWorld {
  const world = createFakeWorld();
  world.objects.datasets.push({
    self: dataset,
    displayName: 'text',
    locale: 'en-US',
    kind: 'Language',
    createdDateTime: '2026-01-01T00:00:00Z',
    lastActionDateTime: '2026-01-01T00:00:00Z',
    status: 'Succeeded',
  });
  world.objects.baseModels.push(
    fakeBaseModel('2023', { created: '2023-01-01T00:00:00Z' }),
    fakeBaseModel('2025', { created: '2025-01-01T00:00:00Z' }),
    fakeBaseModel('2026', { created: '2026-01-01T00:00:00Z', adaptationUntil: '2026-02-01T00:00:00Z' }),
  );
  return world;
}

describe('train', () => {
  it('trains on the newest base model that can still be adapted with this data', async () => {
    const world = worldWithData();
    const { outcome } = await runStep(train, { ...settings, weight: 40 }, { world });
    expect(world.objects.models[0]).toMatchObject({
      baseModel: { self: 'https://speech/models/base/2025' },
      datasets: [{ self: dataset }],
      properties: { customModelWeightPercent: 40 },
    });
    expect(outcome).toEqual({ kind: 'done', outputs: { model: world.objects.models[0]?.self } });
  });

  it('reuses the model of the same base model, datasets and settings, and only that', async () => {
    const world = worldWithData();
    await runStep(train, settings, { world });
    expect((await runStep(train, settings, { world })).outcome.kind).toBe('reused');
    expect((await runStep(train, { ...settings, weight: 50 }, { world })).outcome.kind).toBe('done');
    expect((await runStep(train, { ...settings, 'base-model': '2023' }, { world })).outcome.kind).toBe('done');
    expect(world.objects.models).toHaveLength(3);
  });

  it('trains on the base model of a name, and says what there is in place of one that cannot be adapted any more', async () => {
    const world = worldWithData();
    world.objects.baseModels.push({
      ...world.objects.baseModels[0]!,
      self: 'https://speech/models/base/x',
      displayName: 'Y2',
    });
    await runStep(train, { ...settings, 'base-model': 'y2' }, { world });
    expect(world.objects.models[0]).toMatchObject({ baseModel: { self: 'https://speech/models/base/x' } });
    await expect(runStep(train, { ...settings, 'base-model': '2026' }, { world })).rejects.toThrow(
      'Choose another base model: 2026 cannot be adapted since 2026-02-01; the newest is 2025',
    );
    expect(world.objects.models).toHaveLength(1);
  });

  it('lacks a base model that cannot be adapted, also while the data is still to be uploaded', () => {
    const { baseModels } = worldWithData().objects;
    const nothing = { ...createFakeWorld().objects, localData: {}, urls: {} };
    const facts: Facts = { ...nothing, observedAt: '2026-06-01T00:00:00Z', baseModels };
    const input = {
      step: { id: 'calls' },
      pipeline: { name: 'p', locale: 'en-US' },
      waitsFor: ['text'],
      with: undefined,
    };
    const lacking = (known: Partial<TrainWith>): unknown => train.lacks?.({ ...input, known }, facts);
    expect(lacking({ 'base-model': '2026' })).toEqual({
      object: 'base model 2026',
      message: 'Choose another base model: 2026 cannot be adapted since 2026-02-01; the newest is 2025',
    });
    expect(lacking({ 'base-model': '2026', 'if-wer-above': 0.2, 'measured-by': 0.1 })).toBeUndefined();
    for (const name of ['2025', 'newest']) expect(lacking({ 'base-model': name }), name).toBeUndefined();
  });

  it('reuses the model when the same datasets are given in another order', async () => {
    const world = worldWithData();
    const [text] = world.objects.datasets;
    world.objects.datasets.push({ ...text!, self: 'https://speech/datasets/more' });
    const datasets = [dataset, 'https://speech/datasets/more'];
    await runStep(train, { ...settings, datasets }, { world });
    const { outcome } = await runStep(train, { ...settings, datasets: datasets.toReversed() }, { world });
    expect(outcome.kind).toBe('reused');
  });

  it('is skipped when the measured word error rate is not above the bound', async () => {
    const world = worldWithData();
    const { outcome } = await runStep(train, { ...settings, 'if-wer-above': 0.15, 'measured-by': 0.15 }, { world });
    expect(outcome).toEqual({ kind: 'skipped', reason: 'the word error rate is 15.0 %, not above 15.0 %' });
    expect(world.objects.models).toEqual([]);
  });

  describe('by the lower end of the interval', () => {
    const bounded: TrainWith = { ...settings, 'if-wer-above': 0.15, 'if-wer-above-by': 'lower-bound' };
    const plan = (known: Partial<TrainWith>): Pick<StepPlan, 'action' | 'summary'> => {
      const facts = { ...worldWithData().objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
      const about = { step: { id: 'calls' }, pipeline: { name: 'p', locale: 'en-US' } };
      return train.plan({ ...about, waitsFor: ['baseline'], known, with: undefined }, facts);
    };

    it('trains where all of it is above the bound', async () => {
      const world = worldWithData();
      const { outcome, said } = await runStep(
        train,
        { ...bounded, 'measured-by': 0.2, 'measured-at-least': 0.151 },
        { world },
      );
      expect(outcome.kind).toBe('done');
      expect(said).toContain('because WER > 15.0 %, now 20.0 %, at least 15.1 %');
      const known = { ...bounded, 'measured-by': 0.2, 'measured-at-least': 0.151, 'measured-at-most': 0.25 };
      expect(plan(known)).toMatchObject({ condition: 'WER > 15.0 %, now 20.0 % [15.1, 25.0]' });
    });

    it('is skipped where chance explains a rate above the bound', async () => {
      const world = worldWithData();
      const above = { ...bounded, 'measured-by': 0.2, 'measured-at-least': 0.15 };
      const { outcome } = await runStep(train, above, { world });
      const reason = 'the word error rate is 20.0 %, but its interval begins at 15.0 %: not surely above 15.0 %';
      expect(outcome).toEqual({ kind: 'skipped', reason });
      expect((await runStep(train, { ...above, 'if-wer-above-by': 'point' }, { world })).outcome.kind).toBe('done');
    });

    it('is known to be skipped before the interval is, where the rate is not above the bound', () => {
      expect(plan({ ...bounded, 'measured-by': 0.15 })).toMatchObject({
        action: 'skip',
        summary: 'the word error rate is 15.0 %, not above 15.0 %',
      });
      expect(plan({ ...bounded, 'measured-by': 0.2 })).toMatchObject({
        action: 'at-run-time',
        summary: 'train if WER > 15.0 %, now 20.0 %, with its whole interval once baseline has finished',
      });
    });
  });

  it('says a rate just below the bound in as many decimals as tell the two apart', async () => {
    const world = worldWithData();
    const near = { ...settings, 'if-wer-above': 0.029, 'measured-by': 289 / 10_000 };
    const { outcome } = await runStep(train, near, { world });
    expect(outcome).toEqual({ kind: 'skipped', reason: 'the word error rate is 2.89 %, not above 2.90 %' });
  });

  describe('with conditions on the age of the model in use', () => {
    const age = { ...settings, 'in-use': 'endpoint/calls' };
    const factsOf = ({ objects }: FakeWorld): Facts => ({
      ...objects,
      observedAt: '2026-06-01T00:00:00Z',
      localData: {},
      urls: {},
    });
    const plan = (world: FakeWorld, known: Partial<TrainWith>): StepPlan =>
      train.plan(
        {
          step: { id: 'calls' },
          pipeline: { name: 'p', locale: 'en-US' },
          waitsFor: known.datasets === undefined ? ['text'] : [],
          known,
          with: known.datasets === undefined ? undefined : (known as TrainWith),
        },
        factsOf(world),
      );

    /** The endpoint `calls` serves `Ward`, of the base model of 2023, until a day. */
    function worldInUse(until = '2026-07-01T00:00:00Z', served = 'https://speech/models/Ward'): FakeWorld {
      const world = worldWithData();
      const properties = { deprecationDates: { transcriptionDateTime: until } };
      const baseModel = { self: 'https://speech/models/base/2023' };
      world.objects.models.push(fakeModel('Ward', { baseModel, properties }));
      world.objects.endpoints.push(fakeEndpoint('calls', served));
      return world;
    }

    const days = (count: number): number => count * 86_400;

    it('has ended by the clock of the service, whenever days are counted from', () => {
      const facts = { ...factsOf(worldInUse('2026-05-31T00:00:00Z')), countedFrom: '2026-05-01T00:00:00Z' };
      const known = { ...age, 'if-expiring-within': days(30) };
      const about = {
        step: { id: 'calls' },
        pipeline: { name: 'p', locale: 'en-US' },
        waitsFor: [],
        known,
        with: known,
      };
      expect(train.plan(about, facts).summary).toContain('Ward expires within 30 days, now already (2026-05-31)');
    });

    it.each<[string, Partial<TrainWith>, string | undefined, string]>([
      [
        'ends soon',
        { 'if-expiring-within': days(30) },
        undefined,
        'train if Ward expires within 30 days, now in 30 days (2026-07-01), with 1 dataset on 2025',
      ],
      [
        'ends later',
        { 'if-expiring-within': days(29) },
        'Ward expires on 2026-07-01, in 30 days, not within 29 days',
        'Ward expires on 2026-07-01, in 30 days, not within 29 days',
      ],
      [
        'has an older base model',
        { 'if-newer-base': true },
        undefined,
        'train if base model 2025 is newer than 2023, with 1 dataset on 2025',
      ],
      [
        'is as good as is asked for, and has an older base model',
        { 'if-newer-base': true, 'if-wer-above': 0.2, 'measured-by': 0.1 },
        undefined,
        'train if base model 2025 is newer than 2023, with 1 dataset on 2025',
      ],
      [
        'is worse and ends soon',
        { 'if-expiring-within': days(60), 'if-wer-above': 0.2, 'measured-by': 0.3 },
        undefined,
        'train if WER > 20.0 %, now 30.0 % and Ward expires within 60 days, now in 30 days (2026-07-01), with 1 dataset on 2025',
      ],
      [
        'is good and ends later',
        { 'if-newer-base': false, 'if-expiring-within': days(1), 'if-wer-above': 0.2, 'measured-by': 0.1 },
        'the word error rate is 10.0 %, not above 20.0 %; Ward expires on 2026-07-01, in 30 days, not within 1 day',
        'the word error rate is 10.0 %, not above 20.0 %; Ward expires on 2026-07-01, in 30 days, not within 1 day',
      ],
    ])('trains or is skipped when it %s, and the plan says why', async (_, conditions, skipped, summary) => {
      const wanted = { ...age, ...conditions };
      expect(plan(worldInUse(), wanted)).toMatchObject({
        summary,
        action: skipped === undefined ? 'create' : 'skip',
      });
      const { outcome, said } = await runStep(train, wanted, { world: worldInUse() });
      if (skipped !== undefined) return expect(outcome).toEqual({ kind: 'skipped', reason: skipped });
      expect(outcome.kind).toBe('done');
      expect(said).toContain(`because ${summary.replace(/^train if |, with 1 dataset.*$/g, '')}`);
    });

    it('takes a model that has expired for one that ends, where the endpoint answers with the base model', async () => {
      const wanted = { ...age, 'if-expiring-within': days(1) };
      const { outcome, said } = await runStep(train, wanted, { world: worldInUse('2026-05-01T00:00:00Z') });
      expect(outcome.kind).toBe('done');
      expect(said).toContain('because Ward expires within 1 day, now already (2026-05-01)');
    });

    it('looks at the model that was proved last where a swap has ended before its proof', () => {
      const world = worldInUse();
      world.objects.models.push(fakeModel('Unproved', { baseModel: { self: 'https://speech/models/base/2025' } }));
      world.objects.endpoints[0] = fakeEndpoint('calls', 'https://speech/models/Unproved', {
        customProperties: { 'speechops-swap': 'unproved unproved', 'speechops-previous-model': 'ward' },
      });
      expect(plan(world, { ...age, 'if-newer-base': true }).summary).toContain('2025 is newer than 2023');
    });

    it.each<[string, () => FakeWorld, string]>([
      [
        'there is no endpoint',
        worldWithData,
        'nothing in use expires: endpoint calls does not exist; no base model is in use: endpoint calls does not exist',
      ],
      [
        'the endpoint serves the newest base model',
        () => worldInUse(undefined, 'https://speech/models/base/2025'),
        '2025 expires on 2028-01-15, in 593 days, not within 60 days; no base model is newer than 2025',
      ],
    ])('does not train where %s', async (_, world, reason) => {
      const wanted = { ...age, 'if-newer-base': true, 'if-expiring-within': days(60) };
      expect(await runStep(train, wanted, { world: world() })).toMatchObject({ outcome: { kind: 'skipped', reason } });
      expect(plan(world(), wanted)).toMatchObject({ action: 'skip', summary: reason });
    });

    it('fails in the plan where no base model can be trained with the kinds of data to come', () => {
      const world = worldInUse();
      const waiting = {
        known: { 'base-model': 'newest' as const },
        with: undefined,
        waitsFor: ['text'],
        kindsToCome: ['Pronunciation'],
      };
      const input = { ...waiting, step: { id: 'retrain' }, pipeline: { name: 'Calls', locale: 'en-US' } };
      expect(train.plan(input as Parameters<typeof train.plan>[0], factsOf(world))).toMatchObject({
        action: 'fail',
        summary: expect.stringContaining('no base model of en-US can be trained with Pronunciation'),
      });
      const known = { ...waiting.known, 'if-wer-above': 0.1 };
      expect(train.plan({ ...input, known } as Parameters<typeof train.plan>[0], factsOf(world)).action).toBe(
        'at-run-time',
      );
    });

    it('takes no base model for newer that cannot be trained with the data, once that is known', () => {
      const world = worldInUse();
      const features = { supportsAdaptationsWith: ['Acoustic'] };
      world.objects.baseModels[1] = { ...world.objects.baseModels[1]!, properties: { features } };
      const { datasets: _, ...waiting } = { ...age, 'if-newer-base': true };
      expect(plan(world, waiting)).toMatchObject({
        action: 'at-run-time',
        summary: 'train if base model 2025 is newer than 2023 once text has finished',
      });
      expect(plan(world, { ...waiting, 'if-expiring-within': days(30) }).summary).toBe(
        'train if Ward expires within 30 days, now in 30 days (2026-07-01) once text has finished',
      );
      expect(plan(world, { ...age, 'if-newer-base': true })).toMatchObject({
        action: 'skip',
        summary: 'no base model is newer than 2023',
      });
      expect(plan(world, { 'if-newer-base': true, 'if-expiring-within': days(1) }).summary).toBe(
        'train if the model in use expires within 1 day or there is a newer base model than that of the model in use once text has finished',
      );
    });

    it('lacks a model in use of an id that there is not', () => {
      const known = { 'if-newer-base': true, 'in-use': 'https://speech/models/gone' };
      const input = { step: { id: 'calls' }, pipeline: { name: 'p', locale: 'en-US' }, waitsFor: [], with: undefined };
      expect(train.lacks?.({ ...input, known }, factsOf(worldInUse()))?.message).toBe(
        'Check the model https://speech/models/gone: the Speech resource has no such model',
      );
    });
  });

  it('tells why it waits while the service does not answer', async () => {
    const world = worldWithData();
    const { models } = world.ports.speech;
    const wait: typeof models.wait = async (reference, options) => {
      options?.onTrouble?.('nothing answers; asking again in 8 s');
      return await models.wait(reference, options);
    };
    const speech = { ...world.ports.speech, models: { ...models, wait } };
    const { said } = await runStep(train, settings, { world: { ...world, ports: { ...world.ports, speech } } });
    expect(said).toContain('nothing answers; asking again in 8 s');
  });

  it('fails with the reason the service gives', async () => {
    const world = worldWithData();
    world.work = (_, entity) => ({
      ...entity,
      status: 'Failed',
      properties: { error: { code: 'InvalidDataset', message: 'Too little data' } },
    });
    await expect(runStep(train, settings, { world })).rejects.toThrow('Too little data [InvalidDataset]');
  });

  it.each([
    ['an empty one', { error: { code: 'InternalServerError', message: '' } }, ' [InternalServerError]'],
    ['none', {}, ''],
  ])('says where to look when the service gives no reason, but %s', async (_, properties, mark) => {
    const world = worldWithData();
    world.work = (_collection, entity) => ({ ...entity, status: 'Failed', properties });
    await expect(runStep(train, settings, { world, id: 'retrain' })).rejects.toThrow(
      `The service failed the model retrain and gave no reason${mark}; see https://speech/models/`,
    );
  });

  it('says when no base model takes this kind of data', async () => {
    const world = worldWithData();
    const [first] = world.objects.datasets;
    if (first !== undefined) world.objects.datasets.splice(0, 1, { ...first, kind: 'OutputFormatting' });
    await expect(runStep(train, settings, { world })).rejects.toThrow(
      'no base model of en-US can be trained with OutputFormatting',
    );
  });
});
