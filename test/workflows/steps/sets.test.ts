import { describe, expect, it } from 'vitest';
import type { EvaluateWith, RunDocument } from '../../../schemas/types.gen.ts';
import type { Outputs, StepOutcome } from '../../../workflows/engine/step-kind.ts';
import { runResults } from '../../../workflows/evidence/run-results.ts';
import type { Evaluation } from '../../../workflows/plan/speech-entities.ts';
import type { StepPlan } from '../../../workflows/plan/step-plan.ts';
import { evaluate } from '../../../workflows/steps/evaluate/index.ts';
import { createFakeWorld, fakeBaseModel, fakeModel, type FakeWorld } from './fake-world.ts';
import { runStep } from './run-step.ts';

const datasetOf = (name: string): string => `https://speech/datasets/${name}`;
const [ours, base] = ['https://speech/models/ours', 'https://speech/models/base/new'];

/** How many of the recordings of 12 words each model gets wrong on a dataset, in one word each. */
interface Wrong {
  readonly ours: number;
  readonly base: number;
  /** @default 60 */
  readonly recordings?: number;
}

/** `ours` is better on the dataset `test`; on others it is as these say. */
function worldOfSets(sets: Readonly<Record<string, Wrong>>): FakeWorld {
  const world = createFakeWorld();
  const at = '2026-01-01T00:00:00Z';
  const common = { locale: 'en-US', createdDateTime: at, lastActionDateTime: at, status: 'Succeeded' };
  world.objects.baseModels.push(fakeBaseModel('new', { created: '2025-01-01T00:00:00Z' }));
  world.objects.models.push(fakeModel('ours'));
  const all: Readonly<Record<string, Wrong>> = { test: { ours: 5, base: 50 }, ...sets };
  for (const [name, wrong] of Object.entries(all)) {
    world.objects.datasets.push({ ...common, self: datasetOf(name), displayName: name, kind: 'Acoustic' });
    world.textsOn[datasetOf(name)] = {
      [ours]: heard(wrong.ours, wrong.recordings),
      [base]: heard(wrong.base, wrong.recordings),
    };
  }
  world.work = (_, entity) => {
    const { dataset } = entity as unknown as Evaluation;
    const [, name = ''] = /datasets\/(.+)$/.exec(dataset.self) ?? [];
    const { ours: first, base: second, recordings = 60 } = all[name]!;
    return {
      ...entity,
      properties: { wordErrorRate1: first / (recordings * 12), wordErrorRate2: second / (recordings * 12) },
    };
  };
  return world;
}

function heard(wrong: number, recordings = 60): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length: recordings }, (_, index) => [
      `${index}.wav`,
      `${'a '.repeat(11)}${index < wrong ? '<substitution>x</substitution>' : 'a'}`,
    ]),
  );
}

type SetOf = NonNullable<EvaluateWith['sets']>[number];

function set(name: string, bounds: Partial<SetOf> = {}): SetOf {
  return { dataset: datasetOf(name), 'min-words': 700, ...bounds };
}

function wantedWith(sets: readonly SetOf[], more: Partial<EvaluateWith> = {}): EvaluateWith {
  const always = { 'min-improvement': 0, 'min-words': 700, name: 'measure', dataset: datasetOf('test'), model: 'ours' };
  return { ...always, against: 'base', sets, ...more };
}

async function measure(world: FakeWorld, wanted: EvaluateWith): Promise<StepOutcome & { readonly outputs: Outputs }> {
  const { outcome } = await runStep(evaluate, wanted, { world });
  if (outcome.kind === 'skipped') throw new Error(outcome.reason);
  return outcome;
}

function planned(world: FakeWorld, wanted: EvaluateWith): StepPlan {
  const about = { waitsFor: [], step: { id: 'step' }, pipeline: { name: 'p', locale: 'en-US' } };
  const facts = { ...world.objects, observedAt: '2026-06-01T00:00:00Z', localData: {}, urls: {} };
  return evaluate.plan({ ...about, known: wanted, with: wanted }, facts);
}

