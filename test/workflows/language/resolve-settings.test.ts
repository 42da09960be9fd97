import { describe, expect, it } from 'vitest';
import { resolveSettings } from '../../../workflows/language/resolve-settings.ts';

const swap = {
  endpoint: 'calls',
  create: false,
  model: 'm',
  strategy: 'direct',
  'min-days-left': 30,
  'settle-timeout': 1800,
};

describe('resolveSettings', () => {
  it('takes rates and durations that expressions gave as text', () => {
    const verify = { audio: 'smoke', 'max-wer': '20%', every: '2s' };
    expect(resolveSettings('swap', { ...swap, verify })).toEqual({
      with: {
        ...swap,
        verify: {
          audio: 'smoke',
          channel: 'sdk',
          'max-wer': 0.2,
          every: 2,
          streams: 0,
          discriminate: 8,
          'settle-at-least': 600,
        },
      },
      problems: [],
    });
  });

  it('takes rates and defaults of several things in a list, and of one that may be a list', () => {
    const always = { dataset: 'd', model: 'm', name: 'n', 'min-improvement': 0, 'min-words': 700, against: 'base' };
    const [cut, settled] = [
      { by: 'speaker', 'max-wer': '20%' },
      { by: 'speaker', 'max-wer': 0.2, 'min-words': 700 },
    ];
    const sets = [{ dataset: 'e', 'max-regression': '1%' }];
    const settledSets = [{ dataset: 'e', 'max-regression': 0.01, 'min-words': 700 }];
    expect(resolveSettings('evaluate', { ...always, slices: [cut], sets })).toEqual({
      with: { ...always, slices: [settled], sets: settledSets },
      problems: [],
    });
    expect(resolveSettings('evaluate', { ...always, slices: cut })).toEqual({
      with: { ...always, slices: settled },
      problems: [],
    });
    const wrong = { ...always, sets: [{ dataset: 'e', 'max-wer': 'many' }] };
    expect(resolveSettings('evaluate', wrong).problems).toEqual(['`sets.0.max-wer` must be number, and is "many"']);
  });

  it('takes a measured rate above 1', () => {
    const values = { datasets: ['d'], 'base-model': 'newest', name: 'n', 'if-wer-above': 0.1, 'measured-by': 1.2 };
    expect(resolveSettings('train', values).problems).toEqual([]);
  });

  it('cuts values that it repeats, and says the first problems of many', () => {
    const [problem] = resolveSettings('swap', { ...swap, 'min-days-left': 'x'.repeat(60_000) }).problems;
    expect(problem?.length).toBeLessThan(300);
    const datasets = Array.from({ length: 5000 }, (_, index) => index);
    expect(resolveSettings('train', { datasets, 'base-model': 'newest', name: 'n' }).problems).toHaveLength(20);
  });

  it.each([
    [{ model: null }, '`model` must be string, and is null'],
    [{ verify: { audio: 'smoke', 'max-wer': 20, every: 1 } }, '`verify.max-wer` must be <= 1, and is 20'],
    [{ 'min-days-left': '30' }, '`min-days-left` must be integer, and is "30"'],
  ])('says what %j has wrong', (change, problem) => {
    expect(resolveSettings('swap', { ...swap, ...change }).problems).toEqual([problem]);
  });

  it('gives settings that a plan does not have their defaults', () => {
    const { 'settle-timeout': _, create: __, strategy: ___, ...before } = swap;
    expect(resolveSettings('swap', before)).toEqual({ with: swap, problems: [] });
    const verify = { audio: 'smoke', channel: 'sdk', every: 1, streams: 0, discriminate: 8, 'settle-at-least': 600 };
    expect(resolveSettings('swap', { ...swap, verify: { audio: 'smoke' } }).with['verify']).toEqual(verify);
  });

  it('lets settings be missing only when asked', () => {
    expect(resolveSettings('swap', { endpoint: 'calls' }, { partial: true }).problems).toEqual([]);
    expect(resolveSettings('swap', { endpoint: 'calls' }).problems).toContain('`model` is missing');
  });
});
