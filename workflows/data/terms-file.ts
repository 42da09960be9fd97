import { readFileSync, realpathSync, statSync } from 'node:fs';
import { decodeText } from '../document/decode-text.ts';
import { readTerms, type Term } from '../scoring/terms.ts';
import { whyNotData } from './data-roots.ts';

/**
 * The terms that a file lists, or what is wrong with it as the end of a sentence about the file. Throws for a file that cannot be read.
 * `roots` are the absolute folders that data may lie in, links resolved.
 */
export function readTermsFile(
  file: string,
  { roots }: { readonly roots: readonly string[] },
): { readonly terms: readonly Term[] } | { readonly fault: string } {
  if (whyNotData(realpathSync(file), roots) !== undefined)
    return { fault: `it leads out of ${roots.join(' and ')}, and a pipeline reads no data from elsewhere` };
  const found = statSync(file);
  if (!found.isFile()) return { fault: 'it is no file' };
  if (found.size > mostBytes) return { fault: `it has more than ${mostBytes / 1024 ** 2} MiB` };
  const { text, fault: undecoded } = decodeText(readFileSync(file));
  if (undecoded !== undefined) return { fault: 'it is not in UTF-8' };
  const read = readTerms(text);
  return 'terms' in read ? read : { fault: `line ${read.line}: ${read.message}` };
}

/** Larger than any list that a person keeps. */
const mostBytes = 1024 ** 2;
