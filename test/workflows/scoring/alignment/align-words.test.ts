import { describe, expect, it } from 'vitest';
import { alignWords } from '../../../../workflows/scoring/alignment/align-words.ts';
import { randomNumbers } from '../random-numbers.ts';

const words = (text: string) => text.split(' ').filter((word) => word !== '');

describe('alignWords', () => {
  it.each([
    ['the same words', 'a b c', 'a b c', 'CCC'],
    ['nothing on both sides', '', '', ''],
    ['an empty hypothesis', 'a b', '', 'DD'],
    ['an empty reference', '', 'a b', 'II'],
    ['a word repeated in the reference', 'a a b', 'a b', 'DCC'],
    ['a word repeated in the hypothesis', 'a b', 'a a b', 'ICC'],
    ['one substitution', 'a b c', 'a x c', 'CSC'],
    ['two words that changed places: a tie that sclite ends with the insertion', 'a b', 'b a', 'DCI'],
    ['more errors than necessary, because substitutions cost more', 'a b c k l', 'k l x y z', 'DDDCCIII'],
    ['a substitution beside an insertion: the insertion comes first', 'a', 'x y', 'IS'],
    ['a substitution beside a deletion: the deletion comes first', 'x y', 'a', 'DS'],
    ['case and marks', 'Ab é', 'ab é', 'SC'],
  ])('aligns %s', (_, reference, hypothesis, operations) => {
    expect(alignWords(words(reference), words(hypothesis)).operations).toBe(operations);
  });

  it("counts Microsoft's worked sample: one error of each kind in five words", () => {
    const { counts } = alignWords(words('how are you doing today'), words('oh how old you today'));
    expect(counts).toEqual({ correct: 3, substitutions: 1, deletions: 1, insertions: 1 });
  });

  it('chooses what the definition chooses among all alignments, for every pair of up to four words of two', () => {
    const texts = everyText(['a', 'b'], 4);
    for (const reference of texts) {
      for (const hypothesis of texts) {
        expect([reference, hypothesis, alignWords(reference, hypothesis).operations]).toEqual([
          reference,
          hypothesis,
          chosenByDefinition(reference, hypothesis),
        ]);
      }
    }
  });

  it('chooses what the definition chooses among all alignments, for random pairs of up to six words of three', () => {
    const random = randomNumbers(3);
    for (let pair = 0; pair < 150; pair += 1) {
      const reference = random.words({ longest: 6, vocabulary: 3 });
      const hypothesis = random.words({ longest: 6, vocabulary: 3 });
      expect([reference, hypothesis, alignWords(reference, hypothesis).operations]).toEqual([
        reference,
        hypothesis,
        chosenByDefinition(reference, hypothesis),
      ]);
    }
  });

  it('gives operations that turn the reference into the hypothesis, and counts that are theirs', () => {
    const random = randomNumbers(4);
    for (let pair = 0; pair < 500; pair += 1) {
      const reference = random.words({ longest: 60, vocabulary: 12 });
      const hypothesis = random.changed(reference, { vocabulary: 12 });
      const { counts, operations } = alignWords(reference, hypothesis);
      const steps = [...operations];
      expect(counts).toEqual({
        correct: steps.filter((step) => step === 'C').length,
        substitutions: steps.filter((step) => step === 'S').length,
        deletions: steps.filter((step) => step === 'D').length,
        insertions: steps.filter((step) => step === 'I').length,
      });
      let row = 0;
      let column = 0;
      for (const step of steps) {
        if (step === 'C') expect(reference[row]).toBe(hypothesis[column]);
        if (step === 'S') expect(reference[row]).not.toBe(hypothesis[column]);
        if (step !== 'I') row += 1;
        if (step !== 'D') column += 1;
      }
      expect([row, column]).toEqual([reference.length, hypothesis.length]);
    }
  });

  it('refuses a pair that would take more than half a minute, and says what to do', () => {
    const reference = Array.from({ length: 300_000 }, () => 'a');
    const hypothesis = Array.from({ length: 300_000 }, () => 'b');
    expect(() => alignWords(reference, hypothesis)).toThrow(
      'Split the text into shorter utterances: 300000 words and 300000 words with little in common take too long to align',
    );
  });
});

function everyText(vocabulary: readonly string[], longest: number): readonly (readonly string[])[] {
  if (longest === 0) return [[]];
  const shorter = everyText(vocabulary, longest - 1);
  const longer = shorter
    .filter((text) => text.length === longest - 1)
    .flatMap((text) => vocabulary.map((word) => [...text, word]));
  return [...shorter, ...longer];
}

/**
 * sclite's choice, told without dynamic programming: of all alignments those of least cost, and of these the one that,
 * read from its last step to its first, has a diagonal step (C, S) before an insertion before a deletion.
 */
function chosenByDefinition(reference: readonly string[], hypothesis: readonly string[]): string {
  const cost = { C: 0, S: 4, D: 3, I: 3 };
  const preference = { C: '0', S: '0', I: '1', D: '2' };
  type Step = keyof typeof cost;
  let chosen = { cost: Infinity, preference: '', steps: '' };
  const extend = (row: number, column: number, backwards: readonly Step[]): void => {
    if (row === 0 && column === 0) {
      const candidate = {
        cost: backwards.reduce((sum, step) => sum + cost[step], 0),
        preference: backwards.map((step) => preference[step]).join(''),
        steps: backwards.toReversed().join(''),
      };
      const isBetter =
        candidate.cost < chosen.cost || (candidate.cost === chosen.cost && candidate.preference < chosen.preference);
      if (isBetter) chosen = candidate;
      return;
    }
    if (row > 0 && column > 0) {
      const diagonal = reference[row - 1] === hypothesis[column - 1] ? 'C' : 'S';
      extend(row - 1, column - 1, [...backwards, diagonal]);
    }
    if (column > 0) extend(row, column - 1, [...backwards, 'I']);
    if (row > 0) extend(row - 1, column, [...backwards, 'D']);
  };
  extend(reference.length, hypothesis.length, []);
  return chosen.steps;
}
