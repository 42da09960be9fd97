import { describe, expect, it } from 'vitest';
import { loadPipeline } from '../../../workflows/language/load-pipeline.ts';
import type { Pipeline, PipelineStep } from '../../../workflows/language/pipeline.ts';
import type { DataPlaces } from '../../../workflows/plan/data/data-places.ts';
import type { Facts } from '../../../workflows/plan/facts.ts';
import { localDataOf, localesOf, releaseFilesOf, smokeAudioOf } from '../../../workflows/plan/data/wanted-data.ts';
import { planPipeline } from '../../../workflows/plan/plan-pipeline.ts';
import type { PlanSource } from '../../../workflows/plan/plan.ts';
import { stepsThatFail, type Plan } from '../../../workflows/plan/plan.ts';
import { resourceOf, resourcesOf } from '../../../workflows/plan/resources.ts';
import type { Dataset, Evaluation } from '../../../workflows/plan/speech-entities.ts';
import { stepKinds } from '../../../workflows/steps/registry.ts';
import { createFakeWorld, fakeBaseModel, fakeEndpoint, fakeModel } from '../steps/fake-world.ts';
import { createInMemoryEngine } from '../engine/in-memory-engine.ts';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';

const text = '${{ steps.text.outputs.dataset }}';

const ofSwap = { 'min-days-left': 30, 'settle-timeout': 60 };

const steps: readonly PipelineStep[] = [
  step('test', 'upload', {
    kind: 'Acoustic',
    from: 'data/test',
    name: 'test',
    locale: 'en-US',
    'text-normalization': 'Default',
    'max-rejected': 0.05,
  }),
  step('text', 'upload', {
    kind: 'Language',
    from: 'data/text.txt',
    name: 'text',
    locale: 'en-US',
    'text-normalization': 'Default',
    'max-rejected': 0.05,
  }),
  step(
    'baseline',
    'evaluate',
    { dataset: '${{ steps.test.outputs.dataset }}', model: 'endpoint/call-center', name: 'baseline' },
    { needs: ['test'] },
  ),
  step(
    'retrain',
    'train',
    {
      datasets: [text],
      'base-model': 'newest',
      name: 'retrain',
      'if-wer-above': '${{ inputs.max-wer }}',
      'measured-by': '${{ steps.baseline.outputs.wer }}',
    },
    { needs: ['text', 'baseline'] },
  ),
  step(
    'go-live',
    'swap',
    { endpoint: 'call-center', create: true, model: '${{ steps.retrain.outputs.model }}', ...ofSwap },
    { needs: ['baseline', 'retrain'], if: '${{ steps.baseline.outputs.wer > 0.1 }}' },
  ),
];

function step(
  id: string,
  uses: PipelineStep['uses'],
  settings: PipelineStep['with'],
  change: Partial<PipelineStep> = {},
): PipelineStep {
  return { id, name: id, uses, with: settings, needs: [], continueOnError: false, ...change };
}

const pipeline: Pipeline = {
  name: 'p',
  locale: 'en-US',
  inputs: { 'max-wer': { type: 'rate', value: 0.15 } },
  steps,
  layers: [['test', 'text'], ['baseline'], ['retrain'], ['go-live']],
};
const source: PlanSource = { pipeline, folder: '/', target: 'embedded-emulator', env: {}, kinds: stepKinds };

function facts(change: Partial<Facts> = {}): Facts {
  return {
    observedAt: '2026-06-01T00:00:00Z',
    projects: [],
    datasets: [],
    models: [],
    baseModels: [fakeBaseModel('2025', { created: '2025-01-01T00:00:00Z' })],
    evaluations: [],
    endpoints: [],
    localData: {
      'Acoustic:data/test': { digest: 'a', files: 2, bytes: 2048 },
      'Language:data/text.txt': { digest: 'b', files: 1, bytes: 100 },
    },
    urls: {},
    ...change,
  };
}

function actions(plan: Plan): Record<string, string> {
  return Object.fromEntries(plan.steps.map(({ id, action }) => [id, action]));
}

/** The facts after the whole pipeline ran once in a fake world with these word errors per 100 words. */
async function factsAfterRun(
  errors: number,
): Promise<{ readonly facts: Facts; readonly performed: readonly string[] }> {
  const world = createFakeWorld();
  const performed: string[] = [];
  world.objects.baseModels.push(...facts().baseModels);
  world.work = (collection, entity) => {
    if (collection !== 'evaluations') return entity;
    return {
      ...entity,
      properties: {
        wordErrorRate1: errors / 100,
        wordCount1: 100,
        wordSubstitutionCount1: errors,
        wordDeletionCount1: 0,
        wordInsertionCount1: 0,
      },
    };
  };
  const digests = facts().localData;
  const data = {
    ...world.ports.data,
    describe: async (places: DataPlaces) =>
      digests[places === '/data/test' ? 'Acoustic:data/test' : 'Language:data/text.txt'] ?? {
        digest: '',
        files: 0,
        bytes: 0,
      },
  };
  const kinds = Object.fromEntries(
    Object.entries(stepKinds).map(([uses, kind]) => [
      uses,
      { ...kind, run: (input: never, context: never) => kind.run(input, spy(context, performed)) },
    ]),
  );
  const engine = createInMemoryEngine(createInterpreter({ kinds, ports: { ...world.ports, data } }));
  await engine.start('r', planPipeline(source, facts()));
  expect((await engine.result('r')).status).toBe('succeeded');
  return { facts: facts(world.objects), performed };
}

