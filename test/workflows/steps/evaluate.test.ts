import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../workflows/steps/evaluate.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint, fakeModel, type FakeWorld } from './fake-world.ts';
import { runStep } from './run-step.ts';

const dataset = 'https://speech/datasets/test';

function worldWithData(): FakeWorld {
  const world = createFakeWorld();
  world.objects.datasets.push({
    self: dataset,
    displayName: 'test',
    locale: 'en-US',
    kind: 'Acoustic',
    createdDateTime: '2026-01-01T00:00:00Z',
    lastActionDateTime: '2026-01-01T00:00:00Z',
    status: 'Succeeded',
  });
  world.objects.baseModels.push(
    fakeBaseModel('old', { created: '2024-01-01T00:00:00Z' }),
    fakeBaseModel('new', { created: '2025-01-01T00:00:00Z' }),
  );
  world.objects.models.push(fakeModel('ours'));
  world.work = (_, entity) => ({ ...entity, properties: { ...measured(1, 10), ...measured(2, 20) } });
  return world;
}

function measured(side: 1 | 2, errors: number): Record<string, number> {
  return {
    [`wordErrorRate${side}`]: errors / 100,
    [`wordCount${side}`]: 100,
    [`wordSubstitutionCount${side}`]: errors - 3,
    [`wordDeletionCount${side}`]: 2,
    [`wordInsertionCount${side}`]: 1,
  };
}

describe('evaluate', () => {
  it('measures the newest base model until the endpoint exists', async () => {
    const world = worldWithData();
    const { outcome } = await runStep(evaluate, { name: 'measure', dataset, model: 'endpoint/call-center' }, { world });
    expect(world.objects.evaluations[0]?.model1.self).toBe('https://speech/models/base/new');
    expect(outcome).toMatchObject({
      kind: 'done',
      outputs: { wer: 0.1, words: 100, substitutions: 7, deletions: 2, insertions: 1 },
    });
  });

  it('measures what the endpoint serves', async () => {
    const world = worldWithData();
    world.objects.endpoints.push(fakeEndpoint('call-center', 'https://speech/models/ours'));
    await runStep(evaluate, { name: 'measure', dataset, model: 'endpoint/call-center' }, { world });
    expect(world.objects.evaluations[0]?.model1.self).toBe('https://speech/models/ours');
  });

  it('measures the newest base model when the model of the endpoint has expired, because the service then falls back to it', async () => {
    const world = worldWithData();
    world.objects.models.push(
      fakeModel('expired', { properties: { deprecationDates: { transcriptionDateTime: '2026-01-15T00:00:00Z' } } }),
    );
    world.objects.endpoints.push(fakeEndpoint('call-center', 'https://speech/models/expired'));
    await runStep(evaluate, { name: 'measure', dataset, model: 'endpoint/call-center' }, { world });
    expect(world.objects.evaluations[0]?.model1.self).toBe('https://speech/models/base/new');
  });

  it('compares by counted errors and says which is better', async () => {
    const world = worldWithData();
    const { outcome } = await runStep(
      evaluate,
      { name: 'measure', dataset, model: 'ours', against: 'base' },
      { world },
    );
    expect(outcome).toMatchObject({ outputs: { wer: 0.1, againstWer: 0.2, better: true } });
  });

  it('reuses an evaluation that has measured the model beside another one', async () => {
    const world = worldWithData();
    await runStep(evaluate, { name: 'measure', dataset, model: 'base', against: 'ours' }, { world });
    const { outcome } = await runStep(evaluate, { name: 'measure', dataset, model: 'ours' }, { world });
    expect(world.objects.evaluations).toHaveLength(1);
    expect(outcome).toMatchObject({ kind: 'reused', outputs: { wer: 0.2 } });
  });

  it('does not take the -1 of an evaluation without words for a rate', async () => {
    const world = worldWithData();
    world.work = (_, entity) => ({ ...entity, properties: { wordErrorRate1: -1, wordCount1: -1 } });
    await expect(runStep(evaluate, { name: 'measure', dataset, model: 'base' }, { world })).rejects.toThrow(
      'has no word error rate',
    );
  });

  it('fails with the reason for an unknown model or dataset', async () => {
    const world = worldWithData();
    await expect(runStep(evaluate, { name: 'measure', dataset, model: 'nothing' }, { world })).rejects.toThrow(
      'Check the model nothing',
    );
    await expect(runStep(evaluate, { name: 'measure', dataset: 'nothing', model: 'base' }, { world })).rejects.toThrow(
      'Check the dataset nothing',
    );
  });

  it('measures what was proved last while a swap is not proved', async () => {
    const world = worldWithData();
    world.objects.models.push(fakeModel('new'));
    const unproved = { customProperties: { 'speechops-swap': 'unproved new', 'speechops-previous-model': 'ours' } };
    world.objects.endpoints.push(fakeEndpoint('call-center', 'https://speech/models/new', unproved));
    await runStep(evaluate, { name: 'measure', dataset, model: 'endpoint/call-center' }, { world });
    expect(world.objects.evaluations[0]?.model1.self).toBe('https://speech/models/ours');
  });
});
