import type { TrainWith } from '../../schemas/types.gen.ts';
import { observeModels, timeAt } from '../engine/observe.ts';
import { StepFailure, type StepContext, type StepInput, type StepKind } from '../engine/step-kind.ts';
import { formatRate } from '../document/rates.ts';
import type { Facts } from '../plan/facts.ts';
import { digestOf, digestProperty, entityId, findExisting } from '../plan/identity.ts';
import {
  baseModelNamed,
  expiryOf,
  newestBaseModel,
  transcribesUntil,
  whyNoBaseModel,
  type KnownModels,
} from '../plan/models.ts';
import type { BaseModel, CustomModel, Dataset, EntityReference } from '../plan/speech-entities.ts';
import {
  decidedAtRunTime,
  onceFinished,
  type MissingObject,
  type StepPlan,
  type StepPlanInput,
} from '../plan/step-plan.ts';
import { customProperties, ensureEntity, outlast, untilSucceeded } from './ensure.ts';

/** `train`: a model adapted with these datasets exists, unless the measured word error rate is good enough already. */
export const train: StepKind<TrainWith> = {
  uses: 'train',
  effects: ['create-project', 'create-model'],
  plan: planTrain,
  lacks: baseModelLacking,

  async run(input, context) {
    const { with: wanted, pipeline, step } = input;
    const goodEnough = whyGoodEnough(wanted);
    if (goodEnough !== undefined) return { kind: 'skipped', reason: goodEnough };
    const datasets = await theDatasets(wanted.datasets, context);
    const known = await outlast(
      context,
      async () => await observeModels(context.ports, { locale: pipeline.locale, signal: context.signal }),
    );
    const base = chooseBase(wanted, { known, datasets });
    if (typeof base === 'string') throw new StepFailure(base);
    const digest = modelDigest(wanted, { base, datasets });
    context.report(`on ${base.displayName}`);
    const { models } = context.ports.speech;
    const { action, self } = await ensureEntity<CustomModel>(context, {
      effect: 'create-model',
      digest,
      collection: models,
      find: async () => findExisting(await models.list({ signal: context.signal }), digest),
      projectOf: pipeline,
      create: (link) => createModel(input, context, { base, datasets, digest, link }),
    });
    const model = await untilSucceeded<CustomModel>(context, { what: `model ${step.id}`, collection: models, self });
    const outputs = { model: self, ...expiryOf(transcribesUntil(model), { observedAt: timeAt(context.ports) }) };
    return { kind: action === 'reuse' ? 'reused' : 'done', outputs };
  },
};

function planTrain({ known, with: wanted, waitsFor, pipeline }: StepPlanInput<TrainWith>, facts: Facts): StepPlan {
  const condition = conditionText(known);
  const goodEnough = whyGoodEnough(known);
  if (goodEnough !== undefined) return { action: 'skip', summary: goodEnough, effects: [], outputs: {} };
  if (wanted === undefined) {
    return decidedAtRunTime(`train${condition} ${onceFinished(waitsFor)}`, { effects: train.effects });
  }
  const { datasets: references } = wanted;
  const datasets = references.map((reference) =>
    facts.datasets.find(({ self }) => entityId(self) === entityId(reference)),
  );
  const missing = references.filter((_, index) => datasets[index] === undefined);
  if (missing.length > 0)
    return decidedAtRunTime(`train${condition}; no such dataset: ${missing.join(', ')}`, { effects: train.effects });
  const found = datasets.filter((dataset) => dataset !== undefined);
  const base = chooseBase(wanted, { known: { ...facts, locale: pipeline.locale }, datasets: found });
  if (typeof base === 'string') return decidedAtRunTime(base, { effects: train.effects });
  const existing = findExisting(facts.models, modelDigest(wanted, { base, datasets: found }));
  if (existing?.action === 'reuse') {
    const summary = `model ${existing.entity.displayName} was trained with these datasets already`;
    const { self } = existing.entity;
    const outputs = { model: self, ...expiryOf(transcribesUntil(existing.entity), facts) };
    return { action: 'reuse', summary, effects: [], outputs };
  }
  if (existing !== undefined) {
    return {
      action: 'adopt',
      summary: `wait for model ${existing.entity.displayName}, which is ${existing.entity.status}`,
      effects: [],
      outputs: { model: existing.entity.self },
    };
  }
  const charge = base.properties?.chargeForAdaptation === true ? ', training is charged' : '';
  return {
    action: 'create',
    summary: `train${condition}${condition === '' ? '' : ','} with ${found.length} ${found.length === 1 ? 'dataset' : 'datasets'} on ${base.displayName}${charge}`,
    effects: train.effects,
    outputs: {},
  };
}

