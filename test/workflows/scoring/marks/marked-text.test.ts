import { describe, expect, it } from 'vitest';
import { hasMarks, type Marks, type MarkedPart, readMarked } from '../../../../workflows/scoring/marks/marked-text.ts';

const all = { alternations: true, optionalWords: true, fragments: true };

describe('readMarked', () => {
  it('normalises the words between marks together, and those of a mark by themselves', () => {
    expect(written("It costs $5.50, { We'll / We will } see. (Um,) Micro- tape", 'azure-en-US')).toBe(
      "it costs five dollars and fifty cents {we'll|we will} see um? micro-* tape",
    );
  });

  it('takes a way of which the profile leaves nothing for nothing', () => {
    expect(written('a { ... / b }', 'lexical')).toBe('a {@|b}');
  });

  it('reads alternations in alternations, without spaces too, and leaves out ways without words', () => {
    expect(written('{a/{ b c /@ } d//}e')).toBe('{a|{b c|@} d} e');
  });

  it('reads alternations a hundred deep in each other, and refuses more', () => {
    const nested = (depth: number): string => `${'{a/'.repeat(depth)}b${'}'.repeat(depth)}`;
    expect(written(nested(100))).toBe(nested(100).replaceAll('/', '|'));
    for (const depth of [101, 3000]) {
      expect(() => written(nested(depth))).toThrow('Write at most 100 alternations in each other');
    }
  });

  it('takes marks that are not asked for as plain words', () => {
    const text = '{ a / b } @ (c) d- -e';
    expect(written(text, 'none', {})).toBe(text);
    expect(written(text, 'none', { optionalWords: true })).toBe('{ a / b } @ c? d- -e');
    expect(written(text, 'none', { fragments: true })).toBe('{ a / b } @ (c) d-* -e*');
    expect(written(text, 'none', { alternations: true })).toBe('{a|b} @ (c) d- -e');
  });

  it.each([
    ['a { b / c', 'Close the alternation with }'],
    ['a } b', 'Write { and } in pairs and with a space before {, as in { a / b }: "}"'],
    ['a{ b / c }', 'Write { and } in pairs and with a space before {, as in { a / b }: "a{"'],
    ['{ }', 'Write at least one way into the alternation'],
    ['{ / }', 'Write at least one way into the alternation'],
  ])('refuses %s', (text, message) => {
    expect(() => written(text)).toThrow(message);
  });
});

describe('hasMarks', () => {
  it.each(['{', '}', 'a @', '(a)', 'b (a)', 'go-', '-ing', 'a -ing b'])('finds one in %s', (text) => {
    expect(hasMarks(text, all)).toBe(true);
    expect(hasMarks(text, {})).toBe(false);
  });

  it.each(['', 'a - b', 'me@home', 'well-known', '( a )', 'f(x)', '()', '--'])('finds none in %s', (text) => {
    expect(hasMarks(text, all)).toBe(false);
  });
});

/** `?` behind an optional word, `*` behind a fragment, `{a|b}` for ways. */
function written(text: string, profile: 'none' | 'lexical' | 'azure-en-US' = 'none', marks: Marks = all): string {
  const show = (parts: readonly MarkedPart[]): string =>
    parts
      .map((part) => {
        if (part.kind === 'nothing') return '@';
        if (part.kind === 'either') return `{${part.ways.map(show).join('|')}}`;
        return `${part.text}${part.isFragment ? '*' : ''}${part.isOptional ? '?' : ''}`;
      })
      .join(' ');
  return show(readMarked(text, { profile, unit: 'word', marks }));
}
