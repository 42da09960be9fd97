import { entityId } from '../plan/identity.ts';
import type { KnownModels } from '../plan/models.ts';
import { datasetOfParts, evaluationOfParts, findAsOne } from '../plan/part-sets.ts';
import type { Dataset, Evaluation } from '../plan/speech-entities.ts';

/** The objects of the Speech resources as they are when the document is made. */
export interface KnownObjects extends Omit<KnownModels, 'locale'> {
  readonly datasets: readonly Dataset[];
  readonly evaluations: readonly Evaluation[];
  /** The host of the Speech resource of each object, by its id, where they are of several. @default of one */
  readonly hosts?: ReadonlyMap<string, string>;
}

/** Where an object is, for people: nothing where all are on one Speech resource. */
export function hostOfObject(
  self: string,
  known: Pick<KnownObjects, 'hosts'> | undefined,
): { readonly resource?: string } {
  const resource = known?.hosts?.get(entityId(self));
  return resource === undefined ? {} : { resource };
}

/** What people call an object: its display name, or its id where the service has not told the name. */
export function nameOfObject(self: string, known: KnownObjects | undefined): string {
  const id = entityId(self);
  const { baseModels = [], models = [], endpoints = [], datasets = [], evaluations = [] } = known ?? {};
  const all = [...models, ...baseModels, ...endpoints, ...datasets, ...evaluations];
  const named =
    all.find((one) => entityId(one.self) === id) ?? (known && (datasetIn(known, self) ?? evaluationIn(known, self)));
  return named?.displayName ?? id;
}

/** A dataset by its `self` or id, or the parts of a set as one. */
export function datasetIn({ datasets }: Pick<KnownObjects, 'datasets'>, self: string): Dataset | undefined {
  return findAsOne(self, {
    find: (one) => datasets.find((dataset) => entityId(dataset.self) === entityId(one)),
    join: datasetOfParts,
  });
}

/** An evaluation by its `self` or id, or those of the parts of a set as one. */
export function evaluationIn({ evaluations }: Pick<KnownObjects, 'evaluations'>, self: string): Evaluation | undefined {
  return findAsOne(self, {
    find: (one) => evaluations.find((evaluation) => entityId(evaluation.self) === entityId(one)),
    join: evaluationOfParts,
  });
}
