import type { ResultsEnd, ResultsOrigin, RunDocument } from '../../schemas/types.gen.ts';
import { copiedFrom, digestProperty, entityId, referencesIn } from '../plan/identity.ts';
import { lifecycleOf } from '../plan/lifecycle.ts';
import type { Entity } from '../plan/speech-entities.ts';
import { hostOfObject, type KnownObjects, nameOfObject } from './known-objects.ts';
import { shownOutputs } from './shown-outputs.ts';

/**
 * What was made from what: the commit, the run, and all objects that its steps name with those that they are made from. Without the
 * objects of the service it is known only which objects the steps name.
 */
export function lineageOf(
  record: Pick<RunDocument, 'runId' | 'steps'>,
  { known, commit }: { readonly known: KnownObjects | undefined; readonly commit: string | undefined },
): readonly ResultsOrigin[] {
  const steps = Object.values(record.steps).map((step) => shownOutputs(step));
  const made = new Map(
    steps.flatMap((shown) => {
      const selves = referencesIn(shown.text('object.self') ?? '');
      // The digest of the parts of a set is of all of them, and each has its own.
      const digest = selves.length === 1 ? shown.text('object.digest') : undefined;
      return selves.map((self) => [entityId(self), digest] as const);
    }),
  );
  const run: ResultsOrigin = {
    id: 'run',
    kind: 'run',
    name: record.runId,
    from: commit === undefined ? [] : ['commit'],
  };
  const origins = new Map<string, ResultsOrigin>(
    commit === undefined
      ? [['run', run]]
      : [
          ['commit', { id: 'commit', kind: 'commit', name: commit, from: [] }],
          ['run', run],
        ],
  );
  const begun = new Set(origins.keys());
  const add = (type: string, self: string): string => {
    const id = entityId(self);
    if (begun.has(id)) return id;
    begun.add(id);
    const entity = entityOf(type, { id, known });
    const from = [
      ...(made.has(id) || type === 'evaluation' ? ['run'] : []),
      ...(entity?.from ?? []).map((part) => add(part.type, part.self)),
    ];
    const digest = made.get(id) ?? entity?.entity.customProperties?.[digestProperty];
    origins.set(id, {
      id,
      kind: kindOf(type, id),
      name: nameOfObject(self, known),
      ...(digest === undefined ? {} : { digest }),
      // Anybody may write on a model what it is a copy of, also that it is one of itself.
      from: [...new Set(from)].filter((part) => origins.has(part)),
    });
    return id;
  };
  for (const { objects } of steps) for (const { type, self } of objects) add(type, self);
  return [...origins.values()];
}

function kindOf(type: string, id: string): ResultsOrigin['kind'] {
  if (type === 'dataset' || type === 'evaluation' || type === 'endpoint') return type;
  return id.startsWith('base/') ? 'base-model' : 'custom-model';
}

interface Made {
  readonly entity: Entity;
  readonly from: readonly { readonly type: string; readonly self: string }[];
}

/** An object and what it is made from; undefined where the service has not told it. */
function entityOf(
  type: string,
  { id, known }: { readonly id: string; readonly known: KnownObjects | undefined },
): Made | undefined {
  if (known === undefined) return undefined;
  const is = ({ self }: Entity): boolean => entityId(self) === id;
  const of = (kind: string, ...selves: readonly (string | undefined)[]): Made['from'] =>
    selves.flatMap((self) => (self === undefined ? [] : [{ type: kind, self }]));
  switch (type) {
    case 'dataset': {
      const entity = known.datasets.find(is);
      return entity && { entity, from: [] };
    }
    case 'evaluation': {
      const entity = known.evaluations.find(is);
      return (
        entity && {
          entity,
          from: [...of('dataset', entity.dataset.self), ...of('model', entity.model1.self, entity.model2.self)],
        }
      );
    }
    case 'endpoint': {
      const entity = known.endpoints.find(is);
      return entity && { entity, from: of('model', entity.model?.self) };
    }
    default: {
      const custom = known.models.find(is);
      if (custom !== undefined) {
        const datasets = (custom.datasets ?? []).map(({ self }) => self);
        const source = copiedFrom(custom);
        // Anybody may write on a model what it is a copy of.
        const isModel = source !== undefined && !ownIds.has(entityId(source));
        const models = of('model', custom.baseModel?.self, isModel ? source : undefined);
        return { entity: custom, from: [...models, ...of('dataset', ...datasets)] };
      }
      const entity = known.baseModels.find(is);
      return entity && { entity, from: [] };
    }
  }
}

/** When the objects of a lineage end, first end first; those of which no date is told are left out. */
export function endsOf(
  record: Pick<RunDocument, 'steps'>,
  { known, lineage }: { readonly known: KnownObjects | undefined; readonly lineage: readonly ResultsOrigin[] },
): readonly ResultsEnd[] {
  if (known !== undefined) {
    const ids = new Set(lineage.map(({ id }) => id));
    const found = lifecycleOf(known, { withinSeconds: 0 }).flatMap(({ id, kind, name, ends, consequence }) =>
      ends !== undefined && ids.has(id)
        ? [[`${id} ${ends} ${consequence}`, { kind, name, ...hostOfObject(id, known), ends, consequence }] as const]
        : [],
    );
    // A base model is the same one on several Speech resources.
    return [...new Map(found).values()];
  }
  const ends = new Map(
    Object.values(record.steps).flatMap((step) => {
      const shown = shownOutputs(step);
      const model = shown.text('object.self') ?? shown.text('swap.model') ?? shown.text('set.model');
      const date = shown.text('object.expires');
      return model === undefined || date === undefined ? [] : [[entityId(model), date] as const];
    }),
  );
  return [...ends]
    .map(([id, date]) => ({ kind: 'model', name: id, ends: date, consequence: 'cannot recognise any more' }))
    .toSorted((one, other) => (one.ends < other.ends ? -1 : 1));
}

/** The ids of what is no object of a Speech resource. */
const ownIds: ReadonlySet<string> = new Set(['run', 'commit']);
