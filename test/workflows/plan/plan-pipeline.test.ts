import { describe, expect, it } from 'vitest';
import type { PipelineStep } from '../../../workflows/language/pipeline.ts';
import { planPipeline } from '../../../workflows/plan/plan-pipeline.ts';
import type { Plan } from '../../../workflows/plan/plan.ts';
import type { Dataset, Evaluation } from '../../../workflows/plan/speech-entities.ts';
import { fakeEndpoint, fakeModel } from '../steps/fake-world.ts';
import {
  steps,
  step,
  pipeline,
  source,
  facts,
  actions,
  factsAfterRun,
  measured,
  rates,
} from './retraining-pipeline.ts';

describe('planPipeline', () => {
  it('creates what is certain and leaves the rest to run time, from an empty resource', () => {
    const plan = planPipeline(source, facts());
    expect(actions(plan)).toEqual({
      test: 'create',
      text: 'create',
      baseline: 'at-run-time',
      retrain: 'at-run-time',
      'go-live': 'at-run-time',
    });
    expect(plan.steps[0]?.summary).toBe('upload data/test as Acoustic dataset, 2 files, 2.0 KiB');
    expect(plan.steps[3]?.summary).toBe('train if WER > 15.0 % once text and baseline have finished');
  });

  it('announces every change that a run from there makes', async () => {
    const announced = planPipeline(source, facts()).steps.flatMap(({ effects }) => effects);
    const { performed } = await factsAfterRun(30);
    expect(performed).toEqual(
      expect.arrayContaining([
        'create-dataset',
        'upload-content',
        'create-evaluation',
        'create-model',
        'create-endpoint',
      ]),
    );
    expect(performed.filter((effect) => !announced.some((name) => name === effect))).toEqual([]);
  });

  it('deletes nothing that other steps find and use, before or after, also where their conditions are decided later', async () => {
    const after = (await factsAfterRun(30)).facts;
    const old = { ...after, endpoints: [], evaluations: [] };
    const settings = {
      'older-than': 86_400,
      'failed-older-than': 0,
      kinds: ['datasets', 'models'],
      all: false,
      limit: 9,
    };
    const tidy = step('tidy', 'prune', settings);
    const tidied = (
      others: readonly PipelineStep[],
      layers: readonly string[][],
    ): Plan['steps'][number] | undefined => {
      const changed = { ...pipeline, steps: [tidy, ...others], layers: [['tidy'], ...layers] };
      const plan = planPipeline({ ...source, pipeline: changed }, old);
      return plan.steps.find(({ id }) => id === 'tidy');
    };
    expect(tidied([], [])?.summary).toMatch(/^delete model .*; dataset test .*; dataset text /);
    const [test, words, , retrain] = steps;
    const named = { ...retrain, needs: ['text'], with: { ...retrain?.with, 'measured-by': 0.3 } } as PipelineStep;
    expect(tidied([words, named] as PipelineStep[], [['text'], ['retrain']])?.summary).toMatch(
      /^delete dataset test [^;]*$/,
    );
    const condition = '${{ steps.baseline.outputs.wer > 0.1 }}';
    const later = { ...named, if: condition, needs: ['text', 'baseline'] };
    const all = [test, words, steps[2], later] as PipelineStep[];
    expect(tidied(all, [['test', 'text'], ['baseline'], ['retrain']])).toMatchObject({ action: 'reuse' });
    const plan = planPipeline(
      {
        ...source,
        pipeline: {
          ...pipeline,
          steps: [tidy, ...all],
          layers: [['tidy'], ['test', 'text'], ['baseline'], ['retrain']],
        },
      },
      old,
    );
    expect(plan.pipeline.steps[0]?.with).toMatchObject({
      only: [],
      keep: [expect.any(String), expect.any(String), expect.any(String)],
    });
    const whether = { ...tidy, if: condition, needs: ['baseline'] };
    const seen = planPipeline(
      {
        ...source,
        pipeline: {
          ...pipeline,
          steps: [test, steps[2], whether] as PipelineStep[],
          layers: [['test'], ['baseline'], ['tidy']],
        },
      },
      old,
    );
    expect(seen.steps[2]).toMatchObject({
      action: 'at-run-time',
      summary: expect.stringMatching(/^prune if .*; delete model .*; dataset text [^;]*$/),
    });
  });

  it('reuses everything after a run, and knows the word error rate that decides', async () => {
    const { facts: after } = await factsAfterRun(30);
    const datasets = after.datasets;
    // The endpoint serves the trained model now, which was not measured yet.
    expect(actions(planPipeline(source, after))).toEqual({
      test: 'reuse',
      text: 'reuse',
      baseline: 'create',
      retrain: 'at-run-time',
      'go-live': 'at-run-time',
    });
    const evaluated: Evaluation = {
      ...measured(after.models[0]?.self ?? '', datasets[0]?.self ?? ''),
      properties: rates(12),
    };
    const plan = planPipeline(source, { ...after, evaluations: [...after.evaluations, evaluated] });
    expect(actions(plan)).toEqual({
      test: 'reuse',
      text: 'reuse',
      baseline: 'reuse',
      retrain: 'skip',
      'go-live': 'skip',
    });
    expect(plan.steps[3]?.summary).toBe('the word error rate is 12.0 %, not above 15.0 %');
    expect(plan.steps.flatMap(({ effects }) => effects)).toEqual([]);
  });

  it('says train, with the rate that decides, when the word error rate is known to be above the bound', async () => {
    const { facts: after } = await factsAfterRun(30);
    const evaluated: Evaluation = {
      ...measured('https://speech/models/old', after.datasets[0]?.self ?? ''),
      properties: rates(23.4),
    };
    const planAt = (bound: number): Plan =>
      planPipeline(
        { ...source, pipeline: { ...pipeline, inputs: { 'max-wer': { type: 'rate', value: bound } } } },
        {
          ...after,
          models: [fakeModel('old')],
          endpoints: [fakeEndpoint('call-center', 'https://speech/models/old')],
          evaluations: [evaluated],
        },
      );
    const plan = planAt(0.15);
    expect(actions(plan)).toMatchObject({ baseline: 'reuse', retrain: 'create', 'go-live': 'at-run-time' });
    expect(plan.steps[3]?.summary).toBe('train if WER > 15.0 %, now 23.4 %, with 1 dataset on 2025');
    expect(plan.steps.map(({ condition }) => condition)).toEqual([
      undefined,
      undefined,
      undefined,
      'WER > 15.0 %, now 23.4 %',
      '23.4 % > 0.1',
    ]);
    const change = { endpoint: 'call-center', before: 'old', beforeEnds: '2028-01-15', rollback: 'old' };
    expect(plan.steps.map(({ endpointChange }) => endpointChange)).toEqual([...Array<undefined>(4), change]);
    expect(planAt(0.2339).steps[3]?.summary).toContain('if WER > 23.39 %, now 23.40 %');
  });

  it('adopts an object that the service is still working on', async () => {
    const { facts: after } = await factsAfterRun(30);
    const running = after.datasets.map((dataset): Dataset => ({ ...dataset, status: 'Running' }));
    expect(actions(planPipeline(source, { ...after, datasets: running }))).toMatchObject({
      test: 'adopt',
      text: 'adopt',
      baseline: 'at-run-time',
    });
  });

  it('keeps no value of a secret variable', () => {
    const variable = { required: true, description: '' };
    const declared = { REGION: { ...variable, secret: false }, TOKEN: { ...variable, secret: true } };
    const plan = planPipeline(
      { ...source, pipeline: { ...pipeline, env: declared }, env: { REGION: 'westeurope', TOKEN: 'swordfish' } },
      facts(),
    );
    expect(plan.env).toEqual({ REGION: 'westeurope' });
    expect(JSON.stringify(plan)).not.toContain('swordfish');
  });

  it('is plain data', () => {
    const plan = planPipeline(source, facts());
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});
