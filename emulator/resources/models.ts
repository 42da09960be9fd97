import { randomUUID } from 'node:crypto';
import { addressOf } from '../protocol/addresses.ts';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import { dateTime } from '../state/date-time.ts';
import { type BaseModel, findBaseModel, newestBaseModel, yearsAfterQuarter } from '../state/models-catalogue.ts';
import { type CustomModel, type Dataset, isTerminal, type ModelReference } from '../state/entities.ts';
import { forgetDataset } from '../state/forget-content.ts';
import { beginLifecycle } from '../state/lifecycles.ts';
import {
  dangling,
  datasetReferences,
  invalid,
  type JsonObject,
  objectBody,
  optionalObject,
  optionalReference,
} from '../protocol/request-body.ts';
import { chosenWeightPercent } from '../recognition/adapt-model.ts';
import { serviceError } from '../protocol/service-error.ts';
import { settled } from '../work/settle.ts';
import { collection, type Keep } from './collection.ts';
import { modelView, workedView } from './entity-views.ts';
import { fileOperations } from './files.ts';
import { checkLocale, faultyEnding, newEntityMembers, projectIn } from './worked-entity.ts';

/**
 * The features of a base model, which those adapted from it have, too, but for fast transcription (definition: the examples of models).
 * Containers are not emulated.
 */
export function featuresOf(
  {
    supportsEndpoints,
    supportedOutputFormats,
  }: Pick<BaseModel['generation'], 'supportsEndpoints' | 'supportedOutputFormats'>,
  { kind }: Pick<ModelReference, 'kind'>,
) {
  return {
    supportsTranscriptionsSubmit: true,
    supportsTranscriptionsTranscribe: kind === 'base',
    supportsEndpoints,
    supportsTranscriptionsOnSpeechContainers: false,
    supportedOutputFormats,
  };
}

/** Custom models: a base model adapted with datasets. Trained once; retraining makes a new one. */
export const modelOperations: readonly Operation[] = [
  ...collection('Models', {
    name: 'models',
    view: customModelView,
    create: newModel,
    deletion: {
      check: checkUnused,
      users: ['endpoints', 'evaluations', 'modelCopies', 'transcriptions'],
      after: forgetModel,
    },
    ids: { list: 'ListCustomModels', get: 'GetCustomModel' },
  }),
  ...fileOperations('Models', 'models'),
];

export function customModelView(call: Call, model: CustomModel) {
  const path = `/models/${model.id}`;
  const base = findBaseModel(call.resource.clock.now(), model.baseModelId);
  return {
    ...workedView(call, model, path),
    baseModel: modelView(call, { kind: 'base', id: model.baseModelId }),
    datasets: model.isCopy
      ? undefined
      : model.trainingData.map(({ datasetId }) => ({ self: addressOf(call.origin, `/datasets/${datasetId}`) })),
    links: {
      manifest: addressOf(call.origin, `${path}/manifest`),
      copy: addressOf(call.origin, `${path}:copy`),
      files: addressOf(call.origin, `${path}/files`),
    },
    properties: {
      deprecationDates: { transcriptionDateTime: dateTime(model.transcriptionUntil) },
      customModelWeightPercent: model.customModelWeightPercent,
      features: featuresOf(
        base?.generation ?? { supportsEndpoints: true, supportedOutputFormats: ['Lexical', 'Display'] },
        { kind: 'custom' },
      ),
      error: model.error,
    },
  };
}

async function newModel(call: Call, keep: Keep<'models'>): Promise<Answer> {
  const { resource } = call;
  const body = objectBody(call);
  const members = newEntityMembers(body);
  const base = baseModelIn(call, body, members.locale);
  const datasets = await trainingDatasets(call, body, { locale: members.locale, base });
  const projectId = projectIn(call, body, members.locale);
  const now = resource.clock.now();
  const audioSeconds = datasets.reduce((sum, dataset) => sum + (dataset.durationMilliseconds ?? 0), 0) / 1000;
  return keep({
    id: randomUUID(),
    createdAt: now,
    ...members,
    ...beginLifecycle('training', { now, audioSeconds }),
    ...faultyEnding(call),
    projectId,
    baseModelId: base.id,
    trainingData: datasets.map(({ id, kind, locale, textNormalizationKind }) => ({
      datasetId: id,
      kind,
      locale,
      textNormalizationKind,
    })),
    customModelWeightPercent: weightIn(body),
    transcriptionUntil: yearsAfterQuarter(now, 2),
    files: [],
  });
}

