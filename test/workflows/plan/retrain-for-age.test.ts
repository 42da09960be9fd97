import { describe, expect, it } from 'vitest';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import { planPipeline } from '../../../workflows/plan/plan-pipeline.ts';
import type { Dataset, Evaluation } from '../../../workflows/plan/speech-entities.ts';
import { stepKinds } from '../../../workflows/steps/registry.ts';
import { createInMemoryEngine } from '../engine/in-memory-engine.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint, fakeModel } from '../steps/fake-world.ts';
import { text, steps, step, pipeline, source, facts, factsAfterRun, measured, rates } from './retraining-pipeline.ts';

describe('planPipeline with a model that gets old', () => {
  it.each([
    ['2028-01-01T00:00:00Z', 14, 'create'],
    ['2027-11-16T00:00:00Z', 60, 'skip'],
    ['2027-11-16T00:00:01Z', 59, 'create'],
    ['2028-01-15T00:00:01Z', undefined, 'create'],
  ])('retrains a good model for its age: at %s it has %s days left', async (observedAt, daysLeft, action) => {
    const { facts: after } = await factsAfterRun(30);
    const evaluated: Evaluation = {
      ...measured('https://speech/models/old', after.datasets[0]?.self ?? ''),
      properties: rates(1),
    };
    // The service tells no date of this one, which stands for an expired model.
    const newest = { ...fakeBaseModel('2025', { created: '2025-01-01T00:00:00Z' }), properties: {} };
    const retrain = step(
      'retrain',
      'train',
      { datasets: [text], 'base-model': 'newest', name: 'retrain' },
      {
        needs: ['text', 'baseline'],
        if: '${{ steps.baseline.outputs.wer > inputs.max-wer || steps.baseline.outputs.days-left < 60 }}',
      },
    );
    const plan = planPipeline(
      { ...source, pipeline: { ...pipeline, steps: [...steps.slice(0, 3), retrain] } },
      {
        ...after,
        observedAt,
        baseModels: [newest],
        models: [fakeModel('old')],
        endpoints: [fakeEndpoint('call-center', 'https://speech/models/old')],
        evaluations: [evaluated, { ...measured(newest.self, evaluated.dataset.self), properties: rates(1) }],
      },
    );
    expect(plan.steps[2]).toMatchObject({ action: 'reuse' });
    expect(plan.steps[2]?.outputs['days-left']).toBe(daysLeft);
    expect(plan.steps[3]?.action).toBe(action);
  });

  it.each([
    ['2026-07-31T00:00:00Z', 60, 'skipped'],
    ['2026-07-30T23:59:59Z', 59, 'succeeded'],
  ])(
    'is followed by a run that retrains for age: until %s are %i days',
    async (transcriptionDateTime, days, status) => {
      const read = loadPipeline(
        `name: p
locale: en-US
inputs:
  max-wer: { type: rate, default: 15% }
steps:
  - id: baseline
    uses: evaluate
    with: { dataset: "https://speech/datasets/test", model: endpoint/call-center }
  - id: retrain
    uses: train
    if: \${{ steps.baseline.outputs.wer > inputs.max-wer || steps.baseline.outputs.days-left < 60 }}
    with: { datasets: ["https://speech/datasets/words"] }
`,
        { path: 'p.yaml' },
      );
      expect(read.diagnostics).toEqual([]);
      const world = createFakeWorld();
      const old = fakeModel('old', { properties: { deprecationDates: { transcriptionDateTime } } });
      const test: Dataset = { ...old, self: 'https://speech/datasets/test', kind: 'Acoustic', properties: {} };
      world.objects.datasets.push(test, { ...test, self: 'https://speech/datasets/words', kind: 'Language' });
      world.objects.models.push(old);
      world.objects.baseModels.push(...facts().baseModels);
      world.objects.endpoints.push(fakeEndpoint('call-center', old.self));
      world.work = (collection, entity) =>
        collection === 'evaluations' ? { ...entity, properties: rates(1) } : entity;
      const engine = createInMemoryEngine(createInterpreter({ kinds: stepKinds, ports: world.ports }));
      await engine.start('r', planPipeline({ ...source, pipeline: read.pipeline! }, facts(world.objects)));
      const { steps: ran } = await engine.result('r');
      expect(ran['baseline']?.outputs).toMatchObject({
        'days-left': days,
        expires: transcriptionDateTime.slice(0, 10),
      });
      expect(ran['retrain']?.status).toBe(status);
      if (status === 'succeeded') expect(ran['retrain']?.reason).toContain(`${days} < 60`);
    },
  );
});
