import { access, constants } from 'node:fs/promises';
import { importAcoustic, importAudioFiles } from './import-audio.ts';
import { importLanguage } from './import-language.ts';
import { importLanguageMarkdown } from './import-language-markdown.ts';
import { importOutputFormatting } from './import-output-formatting.ts';
import { importPronunciation } from './import-pronunciation.ts';
import {
  type DatasetKind,
  type ImportedDataset,
  type ImportFailure,
  type ImportOptions,
  ImportRefusal,
} from './imported-dataset.ts';

export type { ImportedDataset, ImportFailure, ImportOptions } from './imported-dataset.ts';

/**
 * What the service would make of an uploaded file: the accepted content with counts and a report, or why the dataset
 * fails. Bad input is never thrown; a file that cannot be opened is.
 */
export async function importDataset(path: string, options: ImportOptions): Promise<ImportedDataset | ImportFailure> {
  await access(path, constants.R_OK);
  try {
    const imported = await IMPORTERS[options.kind](path, options);
    if (imported.acceptedLineCount === 0)
      return { outcome: 'failed', code: 'DataImportFailed', message: why(imported) };
    return imported;
  } catch (error) {
    if (!(error instanceof ImportRefusal)) throw error;
    return { outcome: 'failed', code: error.code, message: error.message };
  }
}

const IMPORTERS: Readonly<Record<DatasetKind, (path: string, options: ImportOptions) => Promise<ImportedDataset>>> = {
  Acoustic: importAcoustic,
  AudioFiles: importAudioFiles,
  Language: importLanguage,
  LanguageMarkdown: importLanguageMarkdown,
  OutputFormatting: importOutputFormatting,
  Pronunciation: importPronunciation,
};

function why(imported: ImportedDataset): string {
  const first = imported.report.find((line) => line.status === 'Failed');
  if (first === undefined) return 'Cannot import the dataset: it is empty.';
  const place = first.filename === '' ? '' : ` (${first.filename})`;
  return `Cannot import the dataset: none of its ${imported.rejectedLineCount} lines was accepted. First reason${place}: ${first.message}`;
}
