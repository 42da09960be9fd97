import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../../workflows/plan/speech-entities.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { fakeEndpoint, fakeEvaluation, serviceError } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { newModel, markOf, withoutRun, settings } from './swap-settings.ts';
import { third, oldTexts, worldOf, marked, failure } from './swap-worlds.ts';

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
