import type { SpeechResource } from './speech-resource.ts';

/**
 * Removes the content of a dataset that is no longer there, unless a model was trained with it: the model is made from it
 * again after a restart.
 */
export async function forgetDataset(resource: SpeechResource, datasetId: string): Promise<void> {
  const models = resource.store.all('models');
  if (resource.store.get('datasets', datasetId)) return;
  if (models.some((model) => model.trainingData.some((data) => data.datasetId === datasetId))) return;
  resource.memory.delete(`import ${datasetId}`);
  await resource.saved();
  await resource.contents.remove(datasetId);
}
