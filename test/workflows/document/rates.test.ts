import { describe, expect, it } from 'vitest';
import { formatInterval, formatRate, parseRate } from '../../../workflows/document/rates.ts';

describe('parseRate', () => {
  it.each([
    ['15%', 0.15],
    ['2.3 %', 0.023],
    // 2.89 / 100 is another number.
    ['2.89%', 0.0289],
    ['100%', 1],
    ['0.15', 0.15],
    ['.5', 0.5],
    [0.15, 0.15],
    [1, 1],
    [0, 0],
  ])('reads %s', (written, rate) => expect(parseRate(written)).toBe(rate));

  it.each(['15', '150%', '-1%', '', '%', '1e-2', '0x1', 'NaN', '15 percent', 15, -0.1, Number.NaN, Infinity])(
    'refuses %s',
    (written) => expect(parseRate(written)).toBeUndefined(),
  );
});

describe('formatRate', () => {
  it('prints a percentage with one decimal', () => {
    const printed = [0.15, 0.2344, 0, 1.5].map((rate) => formatRate(rate));
    expect(printed).toEqual(['15.0 %', '23.4 %', '0.0 %', '150.0 %']);
  });

  it.each([
    [289 / 10_000, '2.9%', '2.89 %', '2.90 %'],
    [291 / 10_000, '2.9%', '2.91 %', '2.90 %'],
    [29_001 / 1_000_000, '2.9%', '2.9001 %', '2.9000 %'],
    [290 / 10_000, '2.9%', '2.9 %', '2.9 %'],
    [3 / 100, '2.9%', '3.0 %', '2.9 %'],
    [0, '0%', '0.0 %', '0.0 %'],
  ])('tells %d from %s where they differ', (measured, written, one, other) => {
    const bound = parseRate(written) ?? Number.NaN;
    expect([formatRate(measured, [bound]), formatRate(bound, [measured])]).toEqual([one, other]);
  });

  it('tells every one of several rates from every other', () => {
    const rates = [0.5, 0.0289, 0.029, 0.02891, 0.029];
    expect(rates.map((rate) => formatRate(rate, rates))).toEqual(['50.0 %', '2.890 %', '2.90 %', '2.891 %', '2.90 %']);
  });

  it('ends also where two numbers differ by less than a percentage can show', () => {
    expect(formatRate(0.3, [0.3 + 2 ** -54])).toMatch(/^30\.0+ %$/);
  });
});

describe('formatInterval', () => {
  it('has percent with one decimal, and more where an end would read as one that it is held against', () => {
    expect(formatInterval(0.21, 0.2594)).toBe('[21.0, 25.9]');
    expect(formatInterval(0.1502, 0.25, [0.15])).toBe('[15.02, 25.0]');
  });
});
