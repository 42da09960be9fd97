import { counted } from '../document/counted.ts';
import type { TrainWith } from '../../schemas/types.gen.ts';
import { observeModels, timeAt } from '../engine/observe.ts';
import { StepFailure, type StepContext, type StepInput, type StepKind } from '../engine/step-kind.ts';
import { formatInterval, formatRate } from '../document/rates.ts';
import type { Facts } from '../plan/facts.ts';
import { digestOf, digestProperty, entityId, findExisting, referencesIn } from '../plan/identity.ts';
import {
  baseModelNamed,
  expiryOf,
  modelInUse,
  modelLacking,
  newestBaseModel,
  transcribesUntil,
  whyNoBaseModel,
  type KnownModels,
} from '../plan/models.ts';
import { namedModel } from '../plan/rests-on.ts';
import type { BaseModel, CustomModel, Dataset, DatasetKind, EntityReference } from '../plan/speech-entities.ts';
import {
  type Bill,
  decidedAtRunTime,
  onceFinished,
  type MissingObject,
  type StepPlan,
  type StepPlanInput,
  wouldFail,
} from '../plan/step-plan.ts';
import { customProperties, ensureEntity, outlast, untilSucceeded } from './ensure.ts';

/** `train`: a model adapted with these datasets exists, unless the measured word error rate is good enough already. */
export const train: StepKind<TrainWith> = {
  uses: 'train',
  dataFor: 'train',
  effects: ['create-project', 'create-model'],
  plan: planTrain,
  lacks: baseModelLacking,
  restsOn: modelsBehind,
  bills: trainingBilled,

  async run(input, context) {
    const { with: wanted, pipeline, step } = input;
    const { locale } = pipeline;
    const measuredOnly = whenToTrain(wanted);
    if (measuredOnly?.holds === false) return { kind: 'skipped', reason: measuredOnly.text };
    const datasets = await theDatasets(referencesOf(wanted), context);
    const known = await outlast(
      context,
      async () => await observeModels(context.ports, { locale, signal: context.signal }),
    );
    const when = whenToTrain(wanted, { known, kinds: kindsOf(datasets) });
    if (when?.holds === false) return { kind: 'skipped', reason: when.text };
    if (when !== undefined) context.report(`because ${when.text}`);
    const base = chooseBase(wanted['base-model'], { known, kinds: kindsOf(datasets) });
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

function planTrain(input: StepPlanInput<TrainWith>, facts: Facts): StepPlan {
  const { known, with: wanted, waitsFor, pipeline, kindsToCome = [] } = input;
  const models = { ...facts, locale: pipeline.locale };
  const references = referencesOf(known);
  const datasetOf = (reference: string): Dataset | undefined =>
    facts.datasets.find(({ self }) => entityId(self) === entityId(reference));
  const found = references.flatMap((reference) => datasetOf(reference) ?? []);
  const missing = references.filter((reference) => datasetOf(reference) === undefined);
  const kinds = known.datasets === undefined || missing.length > 0 ? undefined : kindsOf(found);
  const when = whenToTrain(known, { known: models, kinds });
  if (when?.holds === false) return { action: 'skip', summary: when.text, effects: [], outputs: {} };
  const condition = when === undefined ? '' : ` if ${when.text}`;
  const on = when === undefined ? {} : { condition: when.text };
  if (wanted === undefined) {
    const isCertain = when === undefined || when.holds === true;
    const untrainable = isCertain
      ? whyUntrainable(known['base-model'], { known: models, kinds: kindsToCome })
      : undefined;
    if (untrainable !== undefined) return wouldFail(untrainable);
    return { ...decidedAtRunTime(`train${condition} ${onceFinished(waitsFor)}`, { effects: train.effects }), ...on };
  }
  if (missing.length > 0) {
    const summary = `train${condition}; no such dataset: ${missing.join(', ')}`;
    return { ...decidedAtRunTime(summary, { effects: train.effects }), ...on };
  }
  const base = chooseBase(wanted['base-model'], { known: models, kinds: kindsOf(found) });
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
    summary: `train${condition}${condition === '' ? '' : ','} with ${counted(found.length, 'dataset')} on ${base.displayName}${charge}`,
    effects: train.effects,
    outputs: {},
    ...on,
  };
}

/** A training, where its base model charges it; which one that is may only turn out with the datasets. */
function trainingBilled(
  { known, with: wanted, pipeline, step }: StepPlanInput<TrainWith>,
  facts: Facts,
): readonly Bill[] {
  const models = { ...facts, locale: pipeline.locale };
  const wantedIds = new Set(referencesOf(wanted ?? {}).map(entityId));
  const datasets = facts.datasets.filter(({ self }) => wantedIds.has(entityId(self)));
  const { 'base-model': reference = 'newest' } = known;
  const base = chooseBase(reference, { known: models, kinds: kindsOf(datasets) });
  if (typeof base === 'object' && base.properties?.chargeForAdaptation !== true) return [];
  return [{ what: `training of model ${known.name ?? step.id}`, for: 'training', per: 'once', expected: 'training' }];
}

/** The base model that it would train on, and the model in use whose end or base model it looks at, as far as they are known. */
function modelsBehind(
  { known: { 'in-use': reference }, with: wanted, pipeline }: StepPlanInput<TrainWith>,
  facts: Facts,
): Readonly<Record<string, string>> {
  const known = { ...facts, locale: pipeline.locale };
  const used = reference === undefined ? undefined : modelInUse(reference, known);
  const wantedIds = new Set(referencesOf(wanted ?? {}).map(entityId));
  const datasets = facts.datasets.filter(({ self }) => wantedIds.has(entityId(self)));
  const base = wanted === undefined ? undefined : chooseBase(wanted['base-model'], { known, kinds: kindsOf(datasets) });
  return {
    ...(typeof used === 'object' ? { 'the model in use is': namedModel(used.model.self, known) } : {}),
    ...(typeof base === 'object' ? { 'the base model is': namedModel(base.self, known) } : {}),
  };
}

/** The base model, when it cannot be adapted with any data, or the model in use, when there is none of this id. */
function baseModelLacking({ known, pipeline }: StepPlanInput<TrainWith>, facts: Facts): MissingObject | undefined {
  const models = { ...facts, locale: pipeline.locale };
  const inUse = modelLacking(known['in-use'], models);
  if (inUse !== undefined) return inUse;
  const reference = known['base-model'] ?? 'newest';
  if (reference === 'newest' || whenToTrain(known, { known: models })?.holds === false) return undefined;
  const named = baseModelNamed(reference, { known: models, trainWith: [] });
  return typeof named === 'string' ? { object: `base model ${reference}`, message: named } : undefined;
}

/** Each dataset by itself: the parts of a set come as one. */
function referencesOf({ datasets = [] }: Partial<TrainWith>): readonly string[] {
  return datasets.flatMap(referencesIn);
}

function kindsOf(datasets: readonly Dataset[]): readonly DatasetKind[] {
  return [...new Set(datasets.map(({ kind }) => kind))];
}

/** A condition on which a step trains. */
interface Condition {
  /** Undefined when that is decided at run time. */
  readonly holds: boolean | undefined;
  /** What is so, or is to be so. */
  readonly text: string;
}

/**
 * Whether one of the conditions of the step holds, with what speaks for it, or against all of them; undefined when it has none.
 * Without `from` only the measured rate is looked at, and the others are decided later.
 */
function whenToTrain(
  wanted: Partial<TrainWith>,
  from?: { readonly known: KnownModels; readonly kinds?: readonly DatasetKind[] | undefined },
): Condition | undefined {
  const conditions = [rateAbove(wanted), expiring(wanted, from), newerBase(wanted, from)].filter(
    (condition) => condition !== undefined,
  );
  if (conditions.length === 0) return undefined;
  const holding = conditions.filter(({ holds }) => holds === true);
  const open = conditions.filter(({ holds }) => holds === undefined);
  const text = (some: readonly Condition[], word: string): string => some.map((one) => one.text).join(word);
  if (holding.length > 0) return { holds: true, text: text(holding, ' and ') };
  return open.length > 0
    ? { holds: undefined, text: text(open, ' or ') }
    : { holds: false, text: text(conditions, '; ') };
}

function rateAbove({
  'if-wer-above': bound,
  'if-wer-above-by': by,
  'measured-by': measured,
  'measured-at-least': lowest,
  'measured-at-most': highest,
}: Partial<TrainWith>): Condition | undefined {
  if (bound === undefined) return undefined;
  if (measured === undefined) return { holds: undefined, text: `WER > ${formatRate(bound)}` };
  const [limit, now] = [formatRate(bound, [measured]), formatRate(measured, [bound])];
  const interval = intervalOf({ lowest, highest, bound, measured });
  // The rate alone decides where it is not above: its interval begins below it.
  if (measured <= bound) return { holds: false, text: `the word error rate is ${now}, not above ${limit}` };
  if (by !== 'lower-bound') return { holds: true, text: `WER > ${limit}, now ${now}${interval}` };
  if (lowest === undefined) return { holds: undefined, text: `WER > ${limit}, now ${now}, with its whole interval` };
  return lowest > bound
    ? { holds: true, text: `WER > ${limit}, now ${now}${interval}` }
    : {
        holds: false,
        text: `the word error rate is ${now}, but its interval begins at ${formatRate(lowest, [bound])}: not surely above ${limit}`,
      };
}

/** The interval of a rate behind it, as far as it is known; nothing where it is the rate itself. */
function intervalOf(of: {
  readonly lowest: number | undefined;
  readonly highest: number | undefined;
  readonly bound: number;
  readonly measured: number;
}): string {
  const { lowest, highest, bound, measured } = of;
  if (lowest === undefined || lowest === (highest ?? measured)) return '';
  if (highest === undefined) return `, at least ${formatRate(lowest, [bound])}`;
  return ` ${formatInterval(lowest, highest, [bound])}`;
}

function expiring(
  { 'if-expiring-within': seconds, 'in-use': reference }: Partial<TrainWith>,
  from: Parameters<typeof whenToTrain>[1],
): Condition | undefined {
  if (seconds === undefined) return undefined;
  const within = `within ${daysOf(seconds / 86_400)}`;
  if (reference === undefined || from === undefined)
    return { holds: undefined, text: `${reference ?? 'the model in use'} expires ${within}` };
  const used = modelInUse(reference, from.known);
  if (typeof used === 'string') return { holds: false, text: `nothing in use expires: ${used}` };
  const { displayName } = used.model;
  const until = transcribesUntil(used.model);
  const { expires, 'days-left': days = 0 } = expiryOf(until, from.known);
  if (expires === undefined) return { holds: false, text: `the service tells no expiry date of ${displayName}` };
  const holds = Date.parse(until ?? '') <= Date.parse(from.known.observedAt) + seconds * 1000;
  const left = Date.parse(until ?? '') < Date.parse(from.known.observedAt) ? 'already' : `in ${daysOf(days)}`;
  return holds
    ? { holds, text: `${displayName} expires ${within}, now ${left} (${expires})` }
    : { holds, text: `${displayName} expires on ${expires}, ${left}, not ${within}` };
}

function daysOf(count: number): string {
  return counted(Number(count.toFixed(2)), 'day');
}

function newerBase(
  { 'if-newer-base': isWanted = false, 'in-use': reference }: Partial<TrainWith>,
  from: Parameters<typeof whenToTrain>[1],
): Condition | undefined {
  if (!isWanted) return undefined;
  if (reference === undefined || from === undefined)
    return { holds: undefined, text: `there is a newer base model than that of ${reference ?? 'the model in use'}` };
  const used = modelInUse(reference, from.known);
  if (typeof used === 'string') return { holds: false, text: `no base model is in use: ${used}` };
  // Fewer base models may take the kinds of data, once these are known.
  const newest = newestBaseModel(from.known, { trainWith: from.kinds ?? [] });
  const { base } = used;
  const isNewer = newest !== undefined && (base === undefined || newest.createdDateTime > base.createdDateTime);
  if (!isNewer) return { holds: false, text: `no base model is newer than ${base?.displayName ?? 'that in use'}` };
  const text = `base model ${newest.displayName} is newer than ${base?.displayName ?? 'that in use'}`;
  return { holds: from.kinds === undefined ? undefined : true, text };
}

function chooseBase(
  reference: TrainWith['base-model'],
  { kinds, ...from }: { readonly known: KnownModels; readonly kinds: readonly DatasetKind[] },
): BaseModel | string {
  if (reference === 'newest') {
    const purpose = { trainWith: kinds };
    return (
      newestBaseModel(from.known, purpose) ??
      `Choose other data or another locale: ${whyNoBaseModel(from.known, purpose)}`
    );
  }
  return baseModelNamed(reference, { known: from.known, trainWith: kinds });
}

/** Why no model can be trained with data of these kinds, before any is uploaded; undefined where one can, or that is not known. */
function whyUntrainable(
  reference: TrainWith['base-model'] | undefined,
  from: { readonly known: KnownModels; readonly kinds: readonly DatasetKind[] },
): string | undefined {
  const { kinds, known } = from;
  const isAsked = known.baseModels.some(({ locale }) => locale.toLowerCase() === known.locale.toLowerCase());
  if (reference === undefined || kinds.length === 0 || !isAsked) return undefined;
  const base = chooseBase(reference, from);
  return typeof base === 'string' ? base : undefined;
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
