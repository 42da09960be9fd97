import { describe, expect, it } from 'vitest';
import { StepFailure } from '../../../workflows/engine/step-kind.ts';
import type { Endpoint } from '../../../workflows/plan/speech-entities.ts';
import { swap } from '../../../workflows/steps/swap/index.ts';
import {
  createFakeWorld,
  fakeBaseModel,
  fakeEndpoint,
  fakeEvaluation,
  fakeModel,
  serviceError,
  type FakeWorld,
} from './fake-world.ts';
import { runStep } from './run-step.ts';
import { markOf, newModel, oldModel, settings, withoutRun } from './swap-settings.ts';

const third = 'https://speech/models/third';
const oldTexts = { 'ann-1.wav': 'a pet', 'ann-2.wav': 'an old cat', 'bob-1.wav': 'some dogs' };
const newTexts = { 'ann-1.wav': 'apex', 'ann-2.wav': 'an old bat', 'bob-1.wav': 'some hogs' };

function worldOf(change: Partial<Endpoint> = {}): FakeWorld {
  const world = createFakeWorld();
  world.objects.models.push(fakeModel('old'), fakeModel('new'), fakeModel('third'));
  world.objects.endpoints.push(fakeEndpoint('call-center', oldModel, change));
  world.objects.evaluations.push(fakeEvaluation('candidate', [newModel, oldModel]));
  Object.assign(world.texts, { [oldModel]: oldTexts, [newModel]: newTexts });
  return world;
}

const marked = (mark: string, previous = 'old') => ({
  customProperties: { 'speechops-swap': mark, 'speechops-previous-model': previous },
});

async function failure(run: Promise<unknown>): Promise<StepFailure> {
  const error: unknown = await run.catch((reason: unknown) => reason);
  if (!(error instanceof StepFailure)) throw new Error(`the step did not fail: ${String(error)}`);
  return error;
}

describe('a swap of an endpoint whose last swap, to a third model, was not proved', () => {
  /** The third model has its own texts. */
  function afterThird(texts: Readonly<Record<string, string>>, change: Partial<Endpoint> = {}): FakeWorld {
    const world = worldOf({ model: { self: third }, ...marked('unproved third'), ...change });
    world.objects.evaluations.push(fakeEvaluation('third', [newModel, third]));
    world.texts[third] = texts;
    return world;
  }
  const thirdTexts = { 'ann-1.wav': 'a pat', 'ann-2.wav': 'an old hat', 'bob-1.wav': 'some logs' };
  /** It is as the new one on all recordings but one. */
  const nearlyNew = { ...newTexts, 'bob-1.wav': 'some frogs' };

  it('is not proved where the model of before is like the new one', async () => {
    const world = afterThird(thirdTexts);
    world.texts[oldModel] = newTexts;
    const { outcome, said } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: false, discriminating: 0 } });
    expect(markOf(world)).toBe('unheard new');
    expect(said.join('\n')).toContain(
      'nothing tells which model answers: they recognised the same in evaluation third',
    );
  });

  it('is not proved where nothing has measured one that may answer', async () => {
    const world = afterThird(thirdTexts, marked('unproved third', 'older'));
    const { outcome, said } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: false, discriminating: 0 } });
    expect(said.join('\n')).toContain(
      'older may answer too, as an earlier swap was not proved, and no evaluations have measured all of them on one dataset',
    );
  });

  it('is not proved by recordings that are answered as by it before the change', async () => {
    const world = afterThird(thirdTexts);
    world.hear = (_, recording) => world.texts[newModel]?.[recording] ?? '';
    const { outcome, said } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: false, discriminating: 0 } });
    expect(said.join('\n')).toContain(
      'nothing tells which model answers: of 3 recordings 3 are answered as by new on endpoint call-center before the change already',
    );
  });

  it('goes back when the others are not answered as by its model', async () => {
    const world = afterThird(thirdTexts);
    world.hear = (_, recording) => nearlyNew[recording as keyof typeof nearlyNew];
    const { message } = await failure(runStep(swap, settings, { world }));
    expect(message).toMatch(/^Endpoint call-center does not answer as the model that it names after 1800 s/);
    expect(message).toContain('of 1 recording that tells the models apart 0 are answered as by new');
  });

  it('is proved where it can be told from both', async () => {
    const { outcome } = await runStep(swap, settings, { world: afterThird(thirdTexts) });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: true, discriminating: 3 } });
  });

  it('knows the third model again where it was ended right after the change, and is not proved while that one answers', async () => {
    const world = afterThird(nearlyNew);
    const { update } = world.ports.speech.endpoints;
    const ended = new Error('ended');
    Object.assign(world.ports.speech.endpoints, {
      async update(...args: Parameters<typeof update>) {
        await update(...args);
        throw ended;
      },
    });
    await expect(runStep(swap, settings, { world })).rejects.toBe(ended);
    expect(markOf(world)).toBe('unproved new after third');
    Object.assign(world.ports.speech.endpoints, { update });
    world.hear = (_, recording) => nearlyNew[recording as keyof typeof nearlyNew];
    const { message } = await failure(runStep(swap, settings, { world }));
    expect(message).toContain('of 1 recording that tells the models apart 0 are answered as by new');
    expect(message).toContain('; going back to the previous model failed too: ');
  });

  it.each<[string, Partial<Endpoint>]>([
    ['after its change', {}],
    ['after the change of an ended run', { model: { self: newModel }, ...marked('unproved new after third') }],
  ])('is not taken for one that went back well while the third model answers, %s', async (_, change) => {
    const nearlyOld = { ...oldTexts, 'bob-1.wav': 'some frogs' };
    const world = afterThird(nearlyOld, change);
    const isBack = () => markOf(world)?.startsWith('unproved old') === true;
    world.recognise = () => ({ status: 'Success', lexical: isBack() ? 'one two three four' : 'one', display: '' });
    // The new model answers for a while, and the third one before and after it.
    world.hear = ({ model }, recording) =>
      (!isBack() && model?.self === newModel ? newTexts : nearlyOld)[recording as keyof typeof newTexts];
    const { message } = await failure(runStep(swap, settings, { world }));
    expect(message).not.toContain('verified it');
    expect(message).toContain('going back to the previous model failed too');
    expect(markOf(world)).toBe('unproved old after new third');
  });

  it('names no more models than a mark has room for, and is not proved then', async () => {
    const mark = 'unproved third after m1 m2 m3 m4 m5';
    const world = afterThird(thirdTexts, marked(mark));
    const { outcome } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: false } });
  });
});

