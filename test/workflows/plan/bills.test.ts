import { describe, expect, it } from 'vitest';
import type { Pipeline, PipelineStep } from '../../../workflows/language/pipeline.ts';
import type { Facts } from '../../../workflows/plan/facts.ts';
import { planPipeline } from '../../../workflows/plan/plan-pipeline.ts';
import type { BaseModel, Dataset } from '../../../workflows/plan/speech-entities.ts';
import type { Bill } from '../../../workflows/plan/step-plan.ts';
import { stepKinds } from '../../../workflows/steps/registry.ts';
import { fakeBaseModel, fakeEndpoint, fakeEvaluation, fakeModel } from '../steps/fake-world.ts';

const charging: BaseModel = base({ chargeForAdaptation: true });

function base(properties: BaseModel['properties'] = {}): BaseModel {
  const model = fakeBaseModel('2025', { created: '2025-01-01T00:00:00Z' });
  return { ...model, properties: { ...model.properties, ...properties } };
}

const calls: Dataset = {
  self: 'https://speech/datasets/calls',
  displayName: 'calls',
  kind: 'Acoustic',
  locale: 'en-US',
  createdDateTime: '2026-01-01T00:00:00Z',
  lastActionDateTime: '2026-01-01T00:00:00Z',
  status: 'Succeeded',
  properties: { durationMilliseconds: 1_800_000 },
};

const upload = step('test', 'upload', {
  kind: 'Acoustic',
  from: 'data/test',
  name: 'test',
  locale: 'en-US',
  'text-normalization': 'Default',
  'max-rejected': 0.05,
});

function step(
  id: string,
  uses: PipelineStep['uses'],
  settings: PipelineStep['with'],
  change: Partial<PipelineStep> = {},
): PipelineStep {
  return { id, name: id, uses, with: settings, needs: [], continueOnError: false, ...change };
}

/** What each step is billed for, of those that are billed. */
function billed(
  steps: readonly PipelineStep[],
  change: Partial<Facts> = {},
): Readonly<Record<string, readonly Bill[]>> {
  const pipeline: Pipeline = { name: 'p', locale: 'en-US', inputs: {}, steps, layers: steps.map(({ id }) => [id]) };
  const plan = planPipeline(
    { pipeline, folder: '/', target: { endpoint: 'https://speech' }, env: {}, kinds: stepKinds },
    {
      observedAt: '2026-06-01T00:00:00Z',
      projects: [],
      datasets: [calls],
      models: [fakeModel('a'), fakeModel('b')],
      baseModels: [charging],
      evaluations: [],
      endpoints: [],
      localData: { 'Acoustic:data/test': { digest: 'a', files: 2, bytes: 2048, seconds: 720 } },
      urls: {},
      ...change,
    },
  );
  return Object.fromEntries(plan.steps.flatMap(({ id, bills }) => (bills === undefined ? [] : [[id, bills]])));
}

