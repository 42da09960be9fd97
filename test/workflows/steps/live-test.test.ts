import { beforeEach, describe, expect, it } from 'vitest';
import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import { StepFailure } from '../../../workflows/engine/step-kind.ts';
import type { Facts } from '../../../workflows/plan/facts.ts';
import type { StepPlanInput } from '../../../workflows/plan/step-plan.ts';
import { evaluate } from '../../../workflows/steps/evaluate/index.ts';
import {
  createFakeWorld,
  fakeBaseModel,
  fakeEndpoint,
  fakeEvaluation,
  fakeModel,
  serviceError,
  type FakeWorld,
} from './fake-world.ts';
import { runStep } from './run-step.ts';

const ours = 'https://speech/models/ours';
const dataset = 'https://speech/datasets/calls';
const settings: EvaluateWith = {
  name: 'sentinel',
  dataset,
  model: 'endpoint/ward',
  live: 'endpoint/ward',
  'min-improvement': 0,
  'min-words': 0,
};
const said = { 'a.wav': 'one two three four', 'b.wav': 'five six', 'c.wav': 'seven eight' };

describe('evaluate with live', () => {
  let world: FakeWorld;
  /** What stands in the archive of the dataset. */
  let archive: Map<string, Uint8Array>;

  beforeEach(() => {
    world = createFakeWorld();
    world.objects.models.push(fakeModel('ours'));
    world.objects.endpoints.push(fakeEndpoint('ward', ours));
    world.objects.datasets.push({
      self: dataset,
      displayName: 'calls',
      locale: 'en-US',
      kind: 'Acoustic',
      createdDateTime: '2026-01-01T00:00:00Z',
      lastActionDateTime: '2026-01-01T00:00:00Z',
      status: 'Succeeded',
    });
    world.objects.evaluations.push(
      fakeEvaluation('measured', [ours, ours], {
        properties: {
          wordErrorRate1: 0.125,
          wordCount1: 8,
          wordSubstitutionCount1: 1,
          wordDeletionCount1: 0,
          wordInsertionCount1: 0,
        },
      }),
    );
    world.texts[ours] = { ...said, 'a.wav': 'one two free four' };
    archive = new Map([
      ...Object.keys(said).map((name) => [name, Buffer.from(name)] as const),
      [
        'trans.txt',
        Buffer.from(
          `\u{FEFF}${Object.entries(said)
            .map((line) => line.join('\t'))
            .join('\r\n')}\n`,
        ),
      ],
    ]);
    Object.assign(world.ports.speech, {
      readRecordings: async (_: unknown, names: readonly string[]) =>
        new Map(names.flatMap((name) => (archive.has(name) ? [[name, archive.get(name)] as const] : []))),
    });
  });

  const planned = (wanted: EvaluateWith): StepPlanInput<EvaluateWith> => ({
    known: wanted,
    with: wanted,
    waitsFor: [],
    step: { id: 'sentinel' },
    pipeline: { name: 'p', locale: 'en-US' },
  });
  const facts = (): Facts => ({ ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} });

  it('recognises the test set through the endpoint, beside an evaluation that is there already', async () => {
    const { outcome } = await runStep(evaluate, settings, { world });
    expect(outcome).toEqual({
      kind: 'done',
      outputs: expect.objectContaining({
        wer: 0.125,
        liveWer: 0.125,
        liveWords: 8,
        liveRecordings: 3,
        liveFailures: 0,
        liveDrift: 0,
      }),
    });
    expect(world.created).toEqual([]);
  });

  it('shows what another model answers, though the endpoint names the same', async () => {
    world.hear = (_, recording) => ({ ...said, 'a.wav': 'on to tree for' })[recording] ?? '';
    const { outcome } = await runStep(evaluate, settings, { world });
    const { outputs } = outcome as Extract<typeof outcome, { readonly kind: 'done' }>;
    expect(outputs).toMatchObject({ wer: 0.125, liveWer: 0.5, liveDrift: 0.5 });
    expect(evaluate.summarise?.(outputs)).toContain(
      'live WER 50.0 % over 3 recordings, 50.0 % other words than when its model was measured',
    );
  });

  it('compares with the model of the endpoint also after its expiry, when the newest base model answers', async () => {
    const base = fakeBaseModel('newest', { created: '2025-08-01T00:00:00Z' });
    const expired = fakeModel('ours', {
      properties: { deprecationDates: { transcriptionDateTime: '2020-01-15T00:00:00Z' } },
    });
    world.objects.models.splice(0, 1, expired);
    world.objects.baseModels.splice(0, Infinity, base);
    const properties = {
      wordErrorRate1: 0.5,
      wordCount1: 8,
      wordSubstitutionCount1: 4,
      wordDeletionCount1: 0,
      wordInsertionCount1: 0,
    };
    world.objects.evaluations.push(fakeEvaluation('of-base', [base.self, base.self], { properties }));
    world.texts[base.self] = { ...said, 'a.wav': 'on to tree for' };
    world.hear = (_, recording) => world.texts[base.self]?.[recording] ?? '';
    const { outcome } = await runStep(evaluate, settings, { world });
    expect(outcome).toMatchObject({
      outputs: { standIn: 'newest base model, the model of endpoint ward has expired', liveWer: 0.5, liveDrift: 0.5 },
    });
    world.objects.evaluations.shift();
    const unmeasured = await runStep(evaluate, settings, { world });
    expect(unmeasured.outcome).toMatchObject({ outputs: { liveWer: 0.5 } });
    expect(unmeasured.outcome).not.toHaveProperty('outputs.liveDrift');
  });

  it('counts what fails as not recognised, and leaves out what is too long', async () => {
    world.ports.data.whyNotRecognised = (audio) =>
      Buffer.from(audio).toString() === 'c.wav' ? 'is too long' : undefined;
    const { recognise } = world.ports.speech;
    world.ports.speech.recognise = async (audio, options) => {
      if (Buffer.from(audio).toString() === 'b.wav') throw serviceError('no', { status: 400, outcome: 'refused' });
      return await recognise(audio, options);
    };
    const { outcome } = await runStep(evaluate, settings, { world });
    expect(outcome).toMatchObject({
      outputs: { liveWer: 3 / 6, liveWords: 6, liveRecordings: 2, liveFailures: 1 },
    });
  });

  it.each([
    ['has nothing that can be recognised', () => archive.delete('trans.txt'), 'none of its 0 recordings'],
    [
      'has a line without a tab',
      () => archive.set('trans.txt', Buffer.from('a.wav\tone\nb.wav two\n')),
      'line 2 of its trans.txt has no tab',
    ],
  ])('fails where the test set %s', async (_what, make, why) => {
    make();
    await expect(runStep(evaluate, settings, { world })).rejects.toThrow(StepFailure);
    await expect(runStep(evaluate, settings, { world })).rejects.toThrow(why);
  });

  it('is refused by plan and run for an endpoint that is not there', async () => {
    const wrong = { ...settings, live: 'wart' };
    expect(evaluate.lacks?.(planned(wrong), facts())).toMatchObject({
      message: expect.stringContaining('endpoint wart does not exist; did you mean `ward`?'),
    });
    await expect(runStep(evaluate, wrong, { world })).rejects.toThrow('endpoint wart does not exist');
  });

  it('is done anew each time, so that a plan does not know its outputs', () => {
    expect(evaluate.plan(planned(settings), facts())).toMatchObject({
      action: 'at-run-time',
      summary: expect.stringContaining('what endpoint/ward answers now'),
      outputs: {},
    });
  });
});
