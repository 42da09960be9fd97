import { describe, expect, it } from 'vitest';
import { resultsSchema } from '../../../schemas/index.ts';
import { readResults } from '../../../workflows/evidence/read-results.ts';

const [example] = (resultsSchema as { readonly examples: readonly object[] }).examples;

describe('readResults', () => {
  it('reads the document that the schema has as its example', () => {
    expect(readResults(JSON.stringify(example))).toEqual({ results: example });
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
