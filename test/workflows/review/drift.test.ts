import { dump } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import type { DriftFinding } from '../../../schemas/types.gen.ts';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import { digestOf } from '../../../workflows/plan/identity.ts';
import type { CustomModel, Dataset, Endpoint, Project } from '../../../workflows/plan/speech-entities.ts';
import {
  combined,
  declaredByEnvironment,
  declaredByPipeline,
  type Declared,
} from '../../../workflows/review/declared.ts';
import { driftOf, type Seen } from '../../../workflows/review/drift.ts';
import { stepKinds } from '../../../workflows/steps/registry.ts';
import { fakeBaseModel, fakeEndpoint, fakeModel } from '../steps/fake-world.ts';

const observedAt = '2026-06-01T12:00:00Z';
const base = fakeBaseModel('newest', { created: '2026-01-01T00:00:00Z' });
const data: Dataset = {
  self: 'https://speech/datasets/sentences',
  displayName: 'sentences',
  kind: 'Language',
  locale: 'en-US',
  status: 'Succeeded',
  createdDateTime: '2026-01-01T00:00:00Z',
  lastActionDateTime: '2026-01-01T00:00:00Z',
  customProperties: { 'speechops-digest': 'a'.repeat(64) },
};
const good = fakeModel('good', { baseModel: { self: base.self }, datasets: [{ self: data.self }] });
const trial = fakeModel('trial');
const project: Project = {
  self: 'https://speech/projects/ward',
  displayName: 'Ward',
  locale: 'en-US',
  createdDateTime: '2026-01-01T00:00:00Z',
};
const made = { 'speechops-digest': digestOf('endpoint', { name: 'calls', locale: 'en-US' }) };
const proved = { ...made, 'speechops-swap': 'proved good' };

/** The endpoint as the pipeline has left it, and what somebody has changed. */
function calls(change: Partial<Endpoint> = {}): Endpoint {
  return fakeEndpoint('calls', good.self, { project, customProperties: proved, ...change });
}

const pipeline: Declared = {
  files: ['ward.yaml'],
  endpoints: [
    {
      name: 'calls',
      locale: 'en-US',
      file: 'ward.yaml',
      repair: 'speechops run ward.yaml',
      isSkipped: false,
      swap: { releases: 'releases', isReleased: false, isNamed: true, project: 'Ward' },
    },
  ],
  projects: [{ name: 'Ward', locale: 'en-US', file: 'ward.yaml', repair: 'speechops run ward.yaml' }],
  missingDatasets: [],
  readEndpoints: [],
};

const release = {
  endpoint: { id: 'id-of-calls', name: 'calls', locale: 'en-US', resource: 'https://speech' },
  model: { id: 'good', name: 'good', data: [{ id: 'sentences', name: 'sentences', digest: 'a'.repeat(64) }] },
  measured: [{ evaluation: 'e', dataset: { id: 'sentences' }, wer: 0.1 }],
};

interface Change extends Partial<Seen['facts']> {
  readonly declared?: Declared;
  readonly release?: unknown;
}

function drift({ declared = pipeline, release: said = release, ...facts }: Change = {}): readonly DriftFinding[] {
  const seen = {
    observedAt,
    projects: [project],
    datasets: [data],
    models: [good, trial],
    baseModels: [base],
    endpoints: [calls()],
    ...facts,
  };
  const text = typeof said === 'string' ? said : dump(said);
  return driftOf(
    declared,
    { facts: seen, releases: said === null ? {} : { 'releases/calls.yaml': text } },
    { withinSeconds: 30 * 86_400 },
  );
}

function kinds(change: Change): readonly string[] {
  return drift(change).map(({ kind, level, object }) => `${level} ${kind} ${object.name}`);
}

function until(model: CustomModel, transcriptionDateTime: string): CustomModel {
  return { ...model, properties: { deprecationDates: { transcriptionDateTime } } };
}

