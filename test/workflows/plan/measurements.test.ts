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
