import { entityId } from '../plan/identity.ts';
import type { KnownModels } from '../plan/models.ts';
import type { Dataset, Evaluation } from '../plan/speech-entities.ts';

/** The objects of the Speech resources as they are when the document is made. */
export interface KnownObjects extends Omit<KnownModels, 'locale'> {
  readonly datasets: readonly Dataset[];
  readonly evaluations: readonly Evaluation[];
}

/** What people call an object: its display name, or its id where the service has not told the name. */
export function nameOfObject(self: string, known: KnownObjects | undefined): string {
  const id = entityId(self);
  const { baseModels = [], models = [], endpoints = [], datasets = [], evaluations = [] } = known ?? {};
  const all = [...models, ...baseModels, ...endpoints, ...datasets, ...evaluations];
  return all.find((one) => entityId(one.self) === id)?.displayName ?? id;
}
