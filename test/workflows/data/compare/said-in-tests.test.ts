import { describe, expect, it } from 'vitest';
import { createDraws } from '../../../fuzz/draws.ts';
import { SaidInTests } from '../../../../workflows/data/compare/said-in-tests.ts';

const at = { recording: 'a.wav', path: 'data/test/trans.txt', line: 7 };

function tests(locale: string, ...texts: readonly string[]): SaidInTests {
  const said = new SaidInTests(locale);
  for (const [index, text] of texts.entries()) said.add(text, { ...at, line: index + 1 });
  return said;
}

describe('what is said in test sets', () => {
  it('is found in a line of training text, however that writes numbers, capitals and punctuation', () => {
    const said = tests('en-US', 'my order number is forty two and it is late');
    expect(said.find('My order number is 42, and it is late!')?.line).toBe(1);
    expect(said.find('She said: my order number is forty two and it is late, so I called.')?.line).toBe(1);
  });

  it('is found where a word or two are others', () => {
    const said = tests('en-US', 'please send the new pump to the ward on the second floor of the old building today');
    expect(
      said.find('please send the new pump to the ward on the second floor of the old building tomorrow')?.line,
    ).toBe(1);
  });

  it('is not found in lines that have words in common with it, or all of them in another order', () => {
    const said = tests('en-US', 'please send the new pump to the ward on the second floor');
    expect(said.find('please send the invoice to the office on the first floor')).toBeUndefined();
    expect(said.find('floor second the on ward the to pump new the send please')).toBeUndefined();
  });

  it('counts for nothing where it is so short that every text has it', () => {
    const said = tests('en-US', 'yes please', 'thank you very much');
    expect(said.size).toBe(0);
    expect(said.find('yes please')).toBeUndefined();
  });

  it('is compared by characters where writing has no spaces', () => {
    const said = tests('ja-JP', '明日の午前中に新しいポンプを届けてください');
    expect(said.find('明日の午前中に新しいポンプを届けてください。')?.line).toBe(1);
    expect(said.find('明日の午後に古いランプを取りに来てください')).toBeUndefined();
  });

  it('answers the utterance that a line says most of', () => {
    const said = tests('en-US', 'the pump on ward two', 'the pump on ward two is broken and leaks oil');
    expect(said.find('the pump on ward two is broken and leaks oil')?.line).toBe(2);
  });

  it('is the same as when every utterance were compared with every line', () => {
    const { below } = createDraws(7);
    const names = ['ann', 'bea', 'cleo', 'dora'];
    const text = (words: number): readonly string[] => Array.from({ length: words }, () => names[below(4)] ?? '');
    const utterances = Array.from({ length: 200 }, () => text(5 + below(8)));
    const said = tests('en-US', ...utterances.map((words) => words.join(' ')));
    const sequencesOf = (words: readonly string[]): ReadonlySet<string> =>
      new Set(words.slice(2).map((word, index) => `${words[index]} ${words[index + 1]} ${word}`));
    let found = 0;
    for (let line = 0; line < 400; line += 1) {
      const words = text(5 + below(20));
      const its = sequencesOf(words);
      const shares = utterances.map((utterance) => {
        const wanted = sequencesOf(utterance);
        return { count: [...wanted].filter((one) => its.has(one)).length, of: wanted.size };
      });
      const most = Math.max(0, ...shares.filter(({ count, of }) => count / of >= 0.8).map(({ count }) => count));
      const answer = said.find(words.join(' '));
      expect([line, answer === undefined ? 0 : shares[answer.line - 1]?.count]).toEqual([line, most]);
      if (most > 0) found += 1;
    }
    expect(found).toBeGreaterThan(40);
    expect(found).toBeLessThan(360);
  });
});
