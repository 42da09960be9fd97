import { beforeEach, describe, expect, it } from 'vitest';
import type { EvaluateWith } from '../../../schemas/types.gen.ts';
import type { StepPlan } from '../../../workflows/plan/step-plan.ts';
import type { Evaluation } from '../../../workflows/plan/speech-entities.ts';
import { digestProperty } from '../../../workflows/plan/identity.ts';
import { evaluatedSet } from '../../../workflows/evidence/evaluated-set.ts';
import { shownOutputs } from '../../../workflows/evidence/shown-outputs.ts';
import { evaluate } from '../../../workflows/steps/evaluate/index.ts';
import { createFakeWorld, fakeBaseModel, fakeModel, type FakeWorld } from './fake-world.ts';
import { runStep } from './run-step.ts';

const dataset = 'https://speech/datasets/test';
const [ours, base] = ['https://speech/models/ours', 'https://speech/models/base/new'];
const recordings = 60;
const words = 20;
const once: EvaluateWith = {
  name: 'measure',
  dataset,
  model: 'ours',
  against: 'base',
  'min-improvement': 0,
  'min-words': 0,
};
const settings: EvaluateWith = { ...once, noise: 3 };

describe('evaluate with noise', () => {
  let world: FakeWorld;
  /** How many words of a recording a model gets wrong in an evaluation, which are counted from 1. */
  let wrong: (of: { readonly evaluation: number; readonly model: string; readonly recording: number }) => number;

  /** Twenty errors in 1,200 words. */
  const usual: typeof wrong = ({ model, recording }) => (model === base || recording % 3 === 0 ? 1 : 0);

  function textOf(evaluation: Evaluation, side: 1 | 2, recording: number): readonly string[] {
    const count = wrong({
      evaluation: world.objects.evaluations.findIndex(({ self }) => self === evaluation.self) + 1,
      model: evaluation[`model${side}`].self,
      recording,
    });
    return Array.from({ length: words }, (_, word) => (word < count ? '<substitution>x</substitution>' : 'a'));
  }

  beforeEach(() => {
    world = createFakeWorld();
    const at = '2026-01-01T00:00:00Z';
    const common = { locale: 'en-US', createdDateTime: at, lastActionDateTime: at, status: 'Succeeded' };
    const properties = { acceptedLineCount: recordings };
    world.objects.datasets.push({ ...common, self: dataset, displayName: 'test', kind: 'Acoustic', properties });
    world.objects.baseModels.push(fakeBaseModel('new', { created: '2025-01-01T00:00:00Z' }));
    world.objects.models.push(fakeModel('ours'));
    const names = Array.from({ length: recordings }, (_, recording) => [`${recording}.wav`, ''] as const);
    Object.assign(world.texts, { [ours]: Object.fromEntries(names), [base]: Object.fromEntries(names) });
    wrong = usual;
    world.work = (_, entity) => ({ ...entity, properties: countedIn(entity as unknown as Evaluation) });
    Object.assign(world.ports.speech, {
      readFile: async ({ self, name }: { readonly self: string; readonly name: string }) => {
        const [, recording, side] = /^(\d+)\.wav\.model([12])_score\.json$/.exec(name) ?? [];
        const evaluation = world.objects.evaluations.find((one) => self.startsWith(`${one.self}/`))!;
        const scoringResult = textOf(evaluation, side === '1' ? 1 : 2, Number(recording)).join(',');
        return JSON.stringify({ recognizedPhrases: [{ nBest: [{ scoringResult }] }] });
      },
    });
  });

  function countedIn(evaluation: Evaluation): Record<string, number> {
    return Object.fromEntries(
      ([1, 2] as const).flatMap((side) => {
        const all = Array.from({ length: recordings }, (_, recording) => textOf(evaluation, side, recording)).flat();
        const errors = all.filter((word) => word !== 'a').length;
        return [
          [`wordErrorRate${side}`, errors / all.length],
          [`wordCount${side}`, all.length],
          [`wordSubstitutionCount${side}`, errors],
          [`wordDeletionCount${side}`, 0],
          [`wordInsertionCount${side}`, 0],
        ];
      }),
    );
  }

  async function outputsOf(wanted = settings) {
    const { outcome } = await runStep(evaluate, wanted, { world });
    return outcome.kind === 'skipped' ? {} : outcome.outputs;
  }

  function planned(wanted = settings): StepPlan {
    const facts = { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
    const pipeline = { name: 'p', locale: 'en-US' };
    return evaluate.plan({ known: wanted, with: wanted, waitsFor: [], step: { id: 'step' }, pipeline }, facts);
  }

  it('makes all evaluations before it waits for one, each with an identity of its own, and none twice', async () => {
    const { evaluations } = world.objects;
    const there: number[] = [];
    const { wait } = world.ports.speech.evaluations;
    Object.assign(world.ports.speech.evaluations, {
      wait: async (...args: Parameters<typeof wait>) => {
        there.push(evaluations.length);
        return await wait(...args);
      },
    });
    const first = await runStep(evaluate, settings, { world });
    expect(first.outcome).toMatchObject({ kind: 'done', outputs: { evaluations: 3, evaluationsMade: 3 } });
    expect(there).toEqual([3, 3, 3]);
    expect(new Set(evaluations.map(({ customProperties }) => customProperties?.[digestProperty])).size).toBe(3);
    expect(evaluations.map(({ displayName }) => displayName)).toEqual([
      'measure',
      'measure, repetition 2',
      'measure, repetition 3',
    ]);
    const again = await runStep(evaluate, settings, { world });
    expect(again.outcome).toMatchObject({ kind: 'reused', outputs: { evaluation: evaluations[0]?.self } });
    expect(await outputsOf({ ...settings, noise: 4 })).toMatchObject({ evaluations: 4, evaluationsMade: 1 });
    expect(evaluations).toHaveLength(4);
  });

  it('is found by no step that wants the measurement itself', async () => {
    const { evaluations } = world.objects;
    await outputsOf();
    expect((await runStep(evaluate, once, { world })).outcome).toMatchObject({
      kind: 'reused',
      outputs: { evaluation: evaluations[0]?.self },
    });
    evaluations.shift();
    evaluations[0] = { ...evaluations[0]!, status: 'Running' };
    expect(await outputsOf(once)).toMatchObject({ evaluation: evaluations[2]?.self });
  });

  it('counts the recordings that one of the models does not recognise alike, and says how far the rates went', async () => {
    wrong = (of) => {
      const { evaluation, model, recording } = of;
      const isOdd =
        (evaluation === 2 && model === ours && [4, 5].includes(recording)) ||
        (evaluation === 3 && model === base && [5, 7].includes(recording));
      return usual(of) + Number(isOdd);
    };
    const outputs = await outputsOf();
    expect(outputs).toMatchObject({
      wer: 20 / 1200,
      better: true,
      verdict: 'better',
      unstable: 3,
      unstableRecordings: '["4.wav","5.wav","7.wav"]',
      werNoiseLow: 20 / 1200,
      werNoiseHigh: 22 / 1200,
      noisePass: true,
      noise:
        '3 of 60 recordings were not recognised alike in 3 evaluations; the rate was 1.7 % to 1.8 %, that of the other model 5.0 % to 5.2 %',
    });
    expect(evaluate.summarise?.(outputs)).toContain(`noise: ${outputs['noise']}`);
    // Those of the model alone, in the same evaluations.
    const { against: __, ...alone } = settings;
    expect(await outputsOf(alone)).toMatchObject({ unstableRecordings: '["4.wav","5.wav"]', evaluationsMade: 0 });
  });

  it('says so where all is recognised alike', async () => {
    expect(await outputsOf()).toMatchObject({
      better: true,
      unstable: 0,
      unstableRecordings: '[]',
      noise:
        'all 60 recordings were recognised alike in 3 evaluations; the rate was 1.7 % in each, that of the other model 5.0 % in each',
    });
  });

  it.each([
    [29, true, 'better'],
    [
      30,
      false,
      'not better: noise explains the difference, in 3 evaluations the highest rate of the model is 2.5 %, the lowest of the other 2.5 %',
    ],
    [
      40,
      false,
      'not better: noise explains the difference, in 3 evaluations the highest rate of the model is 3.3 %, the lowest of the other 2.5 %',
    ],
  ])('with %i errors in its worst evaluation, and 30 in the best of the other: better is %s', async (...of) => {
    const [worst, better, verdict] = of;
    wrong = (one) => {
      const { evaluation, model, recording } = one;
      if (evaluation === 2 && model === ours) return Number(recording < worst);
      return evaluation === 3 && model === base ? Number(recording < 30) : usual(one);
    };
    expect(await outputsOf()).toMatchObject({ better, verdict, noisePass: better });
    expect(await outputsOf(once)).toMatchObject({ better: true });
  });

  it.each<[string, (evaluation: Evaluation) => Evaluation, string]>([
    [
      'failed',
      (entity) => ({ ...entity, status: 'Failed', properties: { error: { code: 'X', message: 'no audio' } } }),
      'evaluation measure, repetition 2 is Failed: no audio [X]',
    ],
    [
      'has -1',
      (entity) => ({ ...entity, properties: { wordErrorRate1: -1, wordErrorRate2: -1 } }),
      'evaluation measure, repetition 2 has no word error rate',
    ],
  ])('cannot tell where a repetition %s, and the step passes', async (_, change, why) => {
    world.work = (__, entity) => {
      const evaluation = entity as unknown as Evaluation;
      const done = { ...evaluation, properties: countedIn(evaluation) } as Evaluation;
      return (evaluation.displayName.endsWith('2') ? change(done) : done) as unknown as typeof entity;
    };
    const outputs = await outputsOf();
    expect(outputs).toMatchObject({ better: false, verdict: `cannot tell: ${why}`, noise: `cannot tell: ${why}` });
    const set = evaluatedSet({
      id: 'step',
      shown: shownOutputs({ uses: 'evaluate', outputs }),
      texts: 'Not read.',
      known: undefined,
    });
    expect(set?.noise).toEqual({ evaluations: 3, passed: false, sentence: `cannot tell: ${why}` });
    expect(outputs).not.toHaveProperty('unstable');
    expect(outputs).not.toHaveProperty('werNoiseHigh');
  });

  it.each([
    ['as the dataset says', true],
    ['where the service tells no counts', false],
  ])('cannot tell where a repetition is partial, %s', async (_, isCounted) => {
    if (!isCounted) {
      delete (world.objects.datasets[0] as { properties?: unknown }).properties;
      world.work = (__, entity) => ({ ...entity, properties: { wordErrorRate1: 0.02, wordErrorRate2: 0.05 } });
    }
    const { files } = world.ports.speech.evaluations;
    Object.assign(world.ports.speech.evaluations, {
      files: async (...args: Parameters<typeof files>) => {
        const all = await files(...args);
        return args[0] === world.objects.evaluations[2]?.self ? all.filter(({ name }) => !name.startsWith('7.')) : all;
      },
    });
    const why = 'evaluation measure, repetition 3 is partial: it has results of 59 of 60 recordings';
    expect(await outputsOf()).toMatchObject({ better: false, verdict: `cannot tell: ${why}` });
  });

  it('plans how many evaluations there are to be, and knows each again', async () => {
    const { evaluations } = world.objects;
    expect(planned()).toMatchObject({ action: 'create', effects: ['create-project', 'create-evaluation'] });
    expect(planned().summary).toMatch(
      /^measure the word error rate of .*, in 3 evaluations; makes 3 of 3 evaluations$/,
    );
    await outputsOf(once);
    expect(planned()).toMatchObject({ action: 'create', outputs: {} });
    expect(planned().summary).toContain(', in 3 evaluations; makes 2 of 3 evaluations');
    const outputs = await outputsOf();
    expect(planned()).toMatchObject({ action: 'reuse', effects: [] });
    expect(outputs).toMatchObject(planned().outputs);
    expect(planned().undecided).toEqual(expect.arrayContaining(['noise', 'unstable', 'werNoiseLow', 'better']));
    evaluations[2] = { ...evaluations[2]!, status: 'Running' };
    expect(planned()).toMatchObject({
      action: 'adopt',
      effects: [],
      outputs: { evaluation: evaluations[0]?.self },
      summary: 'wait for evaluation measure, repetition 3, which is Running',
    });
    evaluations.splice(1, 1);
    expect(planned().summary).toContain('makes 1 of 3 evaluations');
  });
});
