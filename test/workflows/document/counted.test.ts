import { describe, expect, it } from 'vitest';
import { counted } from '../../../workflows/document/counted.ts';

describe('counted', () => {
  it('has one thing without an s, and any other number with it', () => {
    expect([0, 1, 2].map((number) => counted(number, 'word'))).toEqual(['0 words', '1 word', '2 words']);
  });

  it('writes the number as it is told to', () => {
    expect(counted(2000, 'word', { shown: (number) => `${number / 1000}k` })).toBe('2k words');
  });
});