describe('a swap of an endpoint to which somebody else gives a third model after it was heard', () => {
  /** What happens once, right after the step has told this. */
  function when(told: string, act: () => void): string[] {
    const said: string[] = [];
    let isDone = false;
    const push = said.push.bind(said);
    said.push = (message) => {
      const isNow = !isDone && message.startsWith(told);
      isDone ||= isNow;
      if (isNow) act();
      return push(message);
    };
    return said;
  }

  it.each<[string, (endpoint: Endpoint) => Partial<Endpoint>, string, string]>([
    [
      'by hand',
      () => ({ model: { self: third } }),
      'serves model third and not the model it was given',
      'serves model third',
    ],
    [
      'by a swap with its mark',
      () => ({ model: { self: third }, ...marked('unproved third', 'new') }),
      'serves model third and not the model it was given',
      'serves model third',
    ],
    [
      'by a swap with its mark, and is still named as the model before',
      () => ({ status: 'Running', ...marked('unproved third', 'new') }),
      'was given another model meanwhile: it is marked as unproved third',
      'is marked as unproved third',
    ],
  ])('is not proved, and leaves the endpoint as it is: %s', async (_, change, fault, why) => {
    const world = worldOf();
    let now: Endpoint | undefined;
    const said = when('smoke audio after', () => {
      const [endpoint] = world.objects.endpoints;
      if (endpoint !== undefined) now = world.objects.endpoints[0] = { ...endpoint, ...change(endpoint) };
    });
    const { message, outputs } = await failure(runStep(swap, settings, { world, said }));
    expect(message).toBe(
      `The endpoint ${fault}; endpoint call-center is left as it is, because somebody else has given it a model since this run did: it ${why}`,
    );
    expect(outputs).toMatchObject({ rolledBack: false, model: now?.model?.self });
    expect(outputs).not.toHaveProperty('given');
    expect(world.objects.endpoints[0]).toMatchObject({ ...now, status: 'Succeeded' });
  });

  it('is not proved when that happens while it is marked', async () => {
    const world = worldOf();
    const { update } = world.ports.speech.endpoints;
    let isChanged = false;
    Object.assign(world.ports.speech.endpoints, {
      async update(...[reference, change, options]: Parameters<typeof update>) {
        const mark = change.customProperties?.['speechops-swap'];
        if (withoutRun(mark) !== 'proved new' || isChanged) return await update(reference, change, options);
        isChanged = true;
        return await update(reference, { ...change, model: { self: third } }, options);
      },
    });
    const { message } = await failure(runStep(swap, settings, { world }));
    expect(message).toMatch(
      /serves model third and not the model it was given; endpoint call-center is left as it is, .*: it serves model third$/,
    );
    expect(world.objects.endpoints[0]?.model?.self).toBe(third);
  });

  it('is not taken for marked on the way back either', async () => {
    const world = worldOf();
    world.recognise = ({ model }) => ({
      status: 'Success',
      lexical: model?.self === newModel ? 'one' : 'one two three four',
      display: '',
    });
    let reads = 0;
    const { wait } = world.ports.speech.endpoints;
    Object.assign(world.ports.speech.endpoints, {
      async wait(...args: Parameters<typeof wait>) {
        const read = await wait(...args);
        const isBack = read.customProperties?.['speechops-swap'] === 'unproved old after new';
        if (isBack) reads += 1;
        return reads > 3 ? { ...read, model: { self: third } } : read;
      },
    });
    const { message } = await failure(runStep(swap, settings, { world }));
    expect(message).toContain(
      'going back to the previous model failed too: The endpoint serves model third and not the model it was given',
    );
  });

  it('is proved where the endpoint has no room for marks and has one of an earlier swap', async () => {
    const own = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`own-${index}`, 'x']));
    const world = worldOf({ customProperties: { ...own, 'speechops-swap': 'proved third' } });
    expect((await runStep(swap, settings, { world })).outcome.kind).toBe('done');
  });
});