describe('evaluate with further sets', () => {
  const higher = 'higher by 3.5 % (2.5 % to 4.4 %, p below 0.001), more than 1.0 %';

  it('has nothing better that is worse on one of them, and says on which', async () => {
    const world = worldOfSets({ calls: { ours: 10, base: 10 }, noisy: { ours: 30, base: 5 } });
    const bounds = { 'max-regression': 0.01 };
    const { outputs } = await measure(world, wantedWith([set('calls', bounds), set('noisy', bounds)]));
    expect(outputs).toMatchObject({
      better: false,
      verdict: `better, but not on all sets: noisy: ${higher}`,
      setsPass: false,
      setsVerdict: `noisy: ${higher}`,
    });
    expect(evaluate.summarise?.(outputs)).toEqual([
      'WER 0.7 %',
      `against 6.9 %: better, but not on all sets: noisy: ${higher}`,
      'calls 1.4 % against 1.4 %',
      'noisy 4.2 % against 0.7 %',
    ]);
  });

  it('has better what is within the bounds, and one that has none is shown alone', async () => {
    const world = worldOfSets({ calls: { ours: 10, base: 10 }, noisy: { ours: 30, base: 5 } });
    const wanted = wantedWith([set('calls', { 'max-regression': 0.01, 'max-wer': 0.2 }), set('noisy')]);
    const { outputs } = await measure(world, wanted);
    expect(outputs).toMatchObject({
      better: true,
      setsPass: true,
      setsVerdict: 'within the bounds: 1 of 1 sets',
      reused: false,
    });
    expect(evaluate.summarise?.(outputs).at(-1)).toBe('sets: within the bounds: 1 of 1 sets');
    const alone = await measure(world, wantedWith([set('noisy')]));
    expect(alone.outputs).toMatchObject({ better: true });
    expect(alone.outputs).not.toHaveProperty('setsPass');
  });

  it('bounds the rate of a model that is measured alone', async () => {
    const { against: _, ...wanted } = wantedWith([set('noisy', { 'max-wer': 0.02, name: 'ward rounds' })]);
    const { outputs } = await measure(worldOfSets({ noisy: { ours: 40, base: 0 } }), wanted);
    expect(outputs).toMatchObject({
      setsPass: false,
      setsVerdict: expect.stringMatching(/^ward rounds: 5\.6 % \(4\..* is above 2\.0 %$/) as string,
    });
    expect(JSON.parse(String(outputs['sets']))).toMatchObject([
      { name: 'ward rounds', passed: false, rate: { utterances: 60 } },
    ]);
  });

  it.each<[string, (world: FakeWorld) => void, RegExp]>([
    [
      'Failed',
      (world) => failing(world, { status: 'Failed', properties: { error: { code: 'x', message: 'no audio' } } }),
      /^cannot tell for noisy: the service failed evaluation measure: noisy: no audio/,
    ],
    [
      'without numbers',
      (world) => failing(world, { properties: { wordErrorRate1: -1, wordErrorRate2: -1 } }),
      /^cannot tell for noisy: evaluation measure: noisy has no word error rate/,
    ],
    [
      'partial',
      (world) => {
        const at = world.objects.datasets.findIndex(({ displayName }) => displayName === 'noisy');
        world.objects.datasets[at] = { ...world.objects.datasets[at]!, properties: { acceptedLineCount: 61 } };
      },
      /^cannot tell for noisy: evaluation measure: noisy is partial: it has results of 60 of 61 recordings/,
    ],
    [
      'without files',
      (world) => void (world.textsOn[datasetOf('noisy')] = {}),
      /^cannot tell for noisy: evaluation measure: noisy has no files/,
    ],
  ])('has nothing better where the evaluation of a bounded set is %s', async (_, spoil, verdict) => {
    const spoilt = (): FakeWorld => {
      const world = worldOfSets({ calls: { ours: 10, base: 10 }, noisy: { ours: 5, base: 30 } });
      spoil(world);
      return world;
    };
    const bounds = { 'max-regression': 0.01 };
    const { outputs } = await measure(spoilt(), wantedWith([set('calls', bounds), set('noisy', bounds)]));
    expect(outputs).toMatchObject({
      better: false,
      verdict: expect.stringMatching(verdict) as string,
      setsPass: false,
      setsVerdict: expect.stringMatching(/; within the bounds: 1 of 2 sets$/) as string,
    });
    const unbounded = await measure(spoilt(), wantedWith([set('calls', bounds), set('noisy')]));
    expect(unbounded.outputs).toMatchObject({ better: true, setsPass: true });
    expect(JSON.parse(String(unbounded.outputs['sets']))).toMatchObject([
      {},
      { name: 'noisy', incomplete: expect.any(String) as string },
    ]);
  });

  it('decides nothing by a set of too few words, and says so', async () => {
    const world = worldOfSets({ noisy: { ours: 30, base: 5, recordings: 40 } });
    const bounds = { 'max-regression': 0.01 };
    const { outputs } = await measure(world, wantedWith([set('noisy', bounds)]));
    expect(outputs).toMatchObject({
      better: true,
      setsPass: true,
      setsVerdict: 'too few to tell: 1 of 1 sets',
    });
    const lowered = await measure(world, wantedWith([set('noisy', { ...bounds, 'min-words': 480 })]));
    expect(lowered.outputs).toMatchObject({ better: false, setsPass: false });
  });

  it('judges parts and sets together', async () => {
    // Worse in eight recordings, which is p 0.008 alone.
    const sets = Object.fromEntries([
      ['worse', { ours: 8, base: 0 }],
      ...Array.from({ length: 9 }, (_, index) => [`other${index}`, { ours: 5, base: 5 }] as const),
    ]) as Readonly<Record<string, Wrong>>;
    const bounded = (names: readonly string[]): readonly SetOf[] =>
      names.map((name) => set(name, { 'max-regression': 0 }));
    const few = await measure(worldOfSets(sets), wantedWith(bounded(['worse', 'other0'])));
    expect(few.outputs).toMatchObject({ setsPass: false });
    const many = await measure(worldOfSets(sets), wantedWith(bounded(Object.keys(sets))));
    expect(many.outputs).toMatchObject({ setsPass: true });
    const world = worldOfSets(sets);
    world.recordingValues = new Map(Array.from({ length: 60 }, (_, index) => [String(index), `part ${index % 9}`]));
    const slices = { by: 'part', manifest: 'parts.tsv', 'min-words': 0, 'max-regression': 0 };
    const beside = await measure(world, wantedWith(bounded(['worse']), { slices }));
    expect(beside.outputs).toMatchObject({ setsPass: true, slicesPass: true });
  });

  it('makes all evaluations before it waits for one, its own last, and finds them again', async () => {
    const world = worldOfSets({ calls: { ours: 10, base: 10 }, noisy: { ours: 5, base: 5 } });
    const seen: number[] = [];
    const { work } = world;
    world.work = (name, entity) => (seen.push(world.created.length), work(name, entity));
    const wanted = wantedWith([set('calls'), set('noisy', { 'max-wer': 0.3, name: 'loud' })]);
    expect(planned(world, wanted)).toMatchObject({
      action: 'create',
      summary: expect.stringMatching(/, and on calls, loud \(not above 30\.0 %\); makes 3 of 3 evaluations$/) as string,
    });
    expect(await measure(world, wanted)).toMatchObject({ kind: 'done' });
    expect(world.created).toEqual([
      'evaluations: measure: calls',
      'evaluations: measure: loud',
      'evaluations: measure',
    ]);
    expect(seen).toEqual([3, 3, 3]);
    expect(planned(world, wanted)).toMatchObject({
      action: 'reuse',
      outputs: { wer: 5 / 720, reused: true },
      undecided: expect.arrayContaining(['sets', 'setsPass', 'setsVerdict', 'better']) as string[],
    });
    expect(await measure(world, wanted)).toMatchObject({ kind: 'reused', outputs: { reused: true } });
    expect(world.created).toHaveLength(3);
    const more = { ...wanted, sets: [...wanted.sets!, set('test', { name: 'again' })] };
    expect(planned(world, more)).toMatchObject({ action: 'reuse' });
    world.objects.evaluations.splice(0, 1);
    expect(planned(world, more)).toMatchObject({
      action: 'create',
      summary: expect.stringContaining('makes 1 of 3 evaluations') as string,
    });
    expect(await measure(world, more)).toMatchObject({ kind: 'done', outputs: { reused: true } });
  });

  it('waits for the evaluation of a set that is under way', async () => {
    const world = worldOfSets({ calls: { ours: 10, base: 10 } });
    const wanted = wantedWith([set('calls')]);
    await measure(world, wanted);
    const [first] = world.objects.evaluations;
    world.objects.evaluations[0] = { ...first!, status: 'Running' };
    expect(planned(world, wanted)).toMatchObject({
      action: 'adopt',
      summary: 'wait for evaluation measure: calls, which is Running',
    });
    expect(await measure(world, wanted)).toMatchObject({ kind: 'done' });
    expect(world.created).toHaveLength(2);
  });

  it('makes nothing where a dataset is not there', async () => {
    const world = worldOfSets({});
    await expect(measure(world, wantedWith([set('calls')]))).rejects.toThrow(
      'Check the dataset https://speech/datasets/calls: the Speech resource has no such dataset',
    );
    expect(world.created).toEqual([]);
  });

  it('has them in results.json beside its own, each with a name of its own', async () => {
    const world = worldOfSets({ noisy: { ours: 30, base: 5 } });
    const bounds = { 'max-regression': 0.01 };
    const { outputs } = await measure(world, wantedWith([set('noisy', bounds), set('test', { name: 'noisy' })]));
    const [noisy, own] = world.objects.evaluations;
    world.objects.datasets.splice(0, Infinity, ...world.objects.datasets.map(hourLong));
    const texts = {
      evaluation: noisy!,
      references: Array.from({ length: 60 }, (_, index) => ({ id: `${index}.wav`, text: 'a '.repeat(12).trim() })),
      recognised: { 1: said(30), 2: said(5) },
    };
    const document = runResults(
      { steps: { candidate: { uses: 'evaluate', status: 'succeeded', outputs } } } as unknown as RunDocument,
      {
        made: { program: 'speechops' },
        inputs: {},
        summaryOf: () => '',
        texts: new Map([['candidate/noisy', texts]]),
        audioOf: (id, utterance) => `${id}:${utterance}`,
        known: { observedAt: '', ...world.objects },
      },
    );
    expect(document.sets.map(({ id, title, passed }) => [id, title, passed])).toEqual([
      ['candidate', 'test', undefined],
      ['candidate/noisy', 'noisy', false],
      ['candidate/noisy (2)', 'noisy (2)', undefined],
    ]);
    expect(document.sets[1]).toMatchObject({
      model: 'ours',
      against: 'new',
      sentence: higher,
      rate: { value: 30 / 720, words: 720, errors: 30 },
      againstRate: { value: 5 / 720 },
      comparison: { verdict: 'worse' },
      utterances: expect.arrayContaining([
        expect.objectContaining({ id: '0.wav', audio: 'candidate/noisy:0.wav' }),
      ]) as unknown,
    });
    expect(document.sets[0]).toMatchObject({ comparison: { verdict: 'better' } });
    // The third is on the step's own dataset, and has the same evaluation.
    expect(document.cost?.map(({ what }) => what)).toEqual([
      'evaluation measure: noisy (2), two models',
      'evaluation measure: noisy, two models',
    ]);
    expect(document.lineage.filter(({ kind }) => kind === 'evaluation').map(({ name }) => name)).toEqual([
      own!.displayName,
      noisy!.displayName,
    ]);
  });
});

function failing(world: FakeWorld, change: object): void {
  const { work } = world;
  world.work = (name, entity) =>
    entity.displayName.endsWith('noisy') ? { ...work(name, entity), ...change } : work(name, entity);
}

function said(wrong: number): ReadonlyMap<string, string> {
  return new Map(
    Array.from({ length: 60 }, (_, index) => [`${index}.wav`, `${'a '.repeat(11)}${index < wrong ? 'x' : 'a'}`]),
  );
}

function hourLong<T extends object>(dataset: T): T {
  return { ...dataset, properties: { durationMilliseconds: 3_600_000 } };
}
