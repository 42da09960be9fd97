import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { britishWordsFile, britishWordsModule } from '../../../../scripts/generate-british-words.ts';
import { americanSpelling } from '../../../../workflows/scoring/profiles/american-spelling.ts';

describe('americanSpelling', () => {
  it.each([
    ['colour', 'color'],
    ['mobilisation', 'mobilization'],
    ['centres', 'centers'],
    ['travelled', 'traveled'],
    ['analyse', 'analyze'],
    ['catalogue', 'catalog'],
    ['grey', 'gray'],
    ['hour', 'hour'],
    ['rise', 'rise'],
    ['called', 'called'],
    ['defence', 'defense'],
    ['naïve', 'naïve'],
  ])('writes %s as %s, and that as itself', (word, american) => {
    expect(americanSpelling(word)).toBe(american);
    expect(americanSpelling(american)).toBe(american);
  });

  it('knows the words that SCOWL has: else run node scripts/generate-british-words.ts', async () => {
    expect(await readFile(britishWordsFile, 'utf8')).toBe(britishWordsModule());
  });
});
