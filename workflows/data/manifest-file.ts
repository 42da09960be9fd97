import { readRecordingValues, type RecordingValues } from '../scoring/readers/recording-values.ts';
import { readDataText } from './data-text.ts';

/** A column of a manifest, or what is wrong with the file: see {@link readDataText}. Without `column` the table alone is checked. */
export function readManifestFile(
  file: string,
  { roots, column }: { readonly roots: readonly string[]; readonly column: string | undefined },
): { readonly values: RecordingValues } | { readonly fault: string } {
  // Ten times what a line for each of 10,000 recordings takes.
  const content = readDataText(file, { roots, mostMebibytes: 16 });
  if ('fault' in content) return content;
  const read = readRecordingValues(content.text, column);
  return 'values' in read ? read : { fault: `line ${read.line}: ${read.message}` };
}
