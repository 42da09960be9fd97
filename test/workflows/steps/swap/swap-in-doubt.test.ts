import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../../workflows/plan/speech-entities.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { fakeEvaluation, type FakeWorld } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { oldModel, newModel, markOf, settings } from './swap-settings.ts';
import { third, oldTexts, newTexts, worldOf, marked, failure } from './swap-worlds.ts';

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
