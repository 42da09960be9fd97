import type { Recognition } from '../../../../workflows/engine/ports.ts';
import { StepFailure } from '../../../../workflows/engine/step-kind.ts';
import type { Endpoint } from '../../../../workflows/plan/speech-entities.ts';
import { createFakeWorld, fakeEndpoint, fakeEvaluation, fakeModel, type FakeWorld } from '../fake-world.ts';
import { oldModel, newModel } from './swap-settings.ts';

/** An endpoint that serves the old model, and an evaluation that has told both apart. */
export function worldWithEndpoint(): FakeWorld {
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

/** A model that neither the endpoint has nor the swap gives. */
export const third = 'https://speech/models/third';

/** What the old model and the new one recognise in it. */
export const oldTexts = { 'ann-1.wav': 'a pet', 'ann-2.wav': 'an old cat', 'bob-1.wav': 'some dogs' };
export const newTexts = { 'ann-1.wav': 'apex', 'ann-2.wav': 'an old bat', 'bob-1.wav': 'some hogs' };

/** The same without a recording on which both are alike, with the third model, and with these changes of the endpoint. */
export function worldOf(change: Partial<Endpoint> = {}): FakeWorld {
  const world = createFakeWorld();
  world.objects.models.push(fakeModel('old'), fakeModel('new'), fakeModel('third'));
  world.objects.endpoints.push(fakeEndpoint('call-center', oldModel, change));
  world.objects.evaluations.push(fakeEvaluation('candidate', [newModel, oldModel]));
  Object.assign(world.texts, { [oldModel]: oldTexts, [newModel]: newTexts });
  return world;
}

/** An endpoint with this mark, and the model before noted. */
export const marked = (mark: string, previous = 'old') => ({
  customProperties: { 'speechops-swap': mark, 'speechops-previous-model': previous },
});

/** What the smoke audio is recognised as. */
export const good: Recognition = { status: 'Success', lexical: 'one two three four', display: '' };

/** The failure that the step ends with. */
export async function failure(run: Promise<unknown>): Promise<StepFailure> {
  const error: unknown = await run.catch((reason: unknown) => reason);
  if (!(error instanceof StepFailure)) throw new Error(`the step did not fail: ${String(error)}`);
  return error;
}
