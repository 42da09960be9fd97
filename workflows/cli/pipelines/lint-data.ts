import { existsSync } from 'node:fs';
import path from 'node:path';
import type { UploadWith } from '../../../schemas/types.gen.ts';
import { checkPlaces } from '../../data/check/check-places.ts';
import { DamagedFile } from '../../data/check/reading/data-file.ts';
import type { readTestSets } from '../../data/check/read-test-sets.ts';
import type { TestSets } from '../../data/compare/test-sets.ts';
import { isPattern } from '../../document/path-patterns.ts';
import type { Diagnostic } from '../../document/diagnostics/diagnostics.ts';
import { DataError } from '../../engine/ports.ts';
import type { Pipeline } from '../../language/pipeline.ts';
import { isTooFaulty } from '../../plan/data/data-check.ts';
import { type DataPlaces, listOfPlaces, renamePlaces } from '../../plan/data/data-places.ts';
import type { Facts } from '../../plan/facts.ts';
import { dataToCheck } from '../../plan/data/wanted-data.ts';
import { stepKinds } from '../../steps/registry.ts';
import { dataRootsOf } from '../repository.ts';
import type { Io } from '../session.ts';

/**
 * What is found in the data that a pipeline uploads, without reading all of them: names, headers, encodings and beginnings, which are
 * compared with what is said in test sets. What a step would upload all the same is a warning.
 */
export async function lintData(
  pipeline: Pipeline,
  { file, env, io }: { readonly file: string; readonly env: Readonly<Record<string, string>>; readonly io: Io },
): Promise<readonly Diagnostic[]> {
  const folder = path.dirname(path.resolve(io.cwd, file));
  // Where those are that an environment variable names is known where the pipeline runs.
  const steps = pipeline.steps.filter(({ with: { from } }) => !/\$\{\{[^}]*\benv\b/.test(String(from)));
  const source = { pipeline: { ...pipeline, steps }, folder, target: { endpoint: '' }, env, kinds: stepKinds };
  const found: Diagnostic[] = [];
  const comparedWith = testTexts({ folder, file, io });
  for (const { from, kind, locale, purpose, tolerance, tests } of dataToCheck(source, () => nothingSeen)) {
    const places = renamePlaces(from, (place) => path.join(path.dirname(file), place));
    const set = await checkPlaces(places, {
      kind: kind as UploadWith['kind'],
      locale,
      purpose,
      depth: 'quick',
      cwd: io.cwd,
      roots: dataRootsOf(folder, io.cwd),
      most: mostFindings,
      signal: io.signal,
      tests: await comparedWith(tests ?? [], locale),
    }).catch(ofNoData);
    if (set === undefined) continue;
    const isError = isTooFaulty(set, tolerance);
    found.push(...(isError ? set.diagnostics : set.diagnostics.map(asWarning)));
  }
  return found;
}

/** What keeps data from being read that only an expression names is told by the plan. */
function ofNoData(error: unknown): undefined {
  if (!(error instanceof DataError)) throw error;
  return undefined;
}

/** Gives what is said in test sets, each read once: only their transcripts, as comparing sound takes long. */
function testTexts({
  folder,
  file,
  io,
}: {
  readonly folder: string;
  readonly file: string;
  readonly io: Io;
}): (sets: readonly DataPlaces[], locale: string) => Promise<TestSets | undefined> {
  const known = new Map<string, Promise<TestSets>>();
  return async (sets, locale) => {
    // What there is not, and what is no set, the steps that upload them say.
    const isThere = (place: string): boolean => isPattern(place) || existsSync(path.resolve(folder, place));
    const there = sets.filter((places) => listOfPlaces(places).every(isThere));
    if (there.length === 0) return undefined;
    const key = JSON.stringify([locale, ...there]);
    const given = there.map((places) => renamePlaces(places, (place) => path.join(path.dirname(file), place)));
    const options = { locale, cwd: io.cwd, roots: dataRootsOf(folder, io.cwd), signal: io.signal, isHeard: false };
    const read = known.get(key) ?? readSets(given, options);
    known.set(key, read);
    return await read.catch((error: unknown) => {
      if (error instanceof DamagedFile || error instanceof DataError) return undefined;
      throw error;
    });
  };
}

/** Most pipelines train with no text, or test nothing: lint does not wait for what reads sets. */
async function readSets(...asked: Parameters<typeof readTestSets>): Promise<TestSets> {
  return await (await import('../../data/check/read-test-sets.ts')).readTestSets(...asked);
}

function asWarning(one: Diagnostic): Diagnostic {
  return { ...one, severity: 'warning' };
}

/** `speechops data check` tells more. */
const mostFindings = 20;

/** The facts of a Speech resource that lint has not asked. */
const nothingSeen: Facts = {
  observedAt: '',
  projects: [],
  datasets: [],
  models: [],
  baseModels: [],
  evaluations: [],
  endpoints: [],
  localData: {},
  urls: {},
};
