import { describe, expect, it } from 'vitest';
import { formatRate, parseRate } from '../../../workflows/document/rates.ts';

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

it('formatRate prints a percentage with one decimal', () => {
  expect([0.15, 0.2344, 0, 1.5].map(formatRate)).toEqual(['15.0 %', '23.4 %', '0.0 %', '150.0 %']);
});
