import path from 'node:path';
import { DataError } from '../../engine/ports.ts';

/** How the archive of a part is called: without an ending in the name where there is one part. */
export function nameOfPart(name: string, { part, of }: { readonly part: number; readonly of: number }): string {
  return `${name}${of === 1 ? '' : `-${part}-of-${of}`}.zip`;
}

/**
 * Archives that are the parts of one packed set, by their names, in the order of the parts; undefined where one of them is none, or of
 * another set.
 */
export function packedParts(archives: readonly string[]): readonly string[] | undefined {
  const named = archives.map((archive) => ({ archive, found: partName.exec(path.basename(archive)) }));
  const [first] = named;
  if (first === undefined || first.found === null || named.length < 2) return undefined;
  const [, name = '', , of = ''] = first.found;
  const byPart = new Map<number, string>();
  for (const { archive, found } of named) {
    if (found === null || found[1] !== name || found[3] !== of) return undefined;
    if (byPart.has(Number(found[2]))) return undefined;
    byPart.set(Number(found[2]), archive);
  }
  return [...byPart].toSorted(([a], [b]) => a - b).map(([, archive]) => archive);
}

/**
 * Throws a {@link DataError} where paths have some archives of a packed set, by their names, and not all. Archives in several folders may
 * be one set together.
 */
export function assertAllParts(paths: readonly string[]): void {
  const named = paths.flatMap((archive) => {
    const [, name, part, of] = partName.exec(path.basename(archive)) ?? [];
    return name === undefined ? [] : { folder: path.dirname(archive), name, part: Number(part), of: Number(of) };
  });
  type Named = (typeof named)[number];
  const missingOf = (parts: readonly Named[]): number | undefined => {
    const there = new Set(parts.map(({ part }) => part));
    return Array.from({ length: parts[0]?.of ?? 0 }, (_, index) => index + 1).find((part) => !there.has(part));
  };
  const inFolders = [...Map.groupBy(named, ({ folder, name, of }) => JSON.stringify([folder, name, of])).values()];
  const incomplete = inFolders.filter((parts) => missingOf(parts) !== undefined).flat();
  for (const parts of Map.groupBy(incomplete, ({ name, of }) => JSON.stringify([name, of])).values()) {
    const [first] = parts;
    const missing = missingOf(parts);
    if (first === undefined || missing === undefined) continue;
    const { folder, name, of } = first;
    const known = new Set(parts.map(({ part }) => part)).size;
    throw new DataError(
      `Add ${path.join(folder, nameOfPart(name, { part: missing, of }))}: the set has ${of} parts, and ${known} of them ${known === 1 ? 'is' : 'are'} named`,
    );
  }
}

/** The counts have at most five digits, so that no name makes a list of a million parts. */
const partName = /^(.+)-([1-9]\d{0,4})-of-([1-9]\d{0,4})\.zip$/;
