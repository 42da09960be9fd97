import { describe, expect, it } from 'vitest';
import { endpointToRollBack, modelToGoBackTo } from '../../../workflows/plan/rollback.ts';
import type { CustomModel, Endpoint } from '../../../workflows/plan/speech-entities.ts';
import { fakeBaseModel, fakeEndpoint, fakeModel } from '../steps/fake-world.ts';

const served = fakeModel('served');
const previous = fakeModel('previous');
const expired = fakeModel('expired', {
  properties: { deprecationDates: { transcriptionDateTime: '2026-06-01T00:00:00Z' } },
});
const german = fakeModel('german', { locale: 'de-DE' });
const twice = [1, 2].map((day) =>
  fakeModel(`twice-${day}`, { displayName: 'Twice', createdDateTime: `2026-02-0${day}T00:00:00Z` }),
);
const lives = {
  observedAt: '2026-06-01T00:00:00Z',
  baseModels: [fakeBaseModel('20250101', { created: '2025-01-01T00:00:00Z' })],
  models: [served, previous, expired, german, ...twice],
  endpoints: [],
};

function noting(id: string | undefined, change: Partial<Endpoint> = {}): Endpoint {
  const customProperties =
    id === undefined ? {} : { 'speechops-previous-model': id, 'speechops-swap': 'proved served' };
  return fakeEndpoint('calls', served.self, { customProperties, ...change });
}

describe('modelToGoBackTo', () => {
  it('is the model that the endpoint notes, also when it is a base model', () => {
    expect(modelToGoBackTo(noting('previous'), { lives })).toBe(previous);
    expect(modelToGoBackTo(noting('base/20250101'), { lives })).toBe(lives.baseModels[0]);
  });

  it.each<[string, unknown]>([
    ['previous', previous],
    ['https://speech/models/previous?api-version=2025-10-15', previous],
    ['20250101', lives.baseModels[0]],
    ['base/20250101', lives.baseModels[0]],
    ['base', lives.baseModels[0]],
    ['twice-1', twice[0]],
  ])('is the one that a person names: %s', (to, model) => {
    expect(modelToGoBackTo(noting('expired'), { lives, to })).toBe(model);
  });

  const others =
    '; the newest others are Twice of 2026-02-02 (twice-2), Twice of 2026-02-01 (twice-1), previous of 2026-01-01 (previous)';
  it.each<[string, Endpoint, string | undefined, string]>([
    [
      'nothing is noted',
      noting(undefined),
      undefined,
      `Name a model with --to: no swap has noted which model endpoint calls served before${others}`,
    ],
    [
      'the last swap was taken back',
      noting('served'),
      undefined,
      `Name a model with --to: the last swap of endpoint calls was taken back, and no model before that is noted${others}`,
    ],
    [
      'the noted one is gone',
      noting('gone'),
      undefined,
      `Name another model with --to: model gone, which endpoint calls served before, is gone${others}`,
    ],
    [
      'the noted one has expired',
      noting('expired'),
      undefined,
      `Name another model with --to: expired has expired on 2026-06-01, and the newest base model would answer in its place${others}`,
    ],
    ['it is of another locale', noting('previous'), 'german', 'Choose a model of locale en-US: german is of de-DE'],
    [
      'several have the name',
      noting('previous'),
      'Twice',
      'Name one model by its id: 2 are called Twice: Twice of 2026-02-01 (twice-1), Twice of 2026-02-02 (twice-2)',
    ],
    [
      'none has the name',
      noting('previous'),
      'nothing',
      `Check the model \`nothing\`: the Speech resource has none of this name or id for en-US${others}`,
    ],
  ])('is none where %s', (_, endpoint, to, message) => {
    expect(modelToGoBackTo(endpoint, { lives, to })).toBe(message);
  });

  it('is the model proved last where a swap has ended before its proof', () => {
    const customProperties = { 'speechops-previous-model': 'previous', 'speechops-swap': 'unproved served' };
    expect(modelToGoBackTo(noting('', { customProperties }), { lives })).toBe(previous);
  });

  it('names no other models where there are none', () => {
    const alone = { ...lives, models: [served] as readonly CustomModel[] };
    expect(modelToGoBackTo(noting(undefined), { lives: alone })).toMatch(/served before$/);
  });
});

describe('endpointToRollBack', () => {
  const english = fakeEndpoint('calls', served.self);
  const other = fakeEndpoint('calls', german.self, { self: 'https://speech/endpoints/other', locale: 'de-DE' });
  const endpoints = [english, other, fakeEndpoint('ward', served.self)];

  it('is the one of the id, or of a name that is one in the locale', () => {
    expect(endpointToRollBack('other', { endpoints })).toBe(other);
    expect(endpointToRollBack('calls', { endpoints, locale: 'de-de' })).toBe(other);
    expect(endpointToRollBack('ward', { endpoints })).toBe(endpoints[2]);
  });

  it('is none where the name is of several, or of none', () => {
    expect(endpointToRollBack('calls', { endpoints })).toBe(
      'Name one endpoint by its id, or its locale with --locale: 2 are called calls: id-of-calls (en-US), other (de-DE)',
    );
    expect(endpointToRollBack('cals', { endpoints, locale: 'de-DE' })).toBe(
      'Check the endpoint `cals`: the Speech resource has none of this name or id for de-DE, did you mean `calls`?',
    );
    expect(endpointToRollBack('other', { endpoints, locale: 'en-US' })).toContain('none of this name or id for en-US');
  });
});
