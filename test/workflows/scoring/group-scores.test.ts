import { describe, expect, it } from 'vitest';
import { groupScores } from '../../../workflows/scoring/group-scores.ts';
import { speakerInId } from '../../../workflows/scoring/speakers.ts';
import { scoreUtterances } from '../../../workflows/scoring/score-utterances.ts';

describe('groups of utterances', () => {
  it('have rates from the sums of their counts, the highest first', () => {
    const texts = {
      'a-1': ['w x y z', 'w x y z'],
      'a-2': ['w', 'x'],
      'b-1': ['w x', 'w x x'],
      c: ['w', 'w'],
      d: ['', ''],
    };
    const side = (index: 0 | 1) => Object.entries(texts).map(([id, pair]) => ({ id, text: pair[index] ?? '' }));
    const { utterances } = scoreUtterances({ references: side(0), hypotheses: side(1), profile: 'none', unit: 'word' });
    const groups = groupScores(utterances, (id) => (id === 'd' ? 'silent' : speakerInId(id)));
    expect(
      groups.map(({ value, utterances: count, words, errors, wordErrorRate }) => [
        value,
        count,
        words,
        errors,
        wordErrorRate,
      ]),
    ).toEqual([
      ['b', 1, 2, 1, 0.5],
      ['a', 2, 5, 1, 0.2],
      [null, 1, 1, 0, 0],
      ['silent', 1, 0, 0, null],
    ]);
  });
});

describe('the speaker in an id', () => {
  it.each([
    ['84-121123-0000', '84'],
    ['spk1_utt7', 'spk1'],
    ['a_b-c', 'a'],
    ['_a_b', '_a'],
    ['u1', undefined],
    ['-1', undefined],
  ])('%s is %s', (id, speaker) => {
    expect(speakerInId(id)).toBe(speaker);
  });
});
