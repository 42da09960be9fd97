import { randomUUID } from 'node:crypto';
import { addressOf } from '../protocol/addresses.ts';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import { type Dataset, isTerminal, type TextNormalizationKind } from '../state/entities.ts';
import type { FilterProperties } from '../protocol/filter.ts';
import { beginLifecycle } from '../state/lifecycles.ts';
import { type DatasetKind, datasetKinds } from '../state/limits/quotas.ts';
import { baseGenerations, supportedLocales } from '../recognition/base-generations.ts';
import {
  invalid,
  type JsonObject,
  objectBody,
  optionalObject,
  optionalText,
  requiredText,
} from '../protocol/request-body.ts';
import { serviceError } from '../protocol/service-error.ts';
import { forgetDataset } from '../state/forget-content.ts';
import { collection, type Keep } from './collection.ts';
import { workedView } from './entity-views.ts';
import { fileOperations } from './files.ts';
import { workedProperties } from './list-entities.ts';
import { faultyEnding, newEntityMembers, projectIn } from './worked-entity.ts';

const textNormalizationKinds: readonly TextNormalizationKind[] = ['Default', 'None'];

export const datasetProperties: FilterProperties = { ...workedProperties, kind: 'text' };

/** Training and test data, fetched from `contentUrl` or uploaded in blocks. */
export const datasetOperations: readonly Operation[] = [
  ...collection('Datasets', {
    name: 'datasets',
    view: datasetView,
    properties: datasetProperties,
    locales: localesByKind,
    create: newDataset,
    deletion: {
      check: checkUnused,
      users: ['models', 'evaluations', 'transcriptions'],
      after: ({ resource }, { id }) => forgetDataset(resource, id),
    },
  }),
  ...fileOperations('Datasets', 'datasets'),
];

export function datasetView(call: Call, dataset: Dataset) {
  const path = `/datasets/${dataset.id}`;
  const link = (suffix: string): string => addressOf(call.origin, `${path}${suffix}`);
  const blockLinks = takesBlocks(dataset)
    ? { commitBlocks: link('/blocks:commit'), listBlocks: link('/blocks'), uploadBlocks: link('/blocks') }
    : {};
  return {
    ...workedView(call, dataset, path),
    kind: dataset.kind,
    contentUrl: dataset.contentUrl,
    links: { files: link('/files'), ...blockLinks },
    properties: {
      acceptedLineCount: dataset.acceptedLineCount,
      rejectedLineCount: dataset.rejectedLineCount,
      durationMilliseconds: dataset.durationMilliseconds,
      textNormalizationKind: dataset.textNormalizationKind,
      error: dataset.error,
    },
  };
}

/** Whether the dataset still waits for its blocks. */
export function takesBlocks(dataset: Dataset): boolean {
  return dataset.contentUrl === undefined && dataset.committedBlocks === undefined;
}

function newDataset(call: Call, keep: Keep<'datasets'>): Answer {
  const { resource } = call;
  const body = objectBody(call);
  const members = newEntityMembers(body);
  const kind = oneOf(requiredText(body, 'kind'), { name: 'kind', allowed: datasetKinds });
  const contentUrl = contentUrlIn(body);
  const projectId = projectIn(call, body, members.locale);
  const normalization = optionalText(optionalObject(body, 'properties'), 'textNormalizationKind') ?? 'Default';
  if (resource.store.all('datasets').length >= resource.quotas.datasets) {
    throw serviceError('InvalidRequest', {
      message: `The resource already has ${resource.quotas.datasets} datasets, which is the limit of ${resource.settings.sku}.`,
      inner: 'QuotaViolation',
    });
  }
  const now = resource.clock.now();
  const begun =
    contentUrl === undefined ? { status: 'NotStarted' as const, lastActionAt: now } : beginLifecycle('import', { now });
  return keep({
    id: randomUUID(),
    createdAt: now,
    ...members,
    ...begun,
    ...faultyEnding(call),
    kind,
    contentUrl,
    projectId,
    textNormalizationKind: oneOf(normalization, {
      name: 'properties.textNormalizationKind',
      allowed: textNormalizationKinds,
    }),
    files: [],
  });
}

/** Refuses to delete what a training or an evaluation works with. */
function checkUnused({ resource }: Call, { id }: Dataset): void {
  const users = [
    ...resource.store.all('models').filter((model) => model.trainingData.some((data) => data.datasetId === id)),
    ...resource.store.all('evaluations').filter((evaluation) => evaluation.datasetId === id),
    ...resource.store
      .all('transcriptions')
      .filter(({ source }) => source.kind === 'dataset' && source.datasetId === id),
  ];
  if (users.every(isTerminal)) return;
  throw serviceError('Conflict', {
    message: 'The dataset is used by a training, an evaluation or a transcription that is not done.',
    inner: 'InUseViolation',
  });
}

function contentUrlIn(body: JsonObject): string | undefined {
  const contentUrl = optionalText(body, 'contentUrl');
  if (contentUrl === undefined) return undefined;
  const protocol = URL.parse(contentUrl)?.protocol;
  if (protocol === 'http:' || protocol === 'https:') return contentUrl;
  throw invalid('contentUrl', 'It must be an absolute http or https address.');
}

function oneOf<T extends string>(text: string, choice: { readonly name: string; readonly allowed: readonly T[] }): T {
  const value = choice.allowed.find((allowed) => allowed === text);
  if (value !== undefined) return value;
  throw invalid(choice.name, `It must be one of ${choice.allowed.join(', ')}.`);
}

/** The locales of each kind: any audio can be recognised, the rest is what the newest base model can be adapted with. */
function localesByKind(): Readonly<Record<DatasetKind, readonly string[]>> {
  const pairs = datasetKinds.map((kind) => [kind, supportedLocales.filter((locale) => takesKind(locale, kind))]);
  return Object.fromEntries(pairs) as Record<DatasetKind, readonly string[]>;
}

function takesKind(locale: string, kind: DatasetKind): boolean {
  if (kind === 'Acoustic' || kind === 'AudioFiles') return true;
  const kinds: readonly string[] = baseGenerations(locale).at(-1)?.supportsAdaptationsWith ?? [];
  return kinds.includes(kind);
}
