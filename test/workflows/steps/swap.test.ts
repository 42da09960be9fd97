import { describe, expect, it } from 'vitest';
import { sleep } from '../../../workflows/time/sleep.ts';
import type { Recognition, ServiceError } from '../../../workflows/engine/ports.ts';
import { type Outputs, StepFailure, type StepContext } from '../../../workflows/engine/step-kind.ts';
import type { SwapWith } from '../../../schemas/types.gen.ts';
import { swap } from '../../../workflows/steps/swap/index.ts';
import {
  createFakeWorld,
  fakeBaseModel,
  fakeEvaluation,
  fakeEndpoint,
  fakeModel,
  serviceError,
  type FakeWorld,
} from './fake-world.ts';
import { runStep } from './run-step.ts';
import { markOf, newModel, oldModel, settings as shared, verify } from './swap-settings.ts';

const settings: SwapWith = { ...shared, create: true, 'settle-timeout': 60 };

function worldWithEndpoint(): FakeWorld {
  const world = createFakeWorld();
  world.objects.models.push(fakeModel('old'), fakeModel('new'));
  world.objects.endpoints.push(fakeEndpoint('call-center', oldModel));
  world.objects.evaluations.push(fakeEvaluation('candidate', [newModel, oldModel]));
  world.texts[oldModel] = {
    'ann-1.wav': 'a pet',
    'ann-2.wav': 'an old cat',
    'bob-1.wav': 'some dogs',
    'eve-1.wav': 'same',
  };
  world.texts[newModel] = {
    'ann-1.wav': 'apex',
    'ann-2.wav': 'an old bat',
    'bob-1.wav': 'some hogs',
    'eve-1.wav': 'same',
  };
  return world;
}

const good: Recognition = { status: 'Success', lexical: 'one two three four', display: '' };

async function failure(run: Promise<unknown>): Promise<StepFailure> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StepFailure)) throw new Error('the step did not fail');
  return error;
}

