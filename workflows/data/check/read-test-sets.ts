import { TestSets } from '../compare/test-sets.ts';
import { checkData, type CheckOptions } from './check-data.ts';
import { linesOfTranscript } from './lines-of-recordings.ts';

/**
 * The test sets at these paths, folders and archives of recordings with transcripts, for training data to be compared with. Recordings
 * are heard where `isHeard` is set: texts are compared with what is said alone.
 */
export async function readTestSets(
  paths: readonly string[],
  options: Pick<CheckOptions, 'locale' | 'cwd' | 'roots' | 'signal'> & { readonly isHeard: boolean },
): Promise<TestSets> {
  const tests = new TestSets(options);
  for (const path of paths) {
    if (options.isHeard) tests.add(await checkData([path], { ...options, kind: 'Acoustic', purpose: 'test', most: 0 }));
    else tests.add({ recordings: [], spoken: await linesOfTranscript(path, options) });
  }
  return tests;
}
