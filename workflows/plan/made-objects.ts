import { shownSource } from '../document/url-secrets.ts';
import { canaryOf } from './canaries.ts';
import { swapProperty } from './endpoint-proof.ts';
import { digestProperty, entityId, findExisting, pipelineProperty, referencesIn } from './identity.ts';
import type { PlannedStep } from './plan.ts';
import type { Entity, WorkedEntity } from './speech-entities.ts';

/** The objects of a Speech resource that pipelines make, each kind as the service lists it. */
export interface ListedObjects {
  readonly project: readonly Entity[];
  readonly dataset: readonly WorkedEntity[];
  readonly model: readonly WorkedEntity[];
  readonly evaluation: readonly WorkedEntity[];
  readonly endpoint: readonly WorkedEntity[];
}

/** An object of a Speech resource that a pipeline has made, by what its properties tell. They tell no run and no step. */
export interface MadeObject {
  readonly kind: keyof ListedObjects;
  readonly id: string;
  readonly name: string;
  /** Absent for a project. */
  readonly status?: string;
  readonly createdAt: string;
  /** What it was made from, as SHA-256 in hexadecimal. */
  readonly digest?: string;
  /** Of an endpoint: the id of the model that a swap gave it, after `proved` or `unproved`. */
  readonly swap?: string;
  /** The steps of the planned pipeline that use it. */
  readonly steps: readonly string[];
  /** What finds it again in place of making another one; undefined when nothing does. */
  readonly foundBy?: string;
  /** Why nothing finds it. */
  readonly notFound?: string;
}

/** The objects that one pipeline has made. */
export interface MadeByPipeline {
  /** Its name; `?` when the objects do not tell it. */
  readonly pipeline: string;
  readonly objects: readonly MadeObject[];
}

/**
 * The objects among these that pipelines have made, by pipeline and in the order in which a run makes them. `planned` are the
 * steps of a plan that work on this resource.
 */
export function madeObjects(
  listed: ListedObjects,
  options: { readonly planned: readonly Pick<PlannedStep, 'id' | 'outputs'>[] },
): readonly MadeByPipeline[] {
  const made = kinds.flatMap((kind) =>
    listed[kind]
      .filter(({ customProperties = {} }) => digestProperty in customProperties || pipelineProperty in customProperties)
      .map((entity) => ({
        pipeline: shownSource(entity.customProperties?.[pipelineProperty] ?? '?'),
        object: madeObject(entity, { kind, listed, ...options }),
      })),
  );
  const byPipeline = Map.groupBy(made, ({ pipeline }) => pipeline);
  return [...byPipeline]
    .map(([pipeline, of]) => ({ pipeline, objects: of.map(({ object }) => object) }))
    .toSorted((one, other) => (one.pipeline < other.pipeline ? -1 : 1));
}

const kinds = [
  'project',
  'dataset',
  'model',
  'evaluation',
  'endpoint',
] as const satisfies readonly MadeObject['kind'][];

function madeObject(
  entity: Entity & { readonly status?: string },
  of: {
    readonly kind: MadeObject['kind'];
    readonly listed: ListedObjects;
    readonly planned: readonly Pick<PlannedStep, 'id' | 'outputs'>[];
  },
): MadeObject {
  const { kind, listed, planned } = of;
  const { self, displayName, status, createdDateTime: createdAt, customProperties = {} } = entity;
  const { [digestProperty]: said = '', [swapProperty]: swap } = customProperties;
  const digest = /^[0-9a-f]{64}$/.test(said) ? said : undefined;
  const id = entityId(self);
  const users = planned.filter(({ outputs }) =>
    Object.values(outputs).some(
      (value) => typeof value === 'string' && referencesIn(value).some((one) => entityId(one) === id),
    ),
  );
  const steps = users.map((step) => step.id);
  const notFound = steps.length > 0 ? undefined : whyNotFound(entity, { kind, listed, digest });
  return {
    kind,
    id,
    // A person may have written a URL there, which may give access to data.
    name: shownSource(displayName),
    ...(status === undefined ? {} : { status }),
    createdAt,
    ...(digest === undefined ? {} : { digest }),
    ...(swap === undefined ? {} : { swap: shownSource(swap) }),
    steps,
    ...(notFound === undefined ? { foundBy: finders[kind] } : { notFound }),
  };
}

const finders: Readonly<Record<MadeObject['kind'], string>> = {
  project: 'a step of a pipeline with this project',
  dataset: 'an upload of the same content',
  model: 'a train with the same data, base model and weight',
  evaluation: 'an evaluate of the same models on the same dataset',
  endpoint: 'a swap of the endpoint of this name',
};

function whyNotFound(
  { self, status, customProperties }: Entity & { readonly status?: string },
  of: { readonly kind: MadeObject['kind']; readonly listed: ListedObjects; readonly digest: string | undefined },
): string | undefined {
  const { kind, listed, digest } = of;
  const served = kind === 'endpoint' ? canaryOf({ customProperties }) : undefined;
  if (served !== undefined) {
    const endpoint = listed.endpoint.find((one) => entityId(one.self) === served);
    return endpoint === undefined
      ? 'it is the canary of an endpoint that is gone: delete it'
      : `it is a canary: the run that made it removes it, or the next swap of endpoint ${shownSource(endpoint.displayName)}`;
  }
  if (kind === 'project' || kind === 'endpoint') return undefined;
  if (status === 'Failed') return 'it has failed';
  if (digest === undefined) return 'it has no digest';
  const used = findExisting(listed[kind], digest)?.entity;
  return used === undefined || used.self === self ? undefined : `${entityId(used.self)} is the same, and is used`;
}
