import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../../workflows/plan/speech-entities.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { fakeBaseModel, fakeEvaluation, serviceError, type FakeWorld } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { oldModel, newModel, markOf, settings } from './swap-settings.ts';
import { third, oldTexts, worldOf, marked, failure } from './swap-worlds.ts';

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
