import { describe, expect, it } from 'vitest';
import type { EvaluateWith, TrainWith } from '../../../schemas/types.gen.ts';
import { parseRate } from '../../../workflows/document/rates.ts';
import { compareRates } from '../../../workflows/scoring/significance/compare-rates.ts';
import { intervalOutputs } from '../../../workflows/steps/evaluate/gate.ts';
import { evaluate } from '../../../workflows/steps/evaluate/index.ts';
import { train } from '../../../workflows/steps/train.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint, fakeModel, serviceError, type FakeWorld } from './fake-world.ts';
import { runStep } from './run-step.ts';

const dataset = 'https://speech/datasets/test';
const recordings = 200;
const always = { 'min-improvement': 0, 'min-words': 0 };

function worldWithData(): FakeWorld {
  const world = createFakeWorld();
  world.objects.datasets.push({
    self: dataset,
    displayName: 'test',
    locale: 'en-US',
    kind: 'Acoustic',
    createdDateTime: '2026-01-01T00:00:00Z',
    lastActionDateTime: '2026-01-01T00:00:00Z',
    status: 'Succeeded',
  });
  world.objects.baseModels.push(
    fakeBaseModel('old', { created: '2024-01-01T00:00:00Z' }),
    fakeBaseModel('new', { created: '2025-01-01T00:00:00Z' }),
  );
  world.objects.models.push(fakeModel('ours'));
  world.work = (_, entity) => ({ ...entity, properties: { ...measured(1, 10), ...measured(2, 20) } });
  return world;
}

function measured(side: 1 | 2, errors: number): Record<string, number> {
  return {
    [`wordErrorRate${side}`]: errors / 100,
    [`wordCount${side}`]: 100,
    [`wordSubstitutionCount${side}`]: errors - 3,
    [`wordDeletionCount${side}`]: 2,
    [`wordInsertionCount${side}`]: 1,
  };
}

/** The rate as the service rounds it, and half of the errors as deletions. */
function counted(side: 1 | 2, errors: number, words: number): Record<string, number> {
  const deletions = Math.floor(errors / 2);
  return {
    [`wordErrorRate${side}`]: Math.round((errors / words) * 10_000) / 100 / 100,
    [`wordCount${side}`]: words,
    [`wordSubstitutionCount${side}`]: errors - deletions,
    [`wordDeletionCount${side}`]: deletions,
    [`wordInsertionCount${side}`]: 0,
  };
}

/**
 * What an evaluation says was recognised in each of 200 recordings by models with so many errors among so many words: each in
 * recordings of its own, as far as there are some, so that what one model misses in addition is in the last of them.
 */
function recognise(world: FakeWorld, models: Readonly<Record<string, readonly [errors: number, words: number]>>): void {
  for (const [model, [errors, words]] of Object.entries(models)) {
    const texts = Array.from({ length: recordings }, (_, recording) => {
      const share = (count: number): number => Math.floor(count / recordings) + Number(recording < count % recordings);
      const wrong = share(errors);
      const word = (index: number): string => (index < wrong ? '<substitution>x</substitution>' : 'a');
      return [`${recording}.wav`, Array.from({ length: share(words) }, (_word, index) => word(index)).join(' ')];
    });
    world.texts[`https://speech/models/${model}`] = Object.fromEntries(texts) as Record<string, string>;
  }
}

