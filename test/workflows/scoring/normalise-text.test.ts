import { describe, expect, it } from 'vitest';
import {
  type NormalisationProfile,
  normalisationProfiles,
  normaliseText,
  profileOfLocale,
  profileVersion,
} from '../../../workflows/scoring/normalise-text.ts';
import { randomNumbers } from './random-numbers.ts';

const scripts: Readonly<Record<string, string>> = {
  Latin: 'abcdefghxyzßøæœþđłñ',
  'Latin with marks': 'éàüñçåěşỹệữ\u0301\u0308\u0323',
  Greek: 'αβγδςσάΐ',
  Cyrillic: 'абвгдёйїў',
  Arabic: 'كتبسلامىةؤ\u064e\u064f\u0650\u0651\u0652',
  Hebrew: 'אבגדהוםןץ\u05b0\u05b4\u05b7\u05bc\u05c1',
  Devanagari: 'कखगहनद\u093e\u093f\u0940\u094d\u0902\u093c',
  Bengali: 'কখগ\u09be\u09bf\u09c7\u09cd',
  Tamil: 'கஙசதம\u0bbe\u0bbf\u0bcd\u0bca',
  Thai: 'กขคสวดี\u0e31\u0e35\u0e48\u0e49\u0e33',
  Khmer: 'កខគ\u17b6\u17b7\u17d2\u17c6',
  Myanmar: 'ကခဂ\u102b\u102d\u1039\u103a',
  Tibetan: 'ཀཁག\u0f71\u0f72\u0f90',
  Korean: '가힣한글\u1112\u1161\u11ab',
  Kana: 'あいがガー々ｶﾞヵ',
  Han: '今天氣語𠮷',
  Ethiopic: 'ሀሁሂ',
  Georgian: 'აბგ',
};

/** Between letters: nothing that a rule of a profile speaks for. */
const between = [
  ' ',
  ' ',
  ' ',
  '\u00a0',
  '.',
  ',',
  '!',
  '?',
  ';',
  '-',
  '…',
  '—',
  '。',
  '、',
  '«',
  '“',
  '👍',
  '🎉',
  '❤\ufe0f',
  '\u200b',
];

describe.each(normalisationProfiles)('the profile %s', (profile) => {
  it.each(Object.entries(scripts))('loses no letter and no mark of %s', (_, letters) => {
    const random = randomNumbers(11);
    const alphabet = [...letters];
    for (let text = 0; text < 300; text += 1) {
      const original = Array.from({ length: 1 + random.below(30) }, () => {
        const from = random.below(4) === 0 ? between : alphabet;
        return from[random.below(from.length)]!;
      }).join('');
      expect([original, lettersOf(normaliseText(original, profile))]).toEqual([original, lettersOf(original)]);
    }
  });

  it('changes nothing the second time, for random texts of words, numbers and signs', () => {
    const random = randomNumbers(7);
    const all = [...Object.values(scripts).join('')];
    for (let text = 0; text < 6000; text += 1) {
      const pieces = text % 3 === 0 ? [...between, ...all, ...signs] : signs;
      const original = Array.from({ length: random.below(16) }, () => pieces[random.below(pieces.length)]).join('');
      const once = normaliseText(original, profile);
      expect([original, normaliseText(once, profile)]).toEqual([original, once]);
    }
  });

  it.each(['1', '1.', "a'", '$ ', '555-', '(', '[', ',111', 'un ', '1 kg', 'one ', 'and ', '5:30'])(
    'reads a long run of %j to its end',
    (piece) => expect(typeof normaliseText(piece.repeat(20_000), profile)).toBe('string'),
  );

  it('has a version', () => expect(profileVersion(profile)).toBeGreaterThanOrEqual(1));
});

const signs =
  "0 1 2 3 5 9 00 10 21 1984 000 .5 . , : ' - – $ £ € ¥ % ¢ ( ) [ ] < > / & ° º ª kg h e er st th s years June one ten twenty thirty first hundred thousand million point oh double minus and a half dollars cents percent per cent won't it's 'd been mr dr um und hundert drei zwanzig 年 時 ½ ² Ⅷ \u0301 İ ß \t"
    .split(' ')
    .flatMap((sign) => [sign, sign, ' ']);

/** Letters and marks after compatibility composition and in one case; without the marks of emoji and without invisible characters. */
function lettersOf(text: string): string {
  const folded = text
    .replace(/[\p{Cf}\p{Variation_Selector}]/gu, '')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFD');
  return [...(folded.match(/[\p{L}\p{M}]/gu) ?? [])].toSorted().join('');
}

describe('profileOfLocale', () => {
  it.each<[string, NormalisationProfile]>([
    ['en-US', 'azure-en-US'],
    ['en-GB', 'azure-en-US'],
    ['de-DE', 'azure-de-DE'],
    ['DE-de', 'azure-de-DE'],
    ['ja-JP', 'azure-ja-JP'],
    ['pt-BR', 'azure-pt-BR'],
    ['pt-PT', 'lexical'],
    ['de-AT', 'lexical'],
    ['hi-IN', 'lexical'],
    ['', 'lexical'],
  ])('takes for %s the profile %s', (locale, profile) => expect(profileOfLocale(locale)).toBe(profile));
});
