import { describe, expect, it } from 'vitest';
import type { ModelDetail, Training } from '../../portal/api/training.ts';
import {
  createFakeWorld,
  fakeBaseModel,
  fakeEndpoint,
  fakeEvaluation,
  fakeModel,
} from '../workflows/steps/fake-world.ts';
import { fakeResource } from './fake-resource.ts';
import { gitRepository } from './git-repository.ts';
import { startTestPortal, type TestPortal } from './start-test-portal.ts';

const old = fakeBaseModel('old', { created: '2025-01-01T00:00:00Z', adaptationUntil: '2026-07-15T00:00:00Z' });
const recent = fakeBaseModel('recent', { created: '2026-01-01T00:00:00Z' });
const german = fakeBaseModel('deutsch', { created: '2026-02-01T00:00:00Z', locale: 'de-DE' });
const calls = fakeModel('calls', {
  baseModel: { self: old.self },
  datasets: [{ self: 'https://speech/datasets/text' }],
  lastActionDateTime: '2026-01-01T00:10:00Z',
  customProperties: { 'speechops-pipeline': 'calls-en-us' },
  properties: { deprecationDates: { transcriptionDateTime: '2026-08-15T00:00:00Z' }, customModelWeightPercent: 30 },
});
const inWork = fakeModel('in-work', { status: 'Running', createdDateTime: '2026-05-31T23:50:00Z', properties: {} });

async function portal(
  change: { readonly evaluations?: ReturnType<typeof fakeEvaluation>[]; readonly prices?: string } = {},
): Promise<TestPortal> {
  const world = createFakeWorld();
  world.objects.baseModels.push(
    old,
    { ...recent, properties: { ...recent.properties, chargeForAdaptation: true } },
    german,
  );
  world.objects.models.push(calls, inWork);
  world.objects.endpoints.push(fakeEndpoint('line', calls.self));
  world.objects.datasets.push({
    self: 'https://speech/datasets/text',
    displayName: 'Words of the trade',
    locale: 'en-US',
    kind: 'Language',
    status: 'Succeeded',
    createdDateTime: '2026-01-01T00:00:00Z',
    lastActionDateTime: '2026-01-01T00:00:00Z',
    customProperties: { 'speechops-digest': 'abc' },
    properties: { acceptedLineCount: 152 },
  });
  world.objects.evaluations.push(...(change.evaluations ?? []));
  const repository = await gitRepository();
  if (change.prices !== undefined) await repository.write({ 'prices.yaml': change.prices });
  return await startTestPortal({ sources: { resources: [fakeResource(world.ports)], repository: repository.source } });
}

function counts(errors: number, other: number): NonNullable<ReturnType<typeof fakeEvaluation>['properties']> {
  return {
    wordCount1: 1000,
    wordSubstitutionCount1: errors,
    wordDeletionCount1: 0,
    wordInsertionCount1: 0,
    wordCount2: 1000,
    wordSubstitutionCount2: other,
    wordDeletionCount2: 0,
    wordInsertionCount2: 0,
  };
}

