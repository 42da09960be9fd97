import { describe, expect, it } from 'vitest';
import { endingInUse, lifecycleOf } from '../../../workflows/plan/lifecycle.ts';
import type { BaseModel, CustomModel } from '../../../workflows/plan/speech-entities.ts';
import { fakeBaseModel, fakeEndpoint, fakeModel } from '../steps/fake-world.ts';

const observedAt = '2026-06-01T00:00:00Z';
const withinSeconds = 90 * 86_400;

function until(model: CustomModel, transcriptionDateTime: string): CustomModel {
  return { ...model, properties: { deprecationDates: { transcriptionDateTime } } };
}

const old = fakeBaseModel('old', { created: '2025-01-01T00:00:00Z', adaptationUntil: '2026-07-15T00:00:00Z' });
const recent = fakeBaseModel('new', { created: '2026-01-01T00:00:00Z' });
const calls = until(fakeModel('calls', { baseModel: { self: old.self } }), '2026-08-15T00:00:00Z');
const former = until(fakeModel('former', { baseModel: { self: old.self } }), '2026-05-15T00:00:00Z');
const endpoint = fakeEndpoint('line', calls.self);

function lifeOf(change: Partial<Parameters<typeof lifecycleOf>[0]> = {}): ReturnType<typeof lifecycleOf> {
  const lives = { observedAt, baseModels: [recent, old], models: [calls, former], endpoints: [endpoint], ...change };
  return lifecycleOf(lives, { withinSeconds });
}

describe('lifecycleOf', () => {
  it('is by what ends first, with what happens then', () => {
    const ends = lifeOf().map(({ name, inUse, daysLeft, state }) => [name, inUse, daysLeft, state]);
    expect(ends).toEqual([
      ['former', false, -17, 'expired'],
      ['old', false, 44, 'ends soon'],
      ['calls', true, 75, 'ends soon'],
      ['line', true, 75, 'ends soon'],
    ]);
    expect(lifeOf().map(({ consequence }) => consequence)).toEqual([
      'batch transcription with it is refused',
      'training on it is refused',
      'the newest base model answers on line, and no error tells it; batch transcription with it is refused',
      'answers with the newest base model, new, and no error tells it',
    ]);
    expect(lifeOf().map(({ newerBaseModel }) => newerBaseModel)).toEqual(['new', 'new', 'new', 'new']);
    expect(endingInUse(lifeOf()).map(({ name }) => name)).toEqual(['calls', 'line']);
  });

  it('judges a base model that an endpoint serves by when it recognises no more, and another by when it trains no more', () => {
    const serving = fakeEndpoint('line', old.self);
    const [model, line] = lifeOf({ models: [], endpoints: [serving] });
    expect(model).toMatchObject({ name: 'line', recognisesUntil: '2028-01-15T00:00:00Z', state: 'lasting' });
    expect(line).toMatchObject({ name: 'old', inUse: true, ends: '2028-01-15T00:00:00Z', state: 'lasting' });
    expect(line?.trainableUntil).toBe('2026-07-15T00:00:00Z');
  });

  it('has the base model of a served model in use while there is no newer one to train on', () => {
    const trainedOn = lifeOf({ baseModels: [old] }).find(({ name }) => name === 'old');
    expect(trainedOn).toMatchObject({ inUse: true, state: 'ends soon' });
    expect(trainedOn).not.toHaveProperty('newerBaseModel');
    const newerButForBatch: BaseModel = { ...recent, properties: { features: { supportsEndpoints: false } } };
    expect(lifeOf({ baseModels: [old, newerButForBatch] }).find(({ name }) => name === 'old')?.inUse).toBe(true);
  });

  it.each([
    ['2026-06-01T00:00:00Z', 'expired', 0],
    ['2026-06-01T00:00:01Z', 'ends soon', 0],
    ['2026-08-30T00:00:00Z', 'ends soon', 90],
    ['2026-08-30T00:00:01Z', 'lasting', 90],
    ['soon', 'no date told', undefined],
  ])('has a model that recognises until %s as %s', (time, state, daysLeft) => {
    expect(lifeOf({ models: [until(calls, time)], endpoints: [] }).find(({ name }) => name === 'calls')).toMatchObject({
      state,
      ...(daysLeft === undefined ? {} : { daysLeft }),
    });
  });

  it('tells the base models that are used, and no others', () => {
    expect(lifeOf({ models: [], endpoints: [] })).toEqual([]);
    expect(lifeOf({ models: [], endpoints: [endpoint] })).toMatchObject([
      { name: 'line', state: 'no date told', inUse: true, newerBaseModel: 'new' },
    ]);
  });
});
