import path from 'node:path';
import { type DataPlaces, renamePlaces, shownPlaces } from '../plan/data/data-places.ts';
import { localDataKey, requestOfKey } from '../plan/data/local-data.ts';
import { type Plan, shortHash } from '../plan/plan.ts';
import type { Effect } from '../plan/step-plan.ts';
import { DataError, type DataPort, type Ports } from './ports.ts';
import { StepFailure } from './step-kind.ts';

/** The ports of a run that is bound to its plan: they read no other local data than those that it was made with. */
export function portsOfBound(ports: Ports, plan: Plan): Ports {
  const { bound, folder } = plan;
  return bound === undefined ? ports : { ...ports, data: boundData(ports.data, { bound, folder, plan }) };
}

function boundData(
  data: DataPort,
  { bound, folder, plan }: { readonly bound: NonNullable<Plan['bound']>; readonly folder: string; readonly plan: Plan },
): DataPort {
  // By the places that they name: a pipeline may write one place in many ways.
  const digests = new Map(
    Object.entries(bound.data).map(([key, digest]) => {
      const { from, kind } = requestOfKey(key);
      return [
        placeOf(
          renamePlaces(from, (place) => path.resolve(folder, place)),
          kind,
        ),
        digest,
      ] as const;
    }),
  );
  return {
    ...data,
    async describe(source, kind) {
      const found = await data.describe(source, kind);
      const planned = digests.get(placeOf(source, kind));
      const isOther = planned !== undefined && planned !== found.digest;
      if (!isOther) return found;
      throw new DataError(
        `Plan anew: ${shownPlaces(source)} is not what ${nameOf(plan)} was made with (its digest is ${found.digest.slice(0, 12)}, it was ${planned.slice(0, 12)})`,
      );
    },
  };
}

function placeOf(places: DataPlaces, kind: string): string {
  return localDataKey({ from: renamePlaces(places, (place) => path.resolve(place)), kind });
}

/** Throws a {@link StepFailure} when a step of a run that is bound to its plan would make a change that the plan has not announced. */
export function assertPlanned(
  effect: Effect,
  { plan, stepId }: { readonly plan: Plan; readonly stepId: string },
): void {
  if (plan.bound === undefined) return;
  const planned = plan.steps.find(({ id }) => id === stepId);
  if (planned === undefined || planned.effects.includes(effect)) return;
  throw new StepFailure(
    `Plan anew: ${stepId} would ${effect.replace('-', ' ')} now, which ${nameOf(plan)} has not announced (${planned.summary})`,
  );
}

function nameOf({ hash }: Plan): string {
  return hash === undefined ? 'the plan' : `plan ${shortHash(hash)}`;
}
