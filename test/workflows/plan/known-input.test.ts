import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import { planPipeline } from '../../../workflows/plan/plan-pipeline.ts';
import type { Evaluation } from '../../../workflows/plan/speech-entities.ts';
import { fakeModel } from '../steps/fake-world.ts';
import { steps, step, pipeline, source, facts, actions, factsAfterRun, measured } from './retraining-pipeline.ts';

describe('what is known of a step before the run', () => {
  it('leaves to the run what only the results of recordings tell of a measurement that is there', async () => {
    const { facts: after } = await factsAfterRun(30);
    const test = after.datasets[0]?.self ?? '';
    const [candidate, old] = ['https://speech/models/new', 'https://speech/models/old'];
    const planned = (errors: readonly [number, number], condition: string): string | undefined => {
      const counts = (side: 1 | 2): Record<string, number> => ({
        [`wordCount${side}`]: 1000,
        [`wordSubstitutionCount${side}`]: errors[side - 1] ?? 0,
        [`wordDeletionCount${side}`]: 0,
        [`wordInsertionCount${side}`]: 0,
      });
      const evaluation: Evaluation = {
        ...measured(candidate, test),
        model2: { self: old },
        properties: { ...counts(1), ...counts(2) },
      };
      const settings = {
        dataset: test,
        model: candidate,
        against: old,
        name: 'm',
        'min-improvement': 0,
        'min-words': 0,
      };
      const ask = step(
        'ask',
        'approve',
        { message: 'x', expires: 60 },
        { needs: ['both'], if: `\${{ ${condition} }}` },
      );
      const both = step('both', 'evaluate', settings);
      const { steps: plannedSteps } = planPipeline(
        { ...source, pipeline: { ...pipeline, steps: [both, ask], layers: [['both'], ['ask']] } },
        { ...after, models: [fakeModel('new'), fakeModel('old')], evaluations: [evaluation] },
      );
      expect(plannedSteps[0]?.action).toBe('reuse');
      return plannedSteps[1]?.action;
    };
    expect(planned([70, 80], 'steps.both.outputs.better')).toBe('at-run-time');
    expect(planned([70, 80], 'steps.both.outputs.werLow > 0.2')).toBe('at-run-time');
    expect(planned([80, 80], 'steps.both.outputs.better')).toBe('skip');
    expect(planned([70, 80], 'steps.both.outputs.wer > 0.2')).toBe('skip');
  });

  it('knows that a skipped step makes nothing, for the steps under finally that read it', () => {
    const isThere = "${{ steps.text.outputs.dataset != '' }}";
    const skipped = steps.map((each) => (each.id === 'text' ? { ...each, if: '${{ false }}' } : each));
    const last = step(
      'last',
      'upload',
      { ...steps[0]?.with, name: 'last' },
      { needs: ['text'], finally: true, if: isThere },
    );
    const plan = planPipeline(
      { ...source, pipeline: { ...pipeline, steps: [...skipped, last], layers: [...pipeline.layers, ['last']] } },
      facts(),
    );
    expect(actions(plan)).toMatchObject({ text: 'skip', last: 'skip' });
    expect(plan.steps.at(-1)?.summary).toContain('its condition is not met');
  });

  it('knows that a deletion which finds nothing to delete has deleted nothing, for the steps behind it', () => {
    const telling = loadPipeline(
      `name: p
locale: en-US
steps:
  - { id: tidy, uses: prune, with: { older-than: 1s } }
  - { id: tell, uses: notify, needs: [tidy], with: { message: "\${{ steps.tidy.outputs.deleted }} deleted", webhook: "https://a.example" } }
`,
      { path: 'p.yaml', inputs: {}, env: {} },
    ).pipeline;
    const plan = planPipeline({ ...source, pipeline: telling ?? pipeline }, facts());
    expect(plan.steps.map(({ action, summary }) => [action, summary])).toEqual([
      ['reuse', 'nothing old is unused'],
      ['at-run-time', 'tell people by webhook: 0 deleted'],
    ]);
  });
});