describe('a swap that takes back what its run gave the endpoint', () => {
  const back = { ...settings, model: oldModel };
  const takesBack = { model: newModel, previousModel: oldModel, given: true };
  const given = (): FakeWorld => worldOf({ model: { self: newModel }, ...marked('proved new') });
  const leftAlone =
    'endpoint call-center is left as it is, because somebody else has given it a model since this run did: it ';

  it('gives the model before', async () => {
    const world = given();
    const { outcome } = await runStep(swap, back, { world, takesBack });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: oldModel } });
    expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
  });

  describe('from an endpoint that is ill', () => {
    const good = { status: 'Success', lexical: 'one two three four', display: 'One two three four.' };
    const bad = { status: 'Success', lexical: 'one to tree for', display: 'One to tree for.' };

    it('gives it back whatever the endpoint answers before', async () => {
      const world = given();
      const { recognise } = world;
      const said: string[] = [];
      const error = { status: 'Error', lexical: '', display: '' };
      world.recognise = (endpoint, audio) => (endpoint.model?.self === newModel ? error : recognise(endpoint, audio));
      const { outcome } = await runStep(swap, back, { world, takesBack, said });
      expect(outcome).toMatchObject({ kind: 'done', outputs: { model: oldModel } });
      expect(said.join('\n')).toMatch(/recognitions? failed before the way back/);
      expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
      // A swap that takes nothing back changes no endpoint that is ill.
      const other = given();
      other.recognise = world.recognise;
      expect((await failure(runStep(swap, back, { world: other }))).message).toContain('Mend endpoint call-center');
    });

    it('holds the model before to no bound, and tries it on no other endpoint', async () => {
      const world = given();
      world.recognise = (endpoint) => (endpoint.model?.self === oldModel ? bad : good);
      const { verify } = settings;
      if (verify === undefined) throw new Error('The settings verify nothing');
      const bounds = { 'max-wer': 0.2, 'max-latency': 0.000_001, streams: 3 };
      const strict = { ...back, strategy: 'canary' as const, verify: { ...verify, ...bounds } };
      const { outcome, effects } = await runStep(swap, strict, { world, takesBack });
      expect(outcome).toMatchObject({ kind: 'done', outputs: { model: oldModel, streams: 0 } });
      expect(effects).toEqual(['update-endpoint', 'update-endpoint']);
    });

    it('says what is there when the model before fails, and does not give the other one again', async () => {
      const world = given();
      world.recognise = (endpoint) =>
        endpoint.model?.self === oldModel ? { status: 'Error', lexical: '', display: '' } : good;
      const { message } = await failure(runStep(swap, back, { world, takesBack }));
      expect(message).toMatch(
        /; look at endpoint call-center now: endpoint call-center is to serve old, which is not proved there/,
      );
      expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
    });
  });

  it.each<[string, Partial<Endpoint>, string]>([
    ['the one that was noted before', marked('proved old', 'third'), 'third'],
    // A rollback says then that the last swap was taken back, and asks for a model.
    ['the one that it serves, where none was noted', {}, 'old'],
    ['the one that it serves, where the last swap was not proved', marked('unproved old', 'third'), 'third'],
  ])('leaves noted as the model before %s, and not the one that is taken back', async (_, before, noted) => {
    const world = worldOf(before);
    const { outcome: forth } = await runStep(swap, settings, { world });
    if (forth.kind !== 'done') throw new Error(forth.kind);
    // What a wave gives back.
    const model = String(forth.outputs['previousModel']);
    const { outcome } = await runStep(swap, { ...settings, model }, { world, takesBack: forth.outputs });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model, previousModel: newModel } });
    expect(world.objects.endpoints[0]?.customProperties?.['speechops-previous-model']).toBe(noted);
  });

  it('leaves the model before to go back to also when its process is killed on the way', async () => {
    const world = given();
    const { update } = world.ports.speech.endpoints;
    let changes = 0;
    world.ports.speech.endpoints.update = async (...args) => {
      changes += 1;
      if (changes === 2) throw serviceError('the answer was lost', { outcome: 'unknown' });
      return await update(...args);
    };
    await expect(runStep(swap, back, { world, takesBack })).rejects.toThrow('the answer was lost');
    expect(world.objects.endpoints[0]).toMatchObject({
      model: { self: oldModel },
      customProperties: { 'speechops-swap': 'unproved old after new', 'speechops-previous-model': 'old' },
    });
    const { outcome } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: newModel, previousModel: oldModel, given: true } });
  });

  it('has nothing to do where the model before is there already', async () => {
    const world = worldOf(marked('proved old'));
    expect((await runStep(swap, back, { world, takesBack })).outcome.kind).toBe('reused');
  });

  it('leaves a model that somebody has given the endpoint since', async () => {
    const world = worldOf({ model: { self: third }, ...marked('proved third') });
    const { outcome, effects } = await runStep(swap, back, { world, takesBack });
    expect(outcome).toEqual({ kind: 'skipped', reason: `${leftAlone}serves model third` });
    expect([effects, world.objects.endpoints[0]?.model?.self]).toEqual([[], third]);
  });

  it.each<[string, Partial<Endpoint>, string]>([
    ['by hand', { model: { self: third } }, 'serves model third'],
    ['by a swap', marked('unproved third', 'new'), 'is marked as unproved third'],
  ])('leaves it also where that happens right before the change: %s', async (_, change, why) => {
    const world = given();
    const { wait } = world.ports.speech.endpoints;
    const said: string[] = [];
    Object.assign(world.ports.speech.endpoints, {
      async wait(...args: Parameters<typeof wait>) {
        const [endpoint] = world.objects.endpoints;
        const isNow = said.some((message) => message.startsWith('before the change'));
        if (isNow && endpoint !== undefined) world.objects.endpoints[0] = { ...endpoint, ...change };
        return await wait(...args);
      },
    });
    const { outcome } = await runStep(swap, back, { world, takesBack, said });
    expect(outcome).toEqual({ kind: 'skipped', reason: `${leftAlone}${why}` });
    expect(world.objects.endpoints[0]).toMatchObject(change);
  });

  it('is done where the endpoint has no room for marks and has one of an earlier swap', async () => {
    const own = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`own-${index}`, 'x']));
    const world = worldOf({
      model: { self: newModel },
      customProperties: { ...own, 'speechops-swap': 'proved third' },
    });
    expect((await runStep(swap, back, { world, takesBack })).outcome.kind).toBe('done');
  });
});

