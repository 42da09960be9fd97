import { describe, expect, it } from 'vitest';
import type { SwapWith, UploadWith } from '../../../schemas/types.gen.ts';
import type { Ports } from '../../../workflows/engine/ports.ts';
import type { Dataset } from '../../../workflows/plan/speech-entities.ts';
import { swap } from '../../../workflows/steps/swap/index.ts';
import { upload } from '../../../workflows/steps/upload/index.ts';
import { createFakeWorld, fakeEndpoint, fakeModel, serviceError, type FakeWorld } from './fake-world.ts';
import { runStep } from './run-step.ts';

const settings: UploadWith = {
  kind: 'Language',
  from: 'words.txt',
  name: 'words',
  locale: 'en-US',
  'text-normalization': 'Default',
  'max-rejected': 0,
  check: 'fail',
  via: 'auto',
  'read-with': 'signature',
};

describe('a step that makes what somebody else makes at the same time', () => {
  it('uses the older one, takes back its own and says so', async () => {
    const { world, other } = await worldOfTwo({ createdDateTime: '2025-12-31T23:59:59Z', status: 'Running' });
    const { outcome, said } = await runStep(upload, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { dataset: other.self } });
    expect(world.objects.datasets.map(({ self }) => self)).toEqual([other.self]);
    expect(said).toContain('words was made by somebody else at the same time: other is older and is used');
  });

  it('keeps its own when that is the older one, even though the other one is finished', async () => {
    const { world, other } = await worldOfTwo({ createdDateTime: '2026-12-31T23:59:59Z', status: 'Succeeded' });
    const { outcome } = await runStep(upload, settings, { world });
    expect(outcome).not.toMatchObject({ outputs: { dataset: other.self } });
    expect(world.deleted).toEqual([]);
  });

  it('agrees with the other one about two that were made in the same second', async () => {
    const world = createFakeWorld();
    const bothHaveLooked = Promise.withResolvers<void>();
    let creating = 0;
    world.meanwhile = async () => {
      creating += 1;
      if (creating === 2) bothHaveLooked.resolve();
      await bothHaveLooked.promise;
    };
    const ports = inOneSecond(world.ports);
    const runs = await Promise.all([1, 2].map(() => runStep(upload, settings, { world: { ...world, ports } })));
    const [dataset, ...others] = world.objects.datasets.map(({ self }) => self);
    expect([creating, others]).toEqual([2, []]);
    for (const { outcome } of runs) expect(outcome).toMatchObject({ outputs: { dataset } });
  });

  it('leaves its own alone when the service has begun with it, and names it', async () => {
    const { world, other } = await worldOfTwo({ createdDateTime: '2025-12-31T23:59:59Z', status: 'Running' });
    const { datasets } = world.ports.speech;
    const get: typeof datasets.get = async (reference) => ({ ...other, self: reference, status: 'Running' });
    const ports = withDatasets(world.ports, { get });
    const { said } = await runStep(upload, settings, { world: { ...world, ports } });
    expect(world.deleted).toEqual([]);
    expect(said.join('\n')).toMatch(/Delete \S+ when nobody uses it: it is one too many, and Running already/);
  });

  it('goes on when its own cannot be taken back', async () => {
    const { world, other } = await worldOfTwo({ createdDateTime: '2025-12-31T23:59:59Z', status: 'Running' });
    const refuse = async (): Promise<never> => {
      throw serviceError('Cannot delete dataset', { status: 409, outcome: 'refused' });
    };
    const ports = withDatasets(world.ports, { delete: refuse });
    const { outcome, said } = await runStep(upload, settings, { world: { ...world, ports } });
    expect(outcome).toMatchObject({ outputs: { dataset: other.self } });
    expect(said.join('\n')).toMatch(/Delete \S+, it is one too many: Cannot delete dataset/);
  });

  it('links to the older project', async () => {
    const world = createFakeWorld();
    const older = { displayName: 'Calls', locale: 'en-US', self: 'https://speech/projects/other' };
    once(world, 'projects', () => world.objects.projects.push({ ...older, createdDateTime: '2025-01-01T00:00:00Z' }));
    await runStep(upload, settings, { world, project: 'Calls' });
    expect(world.objects.projects.map(({ self }) => self)).toEqual([older.self]);
    expect(world.objects.datasets[0]?.project).toEqual({ self: older.self });
  });

  it('gives its model to the older endpoint', async () => {
    const world = createFakeWorld();
    const [mine, theirs] = [fakeModel('mine'), fakeModel('theirs')];
    world.objects.models.push(mine, theirs);
    const older = fakeEndpoint('ward', theirs.self, { createdDateTime: '2025-01-01T00:00:00Z' });
    once(world, 'endpoints', () => world.objects.endpoints.push(older));
    const wanted: SwapWith = {
      endpoint: 'ward',
      create: true,
      model: mine.self,
      strategy: 'direct',
      'min-days-left': 30,
      'settle-timeout': 600,
    };
    const { outcome } = await runStep(swap, wanted, { world });
    expect(outcome).toMatchObject({ outputs: { endpoint: older.self, previousModel: theirs.self } });
    expect(world.objects.endpoints).toMatchObject([{ self: older.self, model: { self: mine.self } }]);
  });
});

/** Between the look and the create of a step somebody else makes the same dataset. */
async function worldOfTwo(
  change: Pick<Dataset, 'createdDateTime' | 'status'>,
): Promise<{ readonly world: FakeWorld; readonly other: Dataset }> {
  const before = createFakeWorld();
  await runStep(upload, settings, { world: before });
  const [made] = before.objects.datasets;
  if (made === undefined) throw new Error('The step made no dataset');
  const other = { ...made, ...change, self: 'https://speech/datasets/other' };
  const world = createFakeWorld();
  once(world, 'datasets', () => world.objects.datasets.push(other));
  return { world, other };
}

function once(world: FakeWorld, collection: string, act: () => unknown): void {
  let isDone = false;
  world.meanwhile = async (name) => {
    if (isDone || name !== collection) return;
    isDone = true;
    act();
  };
}

function withDatasets(ports: Ports, change: Partial<Ports['speech']['datasets']>): Ports {
  return { ...ports, speech: { ...ports.speech, datasets: { ...ports.speech.datasets, ...change } } };
}

function inOneSecond(ports: Ports): Ports {
  const { datasets } = ports.speech;
  const at = '2026-01-01T00:00:00Z';
  return withDatasets(ports, {
    list: async () => (await datasets.list()).map((dataset) => ({ ...dataset, createdDateTime: at })),
    create: async (body) => ({ ...(await datasets.create(body)), createdDateTime: at }),
  });
}
