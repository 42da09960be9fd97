import { describe, expect, it } from 'vitest';
import { resultsSchema } from '../../../schemas/documents.ts';
import type { ResultsDocument, ResultsSet, ResultsUtterance } from '../../../schemas/types.gen.ts';
import { scoreResults } from '../../../workflows/evidence/score-results.ts';
import { scoreUtterances } from '../../../workflows/scoring/score-utterances.ts';
import { readResults } from '../../../workflows/evidence/read-results.ts';

const [example] = (resultsSchema as unknown as { readonly examples: [ResultsDocument] }).examples;
const [measured] = example.sets as [ResultsSet];
const utterance: ResultsUtterance = { id: 'a', reference: 'a', recognised: { text: 'a', operations: 'C' } };
const set: ResultsSet = { ...measured, utterances: [utterance] };

function heard(change: Partial<ResultsUtterance['recognised']>): Partial<ResultsSet> {
  return { utterances: [{ ...utterance, recognised: { ...utterance.recognised, ...change } }] };
}

describe('readResults', () => {
  it('reads the document that the schema has as its example', () => {
    expect(readResults(JSON.stringify(example))).toEqual({ results: example });
  });

  it('reads one to which a later program has added parts', () => {
    const later = { ...example, mood: 'good', verdict: { ...example.verdict, mood: 'good' } };
    expect(readResults(JSON.stringify(later))).toEqual({ results: later });
  });

  it.each([
    [{ rate: { ...set.rate, value: -5 } }, 'what schemas/results.schema.json says: /sets/0/rate/value must be >= 0'],
    [{ rate: { ...set.rate, words: -1 } }, 'what schemas/results.schema.json says: /sets/0/rate/words must be >= 0'],
    [
      { rate: { ...set.rate, low: 1e308 } },
      'what schemas/results.schema.json says: /sets/0/rate/low must be <= 1000000',
    ],
    [{ rate: { ...set.rate, low: 0.2, high: 0.1 } }, '/sets/0/rate has an interval that ends before it begins'],
    [
      heard({ operations: 'CC' }),
      '/sets/0/utterances/0/recognised has operations for 2 said words, and its text has 1',
    ],
    [
      heard({ text: 'a b' }),
      '/sets/0/utterances/0/recognised has operations for 1 recognised words, and its text has 2',
    ],
  ])('does not believe %j', (change, fault) => {
    const text = JSON.stringify({ ...example, sets: [{ ...set, ...change }] });
    expect(readResults(text)).toEqual({ fault: expect.stringContaining(fault) as string });
  });

  it('believes what is scored by every rule', () => {
    const references = [
      { id: 'a', text: 'ice cream { two / to } (um) half- Ice-Cream, 5 kg.' },
      { id: 'b', text: 'icecream { / uh } twenty one' },
    ];
    const hypotheses = [
      { id: 'a', text: 'icecream to halfway ice cream five kilograms' },
      { id: 'b', text: 'ice cream uh 21' },
    ];
    for (const profile of ['none', 'lexical', 'azure-en-US', 'whisper-en'] as const)
      for (const mergeCompounds of [false, true])
        for (const optionalWords of [false, true]) {
          const marks = { alternations: !mergeCompounds, optionalWords, fragments: !mergeCompounds };
          if (mergeCompounds && optionalWords) continue;
          const score = scoreUtterances({ references, hypotheses, profile, unit: 'word', mergeCompounds, marks });
          const files = { references: 'r', hypotheses: 'h' };
          const made = { finishedAt: '2026-01-02T03:04:05.000Z', program: 'speechops 0.1.0' };
          const written = JSON.stringify(scoreResults({ score, files }, { made }));
          expect(readResults(written)).toHaveProperty('results');
        }
  });

  it.each([
    ['{', 'it is no JSON'],
    [
      JSON.stringify({ ...example, version: 2, sets: 'of another form' }),
      'it has version 2, and this program reads version 1',
    ],
    [JSON.stringify({ ...example, sets: [{}] }), 'it is not what schemas/results.schema.json says: /sets/0 must have'],
    ['[]', 'it is not what schemas/results.schema.json says: must be object'],
  ])('says why %s is none', (text, fault) => {
    expect(readResults(text)).toEqual({ fault: expect.stringContaining(fault) as string });
  });
});
