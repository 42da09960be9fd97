import { describe, expect, it } from 'vitest';
import { scoreUtterances } from '../../../workflows/scoring/score-utterances.ts';
import { digestOfRules, textNormaliserOf, type TextRules } from '../../../workflows/scoring/text-rules.ts';

const rules: TextRules = {
  extends: 'azure-en-US',
  replace: [
    ['Dr.', 'doctor'],
    ['air', 'wind'],
    ['air craft', 'aircraft'],
    ['O.K.', 'okay'],
    ['wind', 'gale'],
  ],
  fillers: ['um', 'you know'],
};

describe('textNormaliserOf', () => {
  it.each([
    ['finds words in the form of the profile', 'Dr. Who is OK', 'doctor who is okay'],
    ['takes the longest', 'the air craft in the air', 'the aircraft in the wind'],
    ['replaces once', 'air and wind', 'wind and gale'],
    ['leaves fillers out', 'Um, you know, 3 things you', 'three things you'],
    ['takes whole words', 'umbrella airy', 'umbrella airy'],
  ])('%s', (_, text, normalised) => expect(textNormaliserOf(rules)(text)).toBe(normalised));
});

describe('digestOfRules', () => {
  it('is of what the rules say, not of the order of fillers', () => {
    const digest = digestOfRules(rules);
    expect(digest).toMatch(/^[0-9a-f]{12}$/);
    expect(digestOfRules({ ...rules, fillers: ['you know', 'um'] })).toBe(digest);
    expect(digestOfRules({ ...rules, fillers: ['um'] })).not.toBe(digest);
    expect(digestOfRules({ ...rules, extends: 'lexical' })).not.toBe(digest);
  });
});

describe('scoreUtterances with rules', () => {
  it('scores by the profile that the rules extend, and names them', () => {
    const score = scoreUtterances({
      references: [{ id: 'u', text: 'Dr. Who' }],
      hypotheses: [{ id: 'u', text: 'um doctor who' }],
      profile: 'none',
      unit: 'word',
      rules: { ...rules, named: { name: 'mine.yaml', digest: 'abc' } },
    });
    expect(score).toMatchObject({
      profile: 'azure-en-US',
      profileVersion: 2,
      rules: { name: 'mine.yaml', digest: 'abc' },
      errors: 0,
    });
  });
});