describe('what an evaluation is billed for', () => {
  it('is the audio of the dataset, once for each model, as often as it is repeated', () => {
    const one = step('e', 'evaluate', { dataset: calls.self, model: 'https://speech/models/a', name: 'e' });
    expect(billed([one])).toEqual({
      e: [{ what: 'evaluation e, one model', for: 'evaluation', per: 'once', hours: 0.5 }],
    });
    const two = { ...one, with: { ...one.with, against: 'https://speech/models/b', noise: 3 } };
    expect(billed([two])['e']).toEqual([
      { what: 'evaluation e, two models, 3 times', for: 'evaluation', per: 'once', hours: 3 },
    ]);
  });

  it('is nothing where the evaluations are there, and what is missing of several', () => {
    const model = 'https://speech/models/a';
    const known = fakeEvaluation('known', [model, model], { properties: { wordErrorRate1: 0.1 } });
    const one = step('e', 'evaluate', { dataset: calls.self, model, name: 'e' });
    expect(billed([one], { evaluations: [known] })).toEqual({});
    const often = { ...one, with: { ...one.with, noise: 3 } };
    expect(billed([often], { evaluations: [known] })['e']).toMatchObject([
      { what: 'evaluation e, one model, 2 times', hours: 1 },
    ]);
  });

  it('counts the local audio of a dataset that is still to be made, also where a condition or a model decides later', () => {
    const dataset = '${{ steps.test.outputs.dataset }}';
    const later = step(
      'e',
      'evaluate',
      { dataset, model: '${{ steps.new.outputs.model }}', against: 'endpoint/ward', name: 'e' },
      { needs: ['test', 'new'], if: '${{ steps.test.outputs.accepted > 3 }}' },
    );
    const training = step(
      'new',
      'train',
      { datasets: [dataset], 'base-model': 'newest', name: 'new' },
      { needs: ['test'] },
    );
    expect(billed([upload, training, later])).toEqual({
      new: [{ what: 'training of model new', for: 'training', per: 'once', expected: 'training' }],
      e: [{ what: 'evaluation e, two models', for: 'evaluation', per: 'once', hours: 0.4 }],
    });
    const { hours, ...unknown } = billed([upload, training, later])['e']![0]!;
    expect(hours).toBe(0.4);
    expect(billed([upload, training, later], { localData: {} })['e']).toEqual([unknown]);
  });

  it('names further sets, each dataset once, and counts what an endpoint hears of the test set', () => {
    const sets = [{ dataset: calls.self }, { dataset: 'https://speech/datasets/noisy' }];
    const one = step('e', 'evaluate', {
      dataset: calls.self,
      model: 'https://speech/models/a',
      name: 'e',
      sets,
      live: 'endpoint/ward',
    });
    const endpoints = [fakeEndpoint('ward', 'https://speech/models/a')];
    expect(billed([one], { endpoints })['e']).toEqual([
      { what: 'evaluation e, one model', for: 'evaluation', per: 'once', hours: 0.5 },
      { what: 'evaluation e on set 1, one model', for: 'evaluation', per: 'once' },
      { what: 'test set of e on endpoint/ward', for: 'recognition', per: 'once', hours: 0.5 },
    ]);
  });
});

describe('what a training is billed for', () => {
  it('is nothing where the base model does not charge it, and where the model is there', () => {
    const training = step('t', 'train', { datasets: [calls.self], 'base-model': 'newest', name: 't' });
    expect(billed([training])['t']).toHaveLength(1);
    expect(billed([training], { baseModels: [base()] })).toEqual({});
    expect(billed([training], { baseModels: [base({ chargeForAdaptation: false })] })).toEqual({});
  });
});

describe('what a swap is billed for', () => {
  const settings = { endpoint: 'ward', create: true, model: 'https://speech/models/b', 'min-days-left': 30 };
  const swap = step('s', 'swap', settings);
  const endpoints = [fakeEndpoint('ward', 'https://speech/models/a')];

  it('is an endpoint from then on where it makes one, once for all steps that may', () => {
    const endpoint = { what: 'endpoint ward', for: 'hosting', hours: 730, per: 'month' };
    const again = { ...swap, id: 'again', if: '${{ run.id }}' };
    expect(billed([swap, again])).toEqual({ s: [endpoint] });
    expect(billed([swap], { endpoints })).toEqual({});
    expect(billed([{ ...swap, with: { ...settings, create: false } }])).toEqual({});
  });

  it('is what it hears, and a canary while it is there', () => {
    const verify = { audio: 'data/smoke', streams: 0, discriminate: 3 };
    const tried = { ...swap, with: { ...settings, strategy: 'canary', verify } };
    expect(billed([tried], { endpoints })['s']).toEqual([
      { what: 'canary of endpoint ward', for: 'hosting', per: 'once', expected: 'canary' },
      { what: 'recordings on endpoint ward', for: 'recognition', per: 'once', expected: 'recognition' },
    ]);
    const served = [fakeEndpoint('ward', 'https://speech/models/b')];
    expect(billed([tried], { endpoints: served })).toEqual({});
  });
});
