import { describe, expect, it } from 'vitest';
import { plainDiff } from '../../../../workflows/report/score/diff-words.ts';
import { scoreUtterances } from '../../../../workflows/scoring/score-utterances.ts';
import type { ScoringUnit } from '../../../../workflows/scoring/tokenise.ts';

function diff(said: string, recognised: string, unit: ScoringUnit = 'word'): string {
  const { utterances } = scoreUtterances({
    references: [{ id: 'u', text: said }],
    hypotheses: [{ id: 'u', text: recognised }],
    profile: 'none',
    unit,
  });
  return plainDiff(utterances[0]!, { unit });
}

describe('the difference in words', () => {
  it.each([
    ['a b c', 'a x c', 'a [-b-]{+x+} c'],
    ['a b c', 'a c', 'a [-b-] c'],
    ['a b', 'a x b', 'a {+x+} b'],
    ['a b c d', 'a x y d', 'a [-b c-]{+x y+} d'],
    ['a', '', '[-a-]'],
    ['', 'a', '{+a+}'],
    ['', '', ''],
    ['a  b', 'a b', 'a b'],
  ])('of %j and %j is %j', (said, recognised, expected) => {
    expect(diff(said, recognised)).toBe(expected);
  });

  it('has no spaces between characters', () => {
    expect(diff('今天天气', '今大天气', 'char')).toBe('今[-天-]{+大+}天气');
  });

  it('leaves out what is far from an error', () => {
    expect(diff('1 2 3 4 5 6 a 1 2 3 4 5 6 7 8 9 b 1 2 3 4 5 6', '1 2 3 4 5 6 x 1 2 3 4 5 6 7 8 9 y 1 2 3 4 5 6')).toBe(
      '… 3 4 5 6 [-a-]{+x+} 1 2 3 4 5 6 7 8 9 [-b-]{+y+} 1 2 3 4 …',
    );
    expect(diff('a 0 1 2 3 4 5 6 7 8 9 b', 'x 0 1 2 3 4 5 6 7 8 9 y')).toBe('[-a-]{+x+} 0 1 2 3 … 6 7 8 9 [-b-]{+y+}');
  });

  it('counts the places that are too many to show', () => {
    const said = Array.from({ length: 50 }, (_, index) => `s${index} c`).join(' ');
    const recognised = Array.from({ length: 50 }, (_, index) => `h${index} c`).join(' ');
    const shown = diff(said, recognised);
    expect(shown).toContain('[-s39-]{+h39+} c … and 10 more places with errors');
    expect(shown).not.toContain('s40');
  });
});
