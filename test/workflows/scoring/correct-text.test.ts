import { describe, expect, it } from 'vitest';
import { correctText } from '../../../workflows/scoring/correct-text.ts';
import { tokenise } from '../../../workflows/scoring/tokenise.ts';
import { randomNumbers } from './random-numbers.ts';

type Place = readonly [from: number, until: number, words: string];

const english = { profile: 'azure-en-US', unit: 'word' } as const;

function corrected(text: string, ...places: readonly Place[]): string | undefined {
  const corrections = places.map(([from, until, words]) => ({ from, until, words: words.split(' ').filter(Boolean) }));
  return correctText(text, { corrections, ...english });
}

describe('correctText', () => {
  it.each<[string, Place, string]>([
    ['The patient has a murmur.', [4, 5, 'murmurs'], 'The patient has a murmurs.'],
    ['The patient has, I think, a murmur.', [5, 6, 'the'], 'The patient has, I think, the murmur.'],
    ['This is it.', [0, 1, 'that'], 'That is it.'],
    ['this is it', [0, 1, 'that'], 'that is it'],
    ['Go home', [1, 1, 'right back'], 'Go right back home'],
    ['Go  back home', [1, 2, ''], 'Go home'],
    ['Oh go home', [0, 1, ''], 'go home'],
    ['Go', [1, 1, 'home'], 'Go home'],
    ['', [0, 0, 'home'], 'home'],
    ['Take 25 pills', [2, 3, 'eight'], 'Take twenty eight pills'],
    ['Take 5 kg - now', [3, 4, 'then'], 'Take 5 kg - then'],
  ])('corrects %s', (text, place, expected) => {
    expect(corrected(text, place)).toBe(expected);
  });

  it('corrects several places', () => {
    expect(corrected('A b, c d. E', [0, 1, 'x y'], [2, 2, 'z'], [4, 5, ''])).toBe('X y b, z c d.');
  });

  it('corrects characters where there are no spaces', () => {
    const corrections = [{ from: 1, until: 2, words: ['地', '铁'] }];
    expect(correctText('坐车，去', { corrections, profile: 'azure-zh-CN', unit: 'char' })).toBe('坐地铁，去');
  });

  it('gives up where the profile would make other words of it', () => {
    expect(corrected('ten five', [1, 1, '.'])).toBeUndefined();
  });

  it('makes the wanted words of random texts, and leaves those without a correction as they are', () => {
    const random = randomNumbers(4);
    const written = ['Well,', 'take', '25', '$5.50', '5 kg', 'of', "don't", 'well-known', 'it.', '-', 'June 3'];
    for (let round = 0; round < 300; round += 1) {
      const text = Array.from({ length: 1 + random.below(8) }, () => written[random.below(written.length)]!).join(' ');
      const words = tokenise(text, english);
      const from = random.below(words.length + 1);
      const until = Math.min(words.length, from + random.below(3));
      const others = ['said', 'so'].slice(0, random.below(3));
      const result = correctText(text, { corrections: [{ from, until, words: others }], ...english });
      if (result !== undefined)
        expect(tokenise(result, english)).toEqual(words.toSpliced(from, until - from, ...others));
      expect(correctText(text, { corrections: [], ...english })).toBe(text);
    }
  });
});
