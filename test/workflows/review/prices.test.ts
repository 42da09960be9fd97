import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pricesSchema } from '../../../schemas/documents.ts';
import { readPrices } from '../../../workflows/review/prices.ts';

const good = `version: 1
currency: USD
date: 2026-01-31
source: a contract
prices: { hosting: 0.05, training: unknown }
`;

function faults(text: string): readonly string[] {
  return readPrices(text, { path: 'prices.yaml' })
    .findings.diagnostics()
    .map(({ line, column, code }) => `${line}:${column} ${code}`);
}

describe('readPrices', () => {
  it('reads prices, and the example', () => {
    expect(readPrices(good, { path: 'prices.yaml' }).prices?.prices).toEqual({ hosting: 0.05, training: 'unknown' });
    const example = readFileSync(new URL('../../../examples/call-center/prices.yaml', import.meta.url), 'utf8');
    expect(readPrices(example, { path: 'prices.yaml' }).prices?.prices.hosting).toBe(0.055);
    expect(faults(example)).toEqual([]);
  });

  it('refuses days that no calendar has, and takes all others', () => {
    const { pattern = '' } = pricesSchema.properties.date;
    const isTaken = (date: string): boolean => new RegExp(pattern, 'u').test(date);
    for (const year of [1900, 2000, 2023, 2024, 2026, 2100])
      for (let month = 0; month <= 13; month += 1)
        for (let day = 0; day <= 32; day += 1) {
          const date = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
          const found = new Date(`${date}T00:00:00Z`);
          const isThere = !Number.isNaN(found.getTime()) && found.toISOString().startsWith(date);
          if (isTaken(date) !== isThere) expect.fail(`${date} is ${isThere ? 'a' : 'no'} day`);
        }
    expect(faults(good.replace('2026-01-31', '2024-02-31'))).toEqual(['3:7 invalid-form']);
  });

  it('refuses what nothing costs, and hours that nothing takes: their sums would be no numbers', () => {
    for (const large of ['1e300', '.inf', '1000000001'])
      expect(faults(good.replace('0.05', large))).toEqual([expect.stringMatching(/^5:20 /)]);
    expect(faults(`${good}expected-hours: { training: 1e308 }\n`)).toEqual(['6:29 out-of-range']);
    expect(faults(`${good}regions: { westeurope: { hosting: 1e300 } }\n`)).toEqual(['6:35 out-of-range']);
    expect(faults(`${good.replace('0.05', '1000000000')}expected-hours: { canary: 1000000 }\n`)).toEqual([]);
  });

  it('tells what is wrong, with its place, and gives no prices then', () => {
    expect(faults(good.replace('0.05', 'free'))).toEqual(['5:20 invalid-form']);
    expect(faults(good.replace('0.05', '-1'))).toEqual(['5:20 out-of-range']);
    expect(faults(good.replace('USD', 'dollars'))).toEqual(['2:11 invalid-form']);
    expect(faults(good.replace('hosting', 'hostng'))).toEqual(['5:11 unknown-key']);
    expect(faults(good.replace('version: 1', 'version: 2'))).toEqual(['1:10 not-allowed-value']);
    expect(faults(good.replace('currency: USD\n', ''))).toEqual(['1:1 missing-key']);
    expect(faults('- 1\n')).toEqual(['1:1 wrong-type']);
    expect(faults('')).toEqual(['1:1 empty-document']);
    expect(readPrices('# none\n', { path: 'p' }).findings.diagnostics()).toMatchObject([
      {
        message: 'Cannot find the prices: the file says nothing',
        hint: 'Start with `version:`, `currency:`, `date:`, `source:` and `prices:`',
      },
    ]);
    expect(readPrices(good.replace('0.05', 'free'), { path: 'p' }).prices).toBeUndefined();
  });
});
