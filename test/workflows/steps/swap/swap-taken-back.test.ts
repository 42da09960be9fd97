import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../../workflows/plan/speech-entities.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { serviceError, type FakeWorld } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { oldModel, newModel, settings } from './swap-settings.ts';
import { third, worldOf, marked, failure } from './swap-worlds.ts';

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
