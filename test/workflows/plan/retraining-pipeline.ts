import { expect } from 'vitest';
import { createInterpreter } from '../../../workflows/engine/interpret-plan.ts';
import type { Pipeline, PipelineStep } from '../../../workflows/language/pipeline.ts';
import type { DataPlaces } from '../../../workflows/plan/data/data-places.ts';
import type { Facts } from '../../../workflows/plan/facts.ts';
import { planPipeline } from '../../../workflows/plan/plan-pipeline.ts';
import type { PlanSource, Plan } from '../../../workflows/plan/plan.ts';
import type { Evaluation } from '../../../workflows/plan/speech-entities.ts';
import { stepKinds } from '../../../workflows/steps/registry.ts';
import { createInMemoryEngine } from '../engine/in-memory-engine.ts';
import { createFakeWorld, fakeBaseModel } from '../steps/fake-world.ts';

/** The dataset of texts. */
export const text = '${{ steps.text.outputs.dataset }}';

/** What each swap here has besides. */
export const ofSwap = { 'min-days-left': 30, 'settle-timeout': 60 };

/** Two uploads, a measurement, a training where that is above a bound, and a swap. */
export const steps: readonly PipelineStep[] = [
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

/** A step as the language reads it. */
export function step(
  id: string,
  uses: PipelineStep['uses'],
  settings: PipelineStep['with'],
  change: Partial<PipelineStep> = {},
): PipelineStep {
  return { id, name: id, uses, with: settings, needs: [], continueOnError: false, ...change };
}

/** The pipeline of these steps. */
export const pipeline: Pipeline = {
  name: 'p',
  locale: 'en-US',
  inputs: { 'max-wer': { type: 'rate', value: 0.15 } },
  steps,
  layers: [['test', 'text'], ['baseline'], ['retrain'], ['go-live']],
};

/** What it is planned from. */
export const source: PlanSource = { pipeline, folder: '/', target: 'embedded-emulator', env: {}, kinds: stepKinds };

/** What is known of a Speech resource that has a base model alone, with these changes. */
export function facts(change: Partial<Facts> = {}): Facts {
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

/** What a plan does, by the ids of its steps. */
export function actions(plan: Plan): Record<string, string> {
  return Object.fromEntries(plan.steps.map(({ id, action }) => [id, action]));
}

/** The facts after the whole pipeline ran once in a fake world with these word errors per 100 words. */
export async function factsAfterRun(
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

/** A measurement of this model on this dataset. */
export function measured(model: string, dataset: string): Evaluation {
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

/** What a measurement with this rate counts. */
export function rates(percent: number): NonNullable<Evaluation['properties']> {
  return {
    wordErrorRate1: percent / 100,
    wordCount1: 1000,
    wordSubstitutionCount1: percent * 10,
    wordDeletionCount1: 0,
    wordInsertionCount1: 0,
  };
}
