import { describe, expect, it } from 'vitest';
import {
  baseModelNamed,
  chooseModel,
  expiryOf,
  hasEnded,
  modelInUse,
  newestBaseModel,
  sameModel,
  whyNoBaseModel,
  type KnownModels,
} from '../../../workflows/plan/models.ts';
import type { BaseModel } from '../../../workflows/plan/speech-entities.ts';
import { fakeBaseModel, fakeEndpoint } from '../steps/fake-world.ts';

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

  const whisper = fakeBaseModel('Whisper', { created: '2026-02-01T00:00:00Z' });
  const features = {
    supportsEndpoints: false,
    supportsAdaptationsWith: ['Acoustic'],
    supportedOutputFormats: ['Display'],
  };

  it.each<[string, BaseModel]>([
    ['can only be used by batch transcription', { ...whisper, properties: { features } }],
    ['no endpoint can serve', { ...whisper, properties: { features: { supportsEndpoints: false } } }],
    ['fills no lexical form', { ...whisper, properties: { features: { supportedOutputFormats: ['Display'] } } }],
  ])('is not the newest of the locale where that one %s', (_, newest) => {
    expect(newestBaseModel(known(old, recent, newest))).toBe(recent);
    expect(newestBaseModel(known(old, recent, newest), { trainWith: ['Acoustic'] })).toBe(recent);
    expect(chooseModel('base', known(recent, newest))).toMatchObject({ displayName: 'new' });
    expect(chooseModel('endpoint/calls', known(recent, newest))).toMatchObject({ displayName: 'new' });
  });

  it('is nothing where none can be used, and the reason is what speaks against the newest', () => {
    expect(newestBaseModel(known())).toBeUndefined();
    const batchOnly: BaseModel = { ...whisper, properties: { features } };
    const none = known(expiring(observedAt), batchOnly);
    expect(newestBaseModel(none)).toBeUndefined();
    expect(chooseModel('base', none)).toBe(
      'Choose another locale or name a model: no base model of en-US can be used; the newest, Whisper, does not support endpoints',
    );
    expect(whyNoBaseModel(known())).toBe('no base model of en-US can be used');
    expect(whyNoBaseModel(known(recent), { trainWith: ['Pronunciation'] })).toBe(
      'no base model of en-US can be trained with Pronunciation; the newest, new, cannot be adapted with Pronunciation, only with Acoustic, Language',
    );
  });
});

describe('a base model by its name', () => {
  const named = (self: string, displayName: string, change: Partial<BaseModel> = {}): BaseModel => ({
    ...recent,
    self: `https://speech/models/base/${self}`,
    displayName,
    ...change,
  });
  const june = named('1', '20240614');
  const german = named('2', '20240614', { locale: 'de-DE' });
  const past = fakeBaseModel('20230101', { created: '2023-01-01T00:00:00Z', adaptationUntil: '2026-02-01T00:00:00Z' });
  const models = known(june, german, past, old);

  it.each([['20240614'], ['base/20240614'], ['1'], ['https://speech/models/base/1?api-version=2025-10-15']])(
    'is %s',
    (reference) => {
      expect(baseModelNamed(reference, { known: models, trainWith: ['Language'] })).toBe(june);
    },
  );

  it.each<[string, string]>([
    [
      '20240615',
      'Check the base model 20240615: the Speech resource has none of this name or id for en-US, did you mean 20240614?; the newest is 20240614',
    ],
    ['2', 'Check the base model 2: the Speech resource has none of this name or id for en-US; the newest is 20240614'],
    ['20230101', 'Choose another base model: 20230101 cannot be adapted since 2026-02-01; the newest is 20240614'],
  ])('cannot be %s', (reference, problem) => {
    expect(baseModelNamed(reference, { known: models, trainWith: [] })).toBe(problem);
  });

  it('is adapted with what it takes', () => {
    expect(baseModelNamed('1', { known: models, trainWith: ['Language', 'Pronunciation'] })).toBe(
      'Choose another base model: 20240614 cannot be adapted with Pronunciation, only with Acoustic, Language',
    );
  });

  it('is the one of its id where several have the name', () => {
    const twice = known(june, named('3', '20240614'));
    expect(baseModelNamed('3', { known: twice })).toMatchObject({ self: 'https://speech/models/base/3' });
    expect(baseModelNamed('20240614', { known: twice })).toBe(
      'Name one base model by its id: 2 of en-US are called 20240614 (base/1, base/3)',
    );
  });

  it('is no custom model', () => {
    const custom = { ...june, self: 'https://speech/models/7', displayName: 'Calls' };
    expect(baseModelNamed('7', { known: { ...models, models: [custom] } })).toBe(
      'Choose a base model: Calls is a custom model; the newest is 20240614',
    );
  });

  it('is measured and served under base/', () => {
    const chosen = { self: june.self, displayName: '20240614' };
    expect(chooseModel('base/20240614', models)).toMatchObject(chosen);
    expect(chooseModel('base/20230101', models)).toMatchObject({ displayName: '20230101' });
    expect(chooseModel('base/20240619', models)).toContain('did you mean 20240614?');
  });
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

it('days that are left are counted from another time where one is given, and may have ended by now', () => {
  const until = '2026-06-02T00:00:00Z';
  const outputs = expiryOf(until, { observedAt: '2026-07-01T00:00:00Z', countedFrom: observedAt });
  expect(outputs).toEqual({ expires: '2026-06-02', 'days-left': 1 });
  expect([outputs, expiryOf(until, { observedAt: '2026-07-01T00:00:00Z' }), {}].map(hasEnded)).toEqual([
    false,
    true,
    false,
  ]);
});

describe('endpoint/NAME', () => {
  it.each([
    ['the model before, while the last swap is not proved', 'unproved base/new', 'old'],
    ['the model, when it is proved', 'proved base/new', 'new'],
    ['the model, when somebody gave it after a swap that was not proved', 'unproved another', 'new'],
  ])('is %s', (_, mark, name) => {
    const customProperties = { 'speechops-swap': mark, 'speechops-previous-model': 'base/old' };
    const facts = { ...known(old, recent), endpoints: [fakeEndpoint('calls', recent.self, { customProperties })] };
    expect(chooseModel('endpoint/calls', facts)).toMatchObject({ displayName: name });
    expect(modelInUse('endpoint/calls', facts)).toMatchObject({ model: { displayName: name } });
  });
});
