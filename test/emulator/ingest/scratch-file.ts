import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  importDataset,
  type ImportedDataset,
  type ImportFailure,
  type ImportOptions,
} from '../../../emulator/ingest/import-dataset.ts';

/** What the emulator makes of a file with this content, en-US and normalised unless told otherwise. */
export async function importContent(
  content: Uint8Array | string,
  options: Partial<ImportOptions> & Pick<ImportOptions, 'kind'>,
): Promise<ImportedDataset | ImportFailure> {
  const folder = await mkdtemp(join(tmpdir(), 'speechops-import-'));
  try {
    const path = join(folder, 'content');
    await writeFile(path, content);
    return await importDataset(path, { locale: 'en-US', textNormalizationKind: 'Default', ...options });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The same, for content that has to be accepted. */
export async function importGood(...args: Parameters<typeof importContent>): Promise<ImportedDataset> {
  const result = await importContent(...args);
  if (result.outcome === 'failed') throw new Error(result.message);
  return result;
}
