import { readTerms, type Term } from '../scoring/readers/term-list.ts';
import { readDataText } from './data-text.ts';

/** The terms that a file lists, or what is wrong with it: see {@link readDataText}. */
export function readTermsFile(
  file: string,
  { roots }: { readonly roots: readonly string[] },
): { readonly terms: readonly Term[] } | { readonly fault: string } {
  // Larger than any list that a person keeps.
  const content = readDataText(file, { roots, mostMebibytes: 1 });
  if ('fault' in content) return content;
  const read = readTerms(content.text);
  return 'terms' in read ? read : { fault: `line ${read.line}: ${read.message}` };
}
