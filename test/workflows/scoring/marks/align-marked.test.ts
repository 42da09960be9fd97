import { describe, expect, it } from 'vitest';
import { alignWords } from '../../../../workflows/scoring/alignment/align-words.ts';
import { alignMarked } from '../../../../workflows/scoring/marks/align-marked.ts';
import { type MarkedPart, readMarked } from '../../../../workflows/scoring/marks/marked-text.ts';
import { randomNumbers } from '../random-numbers.ts';

describe('alignMarked', () => {
  it('costs what the cheapest of all ways through the reference costs', () => {
    const random = randomNumbers(3);
    for (let round = 0; round < 500; round += 1) {
      const reference = randomParts(random, 0);
      const hypothesis = random.words({ longest: 6, vocabulary: 4 });
      const chosen = alignMarked(reference, marked(hypothesis.join(' ')));
      const ways = waysThrough(reference);
      expect(ways).toContainEqual(chosen.reference);
      expect(costOf(chosen.operations)).toBe(
        Math.min(...ways.map((way) => costOf(alignWords(way, hypothesis).operations))),
      );
    }
  });

  it('counts an optional word that is left out as correct, against an empty word', () => {
    expect(alignMarked(marked('b (c) d'), marked('b e'))).toEqual({
      operations: 'CCS',
      reference: ['b', '(c)', 'd'],
      hypothesis: ['b', '', 'e'],
    });
    expect(alignMarked(marked('b d'), marked('b (c) d'))).toEqual({
      operations: 'CCC',
      reference: ['b', '', 'd'],
      hypothesis: ['b', '(c)', 'd'],
    });
  });

  it('takes a fragment for every word that begins or ends like it', () => {
    const { operations } = alignMarked(marked('go- -ing go- x-'), marked('going doing do -x'));
    expect(operations).toBe('CCSS');
  });

  it('refuses what would take too much time, because thousands of ways stand next to each other', () => {
    const ways = `{ ${Array.from({ length: 1000 }, (_, index) => `w${index}`).join(' / ')} } `;
    const wide = marked(ways.repeat(4));
    expect(() => alignMarked(wide, wide)).toThrow('Split the text into shorter utterances: 4000 words and 4000 words');
    expect(alignMarked(marked(ways), marked(ways)).operations).toBe('C');
  });

  it('refuses what would take too much memory', () => {
    const long = marked(`{ a / b } ${'a '.repeat(8000)}`);
    expect(() => alignMarked(long, long)).toThrow('Split the text into shorter utterances: 8002 words and 8002 words');
  });
});

function marked(text: string): readonly MarkedPart[] {
  const marks = { alternations: true, optionalWords: true, fragments: true };
  return readMarked(text, { profile: 'none', unit: 'word', marks });
}

function randomParts(random: ReturnType<typeof randomNumbers>, depth: number): readonly MarkedPart[] {
  return Array.from({ length: (depth === 0 ? 0 : 1) + random.below(4 - depth) }, (): MarkedPart => {
    const drawn = random.below(depth < 2 ? 6 : 4);
    if (drawn === 0) return { kind: 'nothing' };
    if (drawn < 4) return { kind: 'word', text: `w${random.below(4)}`, isOptional: false, isFragment: false };
    return {
      kind: 'either',
      ways: Array.from({ length: 1 + random.below(3) }, () => randomParts(random, depth + 1)),
    };
  });
}

function waysThrough(parts: readonly MarkedPart[]): readonly (readonly string[])[] {
  let ways: readonly (readonly string[])[] = [[]];
  for (const part of parts) {
    const next = part.kind === 'either' ? part.ways.flatMap(waysThrough) : part.kind === 'word' ? [[part.text]] : [[]];
    ways = ways.flatMap((way) => next.map((more) => [...way, ...more]));
  }
  return ways;
}

function costOf(operations: string): number {
  return Array.from(operations, (step) => ({ C: 0, S: 4, D: 3, I: 3 })[step] ?? NaN).reduce(
    (sum, cost) => sum + cost,
    0,
  );
}
