import { describe, expect, it } from 'vitest';
import type { PruneWith } from '../../../schemas/types.gen.ts';
import type { Facts } from '../../../workflows/plan/facts.ts';
import { previousModelProperty, swapMark, swapProperty } from '../../../workflows/plan/endpoint-proof.ts';
import { copiedFromProperty, digestProperty, pipelineProperty } from '../../../workflows/plan/identity.ts';
import { releaseDocument, releaseText } from '../../../workflows/plan/release-document.ts';
import type { CustomModel, Dataset } from '../../../workflows/plan/speech-entities.ts';
import type { StepPlan, StepPlanInput } from '../../../workflows/plan/step-plan.ts';
import { copiedProperty, copyMark } from '../../../workflows/steps/copy/copied-model.ts';
import { prune } from '../../../workflows/steps/prune/index.ts';
import {
  createFakeWorld,
  fakeEndpoint,
  fakeEvaluation,
  fakeModel,
  type FakeWorld,
  serviceError,
} from './fake-world.ts';
import { runStep } from './run-step.ts';

const days = (count: number): number => count * 86_400;
const settings: PruneWith = {
  'older-than': days(90),
  'failed-older-than': days(7),
  kinds: ['datasets', 'models'],
  all: false,
  limit: 20,
};
const made = { customProperties: { [digestProperty]: 'd' } };
const ids: Readonly<Record<string, string>> = { named: '11111111-1111-4111-8111-111111111111' };

/** Made on the 1st of January, which is five months ago in the world. */
function model(name: string, change: Partial<CustomModel> = {}): CustomModel {
  return fakeModel(ids[name] ?? name, { displayName: name, ...made, ...change });
}

function dataset(name: string, change: Partial<Dataset> = {}): Dataset {
  return {
    self: `https://speech/datasets/${name}`,
    displayName: name,
    locale: 'en-US',
    kind: 'Language',
    createdDateTime: '2026-01-01T00:00:00Z',
    lastActionDateTime: '2026-01-01T00:00:00Z',
    status: 'Succeeded',
    ...made,
    ...change,
  };
}

function never(): never {
  throw new Error('Asked of another resource');
}

function world(): FakeWorld {
  const of = createFakeWorld();
  const swapped = {
    [swapProperty]: swapMark('unproved', 'served', { after: ['perhaps'] }),
    [previousModelProperty]: 'before',
  };
  of.objects.endpoints.push(fakeEndpoint('calls', 'https://speech/models/served', { customProperties: swapped }));
  of.objects.models.push(
    model('old', { datasets: [{ self: 'https://speech/datasets/of-old' }] }),
    model('older', { createdDateTime: '2025-12-01T00:00:00Z' }),
    model('young', { createdDateTime: '2026-05-01T00:00:00Z' }),
    model('served', { datasets: [{ self: 'https://speech/datasets/of-served' }] }),
    ...['before', 'perhaps', 'named', 'measured'].map((name) => model(name)),
    model('copied', { customProperties: { ...made.customProperties, 'speechops-copy-0': 'x' } }),
    model('by-hand', { customProperties: {} }),
    model('german', { locale: 'de-DE' }),
    model('training', { status: 'Running' }),
  );
  of.objects.datasets.push(
    dataset('of-old'),
    dataset('of-served'),
    dataset('broken', { status: 'Failed', createdDateTime: '2026-05-20T00:00:00Z' }),
    dataset('just-broken', { status: 'Failed', createdDateTime: '2026-05-30T00:00:00Z' }),
  );
  const measured = ['https://speech/models/measured', 'https://speech/models/measured'] as const;
  of.objects.evaluations.push(fakeEvaluation('recent', measured, { createdDateTime: '2026-05-02T00:00:00Z' }));
  return of;
}

