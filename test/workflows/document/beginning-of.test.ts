import { expect, it } from 'vitest';
import { beginningOf } from '../../../workflows/document/beginning-of.ts';

it.each([
  ['calls', 10, 'calls'],
  ['calls', 2, 'ca'],
  ['', 2, ''],
  ['a😀b', 2, 'a'],
  ['a😀b', 3, 'a😀'],
  ['😀', 1, ''],
])('of %j %d code units are %j', (text, length, expected) => {
  expect(beginningOf(text, length)).toBe(expected);
});
