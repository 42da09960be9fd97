import { beforeEach, describe, expect, it } from 'vitest';
import type { SwapWith } from '../../../../schemas/types.gen.ts';
import { ServiceError, type SpeechPort } from '../../../../workflows/engine/ports.ts';
import { StepFailure } from '../../../../workflows/engine/step-kind.ts';
import type { Facts } from '../../../../workflows/plan/facts.ts';
import { swapMark } from '../../../../workflows/plan/endpoint-proof.ts';
import type { Endpoint } from '../../../../workflows/plan/speech-entities.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import {
  createFakeWorld,
  fakeEndpoint,
  fakeEvaluation,
  fakeModel,
  serviceError,
  type FakeWorld,
} from '../fake-world.ts';
import { runStep } from '../run-step.ts';

const oldModel = 'https://speech/models/old';
const newModel = 'https://speech/models/new';
const verify = {
  audio: 'smoke',
  channel: 'sdk',
  'max-wer': 0.2,
  every: 1,
  streams: 0,
  discriminate: 8,
  'settle-at-least': 600,
} as const;
const settings: SwapWith = {
  endpoint: 'call-center',
  create: false,
  model: newModel,
  strategy: 'canary',
  verify,
  'min-days-left': 30,
  'settle-timeout': 60,
};
const canary = 'call-center-canary-run';

let world: FakeWorld;

beforeEach(() => {
  world = createFakeWorld();
  world.objects.models.push(fakeModel('old'), fakeModel('new'));
  world.objects.endpoints.push(fakeEndpoint('call-center', oldModel));
  world.objects.evaluations.push(fakeEvaluation('candidate', [newModel, oldModel]));
  world.texts[oldModel] = { 'ann-1.wav': 'a pet', 'ann-2.wav': 'an old cat', 'bob-1.wav': 'some dogs' };
  world.texts[newModel] = { 'ann-1.wav': 'apex', 'ann-2.wav': 'an old bat', 'bob-1.wav': 'some hogs' };
});

/** Replaces calls of endpoints by others. */
function endpointsDo(calls: Partial<SpeechPort['endpoints']>): void {
  Object.assign(world.ports.speech.endpoints, calls);
}

async function failure(run: Promise<unknown>): Promise<Error> {
  const error: unknown = await run.catch((reason: unknown) => reason);
  if (error instanceof Error) return error;
  throw new Error('the step did not fail');
}

function names(): readonly string[] {
  return world.objects.endpoints.map(({ displayName }) => displayName);
}

/** The endpoint, and the canary that a killed run has left behind. */
function leftBy(runId: string, change: Partial<Endpoint> = {}): Endpoint {
  const of = { 'speechops-canary': 'id-of-call-center', 'speechops-digest': 'of another run' };
  return fakeEndpoint(`call-center-canary-${runId}`, newModel, { customProperties: of, ...change });
}

