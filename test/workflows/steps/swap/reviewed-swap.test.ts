import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../../workflows/plan/facts.ts';
import type { ReviewedStep } from '../../../../workflows/plan/step-plan.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { fakeEndpoint, fakeEvaluation, fakeModel } from '../fake-world.ts';

const [a, b] = [fakeModel('a'), fakeModel('b')];

function reviewed(change: Partial<Facts> = {}, model: string | null = b.self): ReviewedStep | undefined {
  const settings = { endpoint: 'ward', create: true, 'min-days-left': 30, 'settle-timeout': 60 };
  const known = { ...settings, ...(model === null ? {} : { model }) };
  return swap.reviewed?.(
    {
      known,
      with: model === null ? undefined : ({ ...settings, model } as never),
      waitsFor: [],
      step: { id: 's' },
      pipeline: { name: 'p', locale: 'en-US' },
    },
    {
      observedAt: '2026-06-01T00:00:00Z',
      projects: [],
      datasets: [],
      models: [a, b],
      baseModels: [],
      evaluations: [],
      endpoints: [fakeEndpoint('ward', a.self)],
      localData: {},
      urls: {},
      ...change,
    },
  );
}

describe('what rules read of a swap', () => {
  it('is the endpoint, both models, and their rates as one evaluation has measured them', () => {
    const both = fakeEvaluation('both', [b.self, a.self], {
      properties: { wordErrorRate1: 0.1, wordErrorRate2: 0.2 },
    });
    const newer = fakeEvaluation('newer', [b.self, b.self], {
      createdDateTime: '2026-01-03T00:00:00Z',
      dataset: { self: 'https://speech/datasets/other' },
      properties: { wordErrorRate1: 0.5 },
    });
    expect(reviewed({ evaluations: [both, newer] })).toEqual({
      known: { endpoint: 'ward', before: 'a', after: 'b', wer: 0.1, werBefore: 0.2 },
      unknown: [],
    });
    expect(reviewed({ evaluations: [newer] })).toEqual({
      known: { endpoint: 'ward', before: 'a', after: 'b', wer: 0.5 },
      unknown: ['werBefore'],
    });
  });

  it('has nothing before where there is no endpoint, and nothing that waits for another step', () => {
    expect(reviewed({ endpoints: [] })).toEqual({
      known: { endpoint: 'ward', before: null, after: 'b', werBefore: null },
      unknown: ['wer'],
    });
    expect(reviewed({}, null)).toEqual({
      known: { endpoint: 'ward', before: 'a' },
      unknown: ['after', 'wer', 'werBefore'],
    });
  });
});
