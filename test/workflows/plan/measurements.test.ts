import { describe, expect, it } from 'vitest';
import { parseRate } from '../../../workflows/document/rates.ts';
import { findMeasurement, isBetter, measurementOf, type Measurement } from '../../../workflows/plan/measurements.ts';
import type { Evaluation } from '../../../workflows/plan/speech-entities.ts';

const dataset = 'https://speech/datasets/test';
const ours = 'https://speech/models/ours';
const base = 'https://speech/models/base/b';

function evaluation(properties: Evaluation['properties'], change: Partial<Evaluation> = {}): Evaluation {
  return {
    self: 'https://speech/evaluations/1',
    displayName: 'test',
    locale: 'en-US',
    createdDateTime: '2026-01-01T00:00:00Z',
    lastActionDateTime: '2026-01-01T00:00:00Z',
    status: 'Succeeded',
    dataset: { self: dataset },
    model1: { self: ours },
    model2: { self: base },
    ...(properties === undefined ? {} : { properties }),
    ...change,
  };
}

/** So many errors of three kinds in so many words, with the rate as the service rounds it. */
function counted(errors: number, words: number): NonNullable<Evaluation['properties']> {
  const insertions = Math.floor(errors / 3);
  const deletions = Math.floor(errors / 4);
  return {
    wordErrorRate1: Math.round((errors / words) * 10_000) / 100 / 100,
    wordCount1: words,
    wordSubstitutionCount1: errors - insertions - deletions,
    wordDeletionCount1: deletions,
    wordInsertionCount1: insertions,
  };
}

function measure(errors: number, words: number): Measurement {
  const measured = measurementOf(evaluation(counted(errors, words)), ours);
  if (measured === undefined) throw new Error('nothing was measured');
  return measured;
}

describe('measurementOf', () => {
  it.each([
    [289, 10_000, '2.89%', false],
    [289, 10_000, '2.88%', true],
    // The service rounds both to 2.89 %.
    [2894, 100_000, '2.89%', true],
    [2886, 100_000, '2.89%', false],
    [5, 173, '2.89%', true],
    [3, 20, '15%', false],
    [7, 100, '7%', false],
    [29, 100, '29%', false],
  ])('takes the rate from the counts: %i errors in %i words against a bound of %s', (errors, words, bound, isAbove) => {
    const { wer } = measure(errors, words);
    expect(wer).toBe(errors / words);
    expect(wer > (parseRate(bound) ?? -1)).toBe(isAbove);
  });

  it("takes the service's rate where there are no counts, or not all of them", () => {
    expect(measurementOf(evaluation({ wordErrorRate1: 0.0289 }), ours)).toEqual({ wer: 0.0289 });
    const { wordInsertionCount1: _, ...some } = counted(289, 10_000);
    expect(measurementOf(evaluation({ ...some, wordErrorRate1: 0.03 }), ours)).toEqual({ wer: 0.03 });
  });

  it.each([
    ['without words', evaluation({ ...counted(0, 1), wordCount1: 0, wordErrorRate1: 0 })],
    ['without numbers', evaluation({ wordErrorRate1: -1, wordCount1: -1 })],
    ['without properties', evaluation(undefined)],
    ['that is not finished', evaluation(counted(1, 10), { status: 'Running' })],
    ['of other models', evaluation(counted(1, 10), { model1: { self: base } })],
  ])('is nothing for an evaluation %s', (_, of) => expect(measurementOf(of, ours)).toBeUndefined());

  it('reads the side on which the model is', () => {
    const second = {
      wordCount2: 100,
      wordSubstitutionCount2: 1,
      wordDeletionCount2: 2,
      wordInsertionCount2: 3,
    };
    const measured = measurementOf(evaluation({ ...counted(50, 100), ...second }), base);
    expect(measured).toEqual({ wer: 0.06, counts: { words: 100, substitutions: 1, deletions: 2, insertions: 3 } });
  });
});

describe('isBetter', () => {
  it.each([
    [288, 10_000, 289, 10_000, true],
    [289, 10_000, 289, 10_000, false],
    [290, 10_000, 289, 10_000, false],
    // As many errors per word, of other numbers of words.
    [1, 3, 2, 6, false],
    [7, 21, 1, 3, false],
    // The service rounds both to 2.89 %.
    [2886, 100_000, 2894, 100_000, true],
    [2894, 100_000, 2886, 100_000, false],
    [0, 5, 0, 7, false],
  ])('%i errors in %i words against %i in %i', (errors, words, otherErrors, otherWords, expected) => {
    expect(isBetter(measure(errors, words), measure(otherErrors, otherWords))).toBe(expected);
  });
});

describe('isBetter by a rate', () => {
  it.each([
    // 8.00 % and 7.00 %: exactly 1 % apart, which the difference of the two numbers is not.
    [700, 10_000, 800, 10_000, '1%', true],
    [701, 10_000, 800, 10_000, '1%', false],
    // In numbers 0.3 - 0.2 < 0.1, and 0.8 - 0.7 > 0.1.
    [2, 10, 3, 10, '10%', true],
    [7, 10, 8, 10, '10%', true],
    [7, 10, 8, 10, '10.0000001%', false],
    // Of other numbers of words: 1/3 - 1/4 = 1/12, which is 8.333… %.
    [1, 4, 1, 3, '8.33%', true],
    [1, 4, 1, 3, '8.34%', false],
    [289, 10_000, 289, 10_000, '0%', false],
    [288, 10_000, 289, 10_000, '0%', true],
    [288, 10_000, 289, 10_000, '0.01%', true],
    [288, 10_000, 289, 10_000, '0.00001%', true],
    [0, 5, 5, 5, '100%', true],
  ])('%i errors in %i words against %i in %i, by %s', (errors, words, otherErrors, otherWords, by, expected) => {
    const rate = parseRate(by) ?? -1;
    expect(isBetter(measure(errors, words), measure(otherErrors, otherWords), { by: rate })).toBe(expected);
  });

  it("counts the service's own rates in units of 0.01 %", () => {
    const rates = [{ wer: 7.89 / 100 }, { wer: 8.89 / 100 }] as const;
    expect(rates[1].wer - rates[0].wer).not.toBe(0.01);
    expect(isBetter(...rates, { by: 0.01 })).toBe(true);
    expect(isBetter(...rates, { by: 0.0101 })).toBe(false);
  });
});

it('takes no counts that are no whole numbers', () => {
  const odd = { ...counted(1, 10), wordCount1: 10.5 };
  expect(measurementOf(evaluation({ ...odd, wordErrorRate1: 0.1 }), ours)).toEqual({ wer: 0.1 });
});

describe('findMeasurement', () => {
  const request = { dataset, model: ours };

  it('finds the dataset and the model on either side, by id', () => {
    const both = { dataset: 'test', model: 'base/b', against: 'ours' };
    expect(findMeasurement([evaluation(undefined)], both)?.action).toBe('reuse');
  });

  it.each([
    ['another dataset', request, { dataset: { self: 'https://speech/datasets/other' } }],
    ['another model', { dataset, model: 'https://speech/models/new' }, {}],
    ['another opponent', { ...request, against: 'https://speech/models/new' }, {}],
    ['one that failed', request, { status: 'Failed' as const }],
  ])('does not find %s', (_, of, change) => {
    expect(findMeasurement([evaluation(undefined, change)], of)).toBeUndefined();
  });
});
