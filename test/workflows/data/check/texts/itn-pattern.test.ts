import { describe, expect, it } from 'vitest';
import { itnFault } from '../../../../../workflows/data/check/texts/itn-pattern.ts';

describe('a pattern of inverse text normalisation', () => {
  // Microsoft Learn, "How to prepare display text format training data", and the sample of the Speech SDK's repository.
  it.each([
    'JO:500',
    'JO:[5-7]00',
    String.raw`\d\d\d-\d\d\d`,
    String.raw`(AB|CD)-(\d)+`,
    String.raw`{zippy>ZPI}-\d\d`,
    String.raw`\d0{to>-}\d0`,
    String.raw`{write} (\u.)+`,
    'Space: 1999',
    String.raw`\d[05]{ to >-}\d[05]`,
    String.raw`\d\d{to>-}\d\d {K>cadence}`,
    String.raw`cat-\d`,
    String.raw`\(\d\) \? \+ \* \\`,
    '((AB)?C)*',
  ])('is good: %s', (pattern) => expect(itnFault(pattern)).toBeUndefined());

  it.each([
    ['(AB|CD', 0, '`(` is not closed'],
    ['AB)', 2, '`)` closes nothing'],
    ['a{to>-', 1, '`{` is not closed'],
    [String.raw`a\w`, 1, '`\\w` is no class and no escape'],
    ['a\\', 1, '`\\` is no class and no escape'],
    [String.raw`\d+`, 2, '`+` stands behind a phrase in parentheses alone'],
    ['[0-9]?', 5, '`?` stands behind a phrase in parentheses alone'],
  ])('is faulty: %s', (pattern, index, why) => expect(itnFault(pattern)).toMatchObject({ index, why }));
});