function spy<C extends { effect(effect: string, options: never): Promise<unknown> }>(
  context: C,
  performed: string[],
): C {
  return {
    ...context,
    effect: async (effect: string, options: never) => {
      performed.push(effect);
      return await context.effect(effect, options);
    },
  };
}

describe('planPipeline', () => {
  it('creates what is certain and leaves the rest to run time, from an empty resource', () => {
    const plan = planPipeline(source, facts());
    expect(actions(plan)).toEqual({
      test: 'create',
      text: 'create',
      baseline: 'at-run-time',
      retrain: 'at-run-time',
      'go-live': 'at-run-time',
    });
    expect(plan.steps[0]?.summary).toBe('upload data/test as Acoustic dataset, 2 files, 2.0 KiB');
    expect(plan.steps[3]?.summary).toBe('train if WER > 15.0 % once text and baseline have finished');
  });

  it('asks for the digests of the local data that the pipeline names', () => {
    expect(localDataOf(source)).toEqual([
      { from: 'data/test', kind: 'Acoustic' },
      { from: 'data/text.txt', kind: 'Language' },
    ]);
  });

  it('announces every change that a run from there makes', async () => {
    const announced = planPipeline(source, facts()).steps.flatMap(({ effects }) => effects);
    const { performed } = await factsAfterRun(30);
    expect(performed).toEqual(
      expect.arrayContaining([
        'create-dataset',
        'upload-content',
        'create-evaluation',
        'create-model',
        'create-endpoint',
      ]),
    );
    expect(performed.filter((effect) => !announced.some((name) => name === effect))).toEqual([]);
  });

  it('deletes nothing that other steps find and use, before or after, also where their conditions are decided later', async () => {
    const after = (await factsAfterRun(30)).facts;
    const old = { ...after, endpoints: [], evaluations: [] };
    const settings = {
      'older-than': 86_400,
      'failed-older-than': 0,
      kinds: ['datasets', 'models'],
      all: false,
      limit: 9,
    };
    const tidy = step('tidy', 'prune', settings);
    const tidied = (
      others: readonly PipelineStep[],
      layers: readonly string[][],
    ): Plan['steps'][number] | undefined => {
      const changed = { ...pipeline, steps: [tidy, ...others], layers: [['tidy'], ...layers] };
      const plan = planPipeline({ ...source, pipeline: changed }, old);
      return plan.steps.find(({ id }) => id === 'tidy');
    };
    expect(tidied([], [])?.summary).toMatch(/^delete model .*; dataset test .*; dataset text /);
    const [test, words, , retrain] = steps;
    const named = { ...retrain, needs: ['text'], with: { ...retrain?.with, 'measured-by': 0.3 } } as PipelineStep;
    expect(tidied([words, named] as PipelineStep[], [['text'], ['retrain']])?.summary).toMatch(
      /^delete dataset test [^;]*$/,
    );
    const condition = '${{ steps.baseline.outputs.wer > 0.1 }}';
    const later = { ...named, if: condition, needs: ['text', 'baseline'] };
    const all = [test, words, steps[2], later] as PipelineStep[];
    expect(tidied(all, [['test', 'text'], ['baseline'], ['retrain']])).toMatchObject({ action: 'reuse' });
    const plan = planPipeline(
      {
        ...source,
        pipeline: {
          ...pipeline,
          steps: [tidy, ...all],
          layers: [['tidy'], ['test', 'text'], ['baseline'], ['retrain']],
        },
      },
      old,
    );
    expect(plan.pipeline.steps[0]?.with).toMatchObject({
      only: [],
      keep: [expect.any(String), expect.any(String), expect.any(String)],
    });
    const whether = { ...tidy, if: condition, needs: ['baseline'] };
    const seen = planPipeline(
      {
        ...source,
        pipeline: {
          ...pipeline,
          steps: [test, steps[2], whether] as PipelineStep[],
          layers: [['test'], ['baseline'], ['tidy']],
        },
      },
      old,
    );
    expect(seen.steps[2]).toMatchObject({
      action: 'at-run-time',
      summary: expect.stringMatching(/^prune if .*; delete model .*; dataset text [^;]*$/),
    });
  });

  it('reuses everything after a run, and knows the word error rate that decides', async () => {
    const { facts: after } = await factsAfterRun(30);
    const datasets = after.datasets;
    // The endpoint serves the trained model now, which was not measured yet.
    expect(actions(planPipeline(source, after))).toEqual({
      test: 'reuse',
      text: 'reuse',
      baseline: 'create',
      retrain: 'at-run-time',
      'go-live': 'at-run-time',
    });
    const evaluated: Evaluation = {
      ...measured(after.models[0]?.self ?? '', datasets[0]?.self ?? ''),
      properties: rates(12),
    };
    const plan = planPipeline(source, { ...after, evaluations: [...after.evaluations, evaluated] });
    expect(actions(plan)).toEqual({
      test: 'reuse',
      text: 'reuse',
      baseline: 'reuse',
      retrain: 'skip',
      'go-live': 'skip',
    });
    expect(plan.steps[3]?.summary).toBe('the word error rate is 12.0 %, not above 15.0 %');
    expect(plan.steps.flatMap(({ effects }) => effects)).toEqual([]);
  });

  it('says train, with the rate that decides, when the word error rate is known to be above the bound', async () => {
    const { facts: after } = await factsAfterRun(30);
    const evaluated: Evaluation = {
      ...measured('https://speech/models/old', after.datasets[0]?.self ?? ''),
      properties: rates(23.4),
    };
    const planAt = (bound: number): Plan =>
      planPipeline(
        { ...source, pipeline: { ...pipeline, inputs: { 'max-wer': { type: 'rate', value: bound } } } },
        {
          ...after,
          models: [fakeModel('old')],
          endpoints: [fakeEndpoint('call-center', 'https://speech/models/old')],
          evaluations: [evaluated],
        },
      );
    const plan = planAt(0.15);
    expect(actions(plan)).toMatchObject({ baseline: 'reuse', retrain: 'create', 'go-live': 'at-run-time' });
    expect(plan.steps[3]?.summary).toBe('train if WER > 15.0 %, now 23.4 %, with 1 dataset on 2025');
    expect(plan.steps.map(({ condition }) => condition)).toEqual([
      undefined,
      undefined,
      undefined,
      'WER > 15.0 %, now 23.4 %',
      '23.4 % > 0.1',
    ]);
    const change = { endpoint: 'call-center', before: 'old', beforeEnds: '2028-01-15', rollback: 'old' };
    expect(plan.steps.map(({ endpointChange }) => endpointChange)).toEqual([...Array<undefined>(4), change]);
    expect(planAt(0.2339).steps[3]?.summary).toContain('if WER > 23.39 %, now 23.40 %');
  });

  it('adopts an object that the service is still working on', async () => {
    const { facts: after } = await factsAfterRun(30);
    const running = after.datasets.map((dataset): Dataset => ({ ...dataset, status: 'Running' }));
    expect(actions(planPipeline(source, { ...after, datasets: running }))).toMatchObject({
      test: 'adopt',
      text: 'adopt',
      baseline: 'at-run-time',
    });
  });

  it('leaves to the run what only the results of recordings tell of a measurement that is there', async () => {
    const { facts: after } = await factsAfterRun(30);
    const test = after.datasets[0]?.self ?? '';
    const [candidate, old] = ['https://speech/models/new', 'https://speech/models/old'];
    const planned = (errors: readonly [number, number], condition: string): string | undefined => {
      const counts = (side: 1 | 2): Record<string, number> => ({
        [`wordCount${side}`]: 1000,
        [`wordSubstitutionCount${side}`]: errors[side - 1] ?? 0,
        [`wordDeletionCount${side}`]: 0,
        [`wordInsertionCount${side}`]: 0,
      });
      const evaluation: Evaluation = {
        ...measured(candidate, test),
        model2: { self: old },
        properties: { ...counts(1), ...counts(2) },
      };
      const settings = {
        dataset: test,
        model: candidate,
        against: old,
        name: 'm',
        'min-improvement': 0,
        'min-words': 0,
      };
      const ask = step(
        'ask',
        'approve',
        { message: 'x', expires: 60 },
        { needs: ['both'], if: `\${{ ${condition} }}` },
      );
      const both = step('both', 'evaluate', settings);
      const { steps: plannedSteps } = planPipeline(
        { ...source, pipeline: { ...pipeline, steps: [both, ask], layers: [['both'], ['ask']] } },
        { ...after, models: [fakeModel('new'), fakeModel('old')], evaluations: [evaluation] },
      );
      expect(plannedSteps[0]?.action).toBe('reuse');
      return plannedSteps[1]?.action;
    };
    expect(planned([70, 80], 'steps.both.outputs.better')).toBe('at-run-time');
    expect(planned([70, 80], 'steps.both.outputs.werLow > 0.2')).toBe('at-run-time');
    expect(planned([80, 80], 'steps.both.outputs.better')).toBe('skip');
    expect(planned([70, 80], 'steps.both.outputs.wer > 0.2')).toBe('skip');
  });

  it.each([
    ['2028-01-01T00:00:00Z', 14, 'create'],
    ['2027-11-16T00:00:00Z', 60, 'skip'],
    ['2027-11-16T00:00:01Z', 59, 'create'],
    ['2028-01-15T00:00:01Z', undefined, 'create'],
  ])('retrains a good model for its age: at %s it has %s days left', async (observedAt, daysLeft, action) => {
    const { facts: after } = await factsAfterRun(30);
    const evaluated: Evaluation = {
      ...measured('https://speech/models/old', after.datasets[0]?.self ?? ''),
      properties: rates(1),
    };
    // The service tells no date of this one, which stands for an expired model.
    const newest = { ...fakeBaseModel('2025', { created: '2025-01-01T00:00:00Z' }), properties: {} };
    const retrain = step(
      'retrain',
      'train',
      { datasets: [text], 'base-model': 'newest', name: 'retrain' },
      {
        needs: ['text', 'baseline'],
        if: '${{ steps.baseline.outputs.wer > inputs.max-wer || steps.baseline.outputs.days-left < 60 }}',
      },
    );
    const plan = planPipeline(
      { ...source, pipeline: { ...pipeline, steps: [...steps.slice(0, 3), retrain] } },
      {
        ...after,
        observedAt,
        baseModels: [newest],
        models: [fakeModel('old')],
        endpoints: [fakeEndpoint('call-center', 'https://speech/models/old')],
        evaluations: [evaluated, { ...measured(newest.self, evaluated.dataset.self), properties: rates(1) }],
      },
    );
    expect(plan.steps[2]).toMatchObject({ action: 'reuse' });
    expect(plan.steps[2]?.outputs['days-left']).toBe(daysLeft);
    expect(plan.steps[3]?.action).toBe(action);
  });

  it.each([
    ['2026-07-31T00:00:00Z', 60, 'skipped'],
    ['2026-07-30T23:59:59Z', 59, 'succeeded'],
  ])(
    'is followed by a run that retrains for age: until %s are %i days',
    async (transcriptionDateTime, days, status) => {
      const read = loadPipeline(
        `name: p
locale: en-US
inputs:
  max-wer: { type: rate, default: 15% }
steps:
  - id: baseline
    uses: evaluate
    with: { dataset: "https://speech/datasets/test", model: endpoint/call-center }
  - id: retrain
    uses: train
    if: \${{ steps.baseline.outputs.wer > inputs.max-wer || steps.baseline.outputs.days-left < 60 }}
    with: { datasets: ["https://speech/datasets/words"] }
`,
        { path: 'p.yaml' },
      );
      expect(read.diagnostics).toEqual([]);
      const world = createFakeWorld();
      const old = fakeModel('old', { properties: { deprecationDates: { transcriptionDateTime } } });
      const test: Dataset = { ...old, self: 'https://speech/datasets/test', kind: 'Acoustic', properties: {} };
      world.objects.datasets.push(test, { ...test, self: 'https://speech/datasets/words', kind: 'Language' });
      world.objects.models.push(old);
      world.objects.baseModels.push(...facts().baseModels);
      world.objects.endpoints.push(fakeEndpoint('call-center', old.self));
      world.work = (collection, entity) =>
        collection === 'evaluations' ? { ...entity, properties: rates(1) } : entity;
      const engine = createInMemoryEngine(createInterpreter({ kinds: stepKinds, ports: world.ports }));
      await engine.start('r', planPipeline({ ...source, pipeline: read.pipeline! }, facts(world.objects)));
      const { steps: ran } = await engine.result('r');
      expect(ran['baseline']?.outputs).toMatchObject({
        'days-left': days,
        expires: transcriptionDateTime.slice(0, 10),
      });
      expect(ran['retrain']?.status).toBe(status);
      if (status === 'succeeded') expect(ran['retrain']?.reason).toContain(`${days} < 60`);
    },
  );

  it('fails a training on a base model that cannot be adapted any more, while its data and its condition are not known', () => {
    const past = fakeBaseModel('2020', { created: '2020-01-01T00:00:00Z', adaptationUntil: '2026-02-01T00:00:00Z' });
    const planOf = (name: string): Plan => {
      const all = steps.map((one) =>
        one.id === 'retrain' ? { ...one, with: { ...one.with, 'base-model': name } } : one,
      );
      const { baseModels } = facts();
      return planPipeline(
        { ...source, pipeline: { ...pipeline, steps: all } },
        facts({ baseModels: [...baseModels, past] }),
      );
    };
    expect(stepsThatFail(planOf('2020')).map(({ id, summary }) => `${id}: ${summary}`)).toEqual([
      'retrain: Choose another base model: 2020 cannot be adapted since 2026-02-01; the newest is 2025',
    ]);
    expect(stepsThatFail(planOf('newest'))).toEqual([]);
  });

  describe('of a swap that may not create its endpoint', () => {
    const there = fakeEndpoint('call-center', 'https://speech/models/old');
    const swapOf = (endpoint: string, change: Partial<PipelineStep> = {}): PipelineStep =>
      step('go-live', 'swap', { endpoint, create: false, model: text, ...ofSwap }, { needs: ['text'], ...change });
    const planOf = (swap: PipelineStep, ...others: readonly PipelineStep[]): Plan => {
      const all = [...steps.slice(0, 2), ...others, swap];
      const layers = [['test', 'text', ...others.map(({ id }) => id)], ['go-live']];
      return planPipeline({ ...source, pipeline: { ...pipeline, steps: all, layers } }, facts({ endpoints: [there] }));
    };

    it.each([
      ['although its model is not known yet', {}],
      ['although its condition is not known yet', { if: "${{ steps.text.outputs.dataset != '' }}" }],
    ])('says that it would fail, with the nearest name, %s', (_, change) => {
      const plan = planOf(swapOf('call-centre', change));
      expect(plan.steps.at(-1)).toMatchObject({
        action: 'fail',
        summary:
          'Correct the name, or set `create: true` to make a new endpoint, which is charged: endpoint call-centre does not exist; did you mean `call-center`?',
        effects: [],
      });
      expect(stepsThatFail(plan).map(({ id }) => id)).toEqual(['go-live']);
    });

    it('has no run to refuse when the step may fail, and nothing to tell when its condition is not met', () => {
      expect(stepsThatFail(planOf(swapOf('call-centre', { continueOnError: true })))).toEqual([]);
      expect(planOf(swapOf('call-centre', { if: '${{ false }}' })).steps.at(-1)?.action).toBe('skip');
    });

    it('says which locales have an endpoint of the name', () => {
      expect(planOf(swapOf('call-center', { locale: 'en-GB' })).steps.at(-1)?.summary).toContain(
        ': endpoint call-center does not exist for en-GB, only for en-US',
      );
    });

    it.each([
      ['its model', {}, 'make endpoint call-centre serve the model once text has finished'],
      ['its condition', { if: "${{ steps.text.outputs.dataset != '' }}" }, "swap if steps.text.outputs.dataset != ''"],
    ])(
      'says that one which may create it would, and which one is near, while %s is not known',
      (_, change, summary) => {
        const creating = swapOf('call-centre', change);
        const plan = planOf({ ...creating, with: { ...creating.with, create: true } });
        const hint = '(endpoint call-centre does not exist; did you mean `call-center`?)';
        expect(plan.steps.at(-1)).toMatchObject({
          action: 'at-run-time',
          summary: `${summary}; creates endpoint call-centre, which is charged from then on ${hint}`,
        });
        const existing = swapOf('call-center', change);
        expect(planOf({ ...existing, with: { ...existing.with, create: true } }).steps.at(-1)?.summary).toBe(
          summary.replace('centre', 'center'),
        );
      },
    );

    it('leaves it to the run when the endpoint is there, or when a step before it creates it', () => {
      expect(planOf(swapOf('call-center')).steps.at(-1)?.action).toBe('at-run-time');
      const creating = (change: Partial<PipelineStep>): PipelineStep =>
        step('make', 'swap', { endpoint: 'new', create: true, model: 'base', ...ofSwap }, change);
      expect(planOf(swapOf('new'), creating({})).steps.slice(-2)).toMatchObject([
        {
          action: 'create',
          summary: 'make endpoint new serve 2025; creates endpoint new, which is charged from then on',
        },
        { action: 'at-run-time' },
      ]);
      expect(planOf(swapOf('new'), creating({ locale: 'en-GB' })).steps.at(-1)?.action).toBe('fail');
      expect(planOf(swapOf('new'), creating({ if: '${{ false }}' })).steps.at(-1)?.action).toBe('fail');
    });

    it('leaves it to the run what an endpoint answers that a step before creates', () => {
      const settings = { dataset: '${{ steps.test.outputs.dataset }}', model: 'base', live: 'endpoint/new', name: 'm' };
      const asking = step('go-live', 'evaluate', settings, { needs: ['test', 'make'] });
      const making = step('make', 'swap', { endpoint: 'new', create: true, model: 'base', ...ofSwap });
      expect(planOf(asking, making).steps.at(-1)?.action).toBe('at-run-time');
      expect(planOf(asking).steps.at(-1)).toMatchObject({
        action: 'fail',
        summary: 'Correct the name under live: endpoint new does not exist',
      });
    });
  });

  describe('of a model that the Speech resource does not have', () => {
    const wanted = { dataset: '${{ steps.test.outputs.dataset }}', name: 'm', 'min-improvement': 0, 'min-words': 0 };
    const failing = (one: PipelineStep): readonly string[] => {
      const all = [...steps.slice(0, 2), one];
      const layers = [['test', 'text'], [one.id]];
      const endpoints = [fakeEndpoint('call-center', 'https://speech/models/old')];
      const plan = planPipeline({ ...source, pipeline: { ...pipeline, steps: all, layers } }, facts({ endpoints }));
      return stepsThatFail(plan).map(({ id, summary }) => `${id}: ${summary}`);
    };
    const evaluating = (models: object): readonly string[] =>
      failing(step('measure', 'evaluate', { ...wanted, ...models }, { needs: ['test'] }));
    const swapping = (model: string): readonly string[] =>
      failing(
        step('go-live', 'swap', { endpoint: 'call-center', create: false, model, ...ofSwap }, { needs: ['text'] }),
      );

    it.each([
      ['an id', 'gone', 'Check the model gone: the Speech resource has no such model'],
      [
        'a base model',
        'base/2024',
        'Check the base model 2024: the Speech resource has none of this name or id for en-US, did you mean 2025?; the newest is 2025',
      ],
    ])('says that the step would fail, although its data is not known yet: %s', (_, model, message) => {
      expect(evaluating({ model })).toEqual([`measure: ${message}`]);
      expect(evaluating({ model: 'base', against: model })).toEqual([`measure: ${message}`]);
      expect(swapping(model)).toEqual([`go-live: ${message}`]);
    });

    it('leaves to the run what is there, and what a step before makes or may change', () => {
      for (const model of ['base', 'base/2025', 'endpoint/none', '${{ steps.test.outputs.dataset }}']) {
        expect(evaluating({ model, against: model }), model).toEqual([]);
        expect(swapping(model), model).toEqual([]);
      }
    });
  });

  it('keeps no value of a secret variable', () => {
    const variable = { required: true, description: '' };
    const declared = { REGION: { ...variable, secret: false }, TOKEN: { ...variable, secret: true } };
    const plan = planPipeline(
      { ...source, pipeline: { ...pipeline, env: declared }, env: { REGION: 'westeurope', TOKEN: 'swordfish' } },
      facts(),
    );
    expect(plan.env).toEqual({ REGION: 'westeurope' });
    expect(JSON.stringify(plan)).not.toContain('swordfish');
  });

  it('knows that a skipped step makes nothing, for the steps under finally that read it', () => {
    const isThere = "${{ steps.text.outputs.dataset != '' }}";
    const skipped = steps.map((each) => (each.id === 'text' ? { ...each, if: '${{ false }}' } : each));
    const last = step(
      'last',
      'upload',
      { ...steps[0]?.with, name: 'last' },
      { needs: ['text'], finally: true, if: isThere },
    );
    const plan = planPipeline(
      { ...source, pipeline: { ...pipeline, steps: [...skipped, last], layers: [...pipeline.layers, ['last']] } },
      facts(),
    );
    expect(actions(plan)).toMatchObject({ text: 'skip', last: 'skip' });
    expect(plan.steps.at(-1)?.summary).toContain('its condition is not met');
  });

  it('is plain data', () => {
    const plan = planPipeline(source, facts());
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

describe('planPipeline with a strategy', () => {
  const manyLocales = `
name: many locales
locale: \${{ matrix.locale }}
strategy: { matrix: { locale: [en-US, de-DE] } }
steps:
  - { id: text, uses: upload, with: { kind: Language, from: "\${{ matrix.locale }}.txt" } }
  - { id: tests, uses: upload, with: { kind: Acoustic, from: test } }
  - id: words
    uses: evaluate
    with: { dataset: "\${{ steps.tests.outputs.dataset }}", model: base }
  - id: retrain
    uses: train
    if: matrix.locale == 'de-DE'
    with: { datasets: ["\${{ steps.text.outputs.dataset }}"] }
finally:
  - id: look
    uses: approve
    if: run.status == 'failed'
    with: { message: x }
  - id: tell
    uses: approve
    needs: [retrain-en-us]
    with: { message: "\${{ run.status }}", by: [maria] }
  - id: nightly
    uses: upload
    if: startsWith(run.id, 'nightly')
    with: { kind: Language, from: "en-US.txt" }
`;
  const loaded = loadPipeline(manyLocales, { path: 'p.yaml', inputs: {} });
  const many: PlanSource = { ...source, pipeline: loaded.pipeline ?? pipeline };
  const localData = Object.fromEntries(
    ['Language:en-US.txt', 'Language:de-DE.txt', 'Acoustic:test'].map((key) => [
      key,
      { digest: key, files: 1, bytes: 1 },
    ]),
  );
  const plan = planPipeline(many, facts({ localData }));
  const planned = (id: string) => plan.steps.find((candidate) => candidate.id === id);

  it('plans every combination for itself, then the steps under finally', () => {
    expect(loaded.diagnostics).toEqual([]);
    expect(actions(plan)).toEqual({
      'text-en-us': 'create',
      'tests-en-us': 'create',
      'words-en-us': 'at-run-time',
      'retrain-en-us': 'skip',
      'text-de-de': 'create',
      'tests-de-de': 'create',
      'words-de-de': 'at-run-time',
      'retrain-de-de': 'at-run-time',
      look: 'at-run-time',
      tell: 'at-run-time',
      nightly: 'at-run-time',
    });
    expect(planned('words-de-de')?.summary).toBe('measure the word error rate once tests-de-de has finished');
    expect(planned('retrain-en-us')?.summary).toBe("its condition is not met: 'en-US' == 'de-DE'");
  });

  it('says that steps under finally run in every outcome, and knows no status of the run yet', () => {
    expect(planned('look')?.summary).toBe("in every outcome: approve if run.status == 'failed'");
    expect(planned('tell')?.summary).toBe('in every outcome: wait for maria to approve');
  });

  it('does not guess the id of the run', () => {
    expect(planned('nightly')?.summary).toBe("in every outcome: upload if startsWith(run.id, 'nightly')");
  });

  it('asks once for local data that several combinations read, and for the base models of every locale', () => {
    expect(localDataOf(many).map(({ from }) => from)).toEqual(['en-US.txt', 'test', 'de-DE.txt']);
    expect(localesOf(many.pipeline)).toEqual(['en-US', 'de-DE']);
    expect(localesOf(pipeline)).toEqual(['en-US']);
  });

  it('finds the smoke audio whose paths are known, without the secrets that other settings read', () => {
    const swapWith = (audio: string): PipelineStep => step(audio, 'swap', { endpoint: 'e', verify: { audio } });
    const from = '${{ env.URL }}';
    const swaps = ['data/smoke', 'data/smoke', '${{ inputs.smoke }}', '${{ steps.text.outputs.digest }}'].map(swapWith);
    const heard: Pipeline = {
      ...pipeline,
      inputs: { smoke: { type: 'string', value: 'other' } },
      env: { URL: { secret: true } },
      steps: [step('text', 'upload', { kind: 'Language', from }), ...swaps],
    };
    expect(smokeAudioOf({ pipeline: heard, env: {} })).toEqual(['data/smoke', 'other']);
  });

  it('chooses models of the locale of the combination', () => {
    const base = (locale: string) => fakeBaseModel(`base of ${locale}`, { created: '2025-01-01T00:00:00Z', locale });
    const document = `name: p\nlocale: "\${{ matrix.locale }}"\nstrategy: { matrix: { locale: [en-US, de-DE] } }\nsteps:\n- { id: words, uses: evaluate, with: { dataset: https://speech/datasets/1, model: base } }\n`;
    const words = loadPipeline(document, { path: 'p.yaml', inputs: {} }).pipeline ?? pipeline;
    const summaries = planPipeline(
      { ...source, pipeline: words },
      facts({ baseModels: [base('en-US'), base('de-DE')] }),
    );
    expect(summaries.steps.map(({ summary }) => /base of (\S+)/.exec(summary)?.[1])).toEqual(['en-US', 'de-DE']);
  });
});

describe('planPipeline with a Speech resource of each combination', () => {
  const document = `
name: regions
locale: en-US
resource: https://\${{ matrix.region }}.cognitiveservices.azure.com
strategy: { matrix: { region: [west, east] } }
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
finally:
  - { id: ask, uses: approve, with: { message: x } }
`;
  const [west, east] = [
    'https://west.cognitiveservices.azure.com',
    'https://east.cognitiveservices.azure.com',
  ] as const;
  const loaded = loadPipeline(document, { path: 'p.yaml', inputs: {}, env: {} }).pipeline ?? pipeline;
  const localData = { 'Language:text.txt': { digest: 'b', files: 1, bytes: 100 } };

  it('plans each step by what its own resource has, and says which that is', async () => {
    const { datasets } = (await factsAfterRun(20)).facts;
    const plan = planPipeline({ ...source, pipeline: loaded, target: { endpoint: west } }, ({ resource }) =>
      facts({ localData, ...(resource === east ? { datasets } : {}) }),
    );
    expect(plan.steps.map(({ id, action, resource }) => [id, action, resource])).toEqual([
      ['text-west', 'create', west],
      ['text-east', 'reuse', east],
      ['ask', 'at-run-time', undefined],
    ]);
  });

  it('says what to set where a setting is nothing without it, also while the rest of the step waits', () => {
    const written = (tell: string): Pipeline =>
      loadPipeline(
        `name: p
locale: en-US
env: { ADDRESS: {}, WORD: {}, HIDDEN: { secret: true } }
steps:
  - { id: text, uses: upload, with: { kind: Language, from: text.txt } }
  - { id: tell, uses: notify, needs: [text], ${tell} }
`,
        { path: 'p.yaml', inputs: {}, env: {} },
      ).pipeline ?? pipeline;
    const planned = (tell: string, env: PlanSource['env'] = {}): unknown => {
      const [, told] = planPipeline({ ...source, pipeline: written(tell), env }, facts({ localData })).steps;
      return [told?.action, told?.summary];
    };
    const message = 'message: "${{ steps.text.outputs.accepted }} ${{ env.WORD }}"';
    const teams = `with: { ${message}, teams: "\${{ env.ADDRESS }}" }`;
    const lacking = expect.stringMatching(/^Set ADDRESS and WORD in the environment of the run: without that `teams` /);
    expect(planned(teams)).toEqual(['fail', lacking]);
    expect(planned(`if: steps.text.outputs.accepted > 5, ${teams}`)).toEqual(['fail', lacking]);
    expect(planned(`if: env.WORD == 'yes', ${teams}`)).toEqual(['skip', expect.anything()]);
    expect(planned(`if: steps.text.outputs.accepted > 5 && env.ADDRESS != '', ${teams}`)).toEqual([
      'at-run-time',
      expect.anything(),
    ]);
    expect(planned(`continue-on-error: true, ${teams}`)).toEqual(['at-run-time', expect.anything()]);
    expect(planned(teams, { ADDRESS: 'https://a.example' })).toEqual(['at-run-time', expect.anything()]);
    const instead = `with: { ${message}, teams: "\${{ env.ADDRESS || 'https://a.example' }}" }`;
    expect(planned(instead)).toEqual(['at-run-time', expect.anything()]);
  });

  it('says of a deletion that it spares what a step uses of which that is not known without a variable', () => {
    const tidy = `name: p
locale: en-US
env: { HIDDEN: { secret: true } }
steps:
  - { id: tidy, uses: prune, with: { older-than: 1s, all: true } }
  - { id: words, uses: upload, with: { kind: Language, from: "\${{ env.HIDDEN }}" } }
`;
    const { pipeline: tidying = pipeline } = loadPipeline(tidy, { path: 'p.yaml', inputs: {}, env: {} });
    const old = fakeModel('old', { createdDateTime: '2020-01-01T00:00:00Z' });
    const summaryWith = (env: PlanSource['env']): string | undefined =>
      planPipeline({ ...source, pipeline: tidying, env }, { ...facts(), models: [old] }).steps[0]?.summary;
    const deletion = expect.stringMatching(/^delete model old [^,]*, unused\)/) as string;
    const unless = ', but nothing that words will use, which is not known without HIDDEN';
    expect(summaryWith({})).toEqual(deletion);
    expect(summaryWith({})?.endsWith(unless)).toBe(true);
    expect(summaryWith({ HIDDEN: 'https://a.example/x' })).toEqual(deletion);
    expect(summaryWith({ HIDDEN: 'https://a.example/x' })).not.toContain(unless);
  });

  it('goes on behind a deletion that finds nothing to delete', () => {
    const telling = loadPipeline(
      `name: p
locale: en-US
steps:
  - { id: tidy, uses: prune, with: { older-than: 1s } }
  - { id: tell, uses: notify, needs: [tidy], with: { message: "\${{ steps.tidy.outputs.deleted }} deleted", webhook: "https://a.example" } }
`,
      { path: 'p.yaml', inputs: {}, env: {} },
    ).pipeline;
    const plan = planPipeline({ ...source, pipeline: telling ?? pipeline }, facts());
    expect(plan.steps.map(({ action, summary }) => [action, summary])).toEqual([
      ['reuse', 'nothing old is unused'],
      ['at-run-time', 'tell people by webhook: 0 deleted'],
    ]);
  });

  it('names the variables for want of which alone a step would fail; without a secret no run is begun', () => {
    const written = (tell: string): Pipeline =>
      loadPipeline(
        `name: p
locale: en-US
env: { ADDRESS: {}, HIDDEN: { secret: true } }
steps: [{ id: tell, uses: notify, ${tell} }]
`,
        { path: 'p.yaml', inputs: {}, env: {} },
      ).pipeline ?? pipeline;
    const planned = (tell: string, env: PlanSource['env'] = {}): unknown => {
      const plan = planPipeline({ ...source, pipeline: written(tell), env }, facts());
      return [plan.steps[0]?.unset, stepsThatFail(plan).map(({ id }) => id)];
    };
    const hidden = 'with: { message: Done, teams: "${{ env.HIDDEN }}" }';
    expect(planned('with: { message: Done, teams: "${{ env.ADDRESS }}" }')).toEqual([['ADDRESS'], ['tell']]);
    expect(planned(hidden)).toEqual([['HIDDEN'], ['tell']]);
    expect(planned(`continue-on-error: true, ${hidden}`)).toEqual([['HIDDEN'], ['tell']]);
    expect(planned(`if: 1 > 2, ${hidden}`)).toEqual([undefined, []]);
    expect(planned(hidden, { HIDDEN: 'https://a.example/x' })).toEqual([undefined, []]);
  });

  it('says that the embedded emulator stands for all', () => {
    const plan = planPipeline({ ...source, pipeline: loaded }, facts({ localData }));
    expect(plan.steps.map(({ resource }) => resource)).toEqual(['embedded-emulator', 'embedded-emulator', undefined]);
  });

  it('lists each resource that the pipeline names once, and no Azure resource id', () => {
    expect(resourcesOf(loaded)).toEqual([west, east]);
    expect(resourcesOf(pipeline)).toEqual([]);
    expect(resourcesOf({ ...pipeline, resource: '/subscriptions/1/x' })).toEqual([]);
  });

  it('takes the resource of an older plan, which no step names, from its target', () => {
    expect(resourceOf(step('a', 'upload', {}), { target: { endpoint: west } })).toBe(west);
  });
});

function measured(model: string, dataset: string): Evaluation {
  return {
    self: 'https://speech/evaluations/by-hand',
    displayName: 'by hand',
    locale: 'en-US',
    createdDateTime: '2026-02-01T00:00:00Z',
    lastActionDateTime: '2026-02-01T00:00:00Z',
    status: 'Succeeded',
    dataset: { self: dataset },
    model1: { self: model },
    model2: { self: model },
  };
}

function rates(percent: number): NonNullable<Evaluation['properties']> {
  return {
    wordErrorRate1: percent / 100,
    wordCount1: 1000,
    wordSubstitutionCount1: percent * 10,
    wordDeletionCount1: 0,
    wordInsertionCount1: 0,
  };
}

describe('a swap that serves what its release file says', () => {
  const old = fakeModel('old');
  const now = fakeModel('now');
  const file = (model: string): string =>
    `endpoint: { id: e, name: call-center, locale: en-US }\nmodel: { id: ${model} }`;
  const swapOf = (change: PipelineStep['with'] = {}): PlanSource => {
    const settings = { endpoint: 'call-center', create: false, model: 'release', release: 'releases', ...ofSwap };
    const alone = step('go-live', 'swap', { ...settings, ...change });
    return { ...source, pipeline: { ...pipeline, steps: [alone], layers: [['go-live']] } };
  };
  const seen = facts({
    models: [old, now],
    endpoints: [fakeEndpoint('call-center', now.self)],
    releases: { 'releases/call-center.yaml': file('old') },
  });

  it('changes no endpoint where all that is left to do is to remove a canary', () => {
    const canary = fakeEndpoint('left', old.self, { customProperties: { 'speechops-canary': 'id-of-call-center' } });
    const endpoints = [fakeEndpoint('call-center', old.self), canary];
    const [planned] = planPipeline(swapOf(), { ...seen, endpoints }).steps;
    expect([planned?.action, planned?.effects, planned?.endpointChange]).toEqual([
      'delete',
      ['delete-endpoint'],
      undefined,
    ]);
  });

  it('is a run that serves the model of the file as it was planned, and says so', () => {
    expect(releaseFilesOf(swapOf())).toEqual(['releases/call-center.yaml']);
    const plan = planPipeline(swapOf(), seen);
    expect(plan.steps[0]).toMatchObject({ action: 'update', effects: ['update-endpoint'] });
    expect(plan.steps[0]?.summary).toMatch(/^endpoint call-center: now -> old, as releases\/call-center\.yaml says; /);
    expect(plan.pipeline.steps[0]?.with).toMatchObject({ model: 'release/old', release: 'releases' });
    const served = planPipeline(swapOf(), { ...seen, releases: { 'releases/call-center.yaml': file('now') } });
    expect(served.steps[0]).toMatchObject({
      action: 'reuse',
      summary: 'endpoint call-center serves now already, as releases/call-center.yaml says',
    });
  });

  it.each<[string, Partial<Facts>, PipelineStep['with'], string]>([
    ['the file is gone', { releases: {} }, {}, 'there is no such file'],
    ['it is no release', { releases: { 'releases/call-center.yaml': '' } }, {}, 'it is no release'],
    [
      'its model is gone',
      { models: [now] },
      {},
      'Name another model: releases/call-center.yaml names one that cannot be served. Check the model old',
    ],
    [
      'its endpoint waits for a step',
      {},
      { endpoint: '${{ steps.go-live.outputs.endpoint }}' },
      'Name the endpoint and',
    ],
  ])('would fail before anything is done when %s', (_, change, settings, message) => {
    const plan = planPipeline(swapOf(settings), { ...seen, ...change });
    expect(plan.steps[0]?.summary).toContain(message);
    expect(stepsThatFail(plan)).toHaveLength(1);
  });
});
