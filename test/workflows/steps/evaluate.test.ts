import { describe, expect, it } from 'vitest';
import type { EvaluateWith, TrainWith } from '../../../schemas/types.gen.ts';
import { parseRate } from '../../../workflows/document/rates.ts';
import { evaluate } from '../../../workflows/steps/evaluate.ts';
import { train } from '../../../workflows/steps/train.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint, fakeModel, type FakeWorld } from './fake-world.ts';
import { runStep } from './run-step.ts';

const dataset = 'https://speech/datasets/test';
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
    world.work = (_, entity) => ({ ...entity, properties: { ...counted(1, errors, words), ...counted(2, 3, 100) } });
    const wanted: EvaluateWith = { ...always, name: 'measure', dataset, model: 'ours', against: 'base' };
    const { outcome } = await runStep(evaluate, wanted, { world });
    const outputs = outcome.kind === 'skipped' ? {} : outcome.outputs;
    const wer = errors / words;
    expect(outputs).toMatchObject({ wer, words, againstWer: 0.03, better: true });
    expect(evaluate.summarise?.(outputs).join(', ')).toBe(`WER ${printed} over ${words} words, against 3.0 %: better`);

    const facts = { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
    const about = { waitsFor: [], step: { id: 'step' }, pipeline: { name: 'p', locale: 'en-US' } };
    const planned = evaluate.plan({ ...about, known: wanted, with: wanted }, facts);
    expect(planned.outputs).toEqual(outputs);
    expect(planned.summary).toMatch(new RegExp(`is known: ${printed} against 3.0 %$`));
    for (const [bound, isAbove] of Object.entries(bounds)) {
      const gated: TrainWith = {
        datasets: [dataset],
        'base-model': 'newest',
        name: 'retrain',
        'if-wer-above': parseRate(bound) ?? -1,
        'measured-by': wer,
      };
      const { action } = train.plan({ ...about, known: gated, with: gated }, facts);
      expect([bound, action]).toEqual([bound, isAbove ? 'create' : 'skip']);
    }
  });

  it.each([
    ['at both bounds', 700, 800, { 'min-improvement': 0.01, 'min-words': 10_000 }, true, 'better'],
    ['without bounds', 799, 800, always, true, 'better'],
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
      'better over 10000 words, fewer than 10001',
    ],
    [
      'below both',
      799,
      800,
      { 'min-improvement': 0.1, 'min-words': 20_000 },
      false,
      'better by 0.01 %, less than 10.0 %, and over 10000 words, fewer than 20000',
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
    const wanted: EvaluateWith = { ...bounds, name: 'measure', dataset, model: 'ours', against: 'base' };
    const { outcome } = await runStep(evaluate, wanted, { world });
    const outputs = outcome.kind === 'skipped' ? {} : outcome.outputs;
    expect(outputs).toMatchObject({ better, verdict });
    expect(evaluate.summarise?.(outputs).at(-1)).toMatch(new RegExp(`^against 8\\.0\\d* %: ${verdict}$`));
    const facts = { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
    const about = { waitsFor: [], step: { id: 'step' }, pipeline: { name: 'p', locale: 'en-US' } };
    const planned = evaluate.plan({ ...about, known: wanted, with: wanted }, facts);
    expect(planned.outputs).toEqual(outputs);
    expect(planned.summary.endsWith(`, ${verdict}`)).toBe(bounds !== always);
  });

  it.each<[string, string, number, number, string]>([
    ['endpoint/calls', 'base', 799, 800, 'better'],
    ['endpoint/calls', 'base', 801, 800, 'not better, and base model new is as good: ours does not earn its keep'],
    ['base', 'endpoint/calls', 800, 800, 'not better, and base model new is as good: ours does not earn its keep'],
    ['base', 'endpoint/calls', 799, 800, 'better, and base model new is as good: ours does not earn its keep'],
    ['base', 'endpoint/calls', 801, 800, 'not better'],
    ['base/old', 'base', 800, 800, 'not better'],
  ])('says of %s against %s, with %i and %i errors, whether the custom model earns its keep', async (...of) => {
    const [model, against, errors, others, verdict] = of;
    const world = worldWithData();
    world.objects.baseModels.push(fakeBaseModel('old', { created: '2024-01-01T00:00:00Z' }));
    world.objects.endpoints.push(fakeEndpoint('calls', 'https://speech/models/ours'));
    const properties = { ...counted(1, errors, 10_000), ...counted(2, others, 10_000) };
    world.work = (__, entity) => ({ ...entity, properties });
    const { outcome } = await runStep(evaluate, { ...always, name: 'measure', dataset, model, against }, { world });
    expect(outcome).toMatchObject({ outputs: { verdict } });
  });

  it('calls nothing better over words that the service does not count, where some are asked for', async () => {
    const world = worldWithData();
    world.work = (_, entity) => ({ ...entity, properties: { wordErrorRate1: 0.01, wordErrorRate2: 0.02 } });
    const wanted = { ...always, name: 'measure', dataset, model: 'ours', against: 'base' };
    const { outcome } = await runStep(evaluate, { ...wanted, 'min-words': 1 }, { world });
    const verdict = 'better over words that the service does not count, and 1 are asked for';
    expect(outcome).toMatchObject({ outputs: { better: false, verdict } });
    expect((await runStep(evaluate, wanted, { world })).outcome).toMatchObject({ outputs: { better: true } });
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
