import type { DataPlaces } from './data-places.ts';
import type { Facts } from '../facts.ts';
import type { PlanSource } from '../plan.ts';
import { EvaluationSession } from '../../expressions/evaluation-session.ts';
import { type DataCheckRequest, type DataPurpose, dataCheckKey } from './data-check.ts';
import { type LocalDataRequest, localDataKey } from './local-data.ts';
import { type Pipeline, type PipelineStep, heardFolders, readPaths } from '../../language/pipeline.ts';
import { type Planning, contextsOf, knownInput, knownValue } from '../known-input.ts';

/** The local data that has to be digested before the pipeline can be planned, each once. */
export function localDataOf(source: PlanSource): readonly LocalDataRequest[] {
  const session = new EvaluationSession();
  const requests = source.pipeline.steps.flatMap((step) => {
    const kind = source.kinds[step.uses];
    return kind?.localData?.(knownInput(step, { source, planned: new Map(), session })) ?? [];
  });
  return [...new Map(requests.map((request) => [localDataKey(request), request])).values()];
}

/** The local data that steps would upload, each once for a locale, with what the pipeline does with them. */
export function dataToCheck(source: PlanSource, factsFor: (step: PipelineStep) => Facts): readonly DataCheckRequest[] {
  const session = new EvaluationSession();
  const requests = source.pipeline.steps.flatMap((step): readonly DataCheckRequest[] => {
    const kind = source.kinds[step.uses];
    if (kind?.checkedData === undefined) return [];
    const request = kind.checkedData(knownInput(step, { source, planned: new Map(), session }), factsFor(step));
    return request === undefined ? [] : [{ ...request, ...useOf(step, { source, locale: request.locale }) }];
  });
  return [...Map.groupBy(requests, dataCheckKey).values()].flatMap((same) => {
    const [request] = same;
    if (request === undefined) return [];
    const isOne = same.every(({ purpose }) => purpose === request.purpose);
    return [isOne ? request : { ...request, purpose: undefined }];
  });
}

/** What the pipeline does with the data of a step, and of training data the test sets. */
function useOf(
  step: PipelineStep,
  { source, locale }: { readonly source: PlanSource; readonly locale: string },
): Pick<DataCheckRequest, 'purpose' | 'tests'> {
  const purposes = purposesOf(step, source);
  const [purpose] = purposes;
  const tests = purposes.has('train') ? testDataOf(source, locale) : [];
  return { purpose: purposes.size === 1 ? purpose : undefined, ...(tests.length === 0 ? {} : { tests }) };
}

function purposesOf({ id }: PipelineStep, { pipeline, kinds }: PlanSource): ReadonlySet<DataPurpose> {
  const users = pipeline.steps.filter(({ needs }) => needs.includes(id));
  return new Set(users.flatMap(({ uses }) => kinds[uses]?.dataFor ?? []));
}

/** The local recordings that models of a locale are measured with, each once. */
function testDataOf(source: PlanSource, locale: string): readonly DataPlaces[] {
  const session = new EvaluationSession();
  const tests = source.pipeline.steps.flatMap((step) => {
    const kind = source.kinds[step.uses];
    const isTest = kind?.localData !== undefined && purposesOf(step, source).has('test');
    if (!isTest || (step.locale ?? source.pipeline.locale) !== locale) return [];
    const requests = kind.localData?.(knownInput(step, { source, planned: new Map(), session })) ?? [];
    return requests.filter((request) => request.kind === 'Acoustic');
  });
  return [...new Map(tests.map((request) => [localDataKey(request), request.from])).values()];
}

/** The URLs of data that have to be asked before the pipeline can be planned, each once. */
export function urlsOf(source: PlanSource): readonly string[] {
  const session = new EvaluationSession();
  const urls = source.pipeline.steps.flatMap((step) => {
    const kind = source.kinds[step.uses];
    return kind?.urls?.(knownInput(step, { source, planned: new Map(), session })) ?? [];
  });
  return [...new Set(urls)];
}

/** The release files that have to be read before the pipeline can be planned, each once, by their paths as the pipeline writes them. */
export function releaseFilesOf(source: PlanSource): readonly string[] {
  const session = new EvaluationSession();
  const files = source.pipeline.steps.flatMap(
    (step) => source.kinds[step.uses]?.releaseFile?.(knownInput(step, { source, planned: new Map(), session })) ?? [],
  );
  return [...new Set(files)];
}

/** The folders of smoke audio of the pipeline, each once, as far as their paths are known before the run. */
export function smokeAudioOf(source: Pick<PlanSource, 'pipeline' | 'env'>): readonly string[] {
  return pathsOf(source, heardFolders);
}

/** The files and folders that steps read besides the data of datasets, each once, as far as their paths are known before the run. */
export function readPathsOf(source: Pick<PlanSource, 'pipeline' | 'env'>): readonly string[] {
  return pathsOf(source, readPaths);
}

function pathsOf(
  source: Pick<PlanSource, 'pipeline' | 'env'>,
  writtenIn: (kind: string, settings: PipelineStep['with']) => readonly string[],
): readonly string[] {
  const at: Planning = { source, planned: new Map(), session: new EvaluationSession() };
  const paths = source.pipeline.steps.flatMap((step) => {
    const written = writtenIn(step.uses, step.with);
    if (written.length === 0) return [];
    const known = { contexts: contextsOf(step, at), isKnown: () => false, waitsFor: new Set<string>() };
    return written.map((one) => knownValue(one, known));
  });
  return [...new Set(paths.filter((one) => typeof one === 'string'))];
}

/** The locales of the pipeline's steps, each once: the facts of a plan need the base models of all of them. */
export function localesOf(pipeline: Pipeline): readonly string[] {
  return [...new Set([pipeline.locale, ...pipeline.steps.flatMap(({ locale }) => locale ?? [])])];
}
