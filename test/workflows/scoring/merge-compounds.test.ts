import { describe, expect, it } from 'vitest';
import { alignWords } from '../../../workflows/scoring/alignment/align-words.ts';
import { mergeCompounds } from '../../../workflows/scoring/merge-compounds.ts';
import { scoreUtterances } from '../../../workflows/scoring/score-utterances.ts';
import { randomNumbers } from './random-numbers.ts';

const errors = (reference: readonly string[], hypothesis: readonly string[]): number => {
  const { substitutions, deletions, insertions } = alignWords(reference, hypothesis).counts;
  return substitutions + deletions + insertions;
};

const words = (text: string): readonly string[] => text.split(' ').filter(Boolean);

describe('mergeCompounds', () => {
  it.each([
    ['splits a compound', 'the white paper is good', 'the whitepaper is good', 'the white paper is good'],
    ['joins a compound', 'the whitepaper is good', 'the white paper is good', 'the whitepaper is good'],
    ['beside other errors', 'the white paper is here', 'the whitepaper was here', 'the white paper was here'],
    ['of three words', 'an after noon tea', 'an afternoontea', 'an after noon tea'],
    ['several in a row', 'ice cream sun day', 'icecream sunday', 'ice cream sun day'],
    ['leaves what is another word', 'ice cream', 'icecreams', 'icecreams'],
    ['leaves equal words', 'a b c', 'a b c', 'a b c'],
    ['leaves an empty text', '', 'a b', 'a b'],
    ['nothing was heard', 'a b', '', ''],
  ])('%s', (_, reference, hypothesis, merged) => {
    expect(mergeCompounds(words(reference), words(hypothesis)).join(' ')).toBe(merged);
  });

  it('changes spaces alone, and makes no more errors', () => {
    const random = randomNumbers(3);
    const text = () => Array.from({ length: random.below(9) }, () => ['a', 'b', 'ab', 'ba', 'aab'][random.below(5)]!);
    for (let pair = 0; pair < 3000; pair += 1) {
      const [reference, hypothesis] = [text(), text()];
      const merged = mergeCompounds(reference, hypothesis);
      expect(merged.join('')).toBe(hypothesis.join(''));
      expect([reference, hypothesis, errors(reference, merged)]).toEqual([
        reference,
        hypothesis,
        Math.min(errors(reference, merged), errors(reference, hypothesis)),
      ]);
    }
  });
});

describe('scoreUtterances with mergeCompounds', () => {
  const task = {
    references: [{ id: 'u', text: 'the white paper is good' }],
    hypotheses: [{ id: 'u', text: 'the whitepaper is good' }],
    profile: 'none',
    unit: 'word',
  } as const;

  it('counts a compound that is split as correct, and the words of the reference', () => {
    expect(scoreUtterances({ ...task, mergeCompounds: true })).toMatchObject({
      mergeCompounds: true,
      errors: 0,
      words: 5,
      utterances: [{ operations: 'CCCCC', hypothesis: ['the', 'white', 'paper', 'is', 'good'] }],
    });
    expect(scoreUtterances(task)).toMatchObject({ mergeCompounds: false, errors: 2, words: 5 });
  });
});
