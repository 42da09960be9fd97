import { describe, expect, it } from 'vitest';
import { type Doubt, findDoubts } from '../../../workflows/scoring/doubts.ts';
import { scoreUtterances } from '../../../workflows/scoring/score-utterances.ts';

describe('findDoubts', () => {
  it('finds other words, words too many and words too few that all models have', () => {
    expect(places('a b c d e f', 'a x y c d f', 'a x y c d f')).toEqual(['1-2 b > x y', '4-5 e > ']);
    expect(places('a b', 'a c b d', 'a c b d')).toEqual(['1-1  > c', '2-2  > d']);
  });

  it('finds none where models differ, or where one of them has the words of the transcript', () => {
    expect(places('a b c', 'a x c', 'a y c')).toEqual([]);
    expect(places('a b c', 'a x c', 'a b c')).toEqual([]);
    expect(places('a b c d', 'a x c d', 'a x y d')).toEqual([]);
    expect(places('a b c', 'a x c', 'a x c', 'a b c')).toEqual([]);
  });

  it('tells the words around a place, at the ends of the text too', () => {
    const [first, second] = doubts('a b c d e f g h i j', ['x b c d e f g h i y', 'x b c d e f g h i y']);
    expect(first).toMatchObject({ before: [], behind: ['b', 'c', 'd', 'e'] });
    expect(second).toMatchObject({ before: ['f', 'g', 'h', 'i'], behind: [], said: ['j'], agreed: ['y'] });
  });

  it('takes a whole text that no model has a word of', () => {
    expect(places('a b', '', '')).toEqual(['0-2 a b > ']);
    expect(places('', 'a', 'a')).toEqual(['0-0  > a']);
  });

  it('leaves out what one model has not recognised', () => {
    const score = (ids: readonly string[]) =>
      scoreUtterances({
        references: [
          { id: 'u1', text: 'a' },
          { id: 'u2', text: 'a' },
        ],
        hypotheses: ids.map((id) => ({ id, text: 'b' })),
        profile: 'none',
        unit: 'word',
      });
    expect(findDoubts([score(['u1', 'u2']), score(['u2'])]).map(({ id }) => id)).toEqual(['u2']);
  });

  it('refuses a single model, which agrees with itself', () => {
    expect(() => doubts('a', ['b'])).toThrow('Give the scores of at least two models');
  });
});

function doubts(reference: string, heard: readonly string[]): readonly Doubt[] {
  return findDoubts(
    heard.map((text) =>
      scoreUtterances({
        references: [{ id: 'u1', text: reference }],
        hypotheses: [{ id: 'u1', text }],
        profile: 'none',
        unit: 'word',
      }),
    ),
  );
}

function places(reference: string, ...heard: readonly string[]): readonly string[] {
  return doubts(reference, heard).map(
    ({ from, until, said, agreed }) => `${from}-${until} ${said.join(' ')} > ${agreed.join(' ')}`,
  );
}
