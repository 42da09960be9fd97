import type { Dataset, EntityFile, FileKind } from '../state/entities.ts';
import { writeEntityFile } from '../state/entity-files.ts';
import type { DatasetKind } from '../state/limits/quotas.ts';
import { importUpload, uploadName } from './recognition-models.ts';
import type { SpeechResource, WorkResult } from '../state/speech-resource.ts';
import { stableUuid } from '../state/stable-uuid.ts';
import { download } from './download.ts';

/** Fetches the content of a dataset where it came with an address, imports it and writes `report.json`. */
export async function importDatasetWork(resource: SpeechResource, dataset: Dataset): Promise<WorkResult> {
  if (dataset.contentUrl !== undefined) {
    const refusal = await download(resource, dataset.contentUrl, {
      owner: dataset.id,
      name: uploadName,
      maximumBytes: resource.quotas.fileBytes[dataset.kind],
    });
    if (refusal !== undefined) return failed('DataImportFailed', refusal);
  }
  const imported = await importUpload(resource, { datasetId: dataset.id, ...dataset });
  if (imported.outcome === 'failed') return failed(imported.code, imported.message);
  const { acceptedLineCount, rejectedLineCount, durationMilliseconds, report, content } = imported;
  const change: Partial<Dataset> = {
    acceptedLineCount,
    rejectedLineCount,
    durationMilliseconds,
    files: [
      await writeEntityFile(resource, dataset.id, {
        name: 'report.json',
        kind: 'DatasetReport',
        content: JSON.stringify(report, null, 2),
      }),
      await uploadedFile(resource, dataset),
    ],
  };
  return {
    kind: 'succeeded',
    change,
    onShown: () => {
      for (const clip of content.clips) if (clip.transcript !== '') resource.library.add(clip);
    },
  };
}

const uploadedFiles: Readonly<Record<DatasetKind, { readonly kind: FileKind; readonly name: string }>> = {
  Acoustic: { kind: 'AcousticDataArchive', name: 'data.zip' },
  AudioFiles: { kind: 'Audio', name: 'data.zip' },
  Language: { kind: 'LanguageData', name: 'data.txt' },
  LanguageMarkdown: { kind: 'LanguageData', name: 'data.md' },
  Pronunciation: { kind: 'PronunciationData', name: 'data.txt' },
  OutputFormatting: { kind: 'OutputFormattingData', name: 'data.md' },
};

async function uploadedFile(resource: SpeechResource, dataset: Dataset): Promise<EntityFile> {
  const { kind, name } = uploadedFiles[dataset.kind];
  const [upload] = await resource.contents.list(dataset.id, uploadName);
  const id = stableUuid(`file ${dataset.id}/${name}`);
  return { id, name, kind, createdAt: resource.clock.now(), size: upload?.size ?? 0, storedAs: uploadName };
}

function failed(code: string, message: string): WorkResult {
  const change: Partial<Dataset> = { error: { code, message } };
  return { kind: 'failed', change };
}
