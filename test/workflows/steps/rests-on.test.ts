import { describe, expect, it } from 'vitest';
import type { EvaluateWith, SwapWith, TrainWith } from '../../../schemas/types.gen.ts';
import type { Facts } from '../../../workflows/plan/facts.ts';
import type { StepPlanInput } from '../../../workflows/plan/step-plan.ts';
import { evaluate } from '../../../workflows/steps/evaluate/index.ts';
import { previousModelProperty, swapProperty } from '../../../workflows/plan/endpoint-proof.ts';
import { modelToGoBackTo } from '../../../workflows/plan/rollback.ts';
import { swap } from '../../../workflows/steps/swap/index.ts';
import { train } from '../../../workflows/steps/train.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint, fakeModel } from './fake-world.ts';
import { runStep } from './run-step.ts';

const ours = 'https://speech/models/ours';
const dataset = 'https://speech/datasets/text';

function facts(): Facts {
  const { objects } = createFakeWorld();
  objects.baseModels.push(fakeBaseModel('2025', { created: '2025-01-01T00:00:00Z' }));
  objects.models.push(fakeModel('ours', { baseModel: { self: 'https://speech/models/base/2025' } }));
  objects.endpoints.push(fakeEndpoint('ward', ours));
  const times = { createdDateTime: '2026-01-01T00:00:00Z', lastActionDateTime: '2026-01-01T00:00:00Z' };
  const text = { displayName: 'text', locale: 'en-US', kind: 'Language', status: 'Succeeded', ...times } as const;
  objects.datasets.push({ self: dataset, ...text });
  return { ...objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
}

/** What a step would get that knows all of its settings, or waits for some of them. */
function input<With extends object>(
  known: Partial<With>,
  { waits = false }: { readonly waits?: boolean } = {},
): StepPlanInput<With> {
  const about = { step: { id: 's' }, pipeline: { name: 'p', locale: 'en-US' } };
  return { ...about, known, with: waits ? undefined : (known as With), waitsFor: waits ? ['other'] : [] };
}

describe('what a plan takes from the Speech resource, with the ids of objects', () => {
  it('is of an evaluation the models that it measures, and the endpoint that it asks', () => {
    const wanted = { dataset, model: 'endpoint/ward', against: 'base', live: 'endpoint/ward' };
    expect(evaluate.restsOn?.(input<EvaluateWith>(wanted), facts())).toEqual({
      'endpoint ward is': 'id-of-ward',
      'endpoint ward serves': 'ours (ours)',
      'the model measured is': 'ours (ours)',
      'the model measured against is': '2025 (base/2025)',
    });
    expect(evaluate.restsOn?.(input<EvaluateWith>({ model: 'endpoint/ward' }, { waits: true }), facts())).toEqual({});
    expect(evaluate.restsOn?.(input<EvaluateWith>({ dataset, model: 'base/none' }), facts())).toEqual({});
  });

  it('is of a training the base model, and the model in use whose end it looks at', () => {
    const wanted = { datasets: [dataset], 'base-model': 'newest', 'in-use': 'endpoint/ward' };
    const both = { 'the model in use is': 'ours (ours)', 'the base model is': '2025 (base/2025)' };
    expect(train.restsOn?.(input<TrainWith>(wanted), facts())).toEqual(both);
    expect(train.restsOn?.(input<TrainWith>({ ...wanted, 'in-use': 'endpoint/none' }), facts())).toEqual({
      'the base model is': both['the base model is'],
    });
    expect(train.restsOn?.(input<TrainWith>(wanted, { waits: true }), facts())).toEqual({
      'the model in use is': both['the model in use is'],
    });
  });

  it('is of a swap the endpoint, what it serves, and the model that it is to serve', () => {
    const wanted = { endpoint: 'ward', model: 'https://speech/models/base/2025', 'min-days-left': 0 };
    const endpoint = { 'endpoint ward is': 'id-of-ward', 'endpoint ward serves': 'ours (ours)' };
    expect(swap.restsOn?.(input<SwapWith>(wanted), facts())).toEqual({
      ...endpoint,
      'the model to serve is': '2025 (base/2025)',
    });
    expect(swap.restsOn?.(input<SwapWith>(wanted, { waits: true }), facts())).toEqual(endpoint);
    expect(swap.restsOn?.(input<SwapWith>({ endpoint: 'none' }, { waits: true }), facts())).toEqual({
      'endpoint none is': 'not there',
      'endpoint none serves': 'nothing',
    });
    const two = facts();
    const twins = {
      ...two,
      endpoints: [...two.endpoints, { ...two.endpoints[0]!, self: 'https://speech/endpoints/2' }],
    };
    expect(swap.restsOn?.(input<SwapWith>({ endpoint: 'ward' }, { waits: true }), twins)).toEqual({});
  });
});

describe('what an endpoint would serve after a swap', () => {
  const wanted = { endpoint: 'ward', model: 'https://speech/models/base/2025', 'min-days-left': 0 };
  const changeIn = (seen: Facts, options?: { readonly waits: boolean }): unknown =>
    swap.endpointChange?.(input<SwapWith>(wanted, options), seen);

  it('has names for people, and the model that a rollback would give back', () => {
    const before = { endpoint: 'ward', before: 'ours', beforeEnds: '2028-01-15', rollback: 'ours' };
    expect(changeIn(facts())).toEqual({ ...before, after: '2025', afterEnds: '2028-01-15' });
    expect(changeIn(facts(), { waits: true })).toEqual(before);
    expect(swap.endpointChange?.(input<SwapWith>({ endpoint: 'new' }, { waits: true }), facts())).toEqual({
      endpoint: 'new',
    });
    expect(swap.endpointChange?.(input<SwapWith>({}, { waits: true }), facts())).toBeUndefined();
  });

  it('has no model to go back to where the one that is served has expired', () => {
    const seen = facts();
    const deprecationDates = { transcriptionDateTime: '2026-05-01T00:00:00Z' };
    const expired = seen.models.map((model) => ({ ...model, properties: { deprecationDates } }));
    const ended = { before: 'ours', beforeEnds: '2026-05-01' };
    expect(changeIn({ ...seen, models: expired })).toEqual({
      endpoint: 'ward',
      ...ended,
      after: '2025',
      afterEnds: '2028-01-15',
    });
  });

  interface Marked {
    readonly mark?: string;
    readonly previous?: string;
    readonly others?: number;
  }

  it.each<readonly [string, string, Marked, string | undefined]>([
    ['that has proved its model', 'ours', { mark: 'proved ours', previous: 'before' }, 'ours'],
    ['that no swap has given a model', 'ours', {}, 'ours'],
    ['whose model is not proved', 'ours', { mark: 'unproved ours after older', previous: 'before' }, 'before'],
    ['whose model is not proved, and nothing was before', 'ours', { mark: 'unproved ours' }, undefined],
    [
      'whose model is not proved, of which the one before is gone',
      'ours',
      { mark: 'unproved ours', previous: 'gone' },
      undefined,
    ],
    [
      'whose model is not proved, of which the one before is wanted',
      'ours',
      { mark: 'unproved ours', previous: 'wanted' },
      undefined,
    ],
    [
      'whose model is not proved, of which the one before has expired',
      'ours',
      { mark: 'unproved ours', previous: 'ended' },
      '2025',
    ],
    ['whose model has expired', 'ended', {}, '2025'],
    ['on which what it serves is to be proved', 'wanted', { mark: 'unproved wanted', previous: 'before' }, 'before'],
    [
      'on which what was given back is to be proved',
      'wanted',
      { mark: 'unproved wanted after ours', previous: 'wanted' },
      undefined,
    ],
    ['that serves it already', 'wanted', { mark: 'proved wanted', previous: 'before' }, 'before'],
    ['that has no room for marks', 'ours', { others: 10 }, undefined],
  ])(
    'of an endpoint %s is what a rollback finds there after it',
    async (_, served, { mark, previous, others = 0 }, rollback) => {
      const ended = { deprecationDates: { transcriptionDateTime: '2026-05-01T00:00:00Z' } };
      const customProperties = {
        ...(mark === undefined ? {} : { [swapProperty]: mark }),
        ...(previous === undefined ? {} : { [previousModelProperty]: previous }),
        ...Object.fromEntries(Array.from({ length: others }, (_one, index) => [`own-${index}`, 'x'])),
      };
      const world = createFakeWorld();
      const { objects } = world;
      objects.baseModels.push(fakeBaseModel('2025', { created: '2025-01-01T00:00:00Z' }));
      objects.models.push(...['ours', 'before', 'wanted'].map((name) => fakeModel(name)));
      objects.models.push(fakeModel('ended', { properties: ended }));
      objects.endpoints.push(fakeEndpoint('ward', `https://speech/models/${served}`, { customProperties }));
      const seen = (): Facts => ({ ...objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} });
      const settings = { ...wanted, model: 'https://speech/models/wanted' };
      const planned = swap.endpointChange?.(input<SwapWith>(settings), seen())?.rollback;
      await runStep<SwapWith>(
        swap,
        { ...settings, create: false, strategy: 'direct', 'settle-timeout': 1800 },
        { world },
      );
      const found = modelToGoBackTo(objects.endpoints[0]!, { lives: seen() });
      expect([planned, typeof found === 'object' ? found.displayName : undefined]).toEqual([rollback, rollback]);
    },
  );

  it('is the same where the run decides on the model', () => {
    const marks = { [swapProperty]: 'unproved ours', [previousModelProperty]: 'before' };
    const seen = facts();
    const endpoints = [fakeEndpoint('ward', ours, { customProperties: marks })];
    const models = [...seen.models, fakeModel('before')];
    expect(changeIn({ ...seen, models, endpoints }, { waits: true })).toMatchObject({ rollback: 'before' });
  });
});