describe('a swap that makes an endpoint, and gets no answer', () => {
  const wanted = { ...settings, create: true };

  it('takes one that somebody else has made meanwhile for theirs, and gives it the model', async () => {
    const world = worldOf();
    world.objects.endpoints.splice(0);
    world.objects.evaluations.push(fakeEvaluation('third', [newModel, third]));
    world.texts[third] = oldTexts;
    world.nextCreates['endpoints'] = ['unsent'];
    const { create } = world.ports.speech.endpoints;
    Object.assign(world.ports.speech.endpoints, {
      async create(...args: Parameters<typeof create>) {
        return await create(...args).finally(() => world.objects.endpoints.push(fakeEndpoint('call-center', third)));
      },
    });
    const { outcome } = await runStep(swap, wanted, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { created: false, previousModel: third, heard: true } });
    expect(world.objects.endpoints).toMatchObject([{ model: { self: newModel } }]);
    expect(markOf(world)).toBe('proved new');
  });

  it('knows its own again', async () => {
    const world = worldOf();
    world.objects.endpoints.splice(0);
    world.nextCreates['endpoints'] = ['lost'];
    const { outcome } = await runStep(swap, wanted, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { created: true, previousModel: '' } });
    expect(world.objects.endpoints).toHaveLength(1);
  });
});

