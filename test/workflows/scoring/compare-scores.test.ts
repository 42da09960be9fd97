import { describe, expect, it } from 'vitest';
import { compareScores } from '../../../workflows/scoring/compare-scores.ts';
import { type Score, scoreUtterances } from '../../../workflows/scoring/score-utterances.ts';

function scored(said: readonly string[], recognised: readonly string[]): Score {
  const side = (texts: readonly string[]) => texts.map((text, index) => ({ id: `u${index}`, text }));
  return scoreUtterances({ references: side(said), hypotheses: side(recognised), profile: 'none', unit: 'word' });
}

describe('two hypotheses of the same references', () => {
  it('are better and worse by utterance, the largest difference first', () => {
    const said = ['a b c', 'a b c', 'a b c', 'a b c', 'a b c'];
    const one = scored(said, ['a b c', 'x b c', 'x y c', 'a b c', 'x y z']);
    const other = scored(said, ['x b c', 'a b c', 'a b c', 'x y z', 'z y x']);
    const { better, worse, pairs } = compareScores(one, other);
    expect(better.map(({ id, difference }) => [id, difference])).toEqual([
      ['u3', -3],
      ['u0', -1],
    ]);
    expect(worse.map(({ id, difference }) => [id, difference])).toEqual([
      ['u2', 2],
      ['u1', 1],
    ]);
    expect(pairs.map(({ difference }) => difference)).toEqual([-1, 1, 2, -3, 0]);
    expect(pairs[0]).toMatchObject({ score: one.utterances[0], against: other.utterances[0] });
  });

  it('cannot be compared when the references are others', () => {
    expect(() => compareScores(scored(['a', 'b'], ['a', 'b']), scored(['a'], ['a']))).toThrow(
      'Score the same references twice: u1 is in one alone',
    );
  });
});
