import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { load as parse } from 'js-yaml';
import { releaseSchema } from '../../../schemas/documents.ts';
import type { ReleaseDocument, SwapWith } from '../../../schemas/types.gen.ts';
import {
  DataError,
  type Ports,
  type ReleasePort,
  ServiceError,
  type SpeechPort,
} from '../../../workflows/engine/ports.ts';
import { StepFailure } from '../../../workflows/engine/step-kind.ts';
import { previousModelProperty, swapMark, swapProperty } from '../../../workflows/plan/endpoint-proof.ts';
import { copiedFromProperty } from '../../../workflows/plan/identity.ts';
import type { CustomModel, Evaluation } from '../../../workflows/plan/speech-entities.ts';
import { swap } from '../../../workflows/steps/swap/index.ts';
import { releasing } from '../../../workflows/steps/swap/release.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint, fakeModel, type FakeWorld } from './fake-world.ts';
import { runStep } from './run-step.ts';

const kind = releasing(swap);
const settings: SwapWith = {
  endpoint: 'calls',
  create: false,
  model: 'https://speech/models/new',
  strategy: 'direct',
  release: 'releases',
  'min-days-left': 30,
  'settle-timeout': 60,
};
const file = '/pipeline/releases/calls.yaml';

interface Repository {
  readonly world: FakeWorld;
  readonly files: Map<string, string>;
  fault: Error | undefined;
}

function repository(): Repository {
  const world = createFakeWorld();
  const text = 'https://speech/datasets/text';
  world.objects.baseModels.push(fakeBaseModel('2025', { created: '2025-01-01T00:00:00Z' }));
  const baseModel = { self: 'https://speech/models/base/2025' };
  world.objects.models.push(fakeModel('old'), fakeModel('new', { baseModel, datasets: [{ self: text }] }));
  world.objects.endpoints.push(fakeEndpoint('calls', 'https://speech/models/old'));
  const about = {
    locale: 'en-US',
    createdDateTime: '2026-01-01T00:00:00Z',
    lastActionDateTime: '2026-01-01T00:00:00Z',
  };
  const customProperties = { 'speechops-digest': 'abc' };
  world.objects.datasets.push({
    ...about,
    self: text,
    displayName: 'text',
    kind: 'Language',
    status: 'Succeeded',
    customProperties,
  });
  const evaluation: Evaluation = {
    ...about,
    self: 'https://speech/evaluations/e',
    displayName: 'candidate',
    status: 'Succeeded',
    dataset: { self: 'https://speech/datasets/gone' },
    model1: { self: 'https://speech/models/new' },
    model2: { self: 'https://speech/models/old' },
    properties: {
      wordErrorRate1: 0.1,
      wordCount1: 100,
      correctWordCount1: 90,
      wordSubstitutionCount1: 6,
      wordDeletionCount1: 4,
      wordInsertionCount1: 0,
    },
  };
  world.objects.evaluations.push(evaluation);
  const files = new Map<string, string>();
  const made: Repository = { world, files, fault: undefined };
  const releases: ReleasePort = {
    read: async (name) => files.get(name),
    async write(name, text_) {
      if (made.fault !== undefined) throw made.fault;
      files.set(name, text_);
    },
    commitOf: async () => 'c'.repeat(40),
  };
  (world as { ports: Ports }).ports = { ...world.ports, releases };
  return made;
}

async function failure(run: Promise<unknown>): Promise<StepFailure> {
  const error: unknown = await run.catch((reason: unknown) => reason);
  if (error instanceof StepFailure) return error;
  throw new Error(`the step did not fail: ${String(error)}`);
}

