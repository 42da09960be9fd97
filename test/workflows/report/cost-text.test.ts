import { describe, expect, it } from 'vitest';
import type { SavedCost, SavedCostItem } from '../../../schemas/types.gen.ts';
import { costSentence, costTable } from '../../../workflows/report/cost-text.ts';
import { planMarkdown } from '../../../workflows/report/commands/plan-markdown.ts';
import { planText } from '../../../workflows/report/commands/plan-text.ts';
import { sums } from '../../../workflows/review/cost.ts';
import { renderMarkdown } from '../../fuzz/rendered-markdown.ts';
import { savedPipelineOf } from '../review/saved-pipeline.ts';
import { planOf } from './plan-of.ts';

const endpoint: SavedCostItem = {
  step: 'live',
  what: 'endpoint ward',
  unit: 'hours',
  quantity: 730,
  price: 0.05,
  amount: 36.5,
  per: 'month',
};
const training: SavedCostItem = {
  step: 'train',
  what: 'training of model a',
  unit: 'hours of training',
  price: 10,
  per: 'once',
};
const evaluation: SavedCostItem = {
  step: 'measure',
  what: 'evaluation a',
  unit: 'hours of audio',
  quantity: 0.5,
  per: 'once',
};

function costOf(...items: readonly SavedCostItem[]): SavedCost {
  return { currency: 'USD', prices: { date: '2026-01-31', source: 'x' }, items, ...sums(items) };
}

function sentence(...items: readonly SavedCostItem[]): string | undefined {
  return costSentence({ cost: costOf(...items), target: 'https://west' });
}

describe('the cost of a plan in words', () => {
  it('is what is known, and of which day; and what is not', () => {
    expect(sentence(endpoint, { ...evaluation, price: 0.3, amount: 0.15 })).toBe(
      'Costs at most 0.15 USD once and 36.50 USD a month more, by prices of 2026-01-31',
    );
    expect(sentence(endpoint, training, evaluation)).toBe(
      'Costs 36.50 USD a month more, by prices of 2026-01-31, and what is unknown: the hours of training of model a, the price of evaluation a',
    );
    expect(sentence(training)).toBe('What it costs is unknown: the hours of training of model a');
    expect(sentence({ ...evaluation, price: 0.0024, amount: 0.0012 })).toContain('at most 0.0012 USD once,');
  });

  it('is nothing where nothing is billed or nobody said prices, and what it would be in Azure on the emulator', () => {
    expect(sentence()).toBeUndefined();
    expect(costSentence({ target: 'https://west' })).toBeUndefined();
    expect(costSentence({ cost: costOf(endpoint), target: 'embedded-emulator' })).toBe(
      'In Azure it would cost at most 36.50 USD a month more, by prices of 2026-01-31',
    );
  });

  it('stands under the steps, and in Markdown before a table of what is billed', () => {
    const review = savedPipelineOf({ cost: costOf(endpoint, training) });
    expect(planText(planOf({}), { review }).split('\n').at(-2)).toMatch(
      /^Costs (at most )?36\.50 USD a month more, .*\.$/,
    );
    expect(planMarkdown([planOf({})], { hash: 'a', reviews: [review] })).toContain(`${costTable(review.cost!)}\n`);
    expect(costTable(review.cost!).split('\n')).toEqual([
      '| step | what is billed | quantity | price (USD) | costs (USD) |',
      '| --- | --- | --- | --- | --- |',
      '| `live` | `endpoint ward` | `730 hours` | 0.05 | `36.50 a month` |',
      '| `train` | `training of model a` | `unknown hours of training` | 10 | `unknown` |',
    ]);
  });

  it('says how to learn it where something would be billed, but not of the emulator', () => {
    const bills = [{ what: 'endpoint ward', for: 'hosting', per: 'month' }] as const;
    const hint = 'A prices.yaml beside the pipeline would tell what this costs.';
    expect(planText(planOf({ bills }), { review: savedPipelineOf() })).toContain(hint);
    expect(planText(planOf({}), { review: savedPipelineOf() })).not.toContain('prices');
    expect(planText(planOf({ bills }), { review: savedPipelineOf({ target: 'embedded-emulator' }) })).not.toContain(
      'prices',
    );
  });

  it('makes nothing but text of what strangers call things', () => {
    const what = '@org/team | <img src=x> [x](http://evil.example) \u001B[31m';
    const review = savedPipelineOf({ cost: costOf({ ...training, what }, { ...endpoint, what, step: what }) });
    const { elements, liveText } = renderMarkdown(planMarkdown([planOf({})], { hash: 'a', reviews: [review] }));
    expect(elements).not.toContain('img');
    expect(elements).not.toContain('a');
    expect(liveText).not.toMatch(/@|evil/);
    expect(planText(planOf({}), { review })).not.toContain('\u001B');
  });
});