describe('a swap with a canary', () => {
  it('hears the candidate on an endpoint of its own first, then changes the endpoint, and removes the canary', async () => {
    const asked: string[] = [];
    const { speech } = world.ports;
    const { recognise } = speech;
    Object.assign(speech, {
      recognise: async (...args: Parameters<typeof recognise>) => {
        const which = args[1].endpoint.displayName;
        if (asked.at(-1) !== which) asked.push(which);
        return await recognise(...args);
      },
    });
    const said: string[] = [];
    const { outcome, effects } = await runStep(swap, settings, { world, said });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: newModel, previousModel: oldModel, heard: true } });
    expect(effects).toEqual([
      'create-endpoint',
      'update-endpoint',
      'update-endpoint',
      'update-endpoint',
      'delete-endpoint',
    ]);
    expect(asked).toEqual([canary, 'call-center']);
    expect(world.created).toEqual([`endpoints: ${canary}`]);
    expect(names()).toEqual(['call-center']);
    expect(said).toContain(`deploying new on the canary ${canary}, which is charged while it exists`);
    expect(said).toContain(`canary ${canary} removed`);
  });

  it('marks the canary, so that people and later runs know it, and keeps it until the endpoint is proved', async () => {
    const seen: (Endpoint | undefined)[] = [];
    world.settle = (wanted) => {
      seen.push(world.objects.endpoints.find(({ displayName }) => displayName === canary));
      return wanted;
    };
    world.objects.endpoints[0] = fakeEndpoint('call-center', oldModel, {
      project: { self: 'https://speech/projects/p' },
    });
    await runStep(swap, settings, { world });
    expect(seen).toHaveLength(3);
    expect(seen.at(-1)).toMatchObject({
      locale: 'en-US',
      model: { self: newModel },
      project: { self: 'https://speech/projects/p' },
      customProperties: {
        'speechops-canary': 'id-of-call-center',
        'speechops-pipeline': 'pipeline',
        'speechops-swap': 'proved new',
      },
    });
  });

  it.each<[string, () => void, RegExp]>([
    [
      'one recording is answered otherwise',
      () => {
        world.hear = ({ displayName, model }, recording) =>
          displayName === canary && recording === 'bob-1.wav'
            ? 'some dogs'
            : (world.texts[model?.self ?? '']?.[recording] ?? '');
      },
      /^Endpoint call-center-canary-run does not answer as the model that it names after 60 s \(settle-timeout\): of 3 recordings .* 2 are answered as by new, 1 as by old/,
    ],
    [
      'the word error rate is above the bound',
      () => {
        world.recognise = ({ displayName }) => ({
          status: 'Success',
          lexical: displayName === canary ? 'one two three five' : 'one two three four',
          display: '',
        });
      },
      /^The smoke audio's word error rate is 25\.0 % on the canary call-center-canary-run, max-wer allows 20\.0 %/,
    ],
    [
      'recognitions fail',
      () => {
        world.recognise = ({ displayName }) => ({
          status: displayName === canary ? 'NoMatch' : 'Success',
          lexical: displayName === canary ? '' : 'one two three four',
          display: '',
        });
      },
      /^\d+ recognitions failed on the canary call-center-canary-run \(a\.wav: NoMatch\)/,
    ],
    [
      'the service fails it',
      () => {
        world.work = (_, entity) => ({ ...entity, status: 'Failed', properties: { error: { message: 'No room' } } });
      },
      /^The service failed the canary call-center-canary-run: No room/,
    ],
  ])('touches nothing when %s, says so and removes the canary', async (_, arrange, message) => {
    arrange();
    const before = world.objects.endpoints[0];
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/; this was a canary, and endpoint call-center was not changed$/);
    expect((error as StepFailure).outputs).toMatchObject({ model: oldModel, rolledBack: false });
    expect(world.objects.endpoints).toEqual([before]);
  });

  it('goes on with the canary of the same run after a kill, and does not hear it twice', async () => {
    await failure(runStep(swap, settings, { world: dyingAt('update', 2) }));
    expect(names()).toEqual(['call-center', canary]);
    expect(world.objects.endpoints[1]?.customProperties?.['speechops-swap']).toBe('proved new');
    world.recognised.length = 0;
    world.hear = ({ displayName, model }, recording) => {
      expect(displayName).toBe('call-center');
      return world.texts[model?.self ?? '']?.[recording] ?? '';
    };
    const { outcome } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: true } });
    expect(world.created).toEqual([`endpoints: ${canary}`]);
    expect(names()).toEqual(['call-center']);
  });

  it('does not share the canary of another run, and removes what that has left', async () => {
    world.objects.endpoints.push(leftBy('other'));
    await runStep(swap, settings, { world });
    expect(world.created).toEqual([`endpoints: ${canary}`]);
    expect(world.deleted).toEqual(['https://speech/endpoints/id-of-call-center-canary-other', expect.any(String)]);
    expect(names()).toEqual(['call-center']);
  });

  it('removes what another run has left also when it needs no canary itself, and no canary of another endpoint', async () => {
    const other = leftBy('x', {
      self: 'https://speech/endpoints/x',
      customProperties: { 'speechops-canary': 'other' },
    });
    world.objects.endpoints.push(leftBy('dead'), other);
    const direct = { ...settings, strategy: 'direct' } as const;
    await runStep(swap, direct, { world });
    expect(world.objects.endpoints.slice(1)).toEqual([other]);
    world.objects.endpoints.push(leftBy('dead'));
    const { outcome, effects } = await runStep(swap, direct, { world });
    expect([outcome.kind, effects]).toEqual(['done', ['delete-endpoint']]);
    expect(world.objects.endpoints.slice(1)).toEqual([other]);
    expect(world.created).toEqual([]);
  });

  it('makes none for an endpoint that is new or serves the candidate', async () => {
    const made = await runStep(swap, { ...settings, endpoint: 'new-one', create: true }, { world });
    expect(made.effects).toEqual(['create-endpoint', 'update-endpoint']);
    world.objects.endpoints[0] = fakeEndpoint('call-center', newModel);
    expect((await runStep(swap, settings, { world })).effects).toEqual([]);
  });

  it('is removed when the run is cancelled, and when the swap of the endpoint goes back', async () => {
    const end = new AbortController();
    world.hear = ({ displayName }) => {
      if (displayName === canary) end.abort(new Error('cancelled'));
      return 'nothing';
    };
    await failure(runStep(swap, settings, { world, signal: end.signal }));
    expect(names()).toEqual(['call-center']);
    expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
    world.hear = ({ model }, recording) => world.texts[model?.self ?? '']?.[recording] ?? '';
    world.settle = (wanted, before) =>
      wanted.displayName === 'call-center' && wanted.model?.self === newModel && before.model?.self === oldModel
        ? { ...wanted, status: 'Failed' }
        : { ...wanted, status: 'Succeeded' };
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain('went back to the previous model and verified it');
    expect(names()).toEqual(['call-center']);
  });

  it.each([400, 403])('says what to do when the resource has as many endpoints as it may (%i)', async (status) => {
    endpointsDo({
      async create() {
        throw new ServiceError('POST /endpoints: the resource already has 50 endpoints', {
          method: 'POST',
          path: '/endpoints',
          attempts: 1,
          status,
          code: 'QuotaViolation',
          outcome: 'refused',
        });
      },
    });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toBe(
      'Delete an endpoint that nobody uses, ask Microsoft for more endpoints, or leave `strategy: canary` out: POST /endpoints: the resource already has 50 endpoints; endpoint call-center was not changed',
    );
    expect(world.objects.endpoints).toHaveLength(1);
  });

  it('names a canary that could not be removed, with the command, and the next run removes it', async () => {
    const { delete: remove } = world.ports.speech.endpoints;
    endpointsDo({
      async delete() {
        throw serviceError('DELETE: forbidden', { status: 403, outcome: 'refused' });
      },
    });
    const said: string[] = [];
    world.work = (_, entity) => ({ ...entity, status: 'Failed' });
    const error = await failure(runStep(swap, settings, { world, said }));
    expect(error.message).toMatch(
      /endpoint call-center was not changed; its canary is still there and is charged \(DELETE: forbidden\): the run removes it when it is resumed, or the next one that swaps endpoint call-center$/,
    );
    expect(said.join('\n')).toContain(`Canary ${canary} could not be removed: delete it with: az rest --method delete`);
    endpointsDo({ delete: remove });
    world.work = (_, entity) => entity;
    await runStep(swap, settings, { world, runId: 'next' });
    expect(names()).toEqual(['call-center']);
  });

  it.each([
    ['there is none', true, ''],
    [
      'it could not be removed',
      false,
      '; its canary is still there and is charged (DELETE: forbidden): the run removes it when it is resumed, or the next one that swaps endpoint call-center',
    ],
  ])('is spoken of in an error of the service only where it is still there: %s', async (_, isRemoved, stays) => {
    world.recognise = () => serviceError('Recognise: forbidden', { status: 403, outcome: 'refused' });
    if (!isRemoved)
      endpointsDo({
        async delete() {
          throw serviceError('DELETE: forbidden', { status: 403, outcome: 'refused' });
        },
      });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error).toBeInstanceOf(ServiceError);
    expect(error.message).toBe(
      `Recognise: forbidden; endpoint call-center was not changed: resume the run, or run the pipeline again, to go on with the swap${stays}`,
    );
    expect(names()).toEqual(isRemoved ? ['call-center'] : ['call-center', canary]);
  });

  it.each([
    [
      'is at work for ever',
      'Running',
      /^The deployment of the canary call-center-canary-run did not end within 60 s \(settle-timeout\); this was a canary, and endpoint call-center was not changed; its canary is still there and is charged \(The canary call-center-canary-run was at work for more than 60 s \(settle-timeout\), and the service deletes none that is\): the run removes it/,
    ],
    [
      'is at work again after its proof',
      'Succeeded',
      /^The canary call-center-canary-run was at work for more than 60 s \(settle-timeout\), and the service deletes none that is; endpoint call-center is as this swap was to leave it, and only its canary is still there, which is charged: resume the run/,
    ],
  ] as const)('that %s holds the step no longer than settle-timeout, and is named', async (_, first, message) => {
    const { wait } = world.ports.speech.endpoints;
    const { clock } = world.ports;
    let status: string = first;
    const start = clock.now().getTime();
    endpointsDo({
      async wait(reference, options) {
        const isCanary = reference !== world.objects.endpoints[0]?.self;
        if (!isCanary || options?.until !== undefined || status === 'Succeeded') {
          if (isCanary && options?.until !== undefined) status = 'Running';
          return await wait(reference, options);
        }
        await clock.sleep(86_400_000, options?.signal);
        throw new Error('waited for a day');
      },
    });
    const said: string[] = [];
    const error = await failure(runStep(swap, settings, { world, said }));
    expect(error).toBeInstanceOf(StepFailure);
    expect(error.message).toMatch(message);
    expect((clock.now().getTime() - start) / 1000).toBeLessThan(3 * settings['settle-timeout']);
    expect(said.join('\n')).toContain(`Canary ${canary} could not be removed: delete it with: az rest --method delete`);
    expect(names()).toEqual(['call-center', canary]);
  });

  it.each([
    ['is deployed', 'deploying'],
    ['is marked', 'smoke audio on the canary'],
  ])('that somebody deletes before it %s is named, and the endpoint was not changed', async (_, when) => {
    const said: string[] = [];
    said.push = (message) => {
      if (message.startsWith(when)) world.objects.endpoints.splice(1, 1);
      return Array.prototype.push.call(said, message);
    };
    const error = await failure(runStep(swap, settings, { world, said }));
    expect(error).toBeInstanceOf(StepFailure);
    expect(error.message).toBe(
      `The canary ${canary} was deleted by somebody; this was a canary, and endpoint call-center was not changed`,
    );
    expect(names()).toEqual(['call-center']);
  });

  it('is planned with its effects and its price, and with what it removes', () => {
    const plan = (change: Partial<Facts> = {}, strategy: SwapWith['strategy'] = 'canary') =>
      swap.plan(
        {
          known: settings,
          with: { ...settings, strategy },
          waitsFor: [],
          step: { id: 's' },
          pipeline: { name: 'p', locale: 'en-US' },
        },
        { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {}, ...change },
      );
    expect(plan()).toMatchObject({
      action: 'update',
      effects: ['create-endpoint', 'update-endpoint', 'delete-endpoint'],
      summary:
        'endpoint call-center: old -> new; heard on up to 8 recordings of evaluation candidate; on a canary first, another endpoint that is charged while it exists',
    });
    const endpoints = [...world.objects.endpoints, leftBy('dead')];
    expect(plan()).not.toHaveProperty('deletes');
    expect(plan({ endpoints })).toMatchObject({
      action: 'update',
      effects: ['create-endpoint', 'update-endpoint', 'delete-endpoint'],
      deletes: ['call-center-canary-dead'],
      summary: expect.stringMatching(/; removes call-center-canary-dead, which an earlier run has left$/),
    });
    const marked = { 'speechops-swap': swapMark('unproved', newModel) };
    const unproved = fakeEndpoint('call-center', newModel, { customProperties: marked });
    expect(plan({ endpoints: [unproved, leftBy('dead')] })).toMatchObject({
      action: 'update',
      deletes: ['call-center-canary-dead'],
    });
    expect(plan({ endpoints }, 'direct')).toMatchObject({
      effects: ['update-endpoint', 'delete-endpoint'],
      deletes: ['call-center-canary-dead'],
      summary: expect.stringMatching(/; removes call-center-canary-dead, which an earlier run has left$/),
    });
    expect(plan({ endpoints: [fakeEndpoint('call-center', newModel), leftBy('dead')] })).toMatchObject({
      action: 'delete',
      effects: ['delete-endpoint'],
      summary:
        'endpoint call-center serves new already; removes call-center-canary-dead, which an earlier run has left',
    });
    expect(plan({}, 'direct').effects).toEqual(['update-endpoint']);
  });
});

/** The same world for a process that dies before the call of this name with this number, and can do nothing after it. */
function dyingAt(name: 'update', nth: number): FakeWorld {
  let calls = 0;
  const { endpoints } = world.ports.speech;
  const dead = async (): Promise<never> => {
    throw new Error('killed');
  };
  const dying: SpeechPort['endpoints'] = {
    ...endpoints,
    async update(...args) {
      calls += 1;
      if (calls >= nth) return await dead();
      return await endpoints[name](...args);
    },
    async list(...args) {
      return calls >= nth ? await dead() : await endpoints.list(...args);
    },
  };
  const ports = { ...world.ports, speech: { ...world.ports.speech, endpoints: dying } };
  return { ...world, ports };
}
