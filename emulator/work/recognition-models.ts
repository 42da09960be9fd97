import type { ModelReference, TrainingData } from '../state/entities.ts';
import { importDataset, type ImportedDataset, type ImportFailure } from '../ingest/import-dataset.ts';
import { findBaseModel } from '../state/models-catalogue.ts';
import { adaptModel, type RecognitionModel } from '../recognition/adapt-model.ts';
import type { DatasetContent } from '../recognition/dataset-content.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

/** Under this name a dataset's upload lies in its folder. */
export const uploadName = 'upload';

/** What the import of a dataset's upload gives; the upload is read once in a process. */
export function importUpload(resource: SpeechResource, data: TrainingData): Promise<ImportedDataset | ImportFailure> {
  return resource.remember(`import ${data.datasetId}`, () =>
    importDataset(resource.contents.pathOf(data.datasetId, uploadName), data),
  );
}

/** What a dataset taught; throws when it could not be imported. */
export async function contentOf(resource: SpeechResource, data: TrainingData): Promise<DatasetContent> {
  const imported = await importUpload(resource, data);
  if (imported.outcome === 'imported') return imported.content;
  throw new Error(`Cannot use dataset ${data.datasetId}: ${imported.message}`);
}

/** The recogniser of a model; throws when the model is gone. */
export function recogniserOf(resource: SpeechResource, reference: ModelReference): Promise<RecognitionModel> {
  return resource.remember(`model ${reference.kind} ${reference.id}`, async () => {
    const custom = reference.kind === 'custom' ? resource.store.get('models', reference.id) : undefined;
    const base = findBaseModel(resource.clock.now(), custom?.baseModelId ?? reference.id);
    if (!base || (reference.kind === 'custom' && !custom)) throw new Error(`Model ${reference.id} is not there`);
    const { locale } = base.generation;
    const contents = await Promise.all((custom?.trainingData ?? []).map((data) => contentOf(resource, data)));
    return adaptModel(base.generation, contents, {
      locale,
      customModelWeightPercent: custom?.customModelWeightPercent,
    });
  });
}
