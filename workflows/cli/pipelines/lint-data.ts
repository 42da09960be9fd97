import path from 'node:path';
import type { UploadWith } from '../../../schemas/types.gen.ts';
import { checkPlaces } from '../../data/check/check-places.ts';
import type { Diagnostic } from '../../document/diagnostics.ts';
import { DataError } from '../../engine/ports.ts';
import type { Pipeline } from '../../language/pipeline.ts';
import { isTooFaulty } from '../../plan/data-check.ts';
import { renamePlaces } from '../../plan/data-places.ts';
import type { Facts } from '../../plan/facts.ts';
import { dataToCheck } from '../../plan/plan-pipeline.ts';
import { stepKinds } from '../../steps/registry.ts';
import { dataRootsOf } from '../repository.ts';
import type { Io } from '../session.ts';

/**
 * What is found in the data that a pipeline uploads, without reading all of them: names, headers, encodings and beginnings. What
 * a step would upload all the same is a warning.
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
  for (const { from, kind, locale, purpose, tolerance } of dataToCheck(source, () => nothingSeen)) {
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