describe('a swap with a release', () => {
  it('leaves what the endpoint serves and why, as the schema says', async () => {
    const { world, files } = repository();
    const { outcome } = await runStep(kind, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { release: 'releases/calls.yaml' } });
    const document: unknown = parse(files.get(file) ?? '');
    const validate = new Ajv2020({ strict: false }).compile(releaseSchema);
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
    expect(document).not.toHaveProperty('proof.given');
    expect(document).toMatchObject({
      endpoint: { id: 'id-of-calls', name: 'calls', locale: 'en-US', resource: 'https://speech' },
      model: {
        id: 'new',
        name: 'new',
        expires: '2028-01-15',
        baseModel: { id: 'base/2025', name: '2025', trainableUntil: '2027-01-15' },
        data: [{ id: 'text', name: 'text', kind: 'Language', digest: 'abc' }],
      },
      previousModel: { id: 'old', name: 'old' },
      measured: [
        {
          evaluation: 'e',
          dataset: { id: 'gone' },
          wer: 0.1,
          words: 100,
          substitutions: 6,
          deletions: 4,
          insertions: 0,
        },
      ],
      proof: { probes: 0, probeFailures: 0, probeRepeats: 0 },
      run: { id: 'run', pipeline: 'pipeline', commit: 'c'.repeat(40) },
      writtenAt: '2026-06-01T00:00:00.000Z',
    });
  });

  describe('of a copy', () => {
    const west = 'https://west.example';
    const source = `${west}/speechtotext/models/source?api-version=2025-10-15`;

    /** The served model is a copy of one at the other resource, as the one before it is. */
    function copied(change: Partial<CustomModel> = {}) {
      const made = repository();
      const { models } = made.world.objects;
      const of = (self: string) => ({ customProperties: { [copiedFromProperty]: self } });
      models.splice(
        0,
        models.length,
        fakeModel('old', of(`${west}/speechtotext/models/first`)),
        fakeModel('new', of(source)),
      );
      const other = createFakeWorld();
      const text = { self: `${west}/speechtotext/datasets/words` };
      other.objects.models.push(
        fakeModel('source', {
          baseModel: { self: `${west}/speechtotext/models/base/2025` },
          datasets: [text],
          displayName: 'retrain',
          ...change,
        }),
      );
      other.objects.datasets.push({ ...made.world.objects.datasets[0]!, ...text, displayName: 'words' });
      const at = (resource: string): SpeechPort | undefined => (resource === west ? other.ports.speech : undefined);
      return { ...made, other, at };
    }

    async function released({ world, files }: Repository, speechAt?: Ports['speechAt'], said: string[] = []) {
      const ports = { ...world.ports, ...(speechAt && { speechAt }) };
      const { outcome } = await runStep(kind, settings, { world: { ports }, said });
      expect(outcome.kind).toBe('done');
      const document = parse(files.get(file) ?? '') as ReleaseDocument;
      const validate = new Ajv2020({ strict: false }).compile(releaseSchema);
      expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
      return document;
    }

    it('says of which model of which resource, with the base model and the data of that', async () => {
      const made = copied();
      const { model, previousModel } = await released(made, made.at);
      expect(model).toMatchObject({
        id: 'new',
        baseModel: { id: 'base/2025', trainableUntil: '2027-01-15' },
        data: [],
        copyOf: {
          id: 'source',
          self: source,
          resource: west,
          name: 'retrain',
          data: [{ id: 'words', name: 'words', kind: 'Language', digest: 'abc' }],
        },
      });
      expect(previousModel?.copyOf).toEqual({
        id: 'first',
        self: `${west}/speechtotext/models/first`,
        resource: west,
      });
    });

    it('says no data where they are not known', async () => {
      const only = { id: 'source', self: source, resource: west };
      const made = copied();
      expect((await released(made)).model.copyOf).toEqual(only);
      const gone = copied();
      gone.other.objects.models.length = 0;
      expect((await released(gone, gone.at)).model.copyOf).toEqual(only);
      const twice = copied({
        datasets: [],
        customProperties: { [copiedFromProperty]: 'https://north.example/models/a' },
      });
      expect((await released(twice, twice.at)).model.copyOf).toEqual({ ...only, name: 'retrain' });
      const down = copied();
      const refusal = new ServiceError('down', { method: 'GET', path: '', attempts: 1, outcome: 'refused' });
      const { speech } = down.other.ports;
      const get = async (): Promise<never> => await Promise.reject(refusal);
      const said: string[] = [];
      const { model } = await released(down, () => ({ ...speech, models: { ...speech.models, get } }), said);
      expect(model.copyOf).toEqual(only);
      expect(said).toContain('the release does not say with what new was trained: down');
    });

    it('is not held up by a source that does not answer, and says so', async () => {
      const made = copied();
      const { speech } = made.other.ports;
      const { clock } = made.world.ports;
      const refusal = new ServiceError('down', { method: 'GET', path: '', attempts: 5, outcome: 'unknown' });
      const get = async (_: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<never> => {
        await clock.sleep(60_000, signal);
        throw refusal;
      };
      for (const silent of ['models', 'datasets'] as const) {
        const said: string[] = [];
        const begun = clock.now().getTime();
        const at = (): SpeechPort => ({ ...speech, [silent]: { ...speech[silent], get } });
        const { model, writtenAt } = await released(made, at, said);
        expect(model.copyOf).toEqual({ id: 'source', self: source, resource: west });
        expect(said.at(-2)).toBe(
          `the release does not say with what new was trained: ${west} has not told it within 10 s`,
        );
        expect(said.at(-1)).toBe('release written: releases/calls.yaml');
        expect(Date.parse(writtenAt)).toBe(begun + 10_000);
        made.files.clear();
      }
    });
  });

  it('leaves the file alone while it names what is served, and writes it when a run has ended before it could', async () => {
    const { world, files } = repository();
    await runStep(kind, settings, { world });
    const written = `${files.get(file)}# of a person\n`;
    files.set(file, written);
    expect((await runStep(kind, settings, { world, runId: 'later' })).outcome).toMatchObject({
      kind: 'reused',
      outputs: { release: 'releases/calls.yaml' },
    });
    expect(files.get(file)).toBe(written);
    for (const lost of [undefined, '', ' \n', written.replace('id: new', 'id: old')]) {
      files.clear();
      if (lost !== undefined) files.set(file, lost);
      await runStep(kind, settings, { world, runId: 'later' });
      expect(parse(files.get(file) ?? '')).toMatchObject({ model: { id: 'new' } });
    }
  });

  it('is written anew when the endpoint comes back to the model that the file names', async () => {
    const { world, files } = repository();
    await runStep(kind, settings, { world });
    const first = files.get(file) ?? '';
    // Another swap, without `release`, has changed the endpoint meanwhile.
    const { release: _release, ...without } = settings;
    await runStep(kind, { ...without, model: 'https://speech/models/old' }, { world });
    files.set(file, first.replace('previousModel:\n  id: old', 'previousModel:\n  id: older'));
    const { outcome } = await runStep(kind, settings, { world });
    expect(outcome.kind).toBe('done');
    expect(parse(files.get(file) ?? '')).toMatchObject({ model: { id: 'new' }, previousModel: { id: 'old' } });
  });

  it('changes nothing where the file cannot be written, or is of an endpoint of another locale or resource', async () => {
    const { world, files } = repository();
    const served = world.objects.endpoints[0];
    const { releases: _, ...ports } = world.ports;
    const without = { ...world, ports };
    expect((await failure(runStep(kind, settings, { world: without }))).message).toContain('Leave `release` out');
    for (const other of ['locale: de-DE', 'locale: en-US, resource: "https://other"']) {
      files.set(file, `endpoint: { id: x, name: calls, ${other} }`);
      expect((await failure(runStep(kind, settings, { world }))).message).toMatch(
        /^Let `release` name a folder for each locale and resource: releases\/calls\.yaml is of endpoint calls \((de-DE|en-US)\) of another one; nothing was changed$/,
      );
    }
    expect(world.objects.endpoints[0]).toBe(served);
  });

  it.each([
    ['a pipeline', 'name: calls\nlocale: en-US\nsteps: []\n'],
    ['what a merge has left', 'endpoint: {\n<<<<<<< HEAD\n'],
    ['a text', 'nothing'],
    [
      'mappings in place of its names',
      'endpoint: { id: { toString: 1 }, name: { toString: 1, valueOf: 1 } }\nmodel: { id: old }',
    ],
  ])('changes nothing where its place is taken by %s', async (_, text) => {
    const { world, files } = repository();
    const served = world.objects.endpoints[0];
    files.set(file, text);
    expect((await failure(runStep(kind, settings, { world }))).message).toBe(
      'Let `release` name another folder, or move releases/calls.yaml away, in whose place a release would be written: it is no release, which names an endpoint and a model by their ids; nothing was changed',
    );
    expect(world.objects.endpoints[0]).toBe(served);
    expect(files.get(file)).toBe(text);
  });

  it('says that the model is served where only the file could not be written', async () => {
    const at = repository();
    at.fault = new DataError('Cannot write the release: the system says ENOSPC');
    const error = await failure(runStep(kind, settings, { world: at.world }));
    expect(error.message).toBe(
      'Cannot write the release: the system says ENOSPC; endpoint calls serves model new, and only its release releases/calls.yaml is not written: resume the run, or run the pipeline again',
    );
    expect(error.outputs).toMatchObject({ model: settings.model, given: true });
    at.fault = undefined;
    await runStep(kind, settings, { world: at.world });
    expect(at.files.has(file)).toBe(true);
  });

  it('names the model that was served before the one that a wave gives back', async () => {
    const { world, files } = repository();
    const [endpoint] = world.objects.endpoints;
    const customProperties = { 'speechops-swap': 'proved old', 'speechops-previous-model': 'older' };
    for (const [noted, previousModel] of [
      [{}, undefined],
      [customProperties, { id: 'older' }],
    ] as const) {
      world.objects.endpoints[0] = { ...endpoint!, customProperties: noted };
      const { outcome } = await runStep(kind, settings, { world });
      if (outcome.kind !== 'done') throw new Error(outcome.kind);
      const back = { ...settings, model: 'https://speech/models/old' };
      await runStep(kind, back, { world, takesBack: outcome.outputs });
      const release = parse(files.get(file) ?? '') as Record<string, unknown>;
      expect(release).toMatchObject({ model: { id: 'old' } });
      expect(release['previousModel']).toEqual(previousModel);
      expect(release).not.toHaveProperty('proof.notedModel');
    }
  });

  it('names no model as the one before itself, where an endpoint has noted that', async () => {
    const { world, files } = repository();
    const customProperties = { [swapProperty]: swapMark('unproved', 'new'), [previousModelProperty]: 'new' };
    world.objects.endpoints[0] = fakeEndpoint('calls', 'https://speech/models/new', { customProperties });
    await runStep(kind, settings, { world });
    const release = parse(files.get(file) ?? '');
    expect(release).toMatchObject({ model: { id: 'new' } });
    expect(release).not.toHaveProperty('previousModel');
  });

  it('leaves the release of another endpoint, which has been written while it swapped', async () => {
    const { world, files } = repository();
    const other = 'endpoint: { id: x, name: calls, locale: de-DE }';
    world.settle = (wanted) => {
      files.set(file, other);
      return wanted;
    };
    expect((await failure(runStep(kind, settings, { world }))).message).toBe(
      'Let `release` name a folder for each locale and resource: releases/calls.yaml is of endpoint calls (de-DE) of another one; endpoint calls serves model new, and only its release releases/calls.yaml is not written: resume the run, or run the pipeline again',
    );
    expect(files.get(file)).toBe(other);
  });

  it('leaves the release of the previous model where the swap fails', async () => {
    const { world, files } = repository();
    await runStep(kind, settings, { world });
    const written = files.get(file);
    world.settle = (wanted) => ({ ...wanted, status: 'Failed' });
    await failure(runStep(kind, { ...settings, model: 'https://speech/models/old' }, { world }));
    expect(files.get(file)).toBe(written);
  });

  it.each<[string, (text: string) => string | undefined]>([
    ['names another model', (text) => text.replace('id: new', 'id: reverted')],
    ['is gone', () => undefined],
  ])('leaves a file alone that the swap was planned by, and that %s since then', async (_, change) => {
    const { world, files } = repository();
    const planned = { ...settings, model: 'release/new' };
    await runStep(kind, settings, { world });
    const wanted = files.get(file) ?? '';
    world.objects.endpoints[0] = fakeEndpoint('calls', 'https://speech/models/old');
    const now = change(wanted);
    files.clear();
    if (now !== undefined) files.set(file, now);
    const { outcome, said } = await runStep(kind, planned, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: settings.model } });
    expect(files.get(file)).toBe(now);
    expect(said.at(-1)).toBe(
      'releases/calls.yaml is left as it is: it has named another model since this run was planned, and endpoint calls serves model new. Run the pipeline again to serve what it says now',
    );
  });

  it('leaves a file alone that a person changes while the swap goes on, and writes one whose endpoint was made anew', async () => {
    const { world, files } = repository();
    const planned = { ...settings, model: 'release/new' };
    await runStep(kind, settings, { world });
    const wanted = (files.get(file) ?? '').replace('id: id-of-calls', 'id: former');
    const reverted = wanted.replace('id: new', 'id: reverted');
    for (const [meanwhile, then] of [
      [reverted, reverted],
      [wanted, expect.stringContaining('id: id-of-calls')],
    ]) {
      world.objects.endpoints[0] = fakeEndpoint('calls', 'https://speech/models/old');
      files.set(file, wanted);
      world.settle = (entity) => {
        files.set(file, meanwhile);
        return entity;
      };
      await runStep(kind, planned, { world });
      expect(files.get(file)).toEqual(then);
    }
  });

  it('writes nothing without `release`', async () => {
    const { world, files } = repository();
    const { release: _, ...others } = settings;
    const { outcome } = await runStep(kind, others, { world });
    expect(outcome).not.toHaveProperty('outputs.release');
    expect(files.size).toBe(0);
  });
});
