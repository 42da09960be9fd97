import { describe, expect, it } from 'vitest';
import { scoreUtterances } from '../../../workflows/scoring/score-utterances.ts';
import { readTerms } from '../../../workflows/scoring/readers/term-list.ts';
import { scoreTerms } from '../../../workflows/scoring/terms.ts';
import type { Tokenisation } from '../../../workflows/scoring/tokenise.ts';

/** Hits, misses and false alarms of each term in one utterance. */
function counts(
  list: string,
  [said, recognised]: readonly [string, string],
  how: Tokenisation = { profile: 'none', unit: 'word' },
): unknown {
  const read = readTerms(list);
  if ('message' in read) throw new Error(read.message);
  const score = scoreUtterances({
    references: [{ id: 'u', text: said }],
    hypotheses: [{ id: 'u', text: recognised }],
    ...how,
  });
  const { terms } = scoreTerms(score.utterances, { terms: read.terms, ...how });
  return Object.fromEntries(terms.map(({ name, hits, misses, falseAlarms }) => [name, [hits, misses, falseAlarms]]));
}

describe('a term', () => {
  it.each([
    ['recognised', 'ask Smith now', 'ask Smith now', [1, 0, 0]],
    ['substituted', 'ask Smith now', 'ask Smyth now', [0, 1, 0]],
    ['deleted', 'ask Smith now', 'ask now', [0, 1, 0]],
    ['inserted', 'ask him now', 'ask him Smith now', [0, 0, 1]],
    ['recognised elsewhere, which is no hit', 'Smith a b c d', 'a b c d Smith', [0, 1, 1]],
    ['recognised twice', 'ask Smith now', 'ask Smith Smith now', [1, 0, 1]],
    ['said twice and recognised once', 'Smith and Smith', 'Smith and', [1, 1, 0]],
    ['part of another word', 'ask Smithson', 'ask Smithson', [0, 0, 0]],
  ])('is counted when it is %s', (_, said, recognised, expected) => {
    expect(counts('Smith', [said, recognised])).toEqual({ Smith: expected });
  });

  it.each([
    ['two words for one', 'take cocodamol now', 'take co codamol now'],
    ['one word for two', 'take co codamol now', 'take cocodamol now'],
    ['two words at the end', 'take cocodamol', 'take co codamol'],
    ['another spelling', 'take Cocodamol now', 'take cocodamol now'],
  ])('is a hit in any of its spellings: %s', (_, said, recognised) => {
    expect(counts('co codamol|cocodamol|Cocodamol', [said, recognised])).toEqual({ 'co codamol': [1, 0, 0] });
  });

  it('of several words is a miss when one of them is another', () => {
    expect(counts('New York', ['in New York today', 'in new York today'])).toEqual({ 'New York': [0, 1, 0] });
  });

  it('is compared as the profile writes it', () => {
    const how = { profile: 'lexical', unit: 'word' } as const;
    expect(counts('Dr. Smith', ['ask Dr. Smith!', 'Ask dr smith'], how)).toEqual({ 'Dr. Smith': [1, 0, 0] });
  });

  it('is found among characters', () => {
    expect(counts('東京', ['私は東京へ', '私は東京へ'], { profile: 'none', unit: 'char' })).toEqual({
      東京: [1, 0, 0],
    });
  });

  it('counts by itself where it is part of another one, and the longest spelling once', () => {
    expect(counts('York|New York\nNew', ['New York', 'New York'])).toEqual({ York: [1, 0, 0], New: [1, 0, 0] });
    expect(counts('a|a a', ['a a', 'a a'])).toEqual({ a: [1, 0, 0] });
  });

  it('of which the profile leaves nothing is refused with its line', () => {
    expect(() => counts('Smith\n...', ['a', 'a'], { profile: 'lexical', unit: 'word' })).toThrow(
      new RangeError('2: Write the term in words: profile lexical leaves nothing of "..."'),
    );
  });

  it('adds up with the others, and its rate is of what was said', () => {
    const score = scoreUtterances({
      references: [
        { id: '1', text: 'A B' },
        { id: '2', text: 'A x' },
      ],
      hypotheses: [
        { id: '1', text: 'A c' },
        { id: '2', text: 'A B' },
      ],
      profile: 'none',
      unit: 'word',
    });
    const terms = ['A', 'B', 'C'].map((name, index) => ({ name, variants: [name], line: index + 1 }));
    expect(scoreTerms(score.utterances, { terms, profile: 'none', unit: 'word' })).toEqual({
      terms: [
        { name: 'A', hits: 2, misses: 0, falseAlarms: 0 },
        { name: 'B', hits: 0, misses: 1, falseAlarms: 1 },
        { name: 'C', hits: 0, misses: 0, falseAlarms: 0 },
      ],
      total: { hits: 2, misses: 1, falseAlarms: 1 },
      termErrorRate: 2 / 3,
      utterances: [
        { said: 2, errors: 1 },
        { said: 1, errors: 1 },
      ],
    });
  });
});

describe('a list of terms', () => {
  it('has comments, blank lines and spellings', () => {
    expect(readTerms('\uFEFF# drugs\r\n\r\n co  codamol | cocodamol\r\nSmith')).toEqual({
      terms: [
        { name: 'co codamol', variants: ['co codamol', 'cocodamol'], line: 3 },
        { name: 'Smith', variants: ['Smith'], line: 4 },
      ],
    });
  });

  it.each([
    ['# a\n', 1, 'Give at least one term: there is none'],
    ['a\nb|\n', 2, 'Write a spelling on each side of |: there is none on one side'],
    ['a|b\nb\n', 2, 'Give each spelling once: "b" is also on line 1'],
  ])('is refused: %j', (text, line, message) => {
    expect(readTerms(text)).toEqual({ line, message });
  });
});
