import { describe, expect, it } from 'vitest';
import { expiryOf, newestBaseModel, sameModel, type KnownModels } from '../../../workflows/plan/models.ts';
import type { BaseModel } from '../../../workflows/plan/speech-entities.ts';
import { fakeBaseModel } from '../steps/fake-world.ts';

const observedAt = '2026-06-01T00:00:00Z';

function known(...baseModels: readonly BaseModel[]): KnownModels {
  return { observedAt, locale: 'en-US', baseModels, models: [], endpoints: [] };
}

const old = fakeBaseModel('old', { created: '2024-01-01T00:00:00Z' });
const recent = fakeBaseModel('new', { created: '2025-01-01T00:00:00Z' });

function expiring(transcriptionDateTime: string): BaseModel {
  return { ...recent, properties: { ...recent.properties, deprecationDates: { transcriptionDateTime } } };
}

describe('newestBaseModel', () => {
  it('is the newest, in whichever order the service lists them', () => {
    expect(newestBaseModel(known(old, recent))).toBe(recent);
    expect(newestBaseModel(known(recent, old))).toBe(recent);
  });

  it.each([
    ['has expired', expiring('2026-05-31T23:59:59Z'), old],
    ['expires now', expiring(observedAt), old],
    ['expires a second later', expiring('2026-06-01T00:00:01Z'), undefined],
    ['failed', { ...recent, status: 'Failed' as const }, old],
    ['is of another locale', { ...recent, locale: 'de-DE' }, old],
    ['is of the same locale in other letters', { ...recent, locale: 'en-us' }, undefined],
  ])('looks at a model that %s', (_, model, instead) => {
    expect(newestBaseModel(known(old, model))).toBe(instead ?? model);
  });

  it('for training can be adapted still, with every kind of the data', () => {
    const used = fakeBaseModel('used', { created: '2026-01-01T00:00:00Z', adaptationUntil: observedAt });
    const textOnly: BaseModel = { ...recent, properties: { features: { supportsAdaptationsWith: ['Language'] } } };
    expect(newestBaseModel(known(old, used))).toBe(used);
    expect(newestBaseModel(known(old, used), { trainWith: ['Language'] })).toBe(old);
    expect(newestBaseModel(known(old, textOnly), { trainWith: ['Language'] })).toBe(textOnly);
    expect(newestBaseModel(known(old, textOnly), { trainWith: ['Language', 'Acoustic'] })).toBe(old);
  });

  it('is nothing where none can be used', () => expect(newestBaseModel(known())).toBeUndefined());
});

it('a bare id names a base model too, and a reference that says where it lies only that one', () => {
  expect(sameModel('https://speech/models/base/one', 'one')).toBe(true);
  expect(sameModel('https://speech/models/base/one', 'https://speech/models/one')).toBe(false);
  expect(sameModel('https://speech/models/one', undefined)).toBe(false);
});

it.each([
  ['2026-06-02T00:00:00Z', { expires: '2026-06-02', 'days-left': 1 }],
  ['2026-06-01T23:59:59Z', { expires: '2026-06-01', 'days-left': 0 }],
  ['2026-05-31T23:59:59Z', { expires: '2026-05-31', 'days-left': -1 }],
  [undefined, {}],
  ['soon', {}],
])('a model that transcribes until %s has whole days left', (until, expiry) => {
  expect(expiryOf(until, { observedAt })).toEqual(expiry);
});