/** The base model, when it cannot be adapted with any data. */
function baseModelLacking({ known, pipeline }: StepPlanInput<TrainWith>, facts: Facts): MissingObject | undefined {
  const reference = known['base-model'] ?? 'newest';
  if (reference === 'newest' || whyGoodEnough(known) !== undefined) return undefined;
  const named = baseModelNamed(reference, { known: { ...facts, locale: pipeline.locale }, trainWith: [] });
  return typeof named === 'string' ? { object: `base model ${reference}`, message: named } : undefined;
}

function whyGoodEnough(wanted: Partial<TrainWith>): string | undefined {
  const bound = wanted['if-wer-above'];
  const measured = wanted['measured-by'];
  if (bound === undefined || measured === undefined || measured > bound) return undefined;
  return `the word error rate is ${formatRate(measured, [bound])}, not above ${formatRate(bound, [measured])}`;
}

function conditionText(wanted: Partial<TrainWith>): string {
  const bound = wanted['if-wer-above'];
  if (bound === undefined) return '';
  const measured = wanted['measured-by'];
  if (measured === undefined) return ` if WER > ${formatRate(bound)}`;
  return ` if WER > ${formatRate(bound, [measured])}, now ${formatRate(measured, [bound])}`;
}

function chooseBase(
  wanted: TrainWith,
  from: { readonly known: KnownModels; readonly datasets: readonly Dataset[] },
): BaseModel | string {
  const reference = wanted['base-model'];
  const kinds = [...new Set(from.datasets.map((dataset) => dataset.kind))];
  if (reference === 'newest') {
    const purpose = { trainWith: kinds };
    return (
      newestBaseModel(from.known, purpose) ??
      `Choose other data or another locale: ${whyNoBaseModel(from.known, purpose)}`
    );
  }
  return baseModelNamed(reference, { known: from.known, trainWith: kinds });
}

function modelDigest(
  wanted: TrainWith,
  from: { readonly base: BaseModel; readonly datasets: readonly Dataset[] },
): string {
  return digestOf('model', {
    baseModel: entityId(from.base.self),
    // A dataset that was not uploaded by a pipeline has no digest: its id stands for its content.
    datasets: from.datasets
      .map((dataset) => dataset.customProperties?.[digestProperty] ?? entityId(dataset.self))
      .toSorted(),
    weightPercent: wanted.weight ?? null,
  });
}

async function theDatasets(references: readonly string[], context: StepContext): Promise<readonly Dataset[]> {
  return await Promise.all(
    references.map(async (reference) => {
      const dataset = await context.ports.speech.datasets.get(reference, { signal: context.signal });
      if (dataset === undefined)
        throw new StepFailure(`Check the dataset ${reference}: the Speech resource has no such dataset`);
      return dataset;
    }),
  );
}

async function createModel(
  { with: wanted, pipeline }: StepInput<TrainWith>,
  context: StepContext,
  from: {
    readonly base: BaseModel;
    readonly datasets: readonly Dataset[];
    readonly digest: string;
    readonly link: { readonly project?: EntityReference };
  },
): Promise<CustomModel> {
  return await context.ports.speech.models.create(
    {
      displayName: wanted.name,
      locale: pipeline.locale,
      baseModel: { self: from.base.self },
      datasets: from.datasets.map(({ self }) => ({ self })),
      customProperties: customProperties(from.digest, pipeline),
      ...(wanted.weight === undefined ? {} : { properties: { customModelWeightPercent: wanted.weight } }),
      ...(wanted.description === undefined ? {} : { description: wanted.description }),
      ...from.link,
    },
    { signal: context.signal },
  );
}