describe('a swap whose recognitions are refused a few times', () => {
  /** From when on, and how often. */
  function refusing(world: FakeWorld, { from, times }: { readonly from: () => boolean; readonly times: number }): void {
    let left = times;
    const { recognise } = world.ports.speech;
    Object.assign(world.ports.speech, {
      async recognise(...args: Parameters<typeof recognise>) {
        if (from() && (left -= 1) >= 0)
          throw serviceError('400 from the endpoint', { status: 400, outcome: 'refused' });
        return await recognise(...args);
      },
    });
  }

  it('goes back from a model that an ended run has left, while it is heard', async () => {
    const world = worldOf({ model: { self: newModel }, ...marked('unproved new') });
    refusing(world, { from: () => true, times: 6 });
    const { message } = await failure(runStep(swap, settings, { world }));
    expect(message).toMatch(
      /^6 recognitions failed while it was heard \(\S+: 400 from the endpoint\); went back to the previous model and verified it$/,
    );
    expect([world.objects.endpoints[0]?.model?.self, markOf(world)]).toEqual([oldModel, 'proved old']);
  });

  it('says so on the way back', async () => {
    const world = worldOf();
    const hasGoneBack = () => markOf(world) === 'unproved old after new';
    refusing(world, { from: hasGoneBack, times: 6 });
    world.recognise = ({ model }) => ({
      status: 'Success',
      lexical: model?.self === newModel ? 'one' : 'one two three four',
      display: '',
    });
    const { message } = await failure(runStep(swap, settings, { world }));
    expect(message).toMatch(
      /went back to the previous model and verified it; 6 recognitions failed on the way back \(\S+: 400 from the endpoint\)$/,
    );
  });
});

describe('a swap of an endpoint that somebody has given a model by another way after a swap that was not proved', () => {
  it('goes back to that model', async () => {
    const world = worldOf({ model: { self: third }, ...marked('unproved new') });
    world.objects.evaluations.push(fakeEvaluation('third', [newModel, third]));
    world.texts[third] = oldTexts;
    world.recognise = ({ model }) => ({
      status: 'Success',
      lexical: model?.self === newModel ? 'one' : 'one two three four',
      display: '',
    });
    const { message, outputs } = await failure(runStep(swap, settings, { world }));
    expect(message).toContain('went back to the previous model and verified it');
    expect([outputs['model'], world.objects.endpoints[0]?.model?.self, markOf(world)]).toEqual([
      third,
      third,
      'proved third',
    ]);
  });
});

describe('a swap of an endpoint that has the mark of the same swap already', () => {
  it('waits until the service takes the change, while somebody gives the model before back', async () => {
    const world = worldOf(marked('unproved new'));
    const { clock, speech } = world.ports;
    const start = clock.now().getTime();
    const seconds = () => (clock.now().getTime() - start) / 1000;
    const changes: number[] = [];
    const { update } = speech.endpoints;
    Object.assign(speech.endpoints, {
      async update(...[reference, change, options]: Parameters<typeof update>) {
        if (change.model !== undefined && seconds() < 300)
          throw serviceError('Conflict (EndpointNotUpdatable)', { status: 409, outcome: 'refused' });
        if (change.model !== undefined) changes.push(seconds());
        return await update(reference, change, options);
      },
    });
    const { outcome } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: true, model: newModel } });
    expect(changes).toHaveLength(1);
    expect(seconds()).toBeLessThan(330);
  });

  it('knows its change again where the answer was lost, though model and mark were the same before', async () => {
    const world = worldOf({ status: 'Failed', model: { self: newModel }, ...marked('unproved new') });
    world.settle = (wanted) => ({ ...wanted, status: 'Succeeded' });
    let changes = 0;
    const { update } = world.ports.speech.endpoints;
    Object.assign(world.ports.speech.endpoints, {
      async update(...args: Parameters<typeof update>) {
        const changed = await update(...args);
        if (args[1].model === undefined) return changed;
        changes += 1;
        throw serviceError('Conflict (EndpointNotUpdatable)', { status: 409, outcome: 'refused' });
      },
    });
    expect((await runStep(swap, settings, { world })).outcome.kind).toBe('done');
    expect(changes).toBe(1);
  });
});

