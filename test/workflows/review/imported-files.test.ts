import { load } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { Endpoint, Project } from '../../../workflows/plan/speech-entities.ts';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import { type ImportedAccount, importedEnvironment } from '../../../workflows/review/imported-environment.ts';
import { importedFiles } from '../../../workflows/review/imported-files.ts';
import { fakeBaseModel, fakeEndpoint, fakeModel } from '../steps/fake-world.ts';

const base = fakeBaseModel('newest', { created: '2026-01-01T00:00:00Z' });
const model = fakeModel('good');

function seen(endpoints: readonly Endpoint[], projects: readonly Project[] = []): Parameters<typeof importedFiles>[0] {
  return {
    observedAt: '2026-06-01T00:00:00Z',
    projects,
    datasets: [],
    models: [model],
    baseModels: [base],
    evaluations: [],
    endpoints,
  };
}

function project(displayName: string, change: Partial<Project> = {}): Project {
  const self = `https://speech/projects/${encodeURIComponent(displayName)}`;
  return { self, displayName, locale: 'en-US', createdDateTime: '2026-01-01T00:00:00Z', ...change };
}

describe('importedFiles', () => {
  it.each([
    ['a canary', fakeEndpoint('a', model.self, { customProperties: { 'speechops-canary': 'x' } }), 'it is a canary'],
    ['one that has failed', fakeEndpoint('a', model.self, { status: 'Failed' }), 'it is Failed'],
    ['one of an unknown model', fakeEndpoint('a', 'https://speech/models/gone'), 'the resource has no such model'],
  ])('leaves %s, and says why', (_, endpoint, why) => {
    const { files, left } = importedFiles(seen([endpoint]), { resource: undefined });
    expect(files).toEqual([]);
    expect(left).toMatchObject([
      { kind: 'endpoint', name: 'a', why: expect.stringContaining(why) },
      { kind: 'model', name: 'good' },
    ]);
  });

  it('leaves an endpoint whose model has expired, and keeps one whose model expires soon', () => {
    const until = (transcriptionDateTime: string): Parameters<typeof importedFiles>[0] => ({
      ...seen([fakeEndpoint('a', model.self)]),
      models: [{ ...model, properties: { deprecationDates: { transcriptionDateTime } } }],
    });
    const over = importedFiles(until('2026-05-01T00:00:00Z'), { resource: undefined });
    expect(over.left[0]?.why).toBe('its model has expired on 2026-05-01: give it another one first');
    const soon = importedFiles(until('2026-06-10T00:00:00Z'), { resource: undefined });
    expect(load(soon.files[0]?.content ?? '')).toMatchObject({ steps: [{ with: { 'min-days-left': 0 } }] });
  });

  it('names endpoints of one name by their ids, and of several locales by folders of their own', () => {
    const twice = [
      fakeEndpoint('a', model.self),
      fakeEndpoint('a', model.self, { self: 'https://speech/endpoints/b' }),
    ];
    const byId = importedFiles(seen(twice), { resource: undefined });
    expect(byId.files.map(({ name }) => name)).toEqual(['pipelines/a-id-of-a.yaml', 'pipelines/a-b.yaml']);
    expect(load(byId.files[1]?.content ?? '')).toMatchObject({ steps: [{ with: { endpoint: 'b', model: 'good' } }] });
    const german = { ...twice[1]!, locale: 'de-DE' };
    const locales = importedFiles(seen([twice[0]!, german]), { resource: undefined });
    expect(locales.files.map(({ name }) => name)).toEqual([
      'pipelines/a-en-us.yaml',
      'releases/a-en-us/a.yaml',
      'pipelines/a-de-de.yaml',
      'releases/a-de-de/a.yaml',
    ]);
  });

  it.each([
    ['another id', 'https://speech/endpoints/11111111-2222-4333-8444-555555555555'],
    ['its own id', 'https://speech/endpoints/0a1b2c3d-0000-4000-8000-00000000000a'],
  ])('names an endpoint by its id, without a release, whose name is of the form of %s', (_, self) => {
    const served = { ...model, self: 'https://speech/models/99999999-2222-4333-8444-555555555555' };
    const endpoint = fakeEndpoint('0a1b2c3d-0000-4000-8000-00000000000a', served.self, { self });
    const { files } = importedFiles({ ...seen([endpoint]), models: [served] }, { resource: undefined });
    expect(files).toMatchObject([{ what: expect.stringContaining('its name looks like an id') }]);
    const [file] = files;
    expect(load(file?.content ?? '')).toMatchObject({
      steps: [{ uses: 'swap', with: { endpoint: self.split('/').at(-1), model: served.self.split('/').at(-1) } }],
    });
    const checked = loadPipeline(file?.content ?? '', { path: 'p.yaml' });
    expect(checked.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('lets no name be anything but text', () => {
    const hostile = 'a\n- steps: [] # ${{ x }} "';
    const { files } = importedFiles(seen([fakeEndpoint(hostile, model.self)]), { resource: undefined });
    const [file] = files;
    expect(file?.name).toMatch(/^pipelines\/a-steps-x-[0-9a-f]{8}-/);
    expect(file?.content.split('\n').filter((line) => line.startsWith('- '))).toEqual([]);
    expect(load(file?.content ?? '')).toMatchObject({ locale: 'en-US', steps: [{ uses: 'swap' }] });
  });
});

describe('importedEnvironment', () => {
  const account: ImportedAccount = {
    name: 'Contoso-Speech-in-Western-Europe',
    subscription: 's',
    resourceGroup: 'rg',
    location: 'westeurope',
    subdomain: 'contoso',
    takesKeys: true,
    isPublic: true,
    network: { defaultAction: 'Deny', ipRules: ['203.0.113.7'], subnets: ['/subscriptions/s/subnets/a'] },
  };

  it('has the account with its network rules', () => {
    const document = load(importedEnvironment(account, { projects: [], endpoints: [] }).content);
    expect(document).toMatchObject({
      name: 'contoso-speech-in-wester',
      environments: {
        imported: {
          account: {
            'key-auth': true,
            'default-action': 'Deny',
            'ip-rules': ['203.0.113.7'],
            'subnet-rules': [{ 'subnet-id': '/subscriptions/s/subnets/a' }],
          },
        },
      },
    });
  });

  it('gives each object a key of its own, and leaves what it cannot have', () => {
    const endpoints = [
      fakeEndpoint('Calls', model.self, { properties: { loggingEnabled: true } }),
      fakeEndpoint('calls', model.self),
      fakeEndpoint('calls', model.self, {
        self: 'https://speech/endpoints/same',
        createdDateTime: '2026-02-01T00:00:00Z',
      }),
      fakeEndpoint('1 ☎', model.self),
      fakeEndpoint('${file("/etc/passwd")}', model.self),
    ];
    const { content, left } = importedEnvironment(account, { projects: [project('Calls')], endpoints });
    const { environments } = load(content) as {
      environments: { imported: { 'custom-speech': { endpoints: object } } };
    };
    expect(Object.keys(environments.imported['custom-speech'].endpoints)).toEqual(['calls', 'calls-en-us', 'object']);
    expect(content).toContain('#   terraform import customspeech_project.calls calls\n');
    expect(left.map(({ name, id }) => [name, id])).toEqual([
      ['calls', 'same'],
      ['${file("/etc/passwd")}', expect.any(String)],
      ['Calls', 'id-of-calls'],
    ]);
  });
});
