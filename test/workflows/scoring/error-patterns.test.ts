import { describe, expect, it } from 'vitest';
import { errorPatterns } from '../../../workflows/scoring/error-patterns.ts';
import { worstFirst } from '../../../workflows/scoring/rank-utterances.ts';
import { scoreUtterances, type UtteranceScore } from '../../../workflows/scoring/score-utterances.ts';

function scored(...pairs: readonly (readonly [string, string])[]): readonly UtteranceScore[] {
  const side = (index: 0 | 1) => pairs.map((pair, number) => ({ id: `u${number}`, text: pair[index] }));
  return scoreUtterances({ references: side(0), hypotheses: side(1), profile: 'none', unit: 'word' }).utterances;
}

describe('error patterns', () => {
  it('are counted over all utterances, most frequent first, equals by their characters', () => {
    expect(
      errorPatterns(scored(['b a c', 'x a c'], ['a b', 'a x'], ['a', 'a d'], ['c b e', 'c e'], ['a z', 'a y'])),
    ).toEqual({
      confusions: [
        { reference: 'b', hypothesis: 'x', count: 2 },
        { reference: 'z', hypothesis: 'y', count: 1 },
      ],
      missed: [
        { word: 'b', count: 3, deleted: 1, substituted: 2 },
        { word: 'z', count: 1, deleted: 0, substituted: 1 },
      ],
      inserted: [{ word: 'd', count: 1 }],
    });
  });

  it('are those of any word', () => {
    const [first] = errorPatterns(scored(['__proto__', 'constructor'])).confusions;
    expect(first).toEqual({ reference: '__proto__', hypothesis: 'constructor', count: 1 });
  });
});

describe('the worst utterances', () => {
  it('have most errors, of equals the higher rate, and no utterance without one is among them', () => {
    const utterances = scored(['a', 'a'], ['a b', 'a x'], ['a b c', 'x y c'], ['a', 'x'], ['', 'x'], ['b', 'y']);
    expect(worstFirst(utterances).map(({ id }) => id)).toEqual(['u2', 'u4', 'u3', 'u5', 'u1']);
  });
});
