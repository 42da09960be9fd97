import type { UploadWith } from '../../../schemas/types.gen.ts';
import { digestProperty, entityId } from '../../plan/identity.ts';
import type { CustomModel, Dataset, Endpoint } from '../../plan/speech-entities.ts';
import { copyDigest } from '../copy/copied-model.ts';
import { datasetDigest } from './uploaded-dataset.ts';

/** What a Speech resource has made of data, directly and through what was made of them. */
export interface MadeOfData {
  readonly datasets: readonly Dataset[];
  /** Trained with one of the datasets. */
  readonly models: readonly CustomModel[];
  /** They serve one of the models. */
  readonly endpoints: readonly Endpoint[];
}

/** Local data, as they are and as they were. */
export interface SearchedData extends Pick<UploadWith, 'kind' | 'locale'> {
  /** Of the data; of a set with parts of each part. */
  readonly digests: readonly string[];
  /** The ids and the digests of datasets that are known to have them, or an earlier state of them. @default none */
  readonly known?: ReadonlySet<string>;
  /** The digests of models of other resources that were trained with them: a copy of one has its digest, and names no datasets. @default none */
  readonly copied?: ReadonlySet<string>;
}

/** Finds what was made of local data, by their digest: what an upload step has uploaded is found, whatever it is called. */
export function madeOfData(
  { kind, locale, digests, known = new Set(), copied = new Set() }: SearchedData,
  all: MadeOfData,
): MadeOfData {
  const bearing = new Set([
    ...known,
    ...digests.flatMap((digest) =>
      (['Default', 'None'] as const).map((normalization) =>
        datasetDigest({ kind, locale, 'text-normalization': normalization }, digest),
      ),
    ),
  ]);
  const datasets = all.datasets.filter(
    ({ self, customProperties }) =>
      bearing.has(customProperties?.[digestProperty] ?? '') || bearing.has(entityId(self)),
  );
  const ofDatasets = new Set(datasets.map(({ self }) => entityId(self)));
  const models = all.models.filter(
    (model) =>
      model.datasets?.some(({ self }) => ofDatasets.has(entityId(self))) === true || copied.has(copyDigest(model)),
  );
  const ofModels = new Set(models.map(({ self }) => entityId(self)));
  const endpoints = all.endpoints.filter(({ model }) => model !== undefined && ofModels.has(entityId(model.self)));
  return { datasets, models, endpoints };
}
