import type { DataPlaces } from '../../plan/data/data-places.ts';
import { TestSets } from '../compare/test-sets.ts';
import { findPlaces } from '../find-places.ts';
import { checkData, type CheckOptions } from './check-data.ts';
import { linesOfTranscript } from './lines-of-recordings.ts';

/**
 * The test sets at these places, folders and archives of recordings with transcripts, for training data to be compared with. Recordings
 * are heard where `isHeard` is set: texts are compared with what is said alone.
 */
export async function readTestSets(
  sets: readonly DataPlaces[],
  options: Pick<CheckOptions, 'locale' | 'cwd' | 'roots' | 'signal'> & { readonly isHeard: boolean },
): Promise<TestSets> {
  const tests = new TestSets(options);
  const { cwd, roots = ['/'] } = options;
  const how = { ...options, kind: 'Acoustic', purpose: 'test', most: 0, keepsHeard: true } as const;
  for (const places of sets) {
    const found = await findPlaces(places, { kind: 'Acoustic', cwd, roots });
    if (options.isHeard) tests.add(await checkData(found, how));
    else for (const place of found) tests.add({ recordings: [], spoken: await linesOfTranscript(place, options) });
  }
  return tests;
}