describe('GET training', () => {
  it('has the base models by locale with their dates, abilities and users', async () => {
    const { baseModels } = (await (await (await portal()).ask('resources/contoso/training')).json()) as Training;
    expect(baseModels.map(({ locale, name, isNewest }) => [locale, name, isNewest])).toEqual([
      ['de-DE', 'deutsch', true],
      ['en-US', 'recent', true],
      ['en-US', 'old', false],
    ]);
    expect(baseModels[2]).toMatchObject({
      id: 'base/old',
      trainableUntil: '2026-07-15T00:00:00Z',
      trainableState: 'ends soon',
      recognisesState: 'lasting',
      trainsWith: ['Acoustic', 'Language'],
      isTrainingCharged: false,
      models: 1,
      endpoints: 1,
    });
    expect(baseModels[1]).toMatchObject({ isTrainingCharged: true, models: 0 });
  });

  it('has the custom models, the newest first, with what they are made of and when they end', async () => {
    const answered = (await (await (await portal()).ask('resources/contoso/training')).json()) as Training;
    expect(answered).toMatchObject({ observedAt: '2026-06-01T00:00:00.000Z', typicalSeconds: 600 });
    const [running, model] = answered.models;
    expect(running).toMatchObject({ name: 'in-work', status: 'Running', life: { state: 'no date told' } });
    expect(model).toMatchObject({
      id: 'calls',
      base: { id: 'base/old', name: 'old' },
      datasets: [{ id: 'text', name: 'Words of the trade', kind: 'Language', digest: 'abc', lines: 152 }],
      weightPercent: 30,
      endpoints: [{ id: 'id-of-line', name: 'line' }],
      life: { ends: '2026-08-15T00:00:00Z', daysLeft: 75, state: 'ends soon' },
      newerBase: { id: 'base/recent', name: 'recent' },
    });
    expect(model?.newerBase).not.toHaveProperty('measured');
  });

  it('says how much better a newer base model is where both were measured on one dataset', async () => {
    const { ask } = await portal({
      evaluations: [
        fakeEvaluation('before', [old.self, calls.self], { properties: counts(115, 80) }),
        fakeEvaluation('newer', [recent.self, recent.self], { properties: counts(103, 103) }),
        fakeEvaluation('elsewhere', [recent.self, recent.self], {
          dataset: { self: 'https://speech/datasets/other' },
          createdDateTime: '2026-03-01T00:00:00Z',
          properties: counts(1, 1),
        }),
      ],
    });
    const { models } = (await (await ask('resources/contoso/training')).json()) as Training;
    expect(models[1]?.newerBase?.measured).toEqual({
      dataset: { id: 'calls', name: 'calls' },
      rate: 0.103,
      ofBase: 0.115,
      ofModel: 0.08,
    });
  });
});

describe('GET a model', () => {
  const prices = `version: 1
currency: EUR
date: 2026-01-02
source: our contract
prices: { training: 10, hosting: 0.05 }
expected-hours: { training: 0.5 }
`;

  it('has its lineage, its measurements and its cost', async () => {
    const { ask } = await portal({
      prices,
      evaluations: [fakeEvaluation('before', [old.self, calls.self], { properties: counts(115, 80) })],
    });
    const detail = (await (await ask('resources/contoso/training/models/CALLS')).json()) as ModelDetail;
    expect(detail).toMatchObject({ pipeline: 'calls-en-us', model: { name: 'calls' } });
    expect(detail.measured).toEqual([
      {
        evaluation: { id: 'before', name: 'before' },
        dataset: { id: 'calls', name: 'calls' },
        at: '2026-01-02T00:00:00Z',
        rate: 0.08,
        words: 1000,
        errors: 80,
      },
    ]);
    expect(detail.lineage.map(({ id, from }) => [id, from])).toEqual([
      ['base/old', []],
      ['text', []],
      ['calls', ['base/old', 'text']],
      ['id-of-line', ['calls']],
    ]);
    // The training on `old` is not charged.
    expect(detail.cost).toEqual({
      currency: 'EUR',
      date: '2026-01-02',
      source: 'our contract',
      items: [{ what: 'endpoint line', unit: 'hours', quantity: 730, price: 0.05, amount: 36.5, per: 'month' }],
    });
    expect(detail.properties).toEqual([{ name: 'speechops-pipeline', value: 'calls-en-us' }]);
  });

  it('has no cost without prices', async () => {
    const { ask } = await portal();
    expect(await (await ask('resources/contoso/training/models/calls')).json()).not.toHaveProperty('cost');
  });

  it('that is gone is not found, and a resource that is none neither', async () => {
    const { ask } = await portal();
    const refused = await ask('resources/contoso/training/models/gone');
    expect(refused.status).toBe(404);
    expect(await refused.json()).toEqual({ error: expect.stringContaining('is not there any more') });
    expect((await ask('resources/other/training')).status).toBe(404);
  });
});
