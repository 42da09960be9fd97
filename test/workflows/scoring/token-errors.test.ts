import { describe, expect, it } from 'vitest';
import { scoreUtterances } from '../../../workflows/scoring/score-utterances.ts';
import { serviceRate, tokenErrors } from '../../../workflows/scoring/token-errors.ts';

function score(reference: string, hypothesis: string) {
  return scoreUtterances({
    references: [{ id: 'u1', text: reference }],
    hypotheses: [{ id: 'u1', text: hypothesis }],
    profile: 'none',
    unit: 'token',
  });
}

describe('tokenErrors', () => {
  it('tells punctuation, capitals, numbers and words apart', () => {
    const { utterances, errors } = score('Well, take 5 mg of Aspirin.', 'well take five mg of asprin?');
    expect(tokenErrors(utterances)).toEqual({
      punctuation: 2,
      capitalization: 1,
      inverseTextNormalization: 1,
      lexical: 1,
    });
    expect(errors).toBe(5);
  });

  it('takes a punctuation mark in place of a word for a word', () => {
    expect(tokenErrors(score('so', '!').utterances)).toMatchObject({ punctuation: 0, lexical: 1 });
  });
});

describe('serviceRate', () => {
  it('divides by inserted tokens, too, which the rate does not', () => {
    const inserted = score('a b', 'a b c d');
    expect(inserted.wordErrorRate).toBe(1);
    expect(serviceRate(inserted)).toBe(0.5);
    expect(serviceRate(score('', ''))).toBeNull();
  });
});
