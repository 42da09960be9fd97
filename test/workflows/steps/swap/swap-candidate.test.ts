import { describe, expect, it } from 'vitest';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint, fakeModel } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { hurried as settings, newModel, oldModel, verify } from './swap-settings.ts';
import { worldWithEndpoint, good, failure } from './swap-worlds.ts';

describe('the model that a swap is to serve', () => {
  it('serves no model in place of that of an endpoint that does not exist', async () => {
    const world = worldWithEndpoint();
    world.objects.baseModels.push(fakeBaseModel('newest', { created: '2025-01-01T00:00:00Z' }));
    const error = await failure(runStep(swap, { ...settings, model: 'endpoint/cal-center' }, { world }));
    expect(error.message).toBe(
      'Name another model: endpoint/cal-center would stand for newest (newest base model, endpoint cal-center does not exist; did you mean `call-center`?)',
    );
    expect(world.recognised).toEqual([]);
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
});
