import { describe, expect, it } from 'vitest';
import {
  findComparison,
  findMeasurement,
  measurementOf,
  measurementsOf,
  wordsOf,
} from '../../../workflows/plan/measurements.ts';
import { datasetOfParts, evaluationOfParts, evaluationsOfSets } from '../../../workflows/plan/part-sets.ts';
import type { Dataset, Evaluation } from '../../../workflows/plan/speech-entities.ts';

const at = '2026-06-01T00:00:00Z';
const self = (collection: string, id: string): string => `https://speech/${collection}/${id}?api-version=2025-10-15`;

function evaluation(id: string, change: Partial<Evaluation> = {}): Evaluation {
  return {
    self: self('evaluations', id),
    displayName: `candidate (${id.slice(1)} of 2)`,
    locale: 'en-US',
    createdDateTime: at,
    lastActionDateTime: at,
    status: 'Succeeded',
    dataset: { self: self('datasets', `d${id.slice(1)}`) },
    model1: { self: self('models', 'm1') },
    model2: { self: self('models', 'm2') },
    properties: Object.fromEntries(
      [1, 2].flatMap((side) => [
        [`wordCount${side}`, 100],
        [`wordSubstitutionCount${side}`, 5 * side],
        [`wordDeletionCount${side}`, 0],
        [`wordInsertionCount${side}`, Number(id.slice(1))],
        [`wordErrorRate${side}`, 0.05],
      ]),
    ),
    ...change,
  };
}

const set = `${self('datasets', 'd1')} ${self('datasets', 'd2')}`;

describe('the parts of a set', () => {
  it('are one dataset with the lines and hours of all, as far as all are told', () => {
    const part = (id: string, durationMilliseconds?: number): Dataset => ({
      self: self('datasets', id),
      displayName: `calls (${id.slice(1)} of 2)`,
      kind: 'Acoustic',
      locale: 'en-US',
      createdDateTime: at,
      lastActionDateTime: at,
      status: 'Succeeded',
      properties: { acceptedLineCount: 3, ...(durationMilliseconds === undefined ? {} : { durationMilliseconds }) },
    });
    expect(datasetOfParts([part('d1', 1000), part('d2', 500)])).toMatchObject({
      self: set,
      displayName: 'calls',
      properties: { acceptedLineCount: 6, durationMilliseconds: 1500 },
    });
    expect(datasetOfParts([part('d1', 1000), part('d2')]).properties).toEqual({ acceptedLineCount: 6 });
    const one = part('d1');
    expect(datasetOfParts([one])).toBe(one);
  });

  it('have the rate of the sums of their evaluations, which is found as one', () => {
    const both = [evaluation('e1'), evaluation('e2')];
    const found = findMeasurement(both, { dataset: set, model: 'm1', against: 'm2' });
    expect(found).toMatchObject({ action: 'reuse', entity: { displayName: 'candidate', status: 'Succeeded' } });
    expect(measurementOf(found!.entity, 'm1')).toEqual({
      wer: 13 / 200,
      counts: { words: 200, substitutions: 10, deletions: 0, insertions: 3 },
    });
    expect(wordsOf(set, both)).toBe(200);
    expect(findMeasurement(both.slice(1), { dataset: set, model: 'm1' })).toBeUndefined();
  });

  it('are one evaluation among those of a resource, of the newest of each part, as far as all are there', () => {
    const again = evaluation('e2', { self: self('evaluations', 'again'), createdDateTime: '2026-07-01T00:00:00Z' });
    const alone = evaluation('e3', { displayName: 'other', createdDateTime: '2026-06-15T00:00:00Z' });
    const { whole, incomplete } = evaluationsOfSets([evaluation('e1'), alone, again, evaluation('e2')]);
    expect(incomplete).toEqual([]);
    expect(whole).toContain(alone);
    expect(whole).toHaveLength(2);
    const [newest] = measurementsOf(whole, 'm1');
    const evaluations = [self('evaluations', 'e1'), again.self].join(' ');
    expect(newest).toMatchObject({
      evaluation: { displayName: 'candidate', self: evaluations },
      measurement: { wer: 13 / 200 },
    });
  });

  it('are no whole where one is not there, has failed, is of other models or of another repetition', () => {
    const others: readonly Partial<Evaluation>[] = [
      { status: 'Failed' },
      { model1: { self: self('models', 'm3') } },
      { displayName: 'candidate (2 of 2), repetition 2' },
      { displayName: 'candidate (2 of 3)' },
      { locale: 'en-GB' },
    ];
    for (const change of others) {
      const { whole, incomplete } = evaluationsOfSets([evaluation('e1'), evaluation('e2', change)]);
      expect([change, whole, incomplete[0]?.self]).toEqual([change, [], self('evaluations', 'e1')]);
    }
  });

  it('tell models apart as one set, before a part alone that is newer', () => {
    const later = evaluation('e1', {
      self: self('evaluations', 'part-alone'),
      displayName: 'later (1 of 2)',
      createdDateTime: '2026-08-01T00:00:00Z',
    });
    const found = findComparison([later, evaluation('e1'), evaluation('e2')], ['m1', 'm2']);
    expect(found?.map(({ evaluation: one, side }) => [one.displayName, one.dataset.self, side])).toEqual([
      ['candidate', set, 1],
      ['candidate', set, 2],
    ]);
    expect(findComparison([later], ['m1', 'm2'])?.[0].evaluation).toBe(later);
  });

  it('are found where each model stands on one side in all of them, and are waited for as long as one is under way', () => {
    const turned = evaluation('e2', { model1: { self: self('models', 'm2') }, model2: { self: self('models', 'm1') } });
    const request = { dataset: set, model: 'm1', against: 'm2' };
    expect(findMeasurement([evaluation('e1'), turned], request)).toBeUndefined();
    const running = evaluation('e2', { status: 'Running' });
    expect(findMeasurement([evaluation('e1'), running], request)).toMatchObject({
      action: 'adopt',
      entity: { status: 'Running' },
    });
  });

  it('fail with the one that has failed, and have no rate where one tells no counts', () => {
    const failed = evaluation('e2', { status: 'Failed' });
    expect(evaluationOfParts([evaluation('e1'), failed])).toBe(failed);
    const untold = evaluation('e2', { properties: { wordErrorRate1: 0.1 } });
    expect(measurementOf(evaluationOfParts([evaluation('e1'), untold]), 'm1')).toBeUndefined();
  });
});
