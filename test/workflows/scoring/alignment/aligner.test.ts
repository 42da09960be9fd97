import { describe, expect, it } from 'vitest';
import { Aligner } from '../../../../workflows/scoring/alignment/aligner.ts';
import { randomNumbers } from '../random-numbers.ts';
import { textbookAlignment } from './textbook-alignment.ts';

const vocabulary = 5000;

/** The letters of the steps, as the aligner writes them behind and before other numbers. */
function lettersOf(aligner: Aligner, reference: readonly number[], hypothesis: readonly number[]): string {
  const words = Int32Array.from([7, ...reference, 8, ...hypothesis, 9]);
  const steps = new Uint8Array(words.length + 4).fill(9);
  const end = reference.length + hypothesis.length + 2;
  const start = aligner.align(
    {
      reference: words,
      referenceFrom: 1,
      referenceUntil: reference.length + 1,
      hypothesis: words,
      hypothesisFrom: reference.length + 2,
      hypothesisUntil: words.length - 1,
    },
    steps,
    end,
  );
  expect(steps.subarray(end).every((step) => step === 9)).toBe(true);
  expect(start).toBeGreaterThanOrEqual(2);
  return Array.from(steps.subarray(start, end), (step) => 'SCID'.charAt(step)).join('');
}

describe('Aligner', () => {
  it('chooses what the textbook chooses for a million short pairs', () => {
    const random = randomNumbers(11);
    const aligner = new Aligner(8);
    const words = new Int32Array(16);
    const steps = new Uint8Array(16);
    let different = 0;
    for (let pair = 0; pair < 1_000_000; pair += 1) {
      const rows = random.below(7);
      const columns = random.below(7);
      const kinds = 1 + random.below(4);
      for (let at = 0; at < rows + columns; at += 1) words[at] = random.below(kinds);
      const start = aligner.align(
        {
          reference: words,
          referenceFrom: 0,
          referenceUntil: rows,
          hypothesis: words,
          hypothesisFrom: rows,
          hypothesisUntil: rows + columns,
        },
        steps,
        rows + columns,
      );
      const expected = textbookAlignment(words.subarray(0, rows), words.subarray(rows, rows + columns));
      if (expected.length !== rows + columns - start) different += 1;
      for (let at = start; at < rows + columns; at += 1) {
        if ('SCID'.charCodeAt(steps[at]!) !== expected.charCodeAt(at - start)) different += 1;
      }
    }
    expect(different).toBe(0);
  });

  it('chooses what the textbook chooses where a pair just fits into one block, or just does not, beside a side of any length', () => {
    const random = randomNumbers(15);
    const aligner = new Aligner(8);
    for (let pair = 0; pair < 3000; pair += 1) {
      const kinds = 2 + random.below(6);
      const word = (): number => random.below(kinds);
      const [rows, columns] = [30 + random.below(6), random.below(pair % 10 === 0 ? 600 : 60)];
      const reference = Array.from({ length: rows }, word);
      const hypothesis = Array.from({ length: columns }, word);
      expect(lettersOf(aligner, reference, hypothesis)).toBe(textbookAlignment(reference, hypothesis));
      expect(lettersOf(aligner, hypothesis, reference)).toBe(textbookAlignment(hypothesis, reference));
    }
  });

  /** Pairs as recordings of an hour have them: more rows than are looked at together, and a part that was moved, left out or put in. */
  it('chooses what the textbook chooses for long pairs, whatever is far from the diagonal', () => {
    const random = randomNumbers(12);
    const aligner = new Aligner(vocabulary);
    for (let pair = 0; pair < 120; pair += 1) {
      const different = [2, 5, 30, 300, vocabulary][random.below(5)]!;
      const word = (): number => random.below(different);
      const reference = Array.from({ length: random.below(1200) }, word);
      const every = 3 + random.below(60);
      const hypothesis =
        pair % 7 === 3 ? Array.from({ length: random.below(1200) }, word) : changed(reference, { every, word, random });
      if (pair % 3 === 0) {
        const moved = hypothesis.splice(random.below(hypothesis.length + 1), random.below(400));
        if (pair % 2 === 0) hypothesis.splice(random.below(hypothesis.length + 1), 0, ...moved);
      }
      expect(lettersOf(aligner, reference, hypothesis)).toBe(textbookAlignment(reference, hypothesis));
    }
  });

  it('finds a detour that a short way pays for', () => {
    const next = numbersFrom(0);
    const [before, moved, after] = [next(500), next(400), next(500)] as const;
    const reference = [...before, ...moved, ...next(110), ...after];
    const hypothesis = [...before, ...next(110), ...moved, ...after];
    const letters = lettersOf(new Aligner(vocabulary), reference, hypothesis);
    expect(letters).toBe(textbookAlignment(reference, hypothesis));
    expect(letters).toContain('I'.repeat(110) + 'C'.repeat(400) + 'D'.repeat(110));
  });

  it('finds a detour that a long way pays for, beside a diagonal that is nearly right', () => {
    const random = randomNumbers(15);
    const next = numbersFrom(0);
    // Each part has four fifths of the words of the one before, in their places.
    const parts = [next(200)];
    for (let part = 1; part < 13; part += 1)
      parts.push(parts.at(-1)!.map((word) => (random.below(5) === 0 ? next(1)[0]! : word)));
    const reference = parts.slice(1).flat();
    const hypothesis = parts.slice(0, -1).flat();
    const letters = lettersOf(new Aligner(vocabulary), reference, hypothesis);
    expect(letters).toBe(textbookAlignment(reference, hypothesis));
    expect(letters).toMatch(/C{1800}/);
  });

  it('fills what it could not keep again: two long sequences with little in common', () => {
    const random = randomNumbers(13);
    const word = (): number => random.below(40);
    const reference = Array.from({ length: 4100 }, word);
    const hypothesis = Array.from({ length: 4200 }, word);
    const aligner = new Aligner(vocabulary);
    expect(lettersOf(aligner, reference, hypothesis)).toBe(textbookAlignment(reference, hypothesis));
  });

  it('costs insertions and deletions the same when both sequences change sides', () => {
    const random = randomNumbers(14);
    const aligner = new Aligner(vocabulary);
    const cost = (letters: string): number =>
      4 * letters.split('S').length + 3 * (letters.split('D').length + letters.split('I').length);
    for (let pair = 0; pair < 300; pair += 1) {
      const one = Array.from({ length: random.below(90) }, () => random.below(9));
      const other = changed(one, { every: 8, word: () => random.below(9), random });
      expect(cost(lettersOf(aligner, one, other))).toBe(cost(lettersOf(aligner, other, one)));
      expect(lettersOf(aligner, one, one)).toBe('C'.repeat(one.length));
    }
  });
});

/** Words that did not occur before, so many at a time. */
function numbersFrom(first: number): (count: number) => readonly number[] {
  let next = first;
  return (count) => Array.from({ length: count }, () => next++);
}

function changed(
  words: readonly number[],
  how: { readonly every: number; readonly word: () => number; readonly random: ReturnType<typeof randomNumbers> },
): number[] {
  return words.flatMap((word) => {
    const kind = how.random.below(how.every);
    if (kind === 0) return [];
    if (kind === 1) return [how.word()];
    return kind === 2 ? [word, how.word()] : [word];
  });
}
