import { describe, expect, it } from 'vitest';
import { removeTrials, trialPorts } from '../../../workflows/engine/trial-ports.ts';
import { ServiceError } from '../../../workflows/engine/ports.ts';
import { digestProperty } from '../../../workflows/plan/identity.ts';
import { findComparison, findMeasurement } from '../../../workflows/plan/measurements.ts';
import type { Evaluation } from '../../../workflows/plan/speech-entities.ts';
import { trialProperty } from '../../../workflows/plan/trial.ts';
import { createFakeWorld, fakeModel } from '../steps/fake-world.ts';

const text = { kind: 'Language', displayName: 'text', locale: 'en-US' } as const;
const [mine, theirs] = ['mine', 'theirs'];

function removal(world: ReturnType<typeof createFakeWorld>, signal = AbortSignal.timeout(60_000)) {
  const told: string[] = [];
  const left = removeTrials(world.ports, { id: mine, signal, report: (message) => told.push(message) });
  return { left, told };
}

describe('the ports of a trial', () => {
  it('mark what it makes, which it finds again and a run does not', async () => {
    const world = createFakeWorld();
    const { datasets } = trialPorts(world.ports, mine).speech;
    const made = await datasets.create({ ...text, customProperties: { [digestProperty]: 'abc', other: 'x' } });
    const own = { [digestProperty]: 'abc', other: 'x' };
    expect(made.customProperties).toEqual(own);
    expect((await datasets.list())[0]?.customProperties).toEqual(own);
    expect((await datasets.get(made.self))?.customProperties).toEqual(own);
    expect((await datasets.wait(made.self)).customProperties).toEqual(own);
    const marked = { [digestProperty]: 'trial abc', [trialProperty]: mine, other: 'x' };
    expect((await world.ports.speech.datasets.list())[0]?.customProperties).toEqual(marked);
    expect((await trialPorts(world.ports, theirs).speech.datasets.list())[0]?.customProperties).toEqual(marked);
  });

  it('keep a run from relying on an evaluation that will be gone', () => {
    const evaluation = {
      self: 'https://speech/evaluations/1',
      displayName: 'e',
      locale: 'en-US',
      status: 'Succeeded',
      createdDateTime: '2026-01-01T00:00:00Z',
      lastActionDateTime: '2026-01-01T00:00:00Z',
      dataset: { self: 'https://speech/datasets/d' },
      model1: { self: 'https://speech/models/a' },
      model2: { self: 'https://speech/models/b' },
    } as Evaluation;
    const trial = { ...evaluation, customProperties: { [trialProperty]: theirs } };
    const request = { dataset: 'd', model: 'a', against: 'b' };
    expect(findMeasurement([evaluation], request)?.action).toBe('reuse');
    expect(findMeasurement([trial], request)).toBeUndefined();
    expect(findComparison([evaluation], ['a', 'b'])).toBeDefined();
    expect(findComparison([trial], ['a', 'b'])).toBeUndefined();
  });
});

describe('removing a trial', () => {
  it('takes what it has made, and what one of days ago has left, and nothing else', async () => {
    const world = createFakeWorld();
    const now = new Date(world.ports.clock.now()).toISOString();
    const modelOf = (name: string, trial: string | undefined, createdDateTime: string) => ({
      ...fakeModel(name),
      createdDateTime,
      ...(trial === undefined ? {} : { customProperties: { [trialProperty]: trial } }),
    });
    world.objects.models.push(
      modelOf('ours', mine, now),
      modelOf('under-way', theirs, now),
      modelOf('forgotten', theirs, '2020-01-01T00:00:00Z'),
      modelOf('production', undefined, '2020-01-01T00:00:00Z'),
    );
    expect(await removal(world).left).toEqual([]);
    expect(world.objects.models.map(({ displayName }) => displayName)).toEqual(['under-way', 'production']);
  });

  it('tries everything, and asks no more for what it may not remove', async () => {
    const world = createFakeWorld();
    const marked = { customProperties: { [trialProperty]: mine } };
    world.objects.models.push({ ...fakeModel('forbidden'), ...marked }, { ...fakeModel('other'), ...marked });
    const { models } = world.ports.speech;
    const refusing: typeof models.delete = async (self, options) => {
      if (!self.endsWith('forbidden')) return await models.delete(self, options);
      const facts = { method: 'DELETE', path: '/models/x', status: 403, attempts: 1, outcome: 'refused' } as const;
      throw new ServiceError('You may not', facts);
    };
    const ports = { ...world.ports, speech: { ...world.ports.speech, models: { ...models, delete: refusing } } };
    const { left, told } = removal({ ...world, ports });
    expect((await left).map(({ displayName }) => displayName)).toEqual(['forbidden']);
    expect(told).toEqual(['forbidden is not removed yet: You may not']);
    expect(world.objects.models.map(({ displayName }) => displayName)).toEqual(['forbidden']);
  });

  it('asks again while the service does not let it, and says what stays', async () => {
    const world = createFakeWorld();
    world.objects.models.push({ ...fakeModel('ours'), customProperties: { [trialProperty]: mine } });
    const ended = new AbortController();
    let asked = 0;
    const { models } = world.ports.speech;
    const refusing = async (): Promise<void> => {
      asked += 1;
      if (asked === 3) ended.abort();
      const facts = { method: 'DELETE', path: '/models/ours', status: 409, attempts: 1, outcome: 'refused' } as const;
      throw new ServiceError('The model is in use', facts);
    };
    const ports = { ...world.ports, speech: { ...world.ports.speech, models: { ...models, delete: refusing } } };
    const { left, told } = removal({ ...world, ports }, ended.signal);
    expect((await left).map(({ displayName }) => displayName)).toEqual(['ours']);
    expect(told).toEqual(Array(2).fill('ours is not removed yet: The model is in use'));
  });
});
