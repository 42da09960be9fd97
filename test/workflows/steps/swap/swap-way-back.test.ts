import { describe, expect, it } from 'vitest';
import type { SwapWith } from '../../../../schemas/types.gen.ts';
import { StepFailure } from '../../../../workflows/engine/step-kind.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import {
  createFakeWorld,
  fakeBaseModel,
  fakeEndpoint,
  fakeEvaluation,
  fakeModel,
  type FakeWorld,
} from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { markOf, newModel, oldModel, settings, verify } from './swap-settings.ts';
import { newTexts, oldTexts } from './swap-worlds.ts';

const back: SwapWith = { ...settings, model: oldModel, 'min-days-left': 0 };
const takesBack = { model: newModel, previousModel: oldModel, given: true };

/** An endpoint that serves the new model, which a wave has given it. */
function given(): FakeWorld {
  const world = createFakeWorld();
  const { objects } = world;
  objects.models.push(fakeModel('old'), fakeModel('new'));
  const customProperties = { 'speechops-swap': 'proved new', 'speechops-previous-model': 'old' };
  objects.endpoints.push(fakeEndpoint('call-center', newModel, { customProperties }));
  objects.evaluations.push(fakeEvaluation('candidate', [newModel, oldModel]));
  Object.assign(world.texts, { [oldModel]: oldTexts, [newModel]: newTexts });
  return world;
}

function served({ objects }: FakeWorld): string | undefined {
  return objects.endpoints[0]?.model?.self;
}

async function messageOf(run: Promise<unknown>): Promise<string> {
  const error: unknown = await run.catch((reason: unknown) => reason);
  if (!(error instanceof StepFailure)) throw new Error(`the step did not fail: ${String(error)}`);
  return error.message;
}

describe('a swap that takes another one back', () => {
  it('gives the newest base model where the model before has expired', async () => {
    const world = given();
    const { models, baseModels } = world.objects;
    const newest = fakeBaseModel('newest', { created: '2025-01-01T00:00:00Z' });
    baseModels.push(newest);
    models[0] = fakeModel('old', {
      properties: { deprecationDates: { transcriptionDateTime: '2026-05-01T00:00:00Z' } },
    });
    const { outcome } = await runStep(swap, back, { world, takesBack });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: newest.self, rolledBack: false } });
    expect([served(world), markOf(world)]).toEqual([newest.self, 'unheard base/newest']);
  });

  it('holds the model before to no bound, and tries it on no canary and no stream', async () => {
    const world = given();
    world.recognise = () => ({ status: 'Success', lexical: 'hardly so', display: '' });
    const bounds = { 'max-wer': 0.2, 'max-wer-above-evaluation': 0, 'max-latency': 0.001, streams: 2 };
    const wanted: SwapWith = { ...back, strategy: 'canary', verify: { ...verify, ...bounds } };
    const { outcome, effects } = await runStep(swap, wanted, { world, takesBack });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: oldModel, heard: true, streams: 0 } });
    expect(effects).toEqual(['update-endpoint', 'update-endpoint']);
  });

  it('is not kept from it by recognitions that fail with the model that is taken back', async () => {
    const world = given();
    world.recognise = ({ model }) =>
      model?.self === newModel
        ? { status: 'InitialSilenceTimeout', lexical: '', display: '' }
        : { status: 'Success', lexical: 'one two three four', display: '' };
    const { outcome } = await runStep(swap, back, { world, takesBack });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { model: oldModel } });
  });

  it('never gives the model again that it takes back, and says so where nobody can hear the one before', async () => {
    const world = given();
    world.hear = (_, recording) => newTexts[recording as keyof typeof newTexts];
    const message = await messageOf(runStep(swap, back, { world, takesBack }));
    expect(message).toMatch(
      /^Endpoint call-center does not answer as the model that it names after 1800 s .*; look at endpoint call-center now: endpoint call-center is to serve old, which is not proved there/,
    );
    expect([served(world), markOf(world)]).toEqual([oldModel, 'unproved old after new']);
  });

  it('says what the endpoint serves where the model before is there no more', async () => {
    const world = given();
    world.objects.models.shift();
    const message = await messageOf(runStep(swap, back, { world, takesBack }));
    expect(message).toMatch(
      /^Check the model https:\/\/speech\/models\/old: .* no such model; nothing was changed: endpoint call-center \(.*\) serves new, which was to be taken back\. Give it another model, /,
    );
    expect(served(world)).toBe(newModel);
  });

  it('says that the endpoint was deleted where it is there no more', async () => {
    const world = given();
    world.objects.endpoints.shift();
    expect(await messageOf(runStep(swap, back, { world, takesBack }))).toMatch(
      /^Cannot take back what endpoint call-center was given: it was deleted since, and its callers get no answer\./,
    );
  });
});
