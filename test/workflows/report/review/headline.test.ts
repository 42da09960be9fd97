import { expect, it } from 'vitest';
import type { ResultsSet, SavedPipeline, SavedStep } from '../../../../schemas/types.gen.ts';
import {
  headlineOf,
  markdownHeadline,
  plainHeadline,
  wouldChange,
} from '../../../../workflows/report/review/headline.ts';
import { measured, planWith, swapSteps } from './review-of.ts';

const figures = 'WER 24.4 % -> 7.9 % [6.1, 9.9] on 942 words';

it.each<readonly [string, Partial<ResultsSet>]>([
  [`Would swap ward: ${figures}, better with p = 0.0001`, {}],
  [
    `Would swap ward: ${figures}, better with p < 0.0001, but not better for the step`,
    {
      comparison: { delta: -1, probabilityOfImprovement: 1, pValue: 0.00001, verdict: 'better' },
      decision: { better: false, sentence: 'a slice is beyond its bound' },
    },
  ],
  [
    `Would swap ward: ${figures}, no difference (p = 0.35)`,
    { comparison: { delta: 0, probabilityOfImprovement: 0.5, pValue: 0.3512, verdict: 'no difference' } },
  ],
  [
    `Would swap ward: ${figures}, worse with p = 0.01, incomplete`,
    {
      comparison: { delta: 1, probabilityOfImprovement: 0, pValue: 0.01, verdict: 'worse' },
      incomplete: 'one is missing',
    },
  ],
  [
    'Would swap ward: CER none -> no rate on 1 character, too few to tell',
    {
      unit: 'char',
      rate: { value: null, words: 1 },
      againstRate: { value: null },
      comparison: { delta: 0, probabilityOfImprovement: 0, pValue: 1, verdict: 'too few' },
    },
  ],
])('says of a swap: %s', (expected, change) => {
  const results = measured();
  const sets = results.sets.map((set) => ({ ...set, ...change }));
  expect(said(swapSteps, { ...results, sets })).toBe(expected.replace('CER none', 'CER no rate'));
});

it.each<readonly [string, readonly Partial<SavedStep>[]]>([
  ['Would swap ward to Wards 2', swapSteps],
  ['Would swap ward, the model is decided at run time', [{ ...swapSteps[3], endpointChange: { endpoint: 'ward' } }]],
  ['May swap ward to Wards 2', [{ ...swapSteps[3], action: 'at-run-time' }]],
  ['Would make endpoint ward with Wards 2', [{ ...swapSteps[3], action: 'create' }]],
  ['Would swap ward and 1 more endpoint to Wards 2', [...swapSteps, { ...swapSteps[3], id: 'other' }]],
  ['Would fail: step a and 1 more of calls', [...swapSteps, { id: 'a', action: 'fail' }, { id: 'b', action: 'fail' }]],
  ['Would change calls: 1 to create, 1 decided at run time', [{}, { action: 'at-run-time' }]],
  ['Would change calls: 1 to delete', [{ action: 'delete', effects: ['delete-model'] }]],
  ['Would change nothing', [{ action: 'reuse', effects: [] }]],
])('says without measurements: %s', (expected, steps) => {
  expect(said(steps)).toBe(expected);
  expect(wouldChange(planWith(steps))).toBe(expected !== 'Would change nothing');
});

it('says first what policies stop, also where a step would fail or nothing would change', () => {
  const policies: SavedPipeline['policies'] = [
    { rule: 'noise', verdict: 'warned', message: 'noisy' },
    { rule: 'worse', verdict: 'needs-acknowledgement', message: 'worse than before' },
    { rule: 'wer', verdict: 'denied', message: 'too many errors', step: 'go-live' },
  ];
  const headline = (kept: typeof policies, steps = swapSteps): string => {
    const plan = planWith(steps, { policies: kept });
    expect(wouldChange(plan)).toBe(true);
    return plainHeadline(headlineOf(plan, measured()));
  };
  const denied = 'Would be denied by wer at go-live: too many errors, and 1 more';
  expect(headline(policies)).toBe(denied);
  expect(headline(policies, [{ action: 'fail' }])).toBe(denied);
  expect(headline(policies, [{ action: 'reuse', effects: [] }])).toBe(denied);
  expect(headline(policies.slice(0, 2))).toBe('Would need an acknowledgement for worse: worse than before');
  expect(headline(policies.slice(0, 1))).toMatch(/^Would swap ward: /);
  const [stopped] = planWith([{}], { name: 'text', policies }).pipelines;
  const several = { ...planWith([]), pipelines: [...planWith(swapSteps).pipelines, stopped!] };
  expect(plainHeadline(headlineOf(several, undefined))).toBe(
    'Would be denied by wer at go-live of text: too many errors, and 1 more, and 1 more pipeline would change something',
  );
});

it('is of the most urgent pipeline of several, and counts the others', () => {
  const [first] = planWith(swapSteps).pipelines;
  const [second] = planWith([{}], { name: 'text' }).pipelines;
  const [third] = planWith([{ action: 'skip', effects: [] }], { name: 'idle' }).pipelines;
  const plan = { ...planWith([]), pipelines: [third!, second!, first!] };
  expect(plainHeadline(headlineOf(plan, measured()))).toBe(
    'Would swap ward of calls to Wards 2, and 1 more pipeline would change something',
  );
});

it('has names as code, and not longer than a person reads', () => {
  const steps = [{ ...swapSteps[3], endpointChange: { endpoint: `@all ${'x'.repeat(500)}`, after: '`**' } }];
  const shown = markdownHeadline(headlineOf(planWith(steps), undefined));
  expect(shown).toMatch(/^Would swap `@all x{75}…x{18}` to `` `\*\* ``$/);
});

function said(steps: readonly Partial<SavedStep>[], results?: ReturnType<typeof measured>): string {
  return plainHeadline(headlineOf(planWith(steps), results));
}

it('says that a swap would be made, or not, where a trial has measured what decides it', () => {
  const open = swapSteps.map((step) => (step.id === 'go-live' ? { ...step, action: 'at-run-time' as const } : step));
  const decided = (better: boolean, steps = open): string => {
    const results = measured();
    const sets = results.sets.map((set) => ({ ...set, decision: { better, sentence: 'x' } }));
    return said(steps, { ...results, sets });
  };
  expect(decided(true)).toMatch(/^Would swap ward: /);
  expect(decided(false)).toMatch(/^Would not swap ward: /);
  const elsewhere = open.map((step) => (step.id === 'go-live' ? { ...step, needs: ['text'] } : step));
  expect(decided(true, elsewhere)).toMatch(/^May swap ward: /);
});
