import type { UploadWith } from '../../../schemas/types.gen.ts';
import { digestProperty, entityId } from '../../plan/identity.ts';
import type { CustomModel, Dataset, Endpoint } from '../../plan/speech-entities.ts';
import { datasetDigest } from './uploaded-dataset.ts';

/** What a Speech resource has made of data, directly and through what was made of them. */
export interface MadeOfData {
  readonly datasets: readonly Dataset[];
  /** Trained with one of the datasets. */
  readonly models: readonly CustomModel[];
  /** They serve one of the models. */
  readonly endpoints: readonly Endpoint[];
}

/** Finds what was made of local data, by their digest: what an upload step has uploaded is found, whatever it is called. */
export function madeOfData(
  { kind, locale, digest }: Pick<UploadWith, 'kind' | 'locale'> & { readonly digest: string },
  all: MadeOfData,
): MadeOfData {
  const digests = new Set(
    (['Default', 'None'] as const).map((normalization) =>
      datasetDigest({ kind, locale, 'text-normalization': normalization }, digest),
    ),
  );
  const datasets = all.datasets.filter(({ customProperties }) => digests.has(customProperties?.[digestProperty] ?? ''));
  const ofDatasets = new Set(datasets.map(({ self }) => entityId(self)));
  const models = all.models.filter((model) => model.datasets?.some(({ self }) => ofDatasets.has(entityId(self))));
  const ofModels = new Set(models.map(({ self }) => entityId(self)));
  const endpoints = all.endpoints.filter(({ model }) => model !== undefined && ofModels.has(entityId(model.self)));
  return { datasets, models, endpoints };
}
