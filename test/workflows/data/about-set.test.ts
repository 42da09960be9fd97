import { describe, expect, it } from 'vitest';
import { groupsOf, isLike, readAboutSet } from '../../../workflows/data/about-set.ts';

describe('what is known of a set', () => {
  it('has the place of each name, and the groups of recordings', () => {
    const text =
      'version: 1\nspeakers:\n  ada:\n    - "a*.wav"\n    - x.wav\n  ben: [b?.wav, x.wav]\nslices: { mobile: [a1.wav] }\n';
    const { named, diagnostics } = readAboutSet(text, { path: 'data.yaml' });
    expect(diagnostics).toEqual([]);
    expect(named.map(({ name, pattern, line, column }) => [name, pattern, line, column])).toEqual([
      ['ada', 'a*.wav', 4, 7],
      ['ada', 'x.wav', 5, 7],
      ['ben', 'b?.wav', 6, 9],
      ['ben', 'x.wav', 6, 17],
      ['mobile', 'a1.wav', 7, 20],
    ]);
    const names = ['a1.wav', 'a2.wav', 'b1.wav', 'b12.wav', 'x.wav'];
    expect(Object.fromEntries(groupsOf(names, { named, of: 'speakers' }))).toEqual({
      'a1.wav': ['ada'],
      'a2.wav': ['ada'],
      'b1.wav': ['ben'],
      'x.wav': ['ada', 'ben'],
    });
    expect(Object.fromEntries(groupsOf(names, { named, of: 'slices' }))).toEqual({ 'a1.wav': ['mobile'] });
  });

  it('is nothing where the text has faults', () => {
    expect(readAboutSet('version: 2\nspeakers: {a: [x]}\n', { path: 'p' })).toMatchObject({
      named: [],
      document: { version: 1 },
    });
    expect(readAboutSet('- no\n- mapping\n', { path: 'p' })).toMatchObject({
      named: [],
      diagnostics: [{ message: 'What is known of the data is no mapping' }],
    });
  });

  it('finds names by patterns, also those that are made to take long', () => {
    const like = (name: string, pattern: string): boolean => isLike(name, pattern);
    expect([
      like('a.wav', '*.wav'),
      like('a.wav', 'a'),
      like('', '*'),
      like('aab', '*ab'),
      like('[x]', '[x]'),
      like('ab', 'a?c'),
    ]).toEqual([true, false, true, true, true, false]);
    expect(like('a'.repeat(20_000), `${'*a'.repeat(100)}b`)).toBe(false);
  });
});