describe('a swap of an endpoint that answers as the model and does not come to rest', () => {
  it('goes back at settle-timeout', async () => {
    const world = worldOf();
    const { wait } = world.ports.speech.endpoints;
    let reads = 0;
    Object.assign(world.ports.speech.endpoints, {
      async wait(...args: Parameters<typeof wait>) {
        const read = await wait(...args);
        const isSingle = args[1]?.until?.({ ...read, status: 'Running' }) === true;
        if (!isSingle || read.model?.self !== newModel) return read;
        if ((reads += 1) > 5000) throw new Error('The step goes on for ever');
        return { ...read, status: 'Running' };
      },
    });
    const { message } = await failure(runStep(swap, settings, { world }));
    expect(message).toBe(
      'Endpoint call-center answers as the model, and is Running still after 1800 s (settle-timeout); went back to the previous model and verified it',
    );
  });
});

describe('a swap that nobody can hear, of an endpoint that does not say well when it was given the model', () => {
  const times: readonly [string, string | undefined][] = [
    ['long ago', '2000-01-01T00:00:00Z'],
    ['nothing that is a time', 'not a time'],
    ['nothing', undefined],
  ];

  async function secondsOf(world: FakeWorld): Promise<number> {
    world.objects.evaluations.splice(0);
    const begun = world.ports.clock.now().getTime();
    const { outcome } = await runStep(swap, settings, { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { heard: false } });
    expect(markOf(world)).toBe('unheard new');
    return (world.ports.clock.now().getTime() - begun) / 1000;
  }

  it.each(times)('waits settle-at-least from the change on where it says %s', async (_, time) => {
    const world = worldOf();
    const { update } = world.ports.speech.endpoints;
    Object.assign(world.ports.speech.endpoints, {
      async update(...args: Parameters<typeof update>) {
        return { ...(await update(...args)), lastActionDateTime: time };
      },
    });
    const seconds = await secondsOf(world);
    expect(seconds).toBeGreaterThanOrEqual(600);
    expect(seconds).toBeLessThan(610);
  });

  it('waits settle-at-least where an ended run has changed it and it says no time that can be read', async () => {
    const world = worldOf({ model: { self: newModel }, ...marked('unproved new'), lastActionDateTime: 'not a time' });
    expect(await secondsOf(world)).toBeGreaterThanOrEqual(600);
  });
});

describe('a swap to the model that the endpoint had before', () => {
  const nothing =
    'endpoint call-center had this model before, so that there is none to go back to, and it stays unproved: the next run proves it again, or give the endpoint another model';
  const bad = () => ({ status: 'Success', lexical: 'one', display: '' }) as const;

  it.each<[string, Partial<Endpoint>]>([
    ['the way back to it was ended', marked('unproved old')],
    ['its deployment has failed', { status: 'Failed', ...marked('proved old', 'older') }],
  ])('goes back to nothing, and says so: %s', async (_, change) => {
    const world = worldOf(change);
    world.objects.baseModels.push(fakeBaseModel('newest', { created: '2025-01-01T00:00:00Z' }));
    world.settle = (to) => ({ ...to, status: 'Succeeded' });
    world.recognise = bad;
    const said: string[] = [];
    // In the second run, too.
    for (let run = 0; run < 2; run += 1) {
      const { message, outputs } = await failure(runStep(swap, { ...settings, model: oldModel }, { world, said }));
      expect(message).toMatch(/error rate is 75.0 % after the swap, max-wer allows 20.0 %; endpoint/);
      expect(message).toContain(`; ${nothing}`);
      expect(outputs).toMatchObject({ rolledBack: false, model: oldModel });
    }
    expect([world.objects.endpoints[0]?.model?.self, markOf(world)]).toEqual([oldModel, 'unproved old']);
    expect(said.join('\n')).toContain('it is not known which model answered before');
    expect(said.join('\n')).not.toContain('it is the model that answers on every endpoint of the locale');
  });
});
