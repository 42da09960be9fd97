import { describe, expect, it } from 'vitest';
import type { SwapWith } from '../../../../schemas/types.gen.ts';
import { swap } from '../../../../workflows/steps/swap/index.ts';
import { createFakeWorld, fakeEndpoint, fakeEvaluation, fakeModel, type FakeWorld } from '../fake-world.ts';
import { runStep } from '../run-step.ts';
import { markOf, newModel, oldModel } from './swap-settings.ts';
import { failure } from './swap-worlds.ts';

type Verify = NonNullable<SwapWith['verify']>;
const verify: Verify = {
  audio: 'smoke',
  channel: 'sdk',
  streams: 0,
  every: 1,
  discriminate: 8,
  'settle-at-least': 600,
};
const settingsOf = (bounds: Partial<Verify>): SwapWith => ({
  endpoint: 'call-center',
  create: false,
  strategy: 'direct',
  model: newModel,
  verify: { ...verify, ...bounds },
  'min-days-left': 30,
  'settle-timeout': 1800,
});

/** `secondsOf` and `textOf`: of a recognition on the endpoint, whether the new model answers or not. */
function worldOf(
  secondsOf: (isNew: boolean) => number,
  textOf: (isNew: boolean) => string = () => 'one two three four',
): FakeWorld {
  const world = createFakeWorld();
  world.objects.models.push(fakeModel('old'), fakeModel('new'));
  world.objects.endpoints.push(fakeEndpoint('call-center', oldModel));
  world.objects.evaluations.push(evaluated('candidate', { wordErrorRate1: 0.07 }));
  world.texts[oldModel] = { 'ann-1.wav': 'a pet', 'bob-1.wav': 'some dogs' };
  world.texts[newModel] = { 'ann-1.wav': 'apex', 'bob-1.wav': 'some hogs' };
  const { speech } = world.ports;
  const { recognise } = speech;
  speech.recognise = async (audio, options) => {
    const isNew = world.objects.endpoints[0]?.model?.self === newModel;
    const answer = await recognise(audio, options);
    const finalSeconds = secondsOf(isNew);
    return { ...answer, firstResultSeconds: finalSeconds / 2, finalSeconds };
  };
  world.recognise = ({ model }) => ({ status: 'Success', lexical: textOf(model?.self === newModel), display: '' });
  return world;
}

function evaluated(name: string, properties: object, createdDateTime = '2026-01-02T00:00:00Z') {
  return fakeEvaluation(name, [newModel, oldModel], { createdDateTime, properties });
}

it.each([
  [{ 'max-wer': 0.2 }, 'max-wer'],
  [{ 'max-wer': 0.2, 'max-wer-above-evaluation': 0.05 }, 'max-wer and max-wer-above-evaluation'],
])('a swap whose smoke audio has no word changes nothing where %j would bound its rate', async (bounds, said) => {
  const world = worldOf(() => 0.5);
  world.ports.data.utterances = async () => [{ name: 'a.wav', audio: Uint8Array.of(1), transcript: '...' }];
  const before = world.objects.endpoints[0];
  const error = await failure(runStep(swap, settingsOf(bounds), { world }));
  expect(error.message).toBe(
    `Write what is said into the transcript in smoke: it has no word, so that ${said} would bound nothing; nothing was changed`,
  );
  expect(world.objects.endpoints[0]).toBe(before);
  expect((await runStep(swap, settingsOf({}), { world })).outcome).toMatchObject({ kind: 'done' });
});

describe('the latency of a swap', () => {
  it('is told by phase, and that of the first answers of the new model', async () => {
    const world = worldOf((isNew) => (isNew ? 0.8 : 0.5));
    const { outcome, said } = await runStep(swap, settingsOf({ 'max-latency': 0.8 }), { world });
    expect(outcome).toMatchObject({
      kind: 'done',
      outputs: {
        beforeFirstResultP95Seconds: 0.25,
        beforeFinalP50Seconds: 0.5,
        beforeFinalP95Seconds: 0.5,
        whileFinalP95Seconds: 0.8,
        afterFirstResultP50Seconds: 0.4,
        afterFinalP50Seconds: 0.8,
        afterFinalP95Seconds: 0.8,
        warmUpSeconds: 0.8,
      },
    });
    expect(said).toContain(
      'final results within (p95) 0.5 s before the change, 0.8 s while it took place, 0.8 s after it; the first of the new model within 0.8 s',
    );
  });

  it('takes the model back when it is above max-latency after the change', async () => {
    const world = worldOf((isNew) => (isNew ? 2.5 : 0.5));
    const error = await failure(runStep(swap, settingsOf({ 'max-latency': 2 }), { world }));
    expect(error.message).toBe(
      'The endpoint is slow after the swap, 95 % of the final results come within 2.5 s, max-latency allows 2 s; went back to the previous model and verified it',
    );
    // What is recognised on the way back is no latency of the model that was taken back.
    expect(error.outputs).toMatchObject({ rolledBack: true, afterFinalP50Seconds: 2.5 });
    expect(markOf(world)).toBe('proved old');
  });

  it('changes nothing when it is above max-latency before', async () => {
    const world = worldOf((isNew) => (isNew ? 0.1 : 2.5));
    const error = await failure(runStep(swap, settingsOf({ 'max-latency': 2 }), { world }));
    expect(error.message).toMatch(
      /slow before the swap already, 95 % of the final results come within 2\.5 s, max-latency allows 2 s; nothing was changed$/,
    );
    expect([markOf(world), world.objects.endpoints[0]?.model?.self]).toEqual([undefined, oldModel]);
  });

  it('counts the phrases of streams, before and after', async () => {
    for (const slow of [oldModel, newModel]) {
      const world = worldOf(() => 0.5);
      world.openStream = (endpoint) => ({
        latency: () => ({ firstResultSeconds: 1, finalSeconds: endpoint().model?.self === slow ? 3 : 1 }),
      });
      const error = await failure(runStep(swap, settingsOf({ 'max-latency': 2, streams: 2 }), { world }));
      expect(error.message).toContain('95 % of the final results come within 3 s');
      expect(error.message).toContain(slow === oldModel ? 'nothing was changed' : 'went back');
    }
  });

  it('bounds an endpoint that serves the model already, which is not changed for it', async () => {
    const world = worldOf(() => 0.5);
    await runStep(swap, settingsOf({}), { world, runId: 'before' });
    const error = await failure(runStep(swap, settingsOf({ 'max-latency': 0.4 }), { world }));
    expect(error.message).toMatch(/max-latency allows 0\.4 s; endpoint call-center served this model before the run/);
    expect(error.outputs).not.toHaveProperty('given');
    expect(markOf(world)).toBe('proved new');
  });
});