/** Refuses to delete what an endpoint serves or an evaluation measures. */
function checkUnused({ resource: { store } }: Call, { id }: CustomModel): void {
  const isIt = (model: ModelReference | undefined): boolean => model?.kind === 'custom' && model.id === id;
  const isInUse =
    store.all('endpoints').some(({ model, wanted, named }) => isIt(model) || isIt(wanted) || isIt(named)) ||
    store.all('transcriptions').some((entity) => !isTerminal(entity) && isIt(entity.model)) ||
    store.all('modelCopies').some((copy) => !isTerminal(copy) && copy.modelId === id) ||
    store.all('evaluations').some((entity) => !isTerminal(entity) && (isIt(entity.model1) || isIt(entity.model2)));
  if (!isInUse) return;
  throw serviceError('Conflict', {
    message: 'The model is used by an endpoint, or by an evaluation, a transcription or a copy that is not done.',
    inner: 'InUseViolation',
  });
}

async function forgetModel({ resource }: Call, { id, trainingData }: CustomModel): Promise<void> {
  resource.memory.delete(`model custom ${id}`);
  await resource.saved();
  await resource.contents.remove(id);
  for (const { datasetId } of trainingData) await forgetDataset(resource, datasetId);
}

function baseModelIn(call: Call, body: JsonObject, locale: string): BaseModel {
  const now = call.resource.clock.now();
  const id = optionalReference(body, { name: 'baseModel', collection: 'models/base', origin: call.origin });
  const base = id === undefined ? newestBaseModel(call.resource, locale) : findBaseModel(now, id);
  if (!base) throw dangling('baseModel');
  if (base.generation.locale !== locale) {
    throw serviceError('InvalidRequest', {
      message: `The locale of baseModel is ${base.generation.locale}, but it must be ${locale}.`,
      inner: 'InvalidBaseModel',
      target: 'baseModel',
    });
  }
  if (Date.parse(base.generation.adaptationDateTime) > now) return base;
  throw serviceError('InvalidRequest', {
    message: 'The specified model is deprecated and cannot be used for this operation.',
    inner: 'ModelDeprecated',
    target: 'baseModel',
  });
}

async function trainingDatasets(
  call: Call,
  body: JsonObject,
  wanted: { readonly locale: string; readonly base: BaseModel },
): Promise<readonly Dataset[]> {
  const ids = datasetReferences(body, call.origin);
  if (ids.length === 0) throw invalid('datasets', 'At least one dataset is needed to train a model.');
  const datasets: Dataset[] = [];
  for (const [index, id] of ids.entries()) {
    const name = `datasets[${index}]`;
    const dataset = await settled(call.resource, 'datasets', id);
    if (!dataset) throw dangling(name);
    checkLocale(name, { found: dataset.locale, wanted: wanted.locale });
    checkSucceeded(name, dataset);
    datasets.push(dataset);
  }
  checkMapping(datasets, wanted.base);
  return datasets;
}

/** Refuses a dataset that cannot be used yet or never. */
export function checkSucceeded(name: string, dataset: Dataset): void {
  if (dataset.status === 'Succeeded') return;
  throw serviceError('InvalidRequest', {
    message: `The status of ${name} is ${dataset.status}, but it must be Succeeded.`,
    inner: dataset.status === 'Failed' ? 'FailedDataset' : 'InvalidDataset',
    target: name,
  });
}

function checkMapping(datasets: readonly Dataset[], base: BaseModel): void {
  const allowed: readonly string[] = base.generation.supportsAdaptationsWith;
  const wrong = datasets.find(({ kind }) => !allowed.includes(kind));
  const kinds = new Set(datasets.map(({ kind }) => kind));
  const reason = wrong
    ? `The base model cannot be adapted with datasets of kind ${wrong.kind}; allowed are ${allowed.join(', ')}.`
    : kinds.has('Pronunciation') && kinds.has('LanguageMarkdown')
      ? 'Datasets of kind Pronunciation cannot be combined with those of kind LanguageMarkdown.'
      : undefined;
  if (reason === undefined) return;
  throw serviceError('InvalidRequest', { message: reason, inner: 'InvalidAdaptationMapping', target: 'datasets' });
}

function weightIn(body: JsonObject): number {
  const weight = optionalObject(body, 'properties').customModelWeightPercent ?? undefined;
  if (weight === undefined) return chosenWeightPercent;
  if (Number.isInteger(weight) && (weight as number) >= 1 && (weight as number) <= 100) return weight as number;
  throw invalid('properties.customModelWeightPercent', 'It must be a whole number from 1 to 100.');
}
