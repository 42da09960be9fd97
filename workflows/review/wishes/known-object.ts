import type { Facts } from '../../plan/facts.ts';
import { entityId } from '../../plan/identity.ts';
import type { BaseModel, CustomModel, Dataset, Endpoint, Evaluation, Project } from '../../plan/speech-entities.ts';

/** An object of a Speech resource that files can say something of. */
export type KnownObject =
  | { readonly kind: 'project'; readonly entity: Project }
  | { readonly kind: 'dataset'; readonly entity: Dataset }
  | { readonly kind: 'model'; readonly entity: CustomModel }
  | { readonly kind: 'base-model'; readonly entity: BaseModel }
  | { readonly kind: 'evaluation'; readonly entity: Evaluation }
  | { readonly kind: 'endpoint'; readonly entity: Endpoint };

export type ObjectKind = KnownObject['kind'];

/** The object of this kind and id; undefined when there is none any more. */
export function knownObject(
  { kind, id }: { readonly kind: ObjectKind; readonly id: string },
  seen: Pick<Facts, 'projects' | 'datasets' | 'models' | 'baseModels' | 'evaluations' | 'endpoints'>,
): KnownObject | undefined {
  const all = {
    project: seen.projects,
    dataset: seen.datasets,
    model: seen.models,
    'base-model': seen.baseModels,
    evaluation: seen.evaluations,
    endpoint: seen.endpoints,
  }[kind];
  const entity = all.find(({ self }) => entityId(self) === entityId(id));
  return entity === undefined ? undefined : ({ kind, entity } as KnownObject);
}
