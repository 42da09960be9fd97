import type { CustomModel } from '../state/entities.ts';
import { writeEntityFile } from '../state/entity-files.ts';
import { contentOf, recogniserOf } from './recognition-models.ts';
import type { SpeechResource, WorkResult } from '../state/speech-resource.ts';

/** Longer recordings contribute their text only (Microsoft Learn: training and testing datasets). */
const longestClipSeconds = 40;

/**
 * Adapts the base model with the data and writes `report.json`. Fails when there is audio and all of it is too long to
 * train with, as the service does.
 */
export async function trainModel(resource: SpeechResource, model: CustomModel): Promise<WorkResult> {
  const contents = await Promise.all(model.trainingData.map((data) => contentOf(resource, data)));
  const clips = contents.flatMap((content) => content.clips);
  if (clips.length > 0 && clips.every((clip) => clip.samples.length > longestClipSeconds * clip.sampleRate)) {
    const message = `All audio files are longer than ${longestClipSeconds} seconds: none can be used for training.`;
    const change: Partial<CustomModel> = { error: { code: 'InvalidDataset', message } };
    return { kind: 'failed', change };
  }
  const recogniser = await recogniserOf(resource, { kind: 'custom', id: model.id });
  const report = {
    baseModel: recogniser.generation.displayName,
    locale: recogniser.locale,
    datasets: model.trainingData.map(({ datasetId, kind }, index) => ({
      id: datasetId,
      kind,
      sentences: contents[index]?.sentences.length ?? 0,
      audioFiles: contents[index]?.clips.length ?? 0,
      pronunciations: contents[index]?.pronunciations.length ?? 0,
    })),
    distinctWords: recogniser.occurrences.size,
    audioSeconds: recogniser.audioSeconds,
  };
  const file = await writeEntityFile(resource, model.id, {
    name: 'report.json',
    kind: 'ModelReport',
    content: JSON.stringify(report, null, 2),
  });
  const change: Partial<CustomModel> = { files: [file] };
  return { kind: 'succeeded', change };
}
