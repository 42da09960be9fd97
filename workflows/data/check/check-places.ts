import path from 'node:path';
import type { DataPlaces } from '../../plan/data/data-places.ts';
import { assertInside } from '../data-roots.ts';
import { findPlaces } from '../find-places.ts';
import { checkData, type CheckOptions } from './check-data.ts';
import type { CheckedSet } from './checked-set.ts';

/**
 * Checks the places of one dataset as it would be uploaded: what is more than one dataset holds is divided before it is sent, where it is
 * no archive. Throws a DataError for a pattern that finds nothing.
 */
export async function checkPlaces(
  places: DataPlaces,
  options: CheckOptions & { readonly roots: readonly string[] },
): Promise<CheckedSet> {
  const found = await findPlaces(places, options);
  for (const place of found.flat()) await assertInside(path.resolve(options.cwd, place), options.roots);
  const isArchive = found.length === 1 && found.flat()[0]?.endsWith('.zip') === true;
  return await checkData(found, isArchive ? options : { ...options, mostFiles: Infinity });
}
