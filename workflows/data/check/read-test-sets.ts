import { TestSets } from '../compare/test-sets.ts';
import { checkData, type CheckOptions } from './check-data.ts';

/** The test sets at these paths, folders and archives of recordings with transcripts, for training data to be compared with. */
export async function readTestSets(
  paths: readonly string[],
  options: Pick<CheckOptions, 'locale' | 'cwd' | 'roots' | 'depth' | 'signal'>,
): Promise<TestSets> {
  const tests = new TestSets(options);
  for (const path of paths)
    tests.add(await checkData([path], { ...options, kind: 'Acoustic', purpose: 'test', most: 0 }));
  return tests;
}
