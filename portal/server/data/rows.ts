import { nameOfObject } from '../../../workflows/evidence/known-objects.ts';
import { byAge, digestProperty, entityId, pipelineProperty } from '../../../workflows/plan/identity.ts';
import type { Dataset, Entity, Evaluation } from '../../../workflows/plan/speech-entities.ts';
import type { DatasetDetails, DatasetRow, NamedObject } from '../../api/data.ts';
import type { Objects } from '../snapshots.ts';

/** All datasets, the newest first. Takes time in proportion to the objects: there may be hundreds of each. */
export function rowsOf(objects: Objects): DatasetRow[] {
  const uses = usesOf(objects);
  return objects.datasets
    .toSorted((one, other) => byAge(other, one))
    .map((dataset) => rowOf(dataset, { objects, uses }));
}

/** A dataset, and what was made with it. */
export function detailsOf(dataset: Dataset, objects: Objects): DatasetDetails {
  const uses = usesOf(objects);
  const id = entityId(dataset.self);
  const tests = uses.evaluations.get(id) ?? [];
  const measured = new Set(tests.flatMap(({ model1, model2 }) => [entityId(model1.self), entityId(model2.self)]));
  const comparable = objects.models
    .filter(({ locale, datasets = [] }) => locale === dataset.locale && datasets.length > 0)
    .toSorted((one, other) => byAge(other, one))
    .map(named)
    .toSorted((one, other) => Number(measured.has(other.id)) - Number(measured.has(one.id)));
  return {
    dataset: rowOf(dataset, { objects, uses }),
    models: (uses.models.get(id) ?? []).toSorted((one, other) => byAge(other, one)).map(named),
    evaluations: tests
      .toSorted((one, other) => byAge(other, one))
      .map((test) => ({ ...named(test), models: modelsOf(test, objects) })),
    comparable,
  };
}

interface Uses {
  /** By the ids of datasets. */
  readonly models: ReadonlyMap<string, readonly Entity[]>;
  readonly evaluations: ReadonlyMap<string, readonly Evaluation[]>;
}

function usesOf({ models, evaluations }: Objects): Uses {
  const trained = new Map<string, Entity[]>();
  for (const model of models)
    for (const id of new Set((model.datasets ?? []).map(({ self }) => entityId(self)))) add(trained, id, model);
  const tested = new Map<string, Evaluation[]>();
  for (const evaluation of evaluations) add(tested, entityId(evaluation.dataset.self), evaluation);
  return { models: trained, evaluations: tested };
}

function add<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function rowOf(dataset: Dataset, { objects, uses }: { readonly objects: Objects; readonly uses: Uses }): DatasetRow {
  const {
    displayName,
    description,
    locale,
    kind,
    status,
    createdDateTime,
    customProperties = {},
    properties = {},
  } = dataset;
  const id = entityId(dataset.self);
  const { acceptedLineCount, rejectedLineCount, durationMilliseconds, error } = properties;
  const project = objects.projects.find(
    ({ self }) => dataset.project && entityId(self) === entityId(dataset.project.self),
  );
  const tests = uses.evaluations.get(id) ?? [];
  const words = tests.map(wordsOf).find((count) => count !== undefined);
  const digest = customProperties[digestProperty];
  const pipeline = customProperties[pipelineProperty];
  return {
    id,
    name: displayName,
    ...(description !== undefined && { description }),
    ...(project && { project: project.displayName }),
    locale,
    kind,
    status,
    ...(error && { error: error.message }),
    createdAt: createdDateTime,
    ...(acceptedLineCount !== undefined && { accepted: acceptedLineCount }),
    ...(rejectedLineCount !== undefined && { rejected: rejectedLineCount }),
    ...(durationMilliseconds !== undefined && durationMilliseconds > 0 && { seconds: durationMilliseconds / 1000 }),
    ...(words !== undefined && { words }),
    ...(digest !== undefined && { digest }),
    ...(pipeline !== undefined && { pipeline }),
    trained: uses.models.get(id)?.length ?? 0,
    tested: tests.length,
  };
}

/** The words of the references: what was recognised rightly, otherwise or not at all. Before an evaluation is done its counts are -1. */
function wordsOf({ status, properties = {} }: Evaluation): number | undefined {
  const { correctWordCount1, wordSubstitutionCount1, wordDeletionCount1 } = properties;
  const counts = [correctWordCount1, wordSubstitutionCount1, wordDeletionCount1];
  if (status !== 'Succeeded' || counts.some((count = -1) => count < 0)) return undefined;
  return counts.reduce((sum: number, count = 0) => sum + count, 0);
}

function modelsOf({ model1, model2 }: Evaluation, objects: Objects): NamedObject[] {
  const ids = [...new Set([entityId(model1.self), entityId(model2.self)])];
  return ids.map((id) => ({ id, name: nameOfObject(id, objects) }));
}

function named({ self, displayName }: Entity): NamedObject {
  return { id: entityId(self), name: displayName };
}