describe('the word error rate of a swap beside that of the evaluation', () => {
  const above = 'max-wer-above-evaluation';
  const oneInFour = (isNew: boolean) => (isNew ? 'one two three' : 'one two three four');

  it('may be above it by the bound, exactly', async () => {
    const world = worldOf(() => 1, oneInFour);
    const { outcome } = await runStep(swap, settingsOf({ [above]: 0.18 }), { world });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { rolledBack: false } });
    // 0.15 + 0.1 is a little less than a quarter in binary, as are others.
    world.objects.endpoints[0] = fakeEndpoint('call-center', oldModel);
    world.objects.evaluations[0] = evaluated('candidate', { wordErrorRate1: 0.249_999_999_999_999_97 });
    expect((await runStep(swap, settingsOf({ [above]: 0 }), { world })).outcome.kind).toBe('done');
  });

  it('takes the model back when it is above that, and names both rates', async () => {
    const world = worldOf(() => 1, oneInFour);
    const error = await failure(runStep(swap, settingsOf({ [above]: 0.05, 'max-wer': 0.3 }), { world }));
    expect(error.message).toBe(
      "The smoke audio's word error rate is 25.0 % after the swap, evaluation candidate found 7.0 % for the model, max-wer-above-evaluation allows 5.0 % more; went back to the previous model and verified it",
    );
    expect(markOf(world)).toBe('proved old');
  });

  it('is bounded by max-wer, too', async () => {
    const world = worldOf(() => 1, oneInFour);
    const error = await failure(runStep(swap, settingsOf({ [above]: 0.5, 'max-wer': 0.2 }), { world }));
    expect(error.message).toMatch(/is 25\.0 % after the swap, max-wer allows 20\.0 %; went back/);
  });

  it('is that of the newest evaluation which has numbers of the model', async () => {
    const world = worldOf(() => 1, oneInFour);
    world.objects.evaluations.push(
      evaluated('newest', { wordErrorRate1: 0.01 }, '2026-03-01T00:00:00Z'),
      evaluated('without-numbers', { wordErrorRate1: -1 }, '2026-04-01T00:00:00Z'),
      fakeEvaluation('of-another', [oldModel, oldModel], {
        createdDateTime: '2026-05-01T00:00:00Z',
        properties: { wordErrorRate1: 0.9 },
      }),
    );
    const error = await failure(runStep(swap, settingsOf({ [above]: 0.2 }), { world }));
    expect(error.message).toContain('evaluation newest found 1.0 % for the model');
  });

  it('is that of all parts of a set, weighted by their words, and of no part alone', async () => {
    const part = (index: number, words: number, wrong: number) => ({
      ...evaluated(`candidate (${index} of 2)`, {
        wordErrorRate1: wrong / words,
        wordCount1: words,
        wordSubstitutionCount1: wrong,
        wordDeletionCount1: 0,
        wordInsertionCount1: 0,
      }),
      dataset: { self: `https://speech/datasets/part-${index}` },
    });
    const world = worldOf(() => 1, oneInFour);
    world.objects.evaluations.splice(0, 1, part(1, 900, 18), part(2, 100, 50));
    const error = await failure(runStep(swap, settingsOf({ [above]: 0.1, discriminate: 0 }), { world }));
    expect(error.message).toContain('evaluation candidate found 6.8 % for the model');
  });

  it('is not bounded where nothing has measured the model, which is said', async () => {
    const world = worldOf(() => 1, oneInFour);
    world.objects.evaluations.length = 0;
    const { outcome, said } = await runStep(swap, settingsOf({ [above]: 0 }), { world });
    expect(outcome.kind).toBe('done');
    expect(said).toContain('no evaluation has measured new: max-wer-above-evaluation bounds nothing');
  });
});
