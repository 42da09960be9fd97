import path from 'node:path';
import { DataError } from '../../engine/ports.ts';

/** How the archive of a part is called: without an ending in the name where there is one part. */
export function nameOfPart(name: string, { part, of }: { readonly part: number; readonly of: number }): string {
  return `${name}${of === 1 ? '' : `-${part}-of-${of}`}.zip`;
}

/**
 * Archives that are the parts of one packed set, by their names, in the order of the parts; undefined where one of them is none, or of
 * another set. Throws a {@link DataError} where a part is missing.
 */
export function packedParts(archives: readonly string[]): readonly string[] | undefined {
  const named = archives.map((archive) => ({ archive, found: partName.exec(path.basename(archive)) }));
  const [first] = named;
  if (first === undefined || first.found === null || named.length < 2) return undefined;
  const [, name = '', , of = ''] = first.found;
  const folder = path.dirname(first.archive);
  const byPart = new Map<number, string>();
  for (const { archive, found } of named) {
    if (found === null || found[1] !== name || found[3] !== of) return undefined;
    if (byPart.has(Number(found[2]))) return undefined;
    byPart.set(Number(found[2]), archive);
  }
  const wanted = Array.from({ length: Number(of) }, (_, index) => index + 1);
  const missing = wanted.find((part) => !byPart.has(part));
  if (missing !== undefined)
    throw new DataError(
      `Add ${path.join(folder, nameOfPart(name, { part: missing, of: Number(of) }))}: the set has ${of} parts, and ${byPart.size} of them are named`,
    );
  return [...byPart].toSorted(([a], [b]) => a - b).map(([, archive]) => archive);
}

/** The counts have at most five digits, so that no name makes a list of a million parts. */
const partName = /^(.+)-([1-9]\d{0,4})-of-([1-9]\d{0,4})\.zip$/;