function planned(
  of: FakeWorld,
  change: Partial<PruneWith> = {},
  more: Partial<StepPlanInput<PruneWith>> = {},
  releases: Facts['releases'] = { 'releases/calls.yaml': `model: { id: ${ids['named']} }` },
): StepPlan & { readonly only: unknown } {
  const facts: Facts = {
    ...of.objects,
    observedAt: '2026-06-01T00:00:00Z',
    localData: {},
    urls: {},
    releases: { 'releases/': '', ...releases },
  };
  const wanted = { ...settings, release: 'releases', ...change };
  const input = {
    known: wanted,
    with: wanted,
    waitsFor: [],
    step: { id: 'p' },
    pipeline: { name: 'p', locale: 'en-US' },
    ...more,
  };
  return { ...prune.plan(input, facts), only: prune.settle?.(input, facts)?.only };
}

describe('prune', () => {
  it('lists what is old and unused, failed datasets first, and keeps what anything may still need', () => {
    const { action, summary, effects, only } = planned(world());
    expect(action).toBe('delete');
    expect(summary).toBe(
      'delete dataset broken broken (failed on 2026-05-20); model older older (of 2025-12-01, unused); model old old (of 2026-01-01, unused); dataset of-old of-old (of 2026-01-01, unused)',
    );
    expect(effects).toEqual(['delete-dataset', 'delete-model']);
    expect(only).toEqual(['broken', 'older', 'old', 'of-old']);
  });

  it('keeps a model that is being copied until it expires, and not longer for the mark that its copy has left', () => {
    const onlyAt = (transcriptionDateTime: string): unknown => {
      const of = createFakeWorld();
      of.objects.models.push(
        model('left', {
          customProperties: { ...made.customProperties, [copyMark('https://north.example')]: 'x' },
          properties: { deprecationDates: { transcriptionDateTime } },
        }),
      );
      return planned(of).only;
    };
    expect(onlyAt('2026-06-01T00:00:01Z')).toEqual([]);
    expect(onlyAt('2026-06-01T00:00:00Z')).toEqual(['left']);
  });

  it('takes what no pipeline has made only where it is told to, and never more than the limit', () => {
    expect(planned(world(), { all: true }).only).toEqual(['broken', 'older', 'by-hand', 'old', 'of-old']);
    const few = planned(world(), { limit: 1 });
    expect([few.only, few.summary]).toEqual([['broken'], expect.stringContaining('(3 more another time)')]);
    // A dataset stays as long as a model that was trained with it.
    expect(planned(world(), { kinds: ['datasets'] }).only).toEqual(['broken']);
  });

  it('fails where there is no folder of releases, because it would keep nothing for them', () => {
    expect(planned(world(), { release: 'relaeses' })).toMatchObject({ action: 'fail' });
    expect(planned(createFakeWorld())).toMatchObject({ action: 'reuse', summary: 'nothing old is unused' });
  });

  it('deletes what the plan has listed, apart from what has come into use since, and says what the service refuses', async () => {
    const of = world();
    const { only } = planned(of);
    // Since the plan one more is old, and one is served.
    of.objects.models.push(model('old-now'));
    of.objects.endpoints.push(fakeEndpoint('other', 'https://speech/models/old'));
    const refuse = async (): Promise<void> => {
      throw serviceError('in use', { status: 409, outcome: 'refused' });
    };
    const { speech } = of.ports;
    const models = { ...speech.models, delete: refuse };
    const releases = { read: async () => undefined, write: async () => undefined, commitOf: async () => undefined };
    const readAll = async () => ({ 'calls.yaml': `id: ${ids['named']}` });
    const ports = { ...of.ports, speech: { ...speech, models }, releases: { ...releases, readAll } };
    const wanted = { ...settings, release: 'releases', only: only as readonly string[] as string[] };
    const { outcome, effects, said } = await runStep(prune, wanted, { world: { ports } });
    expect(of.deleted).toEqual(['https://speech/datasets/broken']);
    expect(effects).toEqual(['delete-dataset', 'delete-model']);
    expect(said).toContain('model older older (of 2025-12-01, unused) stays: in use');
    expect(outcome).toEqual({ kind: 'done', outputs: { deleted: 1, refused: 1, names: 'dataset broken' } });
    expect(prune.summarise?.({ deleted: 1, refused: 1, names: 'dataset broken' })).toEqual([
      '1 object deleted: dataset broken',
      '1 refused by the service',
    ]);
  });

  it('keeps what is being measured, however long ago that began, and what a model is trained from', () => {
    const of = world();
    const ask = (name: string) => ({ self: `https://speech/models/${name}` });
    const longAgo = { createdDateTime: '2025-12-02T00:00:00Z', status: 'Running' as const };
    of.objects.evaluations.push(
      fakeEvaluation('long', ['https://speech/models/old', 'https://speech/models/old'], longAgo),
    );
    of.objects.models.push(model('training', { status: 'Running', baseModel: ask('older') }));
    of.objects.endpoints.push(fakeEndpoint('calls-canary-run-1', 'https://speech/models/by-hand'));
    expect(planned(of, { all: true }).only).toEqual(['broken']);
  });

  it('deletes nothing by a clock that goes wrong, and of 500 models the oldest', () => {
    const of = createFakeWorld();
    of.objects.models.push(
      model('tomorrow', { createdDateTime: '2099-01-01T00:00:00Z' }),
      model('when', { createdDateTime: '' }),
    );
    expect(planned(of).action).toBe('reuse');
    const day = (index: number): string => new Date(Date.UTC(2024, 0, 1 + (index % 500))).toISOString();
    for (let index = 0; index < 500; index += 1)
      of.objects.models.push(model(`m${499 - index}`, { createdDateTime: day(499 - index) }));
    const { only, summary } = planned(of, { limit: 3 });
    expect(only).toEqual(['m0', 'm1', 'm2']);
    expect(summary).toContain('(497 more another time)');
  });

  describe('of a model that was copied elsewhere', () => {
    const north = 'https://north.example';
    const copied = { ...made.customProperties, [copiedProperty]: '2026-01-02T00:00:00Z' };
    const atSource = (): FakeWorld => {
      const of = createFakeWorld();
      of.objects.models.push(
        model('there', { customProperties: copied, datasets: [{ self: 'https://speech/datasets/words' }] }),
        model('gone', { customProperties: { ...copied, [digestProperty]: 'other' } }),
      );
      of.objects.datasets.push(dataset('words'));
      return of;
    };
    const elsewhere = (change: Partial<CustomModel> = {}) => {
      const of = createFakeWorld();
      of.objects.models.push(model('copy', { customProperties: made.customProperties, ...change }));
      const swapped = { [swapProperty]: swapMark('unheard', 'new'), [previousModelProperty]: 'copy' };
      of.objects.endpoints.push(fakeEndpoint('calls', 'https://speech/models/new', { customProperties: swapped }));
      return of;
    };

    it('deletes none while nobody says where copies are served, and says so', () => {
      const { action, summary } = planned(atSource());
      expect([action, summary]).toEqual([
        'reuse',
        'nothing old is unused; 2 models that were copied elsewhere stay, since `served-at` does not say where such are served',
      ]);
    });

    it('keeps that of which a release says that a copy is served, or was before, whatever `served-at` leaves out', () => {
      const id = '22222222-2222-4222-8222-222222222222';
      const of = createFakeWorld();
      of.objects.models.push(
        fakeModel(id, { customProperties: { ...made.customProperties, [copiedProperty]: 'then' } }),
      );
      const here = `https://west.example/speechtotext/models/${id}`;
      const nowhere = { ...createFakeWorld().objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
      const onlyWith = (releases: Readonly<Record<string, string>>): unknown =>
        planned(of, { 'served-at': [north] }, { factsAt: () => nowhere }, releases).only;
      expect(onlyWith({})).toEqual([id]);
      const copy = fakeModel('copy', { customProperties: { [copiedFromProperty]: here } });
      for (const [served, previousModel] of [
        [copy.self, ''],
        ['https://speech/models/other', copy.self],
      ] as const) {
        const document = releaseDocument(
          {
            endpoint: { self: 'https://north.example/endpoints/e', name: 'calls', locale: 'en-US' },
            model: served,
            previousModel,
            known: { observedAt: '2026-06-01T00:00:00Z', models: [copy], baseModels: [] },
            evaluations: [],
            datasets: [],
          },
          { proof: {}, run: { id: 'r', pipeline: 'p' }, writtenAt: '2026-06-01T00:00:00Z' },
        );
        expect(onlyWith({ 'releases/north/calls.yaml': releaseText(document, { by: 'a test' }) })).toEqual([]);
      }
    });

    it.each([
      ['', copied],
      [', also where it had no room for the mark of a copy', made.customProperties],
    ])(
      'keeps what an endpoint there serves or served before, with its data, and deletes the others%s',
      async (_, own) => {
        const of = atSource();
        of.objects.models.splice(0, 1, { ...of.objects.models[0]!, customProperties: own });
        const other = elsewhere();
        const facts = { ...other.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
        const { only, summary } = planned(
          of,
          { 'served-at': [north] },
          { factsAt: (at) => (at === north ? facts : never()) },
        );
        expect([only, summary]).toEqual([['gone'], 'delete model gone gone (of 2026-01-01, unused)']);

        const speechAt = (at: string) => (at === north ? other.ports.speech : undefined);
        const ran = await runStep(
          prune,
          { ...settings, 'served-at': [north] },
          { world: { ports: { ...of.ports, speechAt } } },
        );
        expect(ran.outcome).toMatchObject({ kind: 'done', outputs: { names: 'model gone' } });
        await expect(
          runStep(
            prune,
            { ...settings, 'served-at': ['https://south.example'] },
            { world: { ports: { ...of.ports, speechAt } } },
          ),
        ).rejects.toThrow('Let `served-at` name Speech resources: https://south.example cannot be reached');
      },
    );
  });

  it('keeps what it is told to keep, and where no plan has decided also what its own pipeline has made', async () => {
    expect(planned(world(), { keep: ['https://speech/models/old'] }).only).toEqual(['broken', 'older']);
    const of = createFakeWorld();
    const own = { customProperties: { [pipelineProperty]: 'pipeline' } };
    of.objects.models.push(model('mine', own), model('of-another', { customProperties: { [pipelineProperty]: 'q' } }));
    const { outcome } = await runStep(prune, settings, { world: of });
    expect(outcome).toMatchObject({ outputs: { names: 'model of-another' } });
    expect((await runStep(prune, { ...settings, only: ['mine'] }, { world: of })).outcome).toMatchObject({
      outputs: { names: 'model mine' },
    });
  });

  it('leaves what runs use that have not ended, with the data of a model, says which run that is, and deletes as many others', async () => {
    const of = createFakeWorld();
    const id = '22222222-2222-4222-8222-222222222222';
    of.objects.models.push(
      fakeModel(id, { displayName: 'asked', ...made, datasets: [{ self: 'https://speech/datasets/words' }] }),
      model('other'),
    );
    of.objects.datasets.push(dataset('words'));
    const said: string[] = [];
    const usedByOthers = async () => new Map([[id, 'waits']]);
    const { outcome } = await runStep(prune, { ...settings, limit: 1 }, { world: of, usedByOthers, said });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { names: 'model other' } });
    expect(said[0]).toBe(
      `model asked ${id} (of 2026-01-01, unused) stays: run waits uses it and has not ended (speechops cancel waits)`,
    );
    expect((await runStep(prune, settings, { world: of, usedByOthers })).outcome.kind).toBe('reused');
  });

  it('is not skipped where there is nothing to delete, so that what needs it goes on', async () => {
    const outputs = { deleted: 0, refused: 0, names: '' };
    expect((await runStep(prune, settings, { world: createFakeWorld() })).outcome).toEqual({ kind: 'reused', outputs });
    expect(planned(createFakeWorld())).toMatchObject({ action: 'reuse', outputs });
    expect(prune.summarise?.(outputs)).toEqual(['nothing old is unused']);
  });
});