describe('driftOf', () => {
  it('finds nothing where all is as it was left, with a release file and without', () => {
    expect(drift()).toEqual([]);
    expect(drift({ release: null })).toEqual([]);
  });

  describe('the model', () => {
    const other = calls({ model: { self: trial.self }, lastActionDateTime: '2026-05-30T10:00:00Z' });

    it('is another one than the release file and the mark say', () => {
      expect(drift({ endpoints: [other] })).toEqual([
        {
          kind: 'other-model',
          level: 'drift',
          object: { kind: 'endpoint', name: 'calls', id: 'id-of-calls', locale: 'en-US' },
          file: 'ward.yaml',
          declared: 'good (good), says releases/calls.yaml and its mark',
          there: 'trial (trial)',
          since: '2026-05-30T10:00:00Z',
          advice: expect.any(String),
          command: 'speechops rollback calls ward.yaml --to good',
        },
      ]);
    });

    it('is another one than one of them says', () => {
      const unmarked = { ...other, customProperties: made };
      expect(drift({ endpoints: [unmarked] })[0]?.declared).toBe('good (good), says releases/calls.yaml');
      expect(drift({ endpoints: [other], release: null })[0]?.declared).toBe('good (good), says its mark');
      const remarked = { ...other, customProperties: { 'speechops-swap': 'proved trial' } };
      expect(drift({ endpoints: [remarked] })[0]?.declared).toBe('good (good), says releases/calls.yaml');
    });

    it('comes back by a run where the pipeline serves what is released, or where it is gone', () => {
      const [endpoint] = pipeline.endpoints;
      const swap = { releases: 'releases', isReleased: true, isNamed: true };
      const declared = { ...pipeline, endpoints: [{ ...endpoint!, swap }] };
      expect(drift({ declared, endpoints: [other] })[0]?.command).toBe('speechops run ward.yaml');
      expect(drift({ models: [trial], endpoints: [other] })[0]?.command).toBe('speechops run ward.yaml');
    });

    it('comes back by the swap of its own resource, where a pipeline swaps endpoints of that name at several', () => {
      const { pipeline: live } = loadPipeline(
        `name: live
locale: en-US
resource: https://\${{ matrix.region }}.example.com
strategy: { waves: [all], matrix: { region: [west, north], wave: [all] } }
steps: [{ id: go, uses: swap, with: { endpoint: calls, model: base } }]
`,
        { path: 'live.yaml', inputs: {} },
      );
      const source = {
        pipeline: live!,
        folder: '/',
        target: { endpoint: 'https://west.example.com' },
        env: {},
        kinds: stepKinds,
      };
      const plan = { pipeline: live!, folder: '/', target: source.target, env: {}, steps: [] };
      const declared = declaredByPipeline(source, { plan, file: 'live.yaml' }).get('https://north.example.com');
      expect(drift({ declared: declared!, endpoints: [other], release: null })[0]?.command).toBe(
        'speechops rollback calls live.yaml --step go-north-all --to good',
      );
    });

    it('is a note while the service is at work with the endpoint', () => {
      expect(kinds({ endpoints: [{ ...other, status: 'Running' }] })).toEqual(['note other-model calls']);
    });

    it('was not proved, which is a note while a swap may be at work', () => {
      const mark = { customProperties: { ...made, 'speechops-swap': 'unproved good' } };
      expect(kinds({ endpoints: [calls(mark)] })).toEqual(['drift unproved-model calls']);
      const fresh = calls({ ...mark, lastActionDateTime: '2026-06-01T11:30:00Z' });
      expect(kinds({ endpoints: [fresh] })).toEqual(['note unproved-model calls']);
    });

    it('was not heard, which is a note', () => {
      const mark = { customProperties: { ...made, 'speechops-swap': 'unheard good' } };
      expect(kinds({ endpoints: [calls(mark)] })).toEqual(['note unheard-model calls']);
    });

    it('has expired, or does within the time that is asked for', () => {
      const over = drift({ models: [until(good, '2026-05-01T00:00:00Z')] });
      expect(over).toMatchObject([
        {
          kind: 'expired-model',
          there: 'the newest base model, newest, answers in its place, and no error tells it',
          since: '2026-05-01T00:00:00Z',
          command: 'speechops run ward.yaml',
        },
      ]);
      expect(drift({ models: [until(good, '2026-06-20T00:00:00Z')] })).toMatchObject([
        { kind: 'expiring-model', there: 'it ends on 2026-06-20, then the newest base model, newest, answers' },
      ]);
      expect(drift({ models: [until(good, '2026-07-20T00:00:00Z')] })).toEqual([]);
    });
  });

  describe('the release file', () => {
    it('says nothing that can be compared', () => {
      expect(drift({ release: 'a: text' })).toMatchObject([
        { kind: 'release-unreadable', there: expect.stringContaining('it is no release') },
      ]);
    });

    it('names another endpoint, or the datasets that are gone', () => {
      const elsewhere = { ...release, endpoint: { ...release.endpoint, id: 'before' } };
      expect(drift({ release: elsewhere })).toMatchObject([
        {
          kind: 'endpoint-replaced',
          there: 'another one of this name, id-of-calls',
          command: 'speechops run ward.yaml',
        },
      ]);
      expect(drift({ datasets: [] })).toMatchObject([
        { kind: 'dataset-gone', object: { kind: 'dataset', name: 'sentences' }, command: 'speechops run ward.yaml' },
      ]);
      const again = { ...data, self: 'https://speech/datasets/again' };
      expect(kinds({ datasets: [again] })).toEqual([]);
    });
  });

  describe('objects', () => {
    it('are gone', () => {
      expect(drift({ endpoints: [], projects: [] })).toMatchObject([
        {
          kind: 'endpoint-gone',
          declared: 'endpoint calls (en-US), with the id id-of-calls in releases/calls.yaml',
          there: 'nothing',
          command: 'speechops run ward.yaml',
        },
        { kind: 'project-gone', object: { kind: 'project', name: 'Ward' }, command: 'speechops run ward.yaml' },
      ]);
      const [endpoint] = pipeline.endpoints;
      const declared = { ...pipeline, endpoints: [{ ...endpoint!, isSkipped: true }] };
      expect(kinds({ declared, endpoints: [], release: null })).toEqual([]);
    });

    it('are data that a pipeline would upload, once', () => {
      const missing = {
        name: 'sentences',
        locale: 'en-US',
        file: 'ward.yaml',
        repair: 'r',
        summary: 'upload text.txt',
      };
      const declared = { ...pipeline, missingDatasets: [missing] };
      const models = [trial, { ...good, datasets: [] }];
      expect(drift({ declared, models, release: null })).toMatchObject([
        { kind: 'dataset-gone', declared: 'a dataset with these data: the pipeline would upload text.txt' },
      ]);
      expect(kinds({ declared, models, datasets: [] })).toEqual(['drift dataset-gone sentences']);
    });

    it('are called otherwise than they were made', () => {
      const renamed = drift({
        release: null,
        endpoints: [calls({ displayName: 'Calls' })],
        projects: [
          {
            ...project,
            displayName: 'Station',
            customProperties: { 'speechops-digest': digestOf('project', { displayName: 'Ward', locale: 'en-US' }) },
          },
        ],
      });
      expect(renamed.map(({ kind, declared, there }) => [kind, declared, there])).toEqual([
        ['setting-changed', 'display name calls', 'display name Calls'],
        ['setting-changed', 'display name Ward', 'display name Station'],
      ]);
      expect(kinds({ endpoints: [calls({ displayName: 'Calls', customProperties: {} })] })).toEqual([
        'drift setting-changed Calls',
      ]);
    });

    it('have other settings than a swap or a stack gives them', () => {
      const changed = calls({ properties: { loggingEnabled: true }, project: { self: 'https://speech/projects/x' } });
      expect(drift({ endpoints: [changed] }).map(({ declared, there }) => [declared, there])).toEqual([
        ['project Ward', 'no project'],
        ['content logging off', 'content logging on'],
      ]);
      // No file says how an endpoint is to be that a person has made.
      expect(kinds({ endpoints: [{ ...changed, customProperties: {} }] })).toEqual([]);
      const environment = declaredByEnvironment(
        {
          name: 'dev',
          subdomain: 'ward',
          projects: [{ name: 'Ward', locale: 'en-US', description: 'Ours' }],
          endpoints: [{ name: 'calls', locale: 'en-US', contentLogging: true, description: 'Calls', project: 'Ward' }],
        },
        { file: 'environment.yaml' },
      );
      const both = drift({ declared: combined([pipeline, environment]), endpoints: [changed] });
      expect(both.map(({ declared, there, command }) => [declared, there, command])).toEqual([
        ['project Ward', 'no project', 'npx speechops-stacks cdktf deploy dev'],
        ['description Calls', 'no description', 'npx speechops-stacks cdktf deploy dev'],
        ['description Ours', 'no description', 'npx speechops-stacks cdktf deploy dev'],
      ]);
    });

    it('have failed', () => {
      const failed = calls({ status: 'Failed', properties: { error: { code: 'x', message: 'No room' } } });
      expect(drift({ endpoints: [failed] })).toMatchObject([
        { kind: 'endpoint-failed', there: 'one that the service has failed: No room' },
      ]);
    });

    it('are endpoints that no file names, unless a step reads them or nothing is declared', () => {
      const endpoints = [calls(), fakeEndpoint('other', trial.self)];
      expect(drift({ endpoints })).toMatchObject([
        { kind: 'undeclared-endpoint', object: { name: 'other' }, since: '2026-01-01T00:00:00Z' },
      ]);
      expect(kinds({ endpoints, declared: { ...pipeline, readEndpoints: ['other'] } })).toEqual([]);
      expect(kinds({ endpoints, declared: combined([]) })).toEqual([]);
    });

    it('are canaries that a swap has left, which are a note while it may be at work', () => {
      const canary = fakeEndpoint('calls-canary-a', trial.self, {
        customProperties: { 'speechops-canary': 'id-of-calls', 'speechops-swap': 'unproved trial' },
      });
      expect(drift({ endpoints: [calls(), canary] })).toMatchObject([
        {
          kind: 'canary-left',
          level: 'drift',
          there: 'the canary of endpoint calls, which is charged',
          command: 'speechops run ward.yaml',
        },
      ]);
      const fresh = { ...canary, createdDateTime: '2026-06-01T11:30:00Z' };
      expect(kinds({ endpoints: [calls(), fresh] })).toEqual(['note canary-left calls-canary-a']);
      expect(drift({ endpoints: [canary], declared: combined([]) })[0]?.advice).toContain('Delete the endpoint');
    });
  });

  it('shows no access to data in names, and puts drift before notes', () => {
    const name = 'https://data.example/a.zip?sig=secret';
    const endpoints = [
      calls({ customProperties: { ...made, 'speechops-swap': 'unheard good' } }),
      fakeEndpoint(name, trial.self),
    ];
    const found = drift({ endpoints });
    expect(found.map(({ kind }) => kind)).toEqual(['undeclared-endpoint', 'unheard-model']);
    expect(JSON.stringify(found)).not.toContain('secret');
  });
});
