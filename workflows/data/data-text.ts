import { readFileSync, realpathSync, statSync } from 'node:fs';
import { decodeText } from '../document/decode-text.ts';
import { whyNotData } from './data-roots.ts';

/**
 * The text of a file of the repository, or what is wrong with it as the end of a sentence about the file. Throws for a file that cannot be read.
 * `roots` are the absolute folders that data may lie in, links resolved.
 */
export function readDataText(
  file: string,
  { roots, mostMebibytes }: { readonly roots: readonly string[]; readonly mostMebibytes: number },
): { readonly text: string } | { readonly fault: string } {
  if (whyNotData(realpathSync(file), roots) !== undefined)
    return { fault: `it leads out of ${roots.join(' and ')}, and a pipeline reads no data from elsewhere` };
  const found = statSync(file);
  if (!found.isFile()) return { fault: 'it is no file' };
  if (found.size > mostMebibytes * 1024 ** 2) return { fault: `it has more than ${mostMebibytes} MiB` };
  const { text, fault } = decodeText(readFileSync(file));
  return fault === undefined ? { text } : { fault: 'it is not in UTF-8' };
}
