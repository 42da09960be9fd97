import { describe, expect, it } from 'vitest';
import { tokenise } from '../../../workflows/scoring/tokenise.ts';

describe('tokenise', () => {
  it.each([
    ['ends words at spaces and tabs', ' Go\t on  now ', ['Go', 'on', 'now']],
    ['keeps a word with a no-break space whole', 'a\u00a0b', ['a\u00a0b']],
    ['keeps a word with an ideographic space whole', '今天\u3000天气', ['今天\u3000天气']],
    ['keeps case, hyphens and punctuation', "Well-known, isn't it?", ['Well-known,', "isn't", 'it?']],
    ['finds no word in an empty text', '', []],
    ['finds no word in blanks', ' \t ', []],
  ])('%s', (_, text, words) => {
    expect(tokenise(text, { profile: 'none', unit: 'word' })).toEqual(words);
  });

  it('counts code points as characters and leaves spaces and tabs out', () => {
    expect(tokenise('a 𠮷\té', { profile: 'none', unit: 'char' })).toEqual(['a', '𠮷', 'é']);
  });

  it('normalises before it splits', () => {
    expect(tokenise('Well-known!', { profile: 'azure-en-US', unit: 'word' })).toEqual(['well', 'known']);
    expect(tokenise('3!', { profile: 'azure-en-US', unit: 'char' })).toEqual(['t', 'h', 'r', 'e', 'e']);
  });
});
