import { describe, expect, it } from 'vitest';
import { scoreUtterances } from '../../../workflows/scoring/score-utterances.ts';

const asWords = { profile: 'none', unit: 'word' } as const;

describe('scoreUtterances', () => {
  it('pairs by id whatever the order, and adds counts up before it divides', () => {
    const score = scoreUtterances({
      ...asWords,
      references: [
        { id: 'short', text: 'a' },
        { id: 'long', text: 'a b c d e f g' },
      ],
      hypotheses: [
        { id: 'long', text: 'a b c d e f g h' },
        { id: 'short', text: 'x' },
      ],
    });
    expect(score).toEqual({
      profile: 'none',
      profileVersion: 1,
      mergeCompounds: false,
      unit: 'word',
      utterances: [
        {
          id: 'short',
          counts: { correct: 0, substitutions: 1, deletions: 0, insertions: 0 },
          operations: 'S',
          reference: ['a'],
          hypothesis: ['x'],
        },
        {
          id: 'long',
          counts: { correct: 7, substitutions: 0, deletions: 0, insertions: 1 },
          operations: 'CCCCCCCI',
          reference: ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
          hypothesis: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
        },
      ],
      counts: { correct: 7, substitutions: 1, deletions: 0, insertions: 1 },
      words: 8,
      errors: 2,
      wordErrorRate: 0.25,
      sentenceErrorRate: 1,
      missing: [],
      unmatched: [],
    });
  });

  it('counts a missing hypothesis as deleted words and names it', () => {
    const score = scoreUtterances({
      ...asWords,
      references: [
        { id: 'u1', text: 'a b' },
        { id: 'u2', text: 'c d' },
      ],
      hypotheses: [{ id: 'u1', text: 'a b' }],
    });
    expect(score.missing).toEqual(['u2']);
    expect(score.counts).toEqual({ correct: 2, substitutions: 0, deletions: 2, insertions: 0 });
    expect(score.wordErrorRate).toBe(0.5);
    expect(score.sentenceErrorRate).toBe(0.5);
  });

  it('names a hypothesis without a reference and counts none of its words', () => {
    const score = scoreUtterances({
      ...asWords,
      references: [{ id: 'u1', text: 'a' }],
      hypotheses: [
        { id: 'u9', text: 'x y z' },
        { id: 'u1', text: 'a' },
      ],
    });
    expect(score.unmatched).toEqual(['u9']);
    expect(score.utterances.map(({ id }) => id)).toEqual(['u1']);
    expect(score.errors).toBe(0);
  });

  it('has no word error rate without reference words, but reports what was inserted', () => {
    const score = scoreUtterances({
      ...asWords,
      references: [{ id: 'u1', text: ' \t' }],
      hypotheses: [{ id: 'u1', text: 'a b' }],
    });
    expect(score.wordErrorRate).toBeNull();
    expect(score.counts.insertions).toBe(2);
    expect(score.sentenceErrorRate).toBe(1);
  });

  it('has no rate at all without utterances', () => {
    const score = scoreUtterances({ ...asWords, references: [], hypotheses: [] });
    expect([score.wordErrorRate, score.sentenceErrorRate]).toEqual([null, null]);
  });

  it('has a rate above 1 where more was inserted than said', () => {
    const score = scoreUtterances({
      ...asWords,
      references: [{ id: 'u1', text: 'a' }],
      hypotheses: [{ id: 'u1', text: 'x y z' }],
    });
    expect(score.wordErrorRate).toBe(3);
  });

  it('compares in the form of the profile', () => {
    const texts = { references: [{ id: 'u1', text: 'It costs $5.50!' }], unit: 'word' } as const;
    const hypotheses = [{ id: 'u1', text: 'it costs five dollars and fifty cents' }];
    expect(scoreUtterances({ ...texts, hypotheses, profile: 'azure-en-US' }).errors).toBe(0);
    expect(scoreUtterances({ ...texts, hypotheses, profile: 'none' }).errors).toBe(6);
  });

  it('counts characters without the spaces between words', () => {
    const score = scoreUtterances({
      references: [{ id: 'u1', text: '今天 天气' }],
      hypotheses: [{ id: 'u1', text: '今天天𠮷' }],
      profile: 'none',
      unit: 'char',
    });
    expect(score.words).toBe(4);
    expect(score.utterances[0]?.operations).toBe('CCCS');
  });

  it('gives marks the meaning that is asked for, and counts what was chosen', () => {
    const said = { id: 'u1', text: "{ I am / I'm } (uh) go- home" };
    const other = { id: 'u2', text: 'the end' };
    const score = scoreUtterances({
      ...asWords,
      marks: { alternations: true, optionalWords: true, fragments: true },
      references: [other, said],
      hypotheses: [
        { id: 'u1', text: "I'm going house" },
        { id: 'u2', text: 'the end' },
      ],
    });
    expect(score).toMatchObject({
      marks: { alternations: true, optionalWords: true, fragments: true },
      words: 6,
      counts: { correct: 5, substitutions: 1, deletions: 0, insertions: 0 },
    });
    expect(score.utterances[1]).toEqual({
      id: 'u1',
      counts: { correct: 3, substitutions: 1, deletions: 0, insertions: 0 },
      operations: 'CCCS',
      reference: ["I'm", '(uh)', 'go-', 'home'],
      hypothesis: ["I'm", '', 'going', 'house'],
    });
    const plain = scoreUtterances({ ...asWords, references: [said], hypotheses: [] });
    expect(plain).toMatchObject({ words: 9 });
    expect(plain).not.toHaveProperty('marks');
  });

  it('names the utterance that is too long to align, with marks and without', () => {
    const words = (letter: string, count: number): string => `${letter} `.repeat(count);
    const references = [
      { id: 'u1', text: 'a' },
      { id: 'u8', text: words('a', 300_000) },
    ];
    const tooLong = { ...asWords, references, hypotheses: [{ id: 'u8', text: words('b', 300_000) }] };
    expect(() => scoreUtterances(tooLong)).toThrow(/^Split the text .* take too long to align \(utterance "u8"\)$/);
    const hypotheses = [{ id: 'u9', text: words('b', 8000) }];
    const marked = [{ id: 'u9', text: `{ c / d } ${words('a', 8000)}` }];
    const withMarks = { ...asWords, marks: { alternations: true }, references: marked, hypotheses };
    expect(() => scoreUtterances(withMarks)).toThrow(/^Split the text .* too long to align \(utterance "u9"\)$/);
  });

  it('names the utterance whose marks cannot be read, or do not go with what is counted', () => {
    const task = { ...asWords, marks: { alternations: true }, references: [{ id: 'u7', text: '{ a / b }' }] };
    const wrong = { ...task, hypotheses: [{ id: 'u7', text: 'a {' }] };
    expect(() => scoreUtterances(wrong)).toThrow(/^Close the alternation with .* \(hypothesis of "u7"\)$/);
    expect(() => scoreUtterances({ ...task, hypotheses: [], unit: 'char' })).toThrow('Count words: utterance "u7"');
    expect(() => scoreUtterances({ ...task, hypotheses: [], mergeCompounds: true })).toThrow(
      'Leave compounds as they are: utterance "u7"',
    );
  });

  it('takes ids and words that are names of object members', () => {
    const texts = [{ id: '__proto__', text: 'constructor toString' }];
    const score = scoreUtterances({ ...asWords, references: texts, hypotheses: texts });
    expect(score.utterances[0]).toMatchObject({ id: '__proto__', operations: 'CC' });
  });

  it.each([
    [
      'references',
      [
        { id: 'u1', text: 'a' },
        { id: 'u1', text: 'b' },
      ],
      [],
    ],
    [
      'hypotheses',
      [],
      [
        { id: 'u1', text: 'a' },
        { id: 'u1', text: 'a' },
      ],
    ],
  ])('refuses an id that occurs twice in the %s', (side, references, hypotheses) => {
    expect(() => scoreUtterances({ ...asWords, references, hypotheses })).toThrow(
      new RangeError(`Give each utterance once: id "u1" occurs twice in the ${side}`),
    );
  });

  it('takes iterables that can be read only once', () => {
    const texts = [
      { id: 'u1', text: 'a b' },
      { id: 'u2', text: 'c' },
    ];
    const score = scoreUtterances({ ...asWords, references: texts.values(), hypotheses: texts.values() });
    expect(score.counts.correct).toBe(3);
  });
});