describe('swap', () => {
  it('changes the model and recognises the smoke audio before and after', async () => {
    const world = worldWithEndpoint();
    const { outcome, effects } = await runStep(swap, settings, { world });
    expect(effects).toEqual(['update-endpoint', 'update-endpoint']);
    expect(world.objects.endpoints[0]).toMatchObject({
      model: { self: newModel },
      customProperties: {
        'speechops-swap': expect.stringMatching(/^proved new by [0-9a-f]{16}$/),
        'speechops-previous-model': 'old',
      },
    });
    expect(world.recognised.at(0)).toBe(oldModel);
    expect(world.recognised.at(-1)).toBe(newModel);
    expect(outcome).toMatchObject({
      kind: 'done',
      outputs: { model: newModel, previousModel: oldModel, probeFailures: 0, rolledBack: false },
    });
  });

  it.each(['sdk', 'rest'] as const)('recognises through the channel that is asked for: %s', async (channel) => {
    const world = worldWithEndpoint();
    const { speech } = world.ports;
    const channels = new Set<string | undefined>();
    const heard: typeof speech.recognise = async (audio, options) => {
      channels.add(options.channel);
      return await speech.recognise(audio, options);
    };
    const ports = { ...world.ports, speech: { ...speech, recognise: heard } };
    await runStep(swap, { ...settings, verify: { ...verify, channel } }, { world: { ...world, ports } });
    expect([...channels]).toEqual([channel]);
  });

  it('fails before it changes anything when the endpoint does not exist and it may not create it', async () => {
    const world = worldWithEndpoint();
    const wanted = { ...settings, endpoint: 'Call-centre', create: false };
    const error = await failure(runStep(swap, wanted, { world }));
    expect(error.message).toBe(
      'Correct the name, or set `create: true` to make a new endpoint, which is charged: endpoint Call-centre does not exist; did you mean `call-center`?',
    );
    const asModel = await failure(runStep(swap, { ...wanted, endpoint: 'endpoint/call-center' }, { world }));
    expect(asModel.message).toContain('endpoint endpoint/call-center does not exist; did you mean `call-center`?');
    const elsewhere = await failure(runStep(swap, { ...settings, create: false }, { world, locale: 'en-GB' }));
    expect(elsewhere.message).toContain('endpoint call-center does not exist for en-GB, only for en-US');
    expect([world.created, world.recognised]).toEqual([[], []]);
  });

  it('refuses an endpoint of another locale, which keeps it, and makes none in its place', async () => {
    const world = worldWithEndpoint();
    const [endpoint] = world.objects.endpoints;
    const byId = { ...settings, endpoint: endpoint?.self ?? '' };
    const message =
      'Name an endpoint of en-GB: call-center is of en-US, and an endpoint keeps its locale. None is made anew in its place, because its callers, and the quota that Microsoft raises for an endpoint, depend on its id';
    expect((await failure(runStep(swap, byId, { world, locale: 'en-GB' }))).message).toBe(message);
    expect([world.created, world.objects.endpoints]).toEqual([[], [endpoint]]);
    const pipeline = { name: 'p', locale: 'en-GB' };
    const input = { known: byId, with: byId, waitsFor: [], step: { id: 's' }, pipeline };
    const seen = { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
    expect(swap.lacks?.(input, seen)?.message).toBe(message);
  });

  it('gives an endpoint whose deployment has failed the model again, and makes none in its place', async () => {
    const world = worldWithEndpoint();
    world.objects.endpoints[0] = fakeEndpoint('call-center', oldModel, { status: 'Failed' });
    world.settle = (wanted) => ({ ...wanted, status: 'Succeeded' });
    const { outcome, effects } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { created: false, model: newModel } });
    expect(effects).not.toContain('create-endpoint');
    expect(world.deleted).toEqual([]);
  });

  it('serves no model in place of that of an endpoint that does not exist', async () => {
    const world = worldWithEndpoint();
    world.objects.baseModels.push(fakeBaseModel('newest', { created: '2025-01-01T00:00:00Z' }));
    const error = await failure(runStep(swap, { ...settings, model: 'endpoint/cal-center' }, { world }));
    expect(error.message).toBe(
      'Name another model: endpoint/cal-center would stand for newest (newest base model, endpoint cal-center does not exist; did you mean `call-center`?)',
    );
    expect(world.recognised).toEqual([]);
  });

  it('creates the endpoint when it does not exist', async () => {
    const world = createFakeWorld();
    world.objects.models.push(fakeModel('new'));
    const { outcome, effects } = await runStep(swap, settings, { world });
    expect(effects).toEqual(['create-endpoint', 'update-endpoint']);
    expect(outcome).toMatchObject({
      kind: 'done',
      outputs: { endpoint: world.objects.endpoints[0]?.self, created: true, previousModel: '', probes: 1 },
    });
    expect(swap.summarise?.(outcome.kind === 'skipped' ? {} : outcome.outputs)[0]).toBe('a new endpoint');
  });

  it('names the new endpoint that it could not prove, with the command that deletes it, and the next run proves it', async () => {
    const world = createFakeWorld();
    world.objects.models.push(fakeModel('new'));
    const { recognise } = world;
    world.recognise = () => ({ status: 'NoMatch', lexical: '', display: '' });
    const stays =
      /a\.wav: NoMatch\); endpoint call-center has no previous model to go back to, stays unproved and is charged: the next run proves it again, or delete it with: az rest --method delete --resource https:\/\/cognitiveservices.azure.com --url 'https:\/\/speech\/endpoints\/\d+'$/;
    for (const time of ['when it is made', 'when it is there']) {
      const error = await failure(runStep(swap, settings, { world }));
      expect([time, error.message]).toEqual([time, expect.stringMatching(stays)]);
      expect(error.outputs).toMatchObject({ endpoint: world.objects.endpoints[0]?.self, rolledBack: false });
    }
    world.recognise = recognise;
    expect((await runStep(swap, { ...settings, create: false }, { world })).outcome.kind).toBe('done');
    expect(world.objects.endpoints).toHaveLength(1);
  });

  it('names the new endpoint that the service failed', async () => {
    const world = createFakeWorld();
    world.objects.models.push(fakeModel('new'));
    world.work = (_, entity) => ({ ...entity, status: 'Failed' });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain(
      `it stays: the next run gives it the model again, or delete it with: az rest --method delete`,
    );
    world.settle = (wanted) => ({ ...wanted, status: 'Succeeded' });
    expect((await runStep(swap, settings, { world })).effects).toEqual(['update-endpoint', 'update-endpoint']);
  });

  it('changes nothing when the endpoint serves the model already, and verifies it', async () => {
    const world = worldWithEndpoint();
    await runStep(swap, settings, { world, runId: 'before' });
    const { outcome, effects } = await runStep(swap, settings, { world });
    expect(effects).toEqual([]);
    expect(outcome).toMatchObject({ kind: 'reused', outputs: { previousModel: oldModel, probes: 1 } });
    expect(outcome).not.toHaveProperty('outputs.given');
  });

  it('knows the model as its own that it gave and proved before its process was killed, and another run does not', async () => {
    const world = worldWithEndpoint();
    await runStep(swap, settings, { world });
    const { outcome, effects } = await runStep(swap, settings, { world });
    expect(effects).toEqual([]);
    expect(outcome).toMatchObject({
      kind: 'done',
      outputs: { previousModel: oldModel, model: newModel, heard: true, given: true },
    });
    // A run of another store that has the same id.
    const other = await runStep(swap, settings, { world, startedAt: '2026-06-02T00:00:00Z' });
    expect(other.outcome.kind).toBe('reused');
  });

  it('says that its own model is there when that fails after all, or the service does not answer', async () => {
    const world = worldWithEndpoint();
    await runStep(swap, settings, { world });
    world.recognise = () => ({ ...good, lexical: 'one' });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toMatch(/; endpoint call-center serves new, which this run gave it before$/);
    expect(error.outputs).toMatchObject({ given: true, model: newModel, previousModel: oldModel });
    const { evaluations } = world.ports.speech;
    Object.assign(evaluations, {
      list: async () => await Promise.reject(serviceError('not there', { outcome: 'unknown' })),
    });
    let left: Outputs = {};
    const onLeaving: StepContext['leaving'] = (_, outputs) => (left = outputs?.() ?? left);
    const wanted = { ...settings, verify: { ...verify, 'max-wer-above-evaluation': 0.1 } };
    await expect(runStep(swap, wanted, { world, onLeaving })).rejects.toThrow('which this run gave it before');
    expect(left).toMatchObject({ given: true, model: newModel, previousModel: oldModel });
  });

  it('goes back when the deployment fails, and says both', async () => {
    const world = worldWithEndpoint();
    world.settle = (wanted, before) =>
      wanted.model?.self === newModel
        ? {
            ...before,
            status: 'Failed',
            lastActionDateTime: wanted.lastActionDateTime,
            properties: { error: { code: 'DeployFailed', message: 'No capacity' } },
          }
        : { ...wanted, status: 'Succeeded' };
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toBe(
      'The deployment failed: No capacity [DeployFailed]; went back to the previous model and verified it',
    );
    expect(error.outputs).toMatchObject({
      model: oldModel,
      rolledBack: true,
      triedModel: newModel,
      takenBackAt: expect.any(String),
    });
    expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
  });

  it('leaves the model noted that was served before the one that it gives back', async () => {
    const world = worldWithEndpoint();
    const endpoint = world.objects.endpoints[0];
    const noted = {
      ...endpoint,
      customProperties: { 'speechops-previous-model': 'older', 'speechops-swap': 'proved old' },
    };
    world.objects.endpoints[0] = noted as typeof endpoint & typeof noted;
    world.recognise = ({ model }) =>
      model?.self === newModel
        ? { status: 'NoMatch', lexical: '', display: '' }
        : { status: 'Success', lexical: 'one two three four', display: '' };
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.outputs).toMatchObject({ model: oldModel, rolledBack: true });
    expect(world.objects.endpoints[0]?.customProperties?.['speechops-previous-model']).toBe('older');
  });

  it('goes back when the endpoint settles on another model than the wanted one', async () => {
    const world = worldWithEndpoint();
    world.settle = (wanted, before) => ({
      ...before,
      status: 'Succeeded',
      lastActionDateTime: `${wanted.lastActionDateTime}+`,
    });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain('The endpoint serves model old and not the model it was given; went back');
  });

  it('goes back when the word error rate after the swap is above the bound', async () => {
    const world = worldWithEndpoint();
    world.recognise = (endpoint) => ({
      status: 'Success',
      lexical: endpoint.model?.self === newModel ? 'one two' : 'one two three four',
      display: '',
    });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain(
      'word error rate is 50.0 % after the swap, max-wer allows 20.0 %; went back to the previous model',
    );
    const close = { ...settings, verify: { ...verify, 'max-wer': 0.4996 } };
    const again = await failure(runStep(swap, close, { world }));
    expect(again.message).toContain('word error rate is 50.00 % after the swap, max-wer allows 49.96 %');
    expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
  });

  it.each([
    [
      'the endpoint refuses',
      serviceError('404 from the endpoint', { status: 404, outcome: 'refused' }),
      '404 from the',
    ],
    ['nothing is heard', { status: 'NoMatch', lexical: '', display: '' }, 'a.wav: NoMatch'],
  ])('goes back when recognitions fail after the swap because %s, and counts them', async (_, answer, reason) => {
    const world = worldWithEndpoint();
    world.recognise = (endpoint) => (endpoint.model?.self === newModel ? answer : good);
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain(reason);
    expect(error.outputs).toMatchObject({ rolledBack: true });
    expect(error.outputs['probeFailures']).toBeGreaterThan(0);
  });

  it('goes back when a recognition fails while the model changes, although all of them are good after it', async () => {
    const world = worldWithEndpoint();
    let recognitions = 0;
    world.recognise = () => {
      recognitions += 1;
      return recognitions === 2 ? { status: 'NoMatch', lexical: '', display: '' } : good;
    };
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toBe(
      '1 recognition failed while it changed (a.wav: NoMatch); went back to the previous model and verified it',
    );
    expect(error.outputs).toMatchObject({ probeFailures: 1, rolledBack: true });
    expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
  });

  it.each<[string, string, RegExp]>([
    ['it is heard', 'smoke audio before', /is gone/],
    ['it is marked', 'smoke audio after', /is gone/],
    ['the previous model is given back', 'The smoke audio', /going back to the previous model failed too/],
  ])('says how an endpoint stands that somebody deletes before %s', async (_, when, message) => {
    const world = worldWithEndpoint();
    if (when === 'The smoke audio')
      world.recognise = ({ model }) => ({ ...good, lexical: model?.self === newModel ? 'nothing' : good.lexical });
    const { update } = world.ports.speech.endpoints;
    const drop = (): void => void world.objects.endpoints.splice(0, 1);
    Object.assign(world.ports.speech.endpoints, {
      async update(...args: Parameters<typeof update>) {
        const updated = await update(...args);
        if (when === 'smoke audio before') drop();
        return updated;
      },
    });
    const said: string[] = [];
    said.push = (text) => {
      if (when !== 'smoke audio before' && text.startsWith(when)) drop();
      return Array.prototype.push.call(said, text);
    };
    const error = await failure(runStep(swap, settings, { world, said }));
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(
      /; endpoint call-center \(id-of-call-center\) was deleted during the swap, and its callers get no answer: give them another endpoint, which a run makes with `create: true`, under another id$/,
    );
  });

  it('says of no endpoint that it is gone where the service does not answer whether it is', async () => {
    const world = worldWithEndpoint();
    world.settle = (wanted) => ({ ...wanted, status: 'Failed' });
    Object.assign(world.ports.speech.endpoints, {
      async get() {
        throw serviceError('GET: no answer', { outcome: 'unknown' });
      },
    });
    expect((await failure(runStep(swap, settings, { world }))).message).not.toContain('was deleted');
  });

  it.each([
    [400, 1, 'endpoint call-center was not changed'],
    [403, 1, 'endpoint call-center was not changed'],
    [400, 2, 'endpoint call-center serves new, which is not proved there'],
    [403, 2, 'endpoint call-center serves new, which is not proved there'],
  ])('says how the endpoint stands when the service answers %d to change %d', async (status, which, state) => {
    const world = worldWithEndpoint();
    const { update } = world.ports.speech.endpoints;
    let changes = 0;
    world.ports.speech.endpoints.update = async (...args) => {
      changes += 1;
      if (changes === which) throw serviceError(`no (${status})`, { status, outcome: 'refused' });
      return await update(...args);
    };
    const error: unknown = await runStep(swap, settings, { world }).catch((reason: unknown) => reason);
    const { message = '' } = error instanceof Error ? error : {};
    expect(message).toMatch(new RegExp(`no \\(${status}\\); ${state}`));
    expect(message.match(/endpoint call-center (is|was|serves)/g)).toHaveLength(1);
    expect(world.objects.endpoints[0]?.model?.self).toBe(which === 1 ? oldModel : newModel);
  });

  it('leaves nothing to take back when the service refuses the change', async () => {
    const world = worldWithEndpoint();
    world.ports.speech.endpoints.update = async () => {
      throw serviceError('no such model (400)', { status: 400, outcome: 'refused' });
    };
    let left: Outputs = { given: true };
    const onLeaving: StepContext['leaving'] = (_, outputs) => (left = outputs?.() ?? left);
    await expect(runStep(swap, settings, { world, onLeaving })).rejects.toThrow('no such model (400)');
    expect(left).toEqual({});
  });

  it('says that going back failed too', async () => {
    const world = worldWithEndpoint();
    world.settle = (wanted, before) => ({ ...before, status: 'Failed', lastActionDateTime: wanted.lastActionDateTime });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain('going back to the previous model failed too: The deployment failed');
    expect(error.outputs).toMatchObject({ rolledBack: false, given: true });
  });

  it('changes nothing when the smoke audio is not recognised before the swap', async () => {
    const world = worldWithEndpoint();
    world.recognise = () => ({ status: 'NoMatch', lexical: '', display: '' });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain('a.wav: NoMatch');
    expect(error.message).toContain('nothing was changed');
    expect(error.outputs).not.toHaveProperty('given');
    expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
  });

  it('goes back when the deployment does not end in time', async () => {
    const world = worldWithEndpoint();
    world.settle = (wanted, before) =>
      wanted.model?.self === newModel ? { ...before, status: 'Deploying' } : { ...wanted, status: 'Succeeded' };
    const error = await failure(runStep(swap, { ...settings, 'settle-timeout': 0.05 }, { world }));
    expect(error.message).toContain('did not end within 0.05 s (settle-timeout); went back');
  });

  it('waits for a deployment as long as settle-timeout says, by the clock of the run, and no longer', async () => {
    const world = worldWithEndpoint();
    const { clock } = world.ports;
    const changes: { readonly to: string; readonly at: number }[] = [];
    world.settle = (wanted, before) => {
      const to = wanted.model?.self ?? '';
      changes.push({ to, at: clock.now().getTime() });
      return to === newModel ? { ...before, status: 'Deploying' } : { ...wanted, status: 'Succeeded' };
    };
    const error = await failure(runStep(swap, { ...settings, 'settle-timeout': 900 }, { world }));
    expect(error.message).toContain('did not end within 900 s (settle-timeout); went back');
    const [there, back] = changes;
    expect([there?.to, back?.to]).toEqual([newModel, oldModel]);
    expect((back?.at ?? 0) - (there?.at ?? 0)).toBe(900_000);
  });

  it('does not take the state before the change for its end, read in the same second', async () => {
    const world = worldWithEndpoint();
    const { wait } = world.ports.speech.endpoints;
    let isStale = true;
    Object.assign(world.ports.speech.endpoints, {
      async wait(...[reference, options]: Parameters<typeof wait>) {
        const now = world.objects.endpoints[0];
        const isChanged = now?.model?.self === newModel;
        const stale = { ...fakeEndpoint('call-center', oldModel), lastActionDateTime: now?.lastActionDateTime ?? '' };
        if (isChanged && isStale && options?.until?.(stale) === true) return stale;
        if (isChanged) isStale = false;
        return await wait(reference, options);
      },
    });
    const { outcome } = await runStep(swap, settings, { world });
    expect(isStale).toBe(false);
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: newModel, rolledBack: false } });
  });

  it('is alone at its endpoint: the same name in the same locale is the same one, in whichever pipeline', () => {
    const exclusive = (endpoint: string, locale: string, name = 'p') =>
      swap.exclusive?.({
        with: { ...settings, endpoint },
        step: { id: name },
        pipeline: { name, locale },
        resource: 'https://speech',
        folder: `/${name}`,
      });
    expect(exclusive('call-center', 'en-US')).toBe('endpoint call-center (en-US)');
    expect(exclusive('call-center', 'en-US', 'another')).toBe('endpoint call-center (en-US)');
    expect(exclusive('call-center', 'de-DE')).not.toBe(exclusive('call-center', 'en-US'));
    expect(exclusive('ward', 'en-US')).not.toBe(exclusive('call-center', 'en-US'));
  });

  it('takes a word error rate at the bound, and a model that expires on the last day allowed', async () => {
    const world = worldWithEndpoint();
    world.recognise = () => ({ ...good, lexical: 'one two three' });
    const expiry = { transcriptionDateTime: '2026-07-01T00:00:00Z' };
    world.objects.models[1] = fakeModel('new', { properties: { deprecationDates: expiry } });
    const close = { ...settings, verify: { ...verify, 'max-wer': 0.25 }, 'min-days-left': 30 };
    const { outcome } = await runStep(swap, close, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: newModel, rolledBack: false } });
  });

  it.each([
    ['is not Succeeded', fakeModel('new', { status: 'Failed' }), 'Choose a model that is Succeeded: new is Failed'],
    ['is of another locale', fakeModel('new', { locale: 'de-DE' }), 'Choose a model of locale en-US'],
    [
      'cannot be deployed',
      fakeModel('new', { properties: { features: { supportsEndpoints: false } } }),
      'does not support endpoints',
    ],
    [
      'expires within 30 days',
      fakeModel('new', { properties: { deprecationDates: { transcriptionDateTime: '2026-06-20T00:00:00Z' } } }),
      'expires on 2026-06-20',
    ],
    [
      'has expired',
      fakeModel('new', { properties: { deprecationDates: { transcriptionDateTime: '2026-05-20T00:00:00Z' } } }),
      'Train a newer model: new has expired on 2026-05-20, and cannot recognise any more',
    ],
  ])('refuses a candidate that %s', async (_, model, message) => {
    const world = createFakeWorld();
    world.objects.models.push(fakeModel('old'), model);
    world.objects.endpoints.push(fakeEndpoint('call-center', oldModel));
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain(message);
    expect(world.recognised).toEqual([]);
  });

  it('refuses to guess between two endpoints of one name', async () => {
    const world = worldWithEndpoint();
    world.objects.endpoints.push({ ...fakeEndpoint('call-center', oldModel), self: 'https://speech/endpoints/second' });
    expect((await failure(runStep(swap, settings, { world }))).message).toContain('2 endpoints are called call-center');
  });

  describe('after a run that ended between change and proof', () => {
    function interrupted(): FakeWorld {
      const world = worldWithEndpoint();
      const customProperties = { 'speechops-swap': 'unproved new', 'speechops-previous-model': 'old' };
      world.objects.endpoints.splice(0, 1, fakeEndpoint('call-center', newModel, { customProperties }));
      return world;
    }

    it('proves the model that is served and notes it', async () => {
      const world = interrupted();
      const { outcome, effects } = await runStep(swap, settings, { world });
      expect(effects).toEqual(['update-endpoint']);
      expect(outcome).toMatchObject({
        kind: 'done',
        outputs: { previousModel: oldModel, probeFailures: 0, heard: true },
      });
      expect(markOf(world)).toBe('proved new');
    });

    it('goes back to what was proved last when the proof fails', async () => {
      const world = interrupted();
      world.recognise = (endpoint) => ({
        status: 'Success',
        lexical: endpoint.model?.self === newModel ? 'one' : 'one two three four',
        display: '',
      });
      const error = await failure(runStep(swap, settings, { world }));
      expect(error.message).toContain('went back to the previous model and verified it');
      expect(world.objects.endpoints[0]).toMatchObject({
        model: { self: oldModel },
        customProperties: { 'speechops-swap': 'proved old' },
      });
    });
  });

  describe('while recognitions get no answer', () => {
    const unavailable = serviceError('no answer (503)', { status: 503, outcome: 'unknown' });
    const throttled = serviceError('no answer (429)', { status: 429, retryAfterSeconds: 7, outcome: 'refused' });
    const cut = serviceError('no answer (ECONNRESET)', { outcome: 'unknown' });
    const dead = Array.from({ length: 100_000 }, () => unavailable);

    /** Fails what is recognised, from the first time on that the endpoint serves (or is to serve again) this model. */
    function silent(world: FakeWorld, on: string, failures: readonly ServiceError[]): { answered: boolean } {
      const left = [...failures];
      const state = { answered: false };
      let begun = false;
      world.recognise = (endpoint) => {
        begun ||= endpoint.model?.self === on;
        const fault = begun ? left.shift() : undefined;
        return state.answered || fault === undefined ? good : fault;
      };
      return state;
    }

    async function unanswered(run: Promise<unknown>): Promise<string> {
      const error: unknown = await run.catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'ServiceError' });
      return String(error);
    }

    it.each([
      ['before it changes', oldModel],
      ['from then on when it changes', newModel],
    ])('waits for the answer, %s, and proves the model', async (_, on) => {
      const world = worldWithEndpoint();
      const slept: number[] = [];
      const pause = world.ports.clock.sleep;
      Object.assign(world.ports.clock, {
        async sleep(milliseconds: number, signal?: AbortSignal) {
          slept.push(milliseconds);
          await pause(milliseconds, signal);
        },
      });
      const outage = [unavailable, throttled, cut, unavailable, unavailable, cut, throttled, unavailable];
      silent(world, on, outage);
      const { outcome } = await runStep(swap, settings, { world });
      expect(outcome).toMatchObject({
        kind: 'done',
        outputs: { model: newModel, probeFailures: 0, probeRepeats: outage.length, rolledBack: false },
      });
      expect(markOf(world)).toBe('proved new');
      // Twice the service has asked for 7 s.
      expect(slept.filter((milliseconds) => milliseconds >= 7000).length).toBeGreaterThanOrEqual(2);
    });

    it('changes nothing when there is none in an hour, and says so', async () => {
      const world = worldWithEndpoint();
      silent(world, oldModel, dead);
      expect(await unanswered(runStep(swap, settings, { world }))).toMatch(
        /no answer \(503\); endpoint call-center was not changed: resume the run/,
      );
      expect(world.objects.endpoints[0]).toEqual(fakeEndpoint('call-center', oldModel));
    });

    it('leaves the new model when there is none in an hour, unproved, and the next run proves it', async () => {
      const world = worldWithEndpoint();
      const service = silent(world, newModel, dead);
      let left: Outputs = {};
      const onLeaving: StepContext['leaving'] = (_, outputs) => (left = outputs?.() ?? left);
      expect(await unanswered(runStep(swap, settings, { world, onLeaving }))).toMatch(
        /no answer \(503\); endpoint call-center (serves|is to serve) new, which is not proved there: .* for model old$/,
      );
      const marks = { 'speechops-swap': 'unproved new', 'speechops-previous-model': 'old' };
      expect(world.objects.endpoints[0]).toMatchObject({ model: { self: newModel }, customProperties: marks });
      // By these a wave takes it back.
      expect(left).toMatchObject({ model: newModel, previousModel: oldModel, given: true });
      service.answered = true;
      const { outcome } = await runStep(swap, settings, { world });
      const outputs = { model: newModel, previousModel: oldModel, given: true };
      expect(outcome).toMatchObject({ kind: 'done', outputs });
      expect(markOf(world)).toBe('proved new');
    });

    it('says that going back is not verified when there is none on the way back', async () => {
      const world = worldWithEndpoint();
      let isBad = false;
      world.recognise = (endpoint) => {
        if (endpoint.model?.self === newModel) isBad = true;
        if (endpoint.model?.self === newModel) return { ...good, lexical: 'one' };
        return isBad ? unavailable : good;
      };
      expect(await unanswered(runStep(swap, settings, { world }))).toMatch(
        /no answer \(503\); the endpoint is to serve the previous model old again, which is not verified there: .* error rate is 75.0 %/,
      );
      const marks = { 'speechops-swap': 'unproved old after new', 'speechops-previous-model': 'old' };
      expect(world.objects.endpoints[0]).toMatchObject({ model: { self: oldModel }, customProperties: marks });
    });

    it('remembers what was proved last, also when taking back an unproved model is cut off', async () => {
      const world = worldWithEndpoint();
      const customProperties = { 'speechops-swap': 'unproved new', 'speechops-previous-model': 'old' };
      world.objects.endpoints.splice(0, 1, fakeEndpoint('call-center', newModel, { customProperties }));
      world.recognise = (endpoint) => (endpoint.model?.self === newModel ? { ...good, lexical: 'one' } : unavailable);
      await unanswered(runStep(swap, settings, { world }));
      const marks = { 'speechops-swap': 'unproved old after new', 'speechops-previous-model': 'old' };
      expect(world.objects.endpoints[0]).toMatchObject({ model: { self: oldModel }, customProperties: marks });
    });

    it('says that the service did not answer when a time limit ends that, and in the log when somebody does', async () => {
      for (const [reason, expected] of [
        [new DOMException('The time is used up', 'TimeoutError'), /ServiceError: .* new, which is not proved there/],
        [new Error('Ctrl-C'), /Error: Ctrl-C/],
      ] as const) {
        const world = worldWithEndpoint();
        const stop = new AbortController();
        world.recognise = (endpoint) => {
          if (endpoint.model?.self === newModel) setTimeout(() => stop.abort(reason), 10);
          return endpoint.model?.self === newModel ? unavailable : good;
        };
        // Real pauses: time has to pass until the end.
        Object.assign(world.ports.clock, { sleep });
        const said: string[] = [];
        const error: unknown = await runStep(swap, settings, { world, signal: stop.signal, said }).catch((e) => e);
        expect(String(error)).toMatch(expected);
        if (String(error).includes('Ctrl-C')) expect(said.at(-1)).toContain('new, which is not proved there');
        expect(world.objects.endpoints[0]?.model?.self).toBe(newModel);
      }
    });

    it('goes back from a deployment that failed without waiting for an answer from there', async () => {
      const world = worldWithEndpoint();
      world.settle = (wanted) => ({ ...wanted, status: wanted.model?.self === newModel ? 'Failed' : 'Succeeded' });
      let probes = 0;
      world.recognise = (endpoint) => {
        if (endpoint.model?.self === newModel) probes += 1;
        return endpoint.model?.self === newModel ? unavailable : good;
      };
      const error = await failure(runStep(swap, settings, { world }));
      expect(error.message).toMatch(
        /^The deployment failed and gave no reason; see \S+; went back to the previous model and verified it$/,
      );
      expect(probes).toBeLessThan(5);
    });

    it('does not take missing rights for a bad model', async () => {
      const world = worldWithEndpoint();
      const denied = serviceError('401', { status: 401, outcome: 'refused' });
      world.recognise = (endpoint) => (endpoint.model?.self === newModel ? denied : good);
      expect(await unanswered(runStep(swap, settings, { world }))).toContain('new, which is not proved there');
      expect(world.objects.endpoints[0]?.model?.self).toBe(newModel);
    });
  });

  it('does not take an outage of the readings for a deployment that does not end', async () => {
    const world = worldWithEndpoint();
    const { wait } = world.ports.speech.endpoints;
    let outages = 2;
    const said: string[] = [];
    Object.assign(world.ports.speech.endpoints, {
      async wait(...[reference, options]: Parameters<typeof wait>) {
        const isLook = options?.until?.({ ...fakeEndpoint('', ''), status: 'Deploying' }) === true;
        if (isLook)
          return outages > 0
            ? fakeEndpoint('call-center', oldModel, { status: 'Deploying' })
            : await wait(reference, options);
        if (options?.until === undefined || (outages -= 1) < 0) return await wait(reference, options);
        return await new Promise((_, reject) =>
          options.signal?.addEventListener('abort', () =>
            reject(serviceError('no answer', { status: 503, outcome: 'unknown' })),
          ),
        );
      },
    });
    const { outcome } = await runStep(swap, { ...settings, 'settle-timeout': 0.05 }, { world, said });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: newModel, rolledBack: false } });
    expect(outages).toBeLessThanOrEqual(0);
  });

  it('goes on with a change whose answer was lost, when the service refuses it a second time', async () => {
    const world = worldWithEndpoint();
    // Its readings are as patient as its waits.
    Object.assign(world.ports.speech.endpoints, {
      async get() {
        throw serviceError('no answer in a minute', { status: 503, outcome: 'unknown' });
      },
    });
    const update = world.ports.speech.endpoints.update;
    let calls = 0;
    Object.assign(world.ports.speech.endpoints, {
      async update(...args: Parameters<typeof update>) {
        const changed = await update(...args);
        if ((calls += 1) === 1)
          throw serviceError('EndpointNotUpdatable after 2 attempts', { status: 409, outcome: 'refused' });
        return changed;
      },
    });
    const { outcome } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: newModel, rolledBack: false } });
  });

  it('judges other languages without capitals and punctuation', async () => {
    const world = worldWithEndpoint();
    for (const [index, endpoint] of world.objects.endpoints.entries()) {
      world.objects.endpoints[index] = { ...endpoint, locale: 'de-DE' };
    }
    Object.assign(world.ports.data, {
      utterances: async () => [{ name: 'a.wav', audio: Uint8Array.of(1), transcript: 'Grüß Gott, Herr Müller!' }],
    });
    world.recognise = () => ({ status: 'Success', lexical: 'grüß gott herr müller', display: '' });
    for (const [index, model] of world.objects.models.entries())
      world.objects.models[index] = { ...model, locale: 'de-DE' };
    const { outcome } = await runStep(swap, settings, { world, locale: 'de-DE' });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { rolledBack: false } });
  });
});
