import { describe, expect, it } from 'vitest';
import type { PipelineStep } from '../../../workflows/language/pipeline.ts';
import { releaseFilesOf } from '../../../workflows/plan/data/wanted-data.ts';
import type { Facts } from '../../../workflows/plan/facts.ts';
import { planPipeline } from '../../../workflows/plan/plan-pipeline.ts';
import { type PlanSource, stepsThatFail } from '../../../workflows/plan/plan.ts';
import { fakeEndpoint, fakeModel } from '../steps/fake-world.ts';
import { ofSwap, step, pipeline, source, facts } from './retraining-pipeline.ts';

describe('a swap that serves what its release file says', () => {
  const old = fakeModel('old');
  const now = fakeModel('now');
  const file = (model: string): string =>
    `endpoint: { id: e, name: call-center, locale: en-US }\nmodel: { id: ${model} }`;
  const swapOf = (change: PipelineStep['with'] = {}): PlanSource => {
    const settings = { endpoint: 'call-center', create: false, model: 'release', release: 'releases', ...ofSwap };
    const alone = step('go-live', 'swap', { ...settings, ...change });
    return { ...source, pipeline: { ...pipeline, steps: [alone], layers: [['go-live']] } };
  };
  const seen = facts({
    models: [old, now],
    endpoints: [fakeEndpoint('call-center', now.self)],
    releases: { 'releases/call-center.yaml': file('old') },
  });

  it('changes no endpoint where all that is left to do is to remove a canary', () => {
    const canary = fakeEndpoint('left', old.self, { customProperties: { 'speechops-canary': 'id-of-call-center' } });
    const endpoints = [fakeEndpoint('call-center', old.self), canary];
    const [planned] = planPipeline(swapOf(), { ...seen, endpoints }).steps;
    expect([planned?.action, planned?.effects, planned?.endpointChange]).toEqual([
      'delete',
      ['delete-endpoint'],
      undefined,
    ]);
  });

  it('is a run that serves the model of the file as it was planned, and says so', () => {
    expect(releaseFilesOf(swapOf())).toEqual(['releases/call-center.yaml']);
    const plan = planPipeline(swapOf(), seen);
    expect(plan.steps[0]).toMatchObject({ action: 'update', effects: ['update-endpoint'] });
    expect(plan.steps[0]?.summary).toMatch(/^endpoint call-center: now -> old, as releases\/call-center\.yaml says; /);
    expect(plan.pipeline.steps[0]?.with).toMatchObject({ model: 'release/old', release: 'releases' });
    const served = planPipeline(swapOf(), { ...seen, releases: { 'releases/call-center.yaml': file('now') } });
    expect(served.steps[0]).toMatchObject({
      action: 'reuse',
      summary: 'endpoint call-center serves now already, as releases/call-center.yaml says',
    });
  });

  it.each<[string, Partial<Facts>, PipelineStep['with'], string]>([
    ['the file is gone', { releases: {} }, {}, 'there is no such file'],
    ['it is no release', { releases: { 'releases/call-center.yaml': '' } }, {}, 'it is no release'],
    [
      'its model is gone',
      { models: [now] },
      {},
      'Name another model: releases/call-center.yaml names one that cannot be served. Check the model old',
    ],
    [
      'its endpoint waits for a step',
      {},
      { endpoint: '${{ steps.go-live.outputs.endpoint }}' },
      'Name the endpoint and',
    ],
  ])('would fail before anything is done when %s', (_, change, settings, message) => {
    const plan = planPipeline(swapOf(settings), { ...seen, ...change });
    expect(plan.steps[0]?.summary).toContain(message);
    expect(stepsThatFail(plan)).toHaveLength(1);
  });
});
