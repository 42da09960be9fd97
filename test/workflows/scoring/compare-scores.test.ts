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
    const { better, worse, pairs } = compareScores(one, other, { seed: 1 });
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

  it('say whether chance explains the difference: better, worse, none, or too few to decide', () => {
    const said = Array.from({ length: 120 }, () => 'a b c d e f g h');
    const wrongIn = (every: number, words: string) => said.map((text, index) => (index % every === 0 ? words : text));
    const [good, bad] = [scored(said, wrongIn(6, 'x b c d e f g h')), scored(said, wrongIn(2, 'x y c d e f g h'))];
    const verdict = (one: Score, other: Score) => compareScores(one, other, { seed: 1 }).significance;
    expect(verdict(good, bad)).toMatchObject({ verdict: 'better', words: 960, utterances: 120, drawn: 'utterances' });
    expect(verdict(bad, good)).toMatchObject({ verdict: 'worse', probabilityOfImprovement: 0 });
    expect(verdict(good, good)).toMatchObject({ verdict: 'no difference', pValue: 1, matchedPairs: { segments: 20 } });
    const few = said.slice(0, 40);
    expect(
      verdict(
        scored(few, few),
        scored(
          few,
          few.map(() => 'x'),
        ),
      )?.verdict,
    ).toBe('too few');
    expect(verdict(scored([''], ['']), scored([''], ['']))).toBeUndefined();
    const speakerOf = (id: string) => `s${Number(id.slice(1)) % 30}`;
    expect(compareScores(good, bad, { seed: 1, speakerOf }).significance?.drawn).toBe('groups');
  });

  it('cannot be compared when the references are others', () => {
    expect(() => compareScores(scored(['a', 'b'], ['a', 'b']), scored(['a'], ['a']), { seed: 1 })).toThrow(
      'Score the same references twice: u1 is in one alone',
    );
  });
});
