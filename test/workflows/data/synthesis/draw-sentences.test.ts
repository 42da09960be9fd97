import { describe, expect, it } from 'vitest';
import { drawSentences } from '../../../../workflows/data/synthesis/draw-sentences.ts';
import { readTemplates } from '../../../../workflows/data/synthesis/read-templates.ts';

const drugs = Array.from({ length: 40 }, (_, index) => `drug${index}`);
const ward = templatesOf('give {drug} to {name}\nhow much {drug}\ngood morning\n', {
  drug: drugs,
  name: ['Miss Jones', 'Mister Smith', 'Doctor May'],
});

describe('drawn sentences', () => {
  it('have each template and each term, and no sentence twice', () => {
    const { sentences, missing } = drawSentences(ward, { seed: '1' });
    expect(missing.size).toBe(0);
    for (const term of [...drugs, 'Miss Jones', 'Mister Smith', 'Doctor May', 'good morning'])
      expect(sentences.filter((sentence) => new RegExp(`\\b${term}\\b`).test(sentence)).length).toBeGreaterThan(0);
    expect(new Set(sentences).size).toBe(sentences.length);
    // Every sentence but the one without a place has a drug of its own.
    expect(sentences).toHaveLength(drugs.length + 1);
  });

  it('are the same for the same seed, and others for another; more of them begin with the same', () => {
    const { sentences } = drawSentences(ward, { seed: '1', count: 30 });
    expect(sentences).toHaveLength(30);
    expect(drawSentences(ward, { seed: '1', count: 30 }).sentences).toEqual(sentences);
    expect(drawSentences(ward, { seed: '1', count: 100 }).sentences.slice(0, 30)).toEqual(sentences);
    expect(drawSentences(ward, { seed: '2', count: 30 }).sentences).not.toEqual(sentences);
    expect(sentences.slice(0, 3)).toEqual(['good morning', 'give drug5 to Miss Jones', 'how much drug11']);
  });

  it('name what too few of them leave out', () => {
    const { sentences, missing } = drawSentences(ward, { seed: '1', count: 10 });
    const drugsIn = sentences.filter((sentence) => /drug\d/.test(sentence)).length;
    expect(missing.get('drug')).toHaveLength(drugs.length - drugsIn);
  });

  it('end where there are no more', () => {
    const few = templatesOf('{a} {b}\n', { a: ['1', '2', '3'], b: ['x', 'y'] });
    const { sentences, isExhausted } = drawSentences(few, { seed: '1', count: 100 });
    expect(sentences.toSorted()).toEqual(['1 x', '1 y', '2 x', '2 y', '3 x', '3 y']);
    expect(isExhausted).toBe(true);
    expect(drawSentences(few, { seed: '1', count: 6 }).isExhausted).toBe(false);
  });

  it('are none that are refused, and their terms are in others where that can be', () => {
    const isRefused = (sentence: string): boolean => /give drug7\b/.test(sentence) || sentence.includes('drug9');
    const { sentences, refused, missing } = drawSentences(ward, { seed: '1', isRefused });
    expect(sentences.some(isRefused)).toBe(false);
    expect(sentences).toContain('how much drug7');
    expect(missing).toEqual(new Map([['drug', ['drug9']]]));
    // A term that can be in none makes no more of the others.
    expect(sentences).toHaveLength(drugs.length);
    expect(refused.every(isRefused)).toBe(true);
    expect(drawSentences(ward, { seed: '1', isRefused: () => true }).sentences).toEqual([]);
  });

  it('are as many as are asked for', () => {
    const large = templatesOf('{a} and {b} or {a}\n', {
      a: Array.from({ length: 3000 }, (_, index) => `a${index}`),
      b: Array.from({ length: 3000 }, (_, index) => `b${index}`),
    });
    const { sentences, missing } = drawSentences(large, { seed: '1', count: 20_000 });
    expect(new Set(sentences).size).toBe(20_000);
    expect(missing.size).toBe(0);
  });

  it('go on behind a term that no sentence may have', () => {
    const terms = Array.from({ length: 20_001 }, (_, index) => `drug${index}`);
    const two = templatesOf('give {drug}\ntake {drug} now\n', { drug: terms });
    const isRefused = (sentence: string): boolean => /\bdrug7\b/.test(sentence);
    const { sentences, isExhausted } = drawSentences(two, { seed: '1', count: 30_000, isRefused });
    expect([sentences.length, isExhausted]).toEqual([30_000, false]);
  });

  it('are all that there are, of many terms in several templates', () => {
    const terms = Array.from({ length: 12_000 }, (_, index) => `drug${index}`);
    const two = templatesOf('give {drug}\ntake {drug} now\n', { drug: terms });
    expect(drawSentences(two, { seed: '1', count: 24_000 }).sentences).toHaveLength(24_000);
  });

  it('are made in time, with as many templates as terms', () => {
    const many = Array.from({ length: 5000 }, (_, index) => `sentence ${index}\n`);
    const mixed = templatesOf(`${many.join('')}give {drug}\n`, { drug: many.map((_, index) => `drug${index}`) });
    expect(drawSentences(mixed, { seed: '1', count: 10_000 }).sentences).toHaveLength(10_000);
  });
});

function templatesOf(text: string, terms: Readonly<Record<string, readonly string[]>>) {
  return readTemplates(text, {
    path: 't.txt',
    terms: Object.entries(terms).map(([name, all]) => ({ name, path: `${name}.txt`, text: all.join('\n') })),
  });
}
