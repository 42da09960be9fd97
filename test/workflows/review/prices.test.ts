import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
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

  it('tells what is wrong, with its place, and gives no prices then', () => {
    expect(faults(good.replace('0.05', 'free'))).toEqual(['5:20 invalid-form']);
    expect(faults(good.replace('0.05', '-1'))).toEqual(['5:20 out-of-range']);
    expect(faults(good.replace('USD', 'dollars'))).toEqual(['2:11 invalid-form']);
    expect(faults(good.replace('hosting', 'hostng'))).toEqual(['5:11 unknown-key']);
    expect(faults(good.replace('version: 1', 'version: 2'))).toEqual(['1:10 not-allowed-value']);
    expect(faults(good.replace('currency: USD\n', ''))).toEqual(['1:1 missing-key']);
    expect(faults('- 1\n')).toEqual(['1:1 wrong-type']);
    expect(faults('')).toEqual(['1:1 empty-document']);
    expect(readPrices(good.replace('0.05', 'free'), { path: 'p' }).prices).toBeUndefined();
  });
});
