import { describe, expect, it } from 'vitest';
import type { PipelineStep } from '../../../workflows/language/pipeline.ts';
import { planPipeline } from '../../../workflows/plan/plan-pipeline.ts';
import { stepsThatFail, type Plan } from '../../../workflows/plan/plan.ts';
import { fakeBaseModel, fakeEndpoint } from '../steps/fake-world.ts';
import { text, ofSwap, steps, step, pipeline, source, facts } from './retraining-pipeline.ts';

describe('planPipeline with a step that would fail', () => {
  it('fails a training on a base model that cannot be adapted any more, while its data and its condition are not known', () => {
    const past = fakeBaseModel('2020', { created: '2020-01-01T00:00:00Z', adaptationUntil: '2026-02-01T00:00:00Z' });
    const planOf = (name: string): Plan => {
      const all = steps.map((one) =>
        one.id === 'retrain' ? { ...one, with: { ...one.with, 'base-model': name } } : one,
      );
      const { baseModels } = facts();
      return planPipeline(
        { ...source, pipeline: { ...pipeline, steps: all } },
        facts({ baseModels: [...baseModels, past] }),
      );
    };
    expect(stepsThatFail(planOf('2020')).map(({ id, summary }) => `${id}: ${summary}`)).toEqual([
      'retrain: Choose another base model: 2020 cannot be adapted since 2026-02-01; the newest is 2025',
    ]);
    expect(stepsThatFail(planOf('newest'))).toEqual([]);
  });

  describe('of a swap that may not create its endpoint', () => {
    const there = fakeEndpoint('call-center', 'https://speech/models/old');
    const swapOf = (endpoint: string, change: Partial<PipelineStep> = {}): PipelineStep =>
      step('go-live', 'swap', { endpoint, create: false, model: text, ...ofSwap }, { needs: ['text'], ...change });
    const planOf = (swap: PipelineStep, ...others: readonly PipelineStep[]): Plan => {
      const all = [...steps.slice(0, 2), ...others, swap];
      const layers = [['test', 'text', ...others.map(({ id }) => id)], ['go-live']];
      return planPipeline({ ...source, pipeline: { ...pipeline, steps: all, layers } }, facts({ endpoints: [there] }));
    };

    it.each([
      ['although its model is not known yet', {}],
      ['although its condition is not known yet', { if: "${{ steps.text.outputs.dataset != '' }}" }],
    ])('says that it would fail, with the nearest name, %s', (_, change) => {
      const plan = planOf(swapOf('call-centre', change));
      expect(plan.steps.at(-1)).toMatchObject({
        action: 'fail',
        summary:
          'Correct the name, or set `create: true` to make a new endpoint, which is charged: endpoint call-centre does not exist; did you mean `call-center`?',
        effects: [],
      });
      expect(stepsThatFail(plan).map(({ id }) => id)).toEqual(['go-live']);
    });

    it('has no run to refuse when the step may fail, and nothing to tell when its condition is not met', () => {
      expect(stepsThatFail(planOf(swapOf('call-centre', { continueOnError: true })))).toEqual([]);
      expect(planOf(swapOf('call-centre', { if: '${{ false }}' })).steps.at(-1)?.action).toBe('skip');
    });

    it('says which locales have an endpoint of the name', () => {
      expect(planOf(swapOf('call-center', { locale: 'en-GB' })).steps.at(-1)?.summary).toContain(
        ': endpoint call-center does not exist for en-GB, only for en-US',
      );
    });

    it.each([
      ['its model', {}, 'make endpoint call-centre serve the model once text has finished'],
      ['its condition', { if: "${{ steps.text.outputs.dataset != '' }}" }, "swap if steps.text.outputs.dataset != ''"],
    ])(
      'says that one which may create it would, and which one is near, while %s is not known',
      (_, change, summary) => {
        const creating = swapOf('call-centre', change);
        const plan = planOf({ ...creating, with: { ...creating.with, create: true } });
        const hint = '(endpoint call-centre does not exist; did you mean `call-center`?)';
        expect(plan.steps.at(-1)).toMatchObject({
          action: 'at-run-time',
          summary: `${summary}; creates endpoint call-centre, which is charged from then on ${hint}`,
        });
        const existing = swapOf('call-center', change);
        expect(planOf({ ...existing, with: { ...existing.with, create: true } }).steps.at(-1)?.summary).toBe(
          summary.replace('centre', 'center'),
        );
      },
    );

    it('leaves it to the run when the endpoint is there, or when a step before it creates it', () => {
      expect(planOf(swapOf('call-center')).steps.at(-1)?.action).toBe('at-run-time');
      const creating = (change: Partial<PipelineStep>): PipelineStep =>
        step('make', 'swap', { endpoint: 'new', create: true, model: 'base', ...ofSwap }, change);
      expect(planOf(swapOf('new'), creating({})).steps.slice(-2)).toMatchObject([
        {
          action: 'create',
          summary: 'make endpoint new serve 2025; creates endpoint new, which is charged from then on',
        },
        { action: 'at-run-time' },
      ]);
      expect(planOf(swapOf('new'), creating({ locale: 'en-GB' })).steps.at(-1)?.action).toBe('fail');
      expect(planOf(swapOf('new'), creating({ if: '${{ false }}' })).steps.at(-1)?.action).toBe('fail');
    });

    it('leaves it to the run what an endpoint answers that a step before creates', () => {
      const settings = { dataset: '${{ steps.test.outputs.dataset }}', model: 'base', live: 'endpoint/new', name: 'm' };
      const asking = step('go-live', 'evaluate', settings, { needs: ['test', 'make'] });
      const making = step('make', 'swap', { endpoint: 'new', create: true, model: 'base', ...ofSwap });
      expect(planOf(asking, making).steps.at(-1)?.action).toBe('at-run-time');
      expect(planOf(asking).steps.at(-1)).toMatchObject({
        action: 'fail',
        summary: 'Correct the name under live: endpoint new does not exist',
      });
    });
  });

  describe('of a model that the Speech resource does not have', () => {
    const wanted = { dataset: '${{ steps.test.outputs.dataset }}', name: 'm', 'min-improvement': 0, 'min-words': 0 };
    const failing = (one: PipelineStep): readonly string[] => {
      const all = [...steps.slice(0, 2), one];
      const layers = [['test', 'text'], [one.id]];
      const endpoints = [fakeEndpoint('call-center', 'https://speech/models/old')];
      const plan = planPipeline({ ...source, pipeline: { ...pipeline, steps: all, layers } }, facts({ endpoints }));
      return stepsThatFail(plan).map(({ id, summary }) => `${id}: ${summary}`);
    };
    const evaluating = (models: object): readonly string[] =>
      failing(step('measure', 'evaluate', { ...wanted, ...models }, { needs: ['test'] }));
    const swapping = (model: string): readonly string[] =>
      failing(
        step('go-live', 'swap', { endpoint: 'call-center', create: false, model, ...ofSwap }, { needs: ['text'] }),
      );

    it.each([
      ['an id', 'gone', 'Check the model gone: the Speech resource has no such model'],
      [
        'a base model',
        'base/2024',
        'Check the base model 2024: the Speech resource has none of this name or id for en-US, did you mean 2025?; the newest is 2025',
      ],
    ])('says that the step would fail, although its data is not known yet: %s', (_, model, message) => {
      expect(evaluating({ model })).toEqual([`measure: ${message}`]);
      expect(evaluating({ model: 'base', against: model })).toEqual([`measure: ${message}`]);
      expect(swapping(model)).toEqual([`go-live: ${message}`]);
    });

    it('leaves to the run what is there, and what a step before makes or may change', () => {
      for (const model of ['base', 'base/2025', 'endpoint/none', '${{ steps.test.outputs.dataset }}']) {
        expect(evaluating({ model, against: model }), model).toEqual([]);
        expect(swapping(model), model).toEqual([]);
      }
    });
  });
});
