import { describe, expect, it } from 'vitest';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { createFakeWorld, fakeEndpoint, fakeModel } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { hurried as settings, newModel, oldModel } from './swap-settings.ts';
import { worldWithEndpoint, failure } from './swap-worlds.ts';

describe('a swap of an endpoint that may be made', () => {
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

  it('refuses to guess between two endpoints of one name', async () => {
    const world = worldWithEndpoint();
    world.objects.endpoints.push({ ...fakeEndpoint('call-center', oldModel), self: 'https://speech/endpoints/second' });
    expect((await failure(runStep(swap, settings, { world }))).message).toContain('2 endpoints are called call-center');
  });
});