describe('evaluate', () => {
  it('measures the newest base model until the endpoint exists', async () => {
    const world = worldWithData();
    const { outcome } = await runStep(
      evaluate,
      { ...always, name: 'measure', dataset, model: 'endpoint/call-center' },
      { world },
    );
    expect(world.objects.evaluations[0]?.model1.self).toBe('https://speech/models/base/new');
    expect(outcome).toMatchObject({
      kind: 'done',
      outputs: { wer: 0.1, words: 100, substitutions: 7, deletions: 2, insertions: 1 },
    });
  });

  it.each([
    ['cal-center', 'en-US', 'endpoint cal-center does not exist; did you mean `call-center`?'],
    ['kiosk', 'en-US', 'endpoint kiosk does not exist'],
    ['call-center', 'en-GB', 'endpoint call-center does not exist for en-GB, only for en-US'],
  ])(
    'says in plan, outputs and result that it measured the base model because endpoint %s of %s does not exist',
    async (name, locale, why) => {
      const world = worldWithData();
      world.objects.endpoints.push(fakeEndpoint('call-center', 'https://speech/models/ours'));
      world.objects.baseModels.push(fakeBaseModel('british', { created: '2025-01-01T00:00:00Z', locale: 'en-GB' }));
      const wanted = { ...always, name: 'measure', dataset, model: `endpoint/${name}`, against: `endpoint/${name}` };
      const { outcome } = await runStep(evaluate, wanted, { world, locale });
      const outputs = outcome.kind === 'skipped' ? {} : outcome.outputs;
      const standIn = `newest base model, ${why}`;
      expect(outputs).toMatchObject({ standIn, againstStandIn: standIn });
      expect(evaluate.summarise?.(outputs)).toEqual([
        `WER 10.0 % over 100 words (${standIn})`,
        `against 10.0 % (${standIn}): not better`,
      ]);
      const facts = { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
      const about = { waitsFor: [], step: { id: 'step' }, pipeline: { name: 'p', locale } };
      expect(evaluate.plan({ ...about, known: wanted, with: wanted }, facts).summary).toContain(`(${standIn}) against`);
    },
  );

  it('says nothing of a model that was measured as it was asked for', async () => {
    const world = worldWithData();
    world.objects.endpoints.push(fakeEndpoint('call-center', 'https://speech/models/ours'));
    const wanted = { ...always, name: 'measure', dataset, model: 'endpoint/call-center', against: 'base' };
    const { outcome } = await runStep(evaluate, wanted, { world });
    expect(outcome).not.toHaveProperty('outputs.standIn');
    expect(outcome).not.toHaveProperty('outputs.againstStandIn');
  });

  it('measures what the endpoint serves', async () => {
    const world = worldWithData();
    world.objects.endpoints.push(fakeEndpoint('call-center', 'https://speech/models/ours'));
    await runStep(evaluate, { ...always, name: 'measure', dataset, model: 'endpoint/call-center' }, { world });
    expect(world.objects.evaluations[0]?.model1.self).toBe('https://speech/models/ours');
  });

  it('measures the newest base model when the model of the endpoint has expired, because the service then falls back to it', async () => {
    const world = worldWithData();
    world.objects.models.push(
      fakeModel('expired', { properties: { deprecationDates: { transcriptionDateTime: '2026-01-15T00:00:00Z' } } }),
    );
    world.objects.endpoints.push(fakeEndpoint('call-center', 'https://speech/models/expired'));
    await runStep(evaluate, { ...always, name: 'measure', dataset, model: 'endpoint/call-center' }, { world });
    expect(world.objects.evaluations[0]?.model1.self).toBe('https://speech/models/base/new');
  });

  it('compares by counted errors and says which is better', async () => {
    const world = worldWithData();
    recognise(world, { ours: [10, 100], 'base/new': [20, 100] });
    const { outcome } = await runStep(
      evaluate,
      { ...always, name: 'measure', dataset, model: 'ours', against: 'base' },
      { world },
    );
    expect(outcome).toMatchObject({ outputs: { wer: 0.1, againstWer: 0.2, better: true } });
  });

  it('says that it measured, when the answer of its create was lost and the service is done at the next look', async () => {
    const world = worldWithData();
    const { evaluations } = world.objects;
    world.nextCreates['evaluations'] = ['lost'];
    const sleep = async (): Promise<void> => {
      evaluations.push(
        ...evaluations.splice(0).map((made) => world.work('evaluations', { ...made, status: 'Succeeded' })),
      );
    };
    const ports = { ...world.ports, clock: { ...world.ports.clock, sleep } };
    const wanted = { ...always, name: 'measure', dataset, model: 'base' };
    const { outcome } = await runStep(evaluate, wanted, { world: { ...world, ports } });
    expect(outcome).toMatchObject({ kind: 'done', outputs: { wer: 0.1 } });
    expect(evaluations).toHaveLength(1);
  });

  it('sums up two rates in as many decimals as tell them apart', () => {
    const close = evaluate.summarise?.({ wer: 0.0289, words: 10_000, againstWer: 0.0291, better: true });
    expect(close).toEqual(['WER 2.89 % over 10000 words', 'against 2.91 %: better']);
  });

  it('reuses an evaluation that has measured the model beside another one', async () => {
    const world = worldWithData();
    await runStep(evaluate, { ...always, name: 'measure', dataset, model: 'base', against: 'ours' }, { world });
    const { outcome } = await runStep(evaluate, { ...always, name: 'measure', dataset, model: 'ours' }, { world });
    expect(world.objects.evaluations).toHaveLength(1);
    expect(outcome).toMatchObject({ kind: 'reused', outputs: { wer: 0.2 } });
  });

  it.each([
    [289, 10_000, '2.9 %', { '2.89%': false, '2.88%': true }],
    // The service gives 0.0289 for both.
    [2894, 100_000, '2.9 %', { '2.89%': true, '2.88%': true }],
    [2886, 100_000, '2.9 %', { '2.89%': false, '2.88%': true }],
  ])('%i errors in %i words are one rate in outputs, plan, report and gate', async (errors, words, printed, bounds) => {
    const world = worldWithData();
    const others = (words * 3) / 100;
    const properties = { ...counted(1, errors, words), ...counted(2, others, words) };
    world.work = (_, entity) => ({ ...entity, properties });
    recognise(world, { ours: [errors, words], 'base/new': [others, words] });
    const wanted: EvaluateWith = { ...always, name: 'measure', dataset, model: 'ours', against: 'base' };
    const { outcome } = await runStep(evaluate, wanted, { world });
    const outputs = outcome.kind === 'skipped' ? {} : outcome.outputs;
    const wer = errors / words;
    expect(outputs).toMatchObject({ wer, words, againstWer: 0.03, better: true });
    expect(evaluate.summarise?.(outputs).join(', ')).toBe(`WER ${printed} over ${words} words, against 3.0 %: better`);

    const facts = { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
    const about = { waitsFor: [], step: { id: 'step' }, pipeline: { name: 'p', locale: 'en-US' } };
    const planned = evaluate.plan({ ...about, known: wanted, with: wanted }, facts);
    expect(outputs).toMatchObject(planned.outputs);
    expect(planned.outputs).toMatchObject({ wer, againstWer: 0.03 });
    expect(planned.summary).toContain(`is known: ${printed} against 3.0 %, whether chance explains`);
    for (const [bound, isAbove] of Object.entries(bounds)) {
      const gated: TrainWith = {
        datasets: [dataset],
        'base-model': 'newest',
        name: 'retrain',
        'if-wer-above': parseRate(bound) ?? -1,
        'if-wer-above-by': 'point',
        'measured-by': wer,
      };
      const { action } = train.plan({ ...about, known: gated, with: gated }, facts);
      expect([bound, action]).toEqual([bound, isAbove ? 'create' : 'skip']);
    }
  });

  it.each([
    ['at both bounds', 700, 800, { 'min-improvement': 0.01, 'min-words': 10_000 }, true, 'better'],
    ['without bounds', 790, 800, always, true, 'better'],
    [
      'by chance',
      799,
      800,
      always,
      false,
      'not better: lower by 0.0 points (0.0 to 0.0, p 1.000), which chance explains',
    ],
    [
      'below the improvement',
      790,
      800,
      { ...always, 'min-improvement': 0.01 },
      false,
      'better by 0.1 %, less than 1.0 %',
    ],
    [
      'an error below it',
      701,
      800,
      { ...always, 'min-improvement': 0.01 },
      false,
      'better by 0.99 %, less than 1.00 %',
    ],
    [
      'with too few words',
      1,
      800,
      { ...always, 'min-words': 10_001 },
      false,
      'too few to tell: 10000 words in 200 recordings, fewer than 10001 in 50; set `min-words: 10000` to lower the bound, or add about 1 word',
    ],
    [
      'as good',
      800,
      800,
      { 'min-improvement': 0, 'min-words': 20_000 },
      false,
      'not better, and base model new is as good: ours does not earn its keep',
    ],
  ])('of %s says whether that is better, and why not', async (_, errors, others, bounds, better, verdict) => {
    const world = worldWithData();
    const properties = { ...counted(1, errors, 10_000), ...counted(2, others, 10_000) };
    world.work = (__, entity) => ({ ...entity, properties });
    recognise(world, { ours: [errors, 10_000], 'base/new': [others, 10_000] });
    const wanted: EvaluateWith = { ...bounds, name: 'measure', dataset, model: 'ours', against: 'base' };
    const { outcome } = await runStep(evaluate, wanted, { world });
    const outputs = outcome.kind === 'skipped' ? {} : outcome.outputs;
    expect(outputs).toMatchObject({ better, verdict });
    const [said = ''] = evaluate.summarise?.(outputs).slice(-1) ?? [];
    expect(said.replace(/^against 8\.0\d* %: /, '')).toBe(verdict);
    const facts = { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
    const about = { waitsFor: [], step: { id: 'step' }, pipeline: { name: 'p', locale: 'en-US' } };
    const planned = evaluate.plan({ ...about, known: wanted, with: wanted }, facts);
    expect(outputs).toMatchObject(planned.outputs);
    // That a rate is not lower is known before the run; whether a lower one counts is not.
    expect(planned.outputs).toMatchObject(errors < others ? {} : { better, verdict });
    expect(planned.undecided).toEqual(
      errors < others ? expect.arrayContaining(['better', 'verdict']) : expect.anything(),
    );
    expect(planned.undecided).toContain('werLow');
    expect(planned.undecided).not.toContain('wer');
  });

  it.each<[string, string, number, number, string]>([
    ['endpoint/calls', 'base', 790, 800, 'better'],
    ['endpoint/calls', 'base', 801, 800, 'not better, and base model new is as good: ours does not earn its keep'],
    ['base', 'endpoint/calls', 800, 800, 'not better, and base model new is as good: ours does not earn its keep'],
    ['base', 'endpoint/calls', 790, 800, 'better, and base model new is as good: ours does not earn its keep'],
    ['base', 'endpoint/calls', 801, 800, 'not better'],
    ['base/old', 'base', 800, 800, 'not better'],
  ])('says of %s against %s, with %i and %i errors, whether the custom model earns its keep', async (...of) => {
    const [model, against, errors, others, verdict] = of;
    const world = worldWithData();
    world.objects.baseModels.push(fakeBaseModel('old', { created: '2024-01-01T00:00:00Z' }));
    world.objects.endpoints.push(fakeEndpoint('calls', 'https://speech/models/ours'));
    const properties = { ...counted(1, errors, 10_000), ...counted(2, others, 10_000) };
    world.work = (__, entity) => ({ ...entity, properties });
    const isBase = model.startsWith('base');
    recognise(world, {
      ours: [isBase ? others : errors, 10_000],
      'base/new': [isBase ? errors : others, 10_000],
      'base/old': [errors, 10_000],
    });
    const { outcome } = await runStep(evaluate, { ...always, name: 'measure', dataset, model, against }, { world });
    expect(outcome).toMatchObject({ outputs: { verdict } });
  });

  it.each<[string, (world: FakeWorld) => void, string]>([
    ['no files', () => undefined, 'evaluation measure has no files of what was recognised'],
    [
      'files of one model alone',
      (world) => recognise(world, { ours: [100, 10_000] }),
      'evaluation measure has no files of what was recognised',
    ],
    [
      'a file that says nothing',
      (world) => {
        recognise(world, { ours: [100, 10_000], 'base/new': [200, 10_000] });
        world.ports.speech.readFile = async () => '{"recognizedPhrases": []}';
      },
      'evaluation measure does not say which words of 0.wav were recognised',
    ],
    [
      'fewer files than the dataset has recordings',
      (world) => {
        recognise(world, { ours: [100, 10_000], 'base/new': [200, 10_000] });
        world.objects.datasets[0] = { ...world.objects.datasets[0]!, properties: { acceptedLineCount: 201 } };
      },
      'evaluation measure is partial: it has results of 200 of 201 recordings',
    ],
    [
      'files with other errors than it counts',
      (world) => recognise(world, { ours: [201, 10_000], 'base/new': [200, 10_000] }),
      'the files of evaluation measure have 201 errors in 10000 words, the evaluation 100 in 10000',
    ],
    [
      'files with other words for each model',
      (world) => recognise(world, { ours: [100, 9_999], 'base/new': [200, 10_000] }),
      'the two models were not scored on the same words, as in 199.wav',
    ],
  ])('calls nothing better where the evaluation has %s', async (_, change, why) => {
    const world = worldWithData();
    const properties = { ...counted(1, 100, 10_000), ...counted(2, 200, 10_000) };
    world.work = (__, entity) => ({ ...entity, properties });
    change(world);
    const wanted = { ...always, name: 'measure', dataset, model: 'ours', against: 'base' };
    const { outcome } = await runStep(evaluate, wanted, { world });
    const verdict = `cannot tell: ${why}`;
    const without = { wer: 0.01, werLow: 0.01, werHigh: 0.01, incomplete: why, better: false, verdict };
    expect(outcome).toMatchObject({ outputs: without });
    expect(outcome).not.toHaveProperty('outputs.deltaHigh');
  });

  it('is planned with what the test set can show, where its words are known', async () => {
    const world = worldWithData();
    world.work = (_, entity) => ({ ...entity, properties: counted(1, 100, 942) });
    const planned = (wanted: EvaluateWith): string => {
      const facts = { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
      const about = { waitsFor: [], step: { id: 'step' }, pipeline: { name: 'p', locale: 'en-US' } };
      return evaluate.plan({ ...about, known: wanted, with: wanted }, facts).summary;
    };
    const wanted = { ...always, name: 'measure', dataset, model: 'ours', against: 'base' };
    expect(planned(wanted)).not.toContain('words');
    await runStep(evaluate, { ...always, name: 'measure', dataset, model: 'base' }, { world });
    const shows = '942 words show differences of 2.7 points or more; for 1 point add about 6200 words';
    expect(planned(wanted)).toContain(`against new (newest base model); ${shows}`);
    const { against: _, ...alone } = wanted;
    expect(planned(alone)).not.toContain('words show');
  });

  it('fails where a file cannot be read', async () => {
    const world = worldWithData();
    recognise(world, { ours: [10, 100], 'base/new': [20, 100] });
    world.ports.speech.readFile = async () => {
      throw serviceError('GET file: 404', { status: 404, outcome: 'refused' });
    };
    const wanted = { ...always, name: 'measure', dataset, model: 'ours', against: 'base' };
    await expect(runStep(evaluate, wanted, { world })).rejects.toThrow('GET file: 404');
  });

  it('gives intervals, p-values and the probability of improvement, the same for the same evaluation', async () => {
    const world = worldWithData();
    const properties = { ...counted(1, 700, 10_000), ...counted(2, 800, 10_000) };
    world.work = (__, entity) => ({ ...entity, properties });
    recognise(world, { ours: [700, 10_000], 'base/new': [800, 10_000] });
    const wanted = { ...always, name: 'measure', dataset, model: 'ours', against: 'base' };
    const first = await runStep(evaluate, wanted, { world });
    const outputs = first.outcome.kind === 'skipped' ? {} : first.outcome.outputs;
    expect(outputs).toMatchObject({ utterances: 200, tooFew: false, better: true, probabilityOfImprovement: 1 });
    const { wer, werLow, werHigh, delta, deltaLow, deltaHigh, pValue, matchedPairsP } = outputs as Record<
      string,
      number
    >;
    expect(delta).toBeCloseTo(-0.01, 12);
    expect([werLow! < wer!, wer! < werHigh!, deltaLow! < delta!, delta! < deltaHigh!, deltaHigh! < 0]).not.toContain(
      false,
    );
    expect(werHigh! - werLow!).toBeLessThan(0.01);
    expect([pValue! < 0.001, matchedPairsP! < 0.001]).toEqual([true, true]);
    const again = await runStep(evaluate, { ...wanted, name: 'other name' }, { world });
    expect(again.outcome).toEqual({ kind: 'reused', outputs });
  });

  it('gives the interval of a model that is measured alone', async () => {
    const world = worldWithData();
    recognise(world, { 'base/new': [10, 100] });
    const { outcome } = await runStep(evaluate, { ...always, name: 'measure', dataset, model: 'base' }, { world });
    expect(outcome).toMatchObject({ outputs: { utterances: 200 } });
    const { wer, werLow, werHigh, ...others } = (outcome.kind === 'skipped' ? {} : outcome.outputs) as Record<
      string,
      number
    >;
    expect([werLow! < wer!, wer! < werHigh!]).toEqual([true, true]);
    expect(others).not.toHaveProperty('better');
  });

  it('claims no more of few recordings than they tell', () => {
    const of = (size: number): unknown[] => {
      const utterances = Array.from({ length: size }, (_, index) => {
        const errors = 3 + (index % 2);
        return { words: 10, errorsBefore: errors, errorsAfter: errors };
      });
      const compared = compareRates(utterances, { seed: 1 })!;
      const { werLow, werHigh } = intervalOutputs({ wer: 0.35 }, { compared, matchedPairsP: 1, recordings: [] });
      return [werLow, werHigh, compared.after.low, compared.after.high];
    };
    expect(of(2).slice(0, 2)).toEqual([0, 1]);
    const [low, high, drawnLow, drawnHigh] = of(8) as number[];
    expect([low! < drawnLow!, high! > drawnHigh!]).toEqual([true, true]);
    const [asLow, asHigh, ...drawn] = of(10);
    expect([asLow, asHigh]).toEqual(drawn);
  });

  it('gives a model one interval on a dataset, alone and whichever it is compared with', async () => {
    const world = worldWithData();
    world.objects.models.push(fakeModel('theirs'));
    const errors = { ours: 700, theirs: 750, 'base/new': 800 };
    recognise(world, { ours: [700, 10_000], theirs: [750, 10_000], 'base/new': [800, 10_000] });
    world.work = (_, entity) => {
      const of = (reference: string): number => errors[reference.split('/models/')[1] as keyof typeof errors];
      const { model1, model2 } = entity as unknown as Record<'model1' | 'model2', { readonly self: string }>;
      return {
        ...entity,
        properties: { ...counted(1, of(model1.self), 10_000), ...counted(2, of(model2.self), 10_000) },
      };
    };
    const intervals = [];
    for (const against of [{ against: 'theirs' }, { against: 'base' }, {}]) {
      const wanted = { ...always, name: 'measure', dataset, model: 'ours', ...against };
      const { outcome } = await runStep(evaluate, wanted, { world });
      const { werLow, werHigh } = outcome.kind === 'skipped' ? {} : outcome.outputs;
      intervals.push([werLow, werHigh]);
    }
    expect(new Set(intervals.map((interval) => JSON.stringify(interval))).size, JSON.stringify(intervals)).toBe(1);
    expect(world.objects.evaluations).toHaveLength(2);
  });

  it('measures both models anew on a test set that has changed', async () => {
    const world = worldWithData();
    const wanted = { ...always, name: 'measure', dataset, model: 'ours', against: 'base' };
    await runStep(evaluate, wanted, { world });
    world.objects.datasets.push({ ...world.objects.datasets[0]!, self: 'https://speech/datasets/changed' });
    const { outcome } = await runStep(evaluate, { ...wanted, dataset: 'https://speech/datasets/changed' }, { world });
    expect(outcome.kind).toBe('done');
    expect(
      world.objects.evaluations.map(({ dataset: { self }, model1, model2 }) => [self, model1.self, model2.self]),
    ).toEqual([
      [dataset, 'https://speech/models/ours', 'https://speech/models/base/new'],
      ['https://speech/datasets/changed', 'https://speech/models/ours', 'https://speech/models/base/new'],
    ]);
  });

  it("gives the service's rate and no counts where it counts nothing", async () => {
    const world = worldWithData();
    world.work = (_, entity) => ({ ...entity, properties: { wordErrorRate1: 0.0289, wordErrorRate2: 0.0289 } });
    const { outcome } = await runStep(
      evaluate,
      { ...always, name: 'measure', dataset, model: 'ours', against: 'base' },
      { world },
    );
    const { self } = world.objects.evaluations[0]!;
    expect(outcome).toEqual({
      kind: 'done',
      outputs: {
        evaluation: self,
        model: 'https://speech/models/ours',
        wer: 0.0289,
        werLow: 0.0289,
        werHigh: 0.0289,
        incomplete: 'evaluation measure has no files of what was recognised',
        expires: '2028-01-15',
        'days-left': 593,
        againstModel: 'https://speech/models/base/new',
        againstWer: 0.0289,
        better: false,
        verdict: 'not better, and base model new is as good: ours does not earn its keep',
      },
    });
  });

  it('does not take the -1 of an evaluation without words for a rate', async () => {
    const world = worldWithData();
    world.work = (_, entity) => ({ ...entity, properties: { wordErrorRate1: -1, wordCount1: -1 } });
    await expect(runStep(evaluate, { ...always, name: 'measure', dataset, model: 'base' }, { world })).rejects.toThrow(
      'has no word error rate',
    );
  });

  it('fails with the reason for an unknown model or dataset', async () => {
    const world = worldWithData();
    await expect(
      runStep(evaluate, { ...always, name: 'measure', dataset, model: 'nothing' }, { world }),
    ).rejects.toThrow('Check the model nothing');
    await expect(
      runStep(evaluate, { ...always, name: 'measure', dataset: 'nothing', model: 'base' }, { world }),
    ).rejects.toThrow('Check the dataset nothing');
  });

  it('measures what was proved last while a swap is not proved', async () => {
    const world = worldWithData();
    world.objects.models.push(fakeModel('new'));
    const unproved = { customProperties: { 'speechops-swap': 'unproved new', 'speechops-previous-model': 'ours' } };
    world.objects.endpoints.push(fakeEndpoint('call-center', 'https://speech/models/new', unproved));
    await runStep(evaluate, { ...always, name: 'measure', dataset, model: 'endpoint/call-center' }, { world });
    expect(world.objects.evaluations[0]?.model1.self).toBe('https://speech/models/ours');
  });
});
