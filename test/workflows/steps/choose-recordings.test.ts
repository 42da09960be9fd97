import { describe, expect, it } from 'vitest';
import {
  chooseRecordings,
  recognisedAs,
  takeSpeakersInTurn,
  type TwoTexts,
} from '../../../workflows/steps/swap/recognition/choose-recordings.ts';

function differing(recording: string, words = 4, errors = 1): TwoTexts {
  const wanted = Array.from({ length: words }, (_, index) => `word${index}`);
  const other = wanted.map((word, index) => (index < errors ? `x${word}` : word));
  return { recording, wanted: wanted.join(' '), other: other.join(' ') };
}

describe('the recordings that tell two models apart', () => {
  it('are of other speakers first, then of other lengths, then those that differ most', () => {
    const texts = [
      differing('ann-1.wav', 4, 3),
      differing('ann-2.wav', 40, 2),
      differing('ann-3.wav', 4, 2),
      differing('bob-1.wav', 4, 1),
      differing('bob-2.wav', 40, 1),
    ];
    const names = (all: readonly TwoTexts[]) => chooseRecordings(all).map(({ recording }) => recording);
    expect(names(texts)).toEqual(['ann-1.wav', 'bob-2.wav', 'ann-2.wav', 'bob-1.wav', 'ann-3.wav']);
    expect(names(texts.toReversed())).toEqual(names(texts));
  });

  it('are none on which both models recognise the same words', () => {
    const same = { recording: 'a.wav', wanted: 'Good morning.', other: 'good  morning' };
    expect(chooseRecordings([same, differing('b.wav')])).toEqual([differing('b.wav')]);
  });

  it('are looked for among all speakers in turn', () => {
    expect(takeSpeakersInTurn(['ann-2.wav', 'ann-1.wav', 'ann-3.wav', 'bob/9.wav', '7.wav'])).toEqual([
      '7.wav',
      'ann-1.wav',
      'bob/9.wav',
      'ann-2.wav',
      'ann-3.wav',
    ]);
  });
});

describe('an answer', () => {
  const apart = {
    recording: 'a.wav',
    wanted: 'please give the patient ten milligrams of apixaban this evening',
    other: 'please give the patient ten milligrams of a pic saban this morning',
  };

  it.each([
    ['exactly as the wanted model', apart.wanted, 'wanted'],
    ['exactly as the other one', apart.other, 'other'],
    ['with a word of its own, and else as the wanted model', `well ${apart.wanted}`, 'wanted'],
    ['half of the way between', 'please give the patient ten milligrams of a pic ban this evening', 'neither'],
    ['of another sentence', 'good morning how are you', 'neither'],
    ['without words', '', 'neither'],
    ['in other letters', `${apart.wanted.toUpperCase()}.`, 'wanted'],
  ])('%s is like %s', (_, text, like) => {
    expect(recognisedAs(text, apart)).toBe(like);
  });

  it('to texts that differ in one word is exactly as one of them', () => {
    const texts = { recording: 'a.wav', wanted: 'an old bat', other: 'an old cat' };
    expect(['an old bat', 'an old cat', 'an odd bat', 'the old cat'].map((text) => recognisedAs(text, texts))).toEqual([
      'wanted',
      'other',
      'neither',
      'neither',
    ]);
  });
});
