import { describe, expect, it } from 'vitest';
import { tokenise, unitOfLocale } from '../../../workflows/scoring/tokenise.ts';

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

  it.each([
    ['leaves spaces and tabs out', 'a 𠮷\té', ['a', '𠮷', 'é']],
    ['keeps an accent with its letter', 'cafe\u0301', ['c', 'a', 'f', 'e\u0301']],
    ['keeps vowel signs with their consonant', 'สวัสดี हिन्दी', ['ส', 'วั', 'ส', 'ดี', 'हि', 'न्दी']],
    ['keeps harakat with their letter', 'كَتَبَ', ['كَ', 'تَ', 'بَ']],
    ['makes one character of the parts of a Korean syllable', '\u1112\u1161\u11ab글', ['\u1112\u1161\u11ab', '글']],
    ['keeps an emoji with its modifiers', '👍🏽👩‍🚀🇩🇪', ['👍🏽', '👩‍🚀', '🇩🇪']],
    ['takes half-width marks with their kana', 'ｶﾞｷﾞ', ['ｶﾞ', 'ｷﾞ']],
  ])('characters: %s', (_, text, characters) => {
    expect(tokenise(text, { profile: 'none', unit: 'char' })).toEqual(characters);
  });

  it('cuts a text that needs no look at its neighbours as one that does', () => {
    const blocks = [
      0x21, 0x300, 0x370, 0x480, 0x600, 0x1100, 0x3000, 0x3080, 0x33f0, 0x9ff0, 0xabf0, 0xd790, 0xff00, 0xff80,
    ];
    const different = blocks
      .flatMap((from) => Array.from({ length: 0x80 }, (_, offset) => String.fromCodePoint(from + offset)))
      .filter((character) => {
        const text = `${character}a${character}${character}가${character}©`;
        const whole = tokenise(text, { profile: 'none', unit: 'char' });
        // The letter added is of a script that is not cut in the quick way, and joins nothing.
        const careful = tokenise(`${text}א`, { profile: 'none', unit: 'char' }).slice(0, -1);
        return whole.join('|') !== careful.join('|');
      });
    expect(different).toEqual([]);
  });

  it('normalises before it splits', () => {
    expect(tokenise('Well-known!', { profile: 'azure-en-US', unit: 'word' })).toEqual(['well', 'known']);
    expect(tokenise('3!', { profile: 'azure-en-US', unit: 'char' })).toEqual(['t', 'h', 'r', 'e', 'e']);
  });
});

describe('unitOfLocale', () => {
  it.each(['ja-JP', 'zh-CN', 'zh-TW', 'yue-CN', 'th-TH', 'km-KH', 'lo-LA', 'my-MM', 'ja', 'ZH_hk'])(
    'counts characters for %s',
    (locale) => expect(unitOfLocale(locale)).toBe('char'),
  );

  it.each(['en-US', 'ko-KR', 'de-DE', 'vi-VN', 'ms-MY', 'lt-LT', ''])('counts words for %s', (locale) =>
    expect(unitOfLocale(locale)).toBe('word'),
  );
});
