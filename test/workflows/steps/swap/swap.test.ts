import { describe, expect, it } from 'vitest';
import type { Outputs, StepContext } from '../../../../workflows/engine/step-kind.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { fakeEndpoint, serviceError, type FakeWorld } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { hurried as settings, markOf, newModel, oldModel, verify } from './swap-settings.ts';
import { worldWithEndpoint, good, failure } from './swap-worlds.ts';

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

  it('changes nothing when the smoke audio is not recognised before the swap', async () => {
    const world = worldWithEndpoint();
    world.recognise = () => ({ status: 'NoMatch', lexical: '', display: '' });
    const error = await failure(runStep(swap, settings, { world }));
    expect(error.message).toContain('a.wav: NoMatch');
    expect(error.message).toContain('nothing was changed');
    expect(error.outputs).not.toHaveProperty('given');
    expect(world.objects.endpoints[0]?.model?.self).toBe(oldModel);
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
});
