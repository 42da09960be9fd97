import { describe, expect, it } from 'vitest';
import type { PricesDocument } from '../../../schemas/types.gen.ts';
import { costOf } from '../../../workflows/review/cost.ts';
import { planOf } from '../report/plan-of.ts';

const prices: PricesDocument = {
  version: 1,
  currency: 'EUR',
  date: '2026-01-31',
  source: 'https://prices.example/list?token=secret',
  prices: { training: 'unknown', hosting: 0.05, evaluation: 0.3 },
  regions: { westeurope: { hosting: 0.06, training: 11 } },
};

const evaluation = { what: 'evaluation a, two models', for: 'evaluation', hours: 1 / 3, per: 'once' } as const;
const hosting = { what: 'endpoint ward', for: 'hosting', hours: 730, per: 'month' } as const;
const training = { what: 'training of model a', for: 'training', per: 'once', expected: 'training' } as const;

describe('the cost of a plan', () => {
  it('is what each step is billed for, by its price, and sums of what is known', () => {
    const plan = planOf(
      { id: 'measure', bills: [evaluation] },
      { id: 'train', action: 'at-run-time', bills: [training] },
      { id: 'again', action: 'reuse' },
      { id: 'live', action: 'update', bills: [hosting, { ...hosting, what: 'endpoint farm' }] },
    );
    expect(costOf(plan, prices)).toEqual({
      currency: 'EUR',
      prices: { date: '2026-01-31', source: 'https://prices.example/list' },
      items: [
        {
          step: 'measure',
          what: 'evaluation a, two models',
          unit: 'hours of audio',
          quantity: 0.3333,
          price: 0.3,
          amount: 0.1,
          per: 'once',
        },
        {
          step: 'train',
          what: 'training of model a',
          unit: 'hours of training',
          per: 'once',
          note: 'decided at run time',
        },
        { step: 'live', what: 'endpoint ward', unit: 'hours', quantity: 730, price: 0.05, amount: 36.5, per: 'month' },
        { step: 'live', what: 'endpoint farm', unit: 'hours', quantity: 730, price: 0.05, amount: 36.5, per: 'month' },
      ],
      once: 0.1,
      perMonth: 73,
    });
  });

  it('has no sum where something is billed and nothing of it is known, and 0 where nothing is billed', () => {
    expect(costOf(planOf({ bills: [training] }), prices)).toMatchObject({ perMonth: 0 });
    expect(costOf(planOf({ bills: [training] }), prices)).not.toHaveProperty('once');
    expect(costOf(planOf({}), prices)).toMatchObject({ items: [], once: 0, perMonth: 0 });
  });

  it('takes the hours that a person expects of what nobody knows before', () => {
    const [item] = costOf(planOf({ bills: [{ ...training, what: 'training' }] }), {
      ...prices,
      prices: { training: 10 },
      'expected-hours': { training: 1.5 },
    }).items;
    expect(item).toMatchObject({ quantity: 1.5, amount: 15, note: 'as many hours as prices.yaml expects' });
  });

  it('takes the prices of the region that the address of the resource names, or else that of the document', () => {
    const priceOn = (resource: string, more: Partial<PricesDocument> = {}): number | undefined =>
      costOf(planOf({ resource, bills: [hosting] }), { ...prices, ...more }).items[0]?.price;
    expect(priceOn('https://westeurope.api.cognitive.microsoft.com')).toBe(0.06);
    expect(priceOn('https://eastus.api.cognitive.microsoft.com', { region: 'westeurope' })).toBe(0.05);
    expect(priceOn('https://ward.cognitiveservices.azure.com')).toBe(0.05);
    expect(priceOn('https://ward.cognitiveservices.azure.com', { region: 'westeurope' })).toBe(0.06);
    expect(priceOn('embedded-emulator', { region: 'constructor' })).toBe(0.05);
  });
});
