import type { ImportedDataset, ImportFailure } from '../../emulator/ingest/import-dataset.ts';

/** What is wrong with what the import of a dataset says of it. */
export function faultsOfImport(result: ImportedDataset | ImportFailure): string | undefined {
  if (result.outcome === 'failed') return result.message === '' ? 'a failure without words' : undefined;
  const { acceptedLineCount, rejectedLineCount, durationMilliseconds, report, content } = result;
  const counts = [acceptedLineCount, rejectedLineCount, durationMilliseconds];
  if (!counts.every((count) => Number.isSafeInteger(count) && count >= 0)) return `no counts: ${counts.join(', ')}`;
  if (acceptedLineCount === 0) return 'imported, with nothing accepted';
  const failed = report.filter(({ status }) => status === 'Failed').length;
  if (failed > rejectedLineCount) return `${failed} lines reported and ${rejectedLineCount} rejected`;
  const kept = [...content.sentences, ...content.pronunciations.flatMap(({ display, spoken }) => [display, spoken])];
  const bad = kept.find((text) => text === '' || /[\p{Cc}\uFFFE\uFFFF]/u.test(text));
  return bad === undefined ? undefined : `kept what is no text: ${JSON.stringify(bad)}`;
}
