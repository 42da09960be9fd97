import type { Entity, EntityReference, WorkedEntity } from '../plan/speech-entities.ts';
import { markedForTrial, seenInTrial, trialOfObject } from '../plan/trial.ts';
import { timeAt } from './observe.ts';
import { type EntityCollection, type Ports, ServiceError, type WorkedCollection } from './ports.ts';

/**
 * The ports of a trial: what it makes is marked, found again by the trial alone, and can be removed. It sees all else as it is, but what
 * has failed: that is of no use to it, and not for it to tidy up.
 */
export function trialPorts(ports: Ports, id: string): Ports {
  const { speech } = ports;
  const { projects, datasets, models, evaluations } = speech;
  return {
    ...ports,
    speech: {
      ...speech,
      projects: marking(projects, id),
      datasets: {
        ...worked(datasets, id),
        uploadContent: async (...upload) => await datasets.uploadContent(...upload),
      },
      models: worked(models, id),
      evaluations: worked(evaluations, id),
    },
  };
}

type Properties = { readonly customProperties?: Readonly<Record<string, string>> };

function marking<E extends Entity, New extends Properties>(
  inner: EntityCollection<E, New>,
  id: string,
): EntityCollection<E, New> {
  return {
    async list(options) {
      const all: readonly (E & { readonly status?: string })[] = await inner.list(options);
      const seen = all.filter((entity) => entity.status !== 'Failed' || trialOfObject(entity) === id);
      return seen.map((entity) => seenInTrial<E>(entity, id));
    },
    async get(reference, options) {
      const found = await inner.get(reference, options);
      return found && seenInTrial(found, id);
    },
    async create(body, options) {
      const customProperties = markedForTrial(body.customProperties, id);
      return seenInTrial(await inner.create({ ...body, customProperties }, options), id);
    },
    update: async (...change) => await inner.update(...change),
    delete: async (...wanted) => await inner.delete(...wanted),
  };
}

function worked<E extends Entity & WorkedEntity, New extends Properties>(
  inner: WorkedCollection<E, New>,
  id: string,
): WorkedCollection<E, New> {
  return {
    ...marking(inner, id),
    wait: async (reference, options) => seenInTrial(await inner.wait(reference, options), id),
    files: async (...wanted) => await inner.files(...wanted),
  };
}

/** What of trials is still there. */
export interface LeftOfTrial extends EntityReference {
  readonly displayName: string;
  readonly trial: string;
  /** ISO date-time. */
  readonly createdDateTime: string;
}

/** The objects of trials, in an order in which they can be deleted. */
async function objectsOfTrials(ports: Ports, signal: AbortSignal): Promise<readonly Removable[]> {
  const { evaluations, models, datasets, projects } = ports.speech;
  const lists = await Promise.all(
    [evaluations, models, datasets, projects].map(async (collection) => {
      const all: readonly Entity[] = await collection.list({ signal });
      return all.flatMap((entity) => {
        const trial = trialOfObject(entity);
        return trial === undefined ? [] : [{ ...entity, trial, collection }];
      });
    }),
  );
  return lists.flat();
}

type Removable = LeftOfTrial & { readonly collection: Pick<EntityCollection<Entity, never>, 'delete'> };

/**
 * Removes what a trial has made, and what trials before it have left that were begun so long ago that nobody can still need it. Returns what could
 * not be removed: the service refuses to while it works on it, which is waited for until the signal is aborted.
 */
export async function removeTrials(
  ports: Ports,
  { id, signal, report }: { readonly id: string; readonly signal: AbortSignal; report(message: string): void },
): Promise<readonly LeftOfTrial[]> {
  const forgottenBefore = Date.parse(timeAt(ports)) - forgottenAfterMilliseconds;
  const isToGo = ({ trial, createdDateTime }: LeftOfTrial): boolean =>
    trial === id || Date.parse(createdDateTime) < forgottenBefore;
  let left = (await objectsOfTrials(ports, signal)).filter(isToGo);
  const refused: LeftOfTrial[] = [];
  for (;;) {
    const later: Removable[] = [];
    for (const object of left) {
      const outcome = await tryToRemove(object, { signal, report });
      if (outcome === 'later') later.push(object);
      if (outcome === 'never') refused.push(object);
    }
    left = later;
    const isOver = left.length === 0 || !(await hasSlept(ports, signal));
    if (isOver) return [...refused, ...left];
  }
}

/** The longest trainings take about a day. */
const forgottenAfterMilliseconds = 48 * 3_600_000;
const pauseMilliseconds = 5000;

/** What the service is at work on, or uses, goes later; what it forbids, never. */
async function tryToRemove(
  { collection, self, displayName }: Removable,
  { signal, report }: { readonly signal: AbortSignal; report(message: string): void },
): Promise<'removed' | 'later' | 'never'> {
  try {
    await collection.delete(self, { signal });
    return 'removed';
  } catch (error) {
    if (signal.aborted) return 'later';
    if (!(error instanceof ServiceError)) throw error;
    report(`${displayName} is not removed yet: ${error.message}`);
    return error.status === 401 || error.status === 403 ? 'never' : 'later';
  }
}

/** False when the time is over. */
async function hasSlept({ clock }: Ports, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  return await clock.sleep(pauseMilliseconds, signal).then(
    () => true,
    () => false,
  );
}
