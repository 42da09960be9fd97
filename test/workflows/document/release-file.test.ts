import { describe, expect, it } from 'vitest';
import {
  datasetsInRelease,
  modelInRelease,
  releaseFileName,
  type ReleasedEndpoint,
  type ReleaseText,
} from '../../../workflows/document/release-file.ts';

describe('releaseFileName', () => {
  it.each([
    ['call-center', 'call-center.yaml'],
    ['calls.v2_x', 'calls.v2_x.yaml'],
    ['Call-center', 'call-center-'],
    ['con', 'con-'],
    ['com1.calls', 'com1-calls-'],
    ['../../etc/passwd', 'etc-passwd-'],
    ['..', ''],
    ['a..b', 'a-b-'],
    ['calls.', 'calls-'],
    ['Anrufe: Zürich | Bern', 'anrufe-zu-rich-bern-'],
    ['電話', ''],
    ['x'.repeat(300), `${'x'.repeat(40)}-`],
    ['a\u0000\nb', 'a-b-'],
  ])('of %j is a name on every system', (endpoint, begins) => {
    const name = releaseFileName(endpoint);
    expect(name).toMatch(/^[a-z0-9][a-z0-9._-]{0,68}\.yaml$/);
    expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\./);
    expect(name.slice(0, begins.length)).toBe(begins);
  });

  it('tells endpoints apart whose names differ in what is not plain', () => {
    const names = ['Calls', 'calls', 'calls!', 'calls?', 'cálls', ' calls'].map(releaseFileName);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('modelInRelease', () => {
  const text = `
endpoint: { id: e1, name: calls, locale: en-US, resource: https://contoso.cognitiveservices.azure.com }
model: { id: base/6f0e8d0a-4a53, name: new, data: [] }
`;
  const calls = { name: 'calls', id: 'e1', locale: 'en-US', resource: 'https://contoso.cognitiveservices.azure.com' };

  it('is the model of a release of this endpoint, whatever of the endpoint is known', () => {
    const model = { model: 'base/6f0e8d0a-4a53' };
    expect(modelInRelease(text, calls)).toEqual(model);
    expect(modelInRelease(text, { name: 'calls' })).toEqual(model);
    expect(modelInRelease(text, { ...calls, id: 'made-anew' })).toEqual(model);
    expect(modelInRelease(text, { ...calls, name: 'renamed' })).toEqual(model);
    expect(modelInRelease(text, { ...calls, locale: 'en-us' })).toEqual(model);
  });

  it.each<[string, ReleaseText, ReleasedEndpoint, string]>([
    ['no file', undefined, calls, 'there is no such file; the first swap of the endpoint with `release` writes it'],
    ['an empty file', '', calls, 'it is no release, '],
    ['no YAML', 'model: {', calls, 'it is no release, '],
    ['a release without a model', text.replace('model:', 'modell:'), calls, 'it is no release, '],
    ['a path for a model', text.replace('base/6f0e8d0a-4a53', '../endpoints'), calls, 'it is no release, '],
    ...['base', 'release', '{ toString: 1 }'].map((id): [string, ReleaseText, ReleasedEndpoint, string] => [
      `${id} for a model`,
      text.replace('base/6f0e8d0a-4a53', id),
      calls,
      'it is no release, ',
    ]),
    [
      'a mapping for a name',
      text.replace('name: calls', 'name: { toString: 1, valueOf: 1 }'),
      { name: 'calls' },
      'it is of endpoint ',
    ],
    ['what is no file', { fault: 'it is a link' }, calls, 'it is a link'],
    ['another endpoint', text, { name: 'ward', id: 'e2' }, 'it is of endpoint `calls` for `en-US`'],
    ['another locale', text, { ...calls, locale: 'de-DE' }, 'it is of endpoint `calls` for `en-US`, and not for de-DE'],
    [
      'another resource',
      text,
      { ...calls, resource: 'https://fabrikam.cognitiveservices.azure.com' },
      'it is of endpoint `calls` for `en-US` of the resource `https://contoso.cognitiveservices.azure.com`',
    ],
    [
      'an endpoint by its id',
      text,
      { name: '6f0e8d0a-4a53-4a54-8b1f-0e9e7e6d3a11' },
      'the file is found by the display name of the endpoint, not by its id',
    ],
  ])('says why it is none: %s', (_, written, endpoint, fault) => {
    const found = modelInRelease(written, endpoint);
    expect('fault' in found ? found.fault.slice(0, fault.length) : found).toBe(fault);
  });
});

describe('datasetsInRelease', () => {
  it('gives the datasets of the model and of the last measurement, each once, as far as the file has them as texts', () => {
    const text = `
model:
  id: m
  data:
    - { id: a, name: text, digest: d }
    - { id: { toString: 1 } }
    - none
measured:
  - { evaluation: e, dataset: { id: a } }
  - { evaluation: f, dataset: { id: older } }
`;
    expect(datasetsInRelease(text)).toEqual([{ id: 'a', name: 'text', digest: 'd' }]);
    expect(datasetsInRelease('measured: [{ dataset: { id: b } }]')).toEqual([{ id: 'b' }]);
  });

  it.each(['', 'text', 'model: {', '[]', 'model: { data: 3 }\nmeasured: 4', 'model:\nmeasured: [~]'])(
    'gives none of %j',
    (text) => {
      expect(datasetsInRelease(text)).toEqual([]);
    },
  );
});
