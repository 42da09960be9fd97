import { type Collections, type Endpoint, isTerminal, type WorkedEntity, type WorkedName } from '../state/entities.ts';
import { type LifecycleName, nextProgress, type Progress, transitionAt } from '../state/lifecycles.ts';
import type { SpeechResource, WorkResult } from '../state/speech-resource.ts';
import { importDatasetWork } from './import-dataset-work.ts';
import { runEvaluation } from './run-evaluation.ts';
import { sendModel } from './send-model.ts';
import { trainModel } from './train-model.ts';
import { transcribeBatch } from './transcribe-batch.ts';

type Work<E> = (resource: SpeechResource, entity: E) => Promise<WorkResult>;

/** The real work behind the lifecycles of each collection. */
const works: { readonly [K in WorkedName]: Work<Collections[K]> } = {
  datasets: importDatasetWork,
  models: trainModel,
  evaluations: runEvaluation,
  endpoints: swapModel,
  modelCopies: sendModel,
  transcriptions: transcribeBatch,
};

/** How long a reading waits for work that takes longer than the clock gave it; after that it shows what was. */
const patienceMilliseconds = 5000;

const millisecondsOfDay = 24 * 3600_000;

/**
 * Starts the work of an object that has begun a lifecycle. Its result is shown once the lifecycle is over. The object
 * must be in the store.
 */
export function startWork<K extends WorkedName>(resource: SpeechResource, collection: K, entity: Collections[K]): void {
  const work = works[collection](resource, entity).catch((error: unknown): WorkResult => {
    if (!resource.closing.aborted && resource.store.get(collection, entity.id)) {
      resource.settings.log(`${collection}/${entity.id}: ${error instanceof Error ? error.message : String(error)}`);
    }
    const message = 'An unexpected error occurred.';
    return { kind: 'failed', change: { error: { code: 'UnexpectedError', message } } };
  });
  resource.works.set(entity.id, work);
}

/** Goes on with all work that was under way when the resource was closed. */
export function resumeWorks(resource: SpeechResource): void {
  for (const collection of Object.keys(works) as WorkedName[]) {
    for (const entity of resource.store.all(collection)) {
      if (entity.progress) workOf(resource, collection, entity);
    }
  }
}

/** The object as it is now, after all transitions that are due; undefined when it is not there. */
export async function settled<K extends WorkedName>(
  resource: SpeechResource,
  collection: K,
  id: string,
): Promise<Collections[K] | undefined> {
  for (;;) {
    const entity = resource.store.get(collection, id);
    if (!entity) return undefined;
    if (hasLapsed(resource, collection, entity)) {
      resource.store.remove(collection, id);
      if (collection === 'transcriptions') await resource.contents.remove(id);
      return undefined;
    }
    const progress = entity.progress;
    if (!progress || progress.dueAt > resource.clock.now()) return entity;
    const next = nextProgress(progress);
    const { to } = transitionAt(progress);
    if (next) {
      resource.store.put(collection, { ...entity, status: to, lastActionAt: progress.dueAt, progress: next });
      continue;
    }
    const result = await patiently(workOf(resource, collection, entity));
    if (!result) return entity;
    finish(resource, collection, { id, progress, result });
  }
}

/** All objects of a collection as they are now. */
export async function allSettled<K extends WorkedName>(
  resource: SpeechResource,
  collection: K,
): Promise<readonly Collections[K][]> {
  const ids = resource.store.all(collection).map(({ id }) => id);
  const entities = await Promise.all(ids.map((id) => settled(resource, collection, id)));
  return entities.filter((entity) => entity !== undefined);
}

/**
 * Endpoints of a free resource are deleted after some days (Microsoft Learn: deploy a custom speech model), transcriptions when the time
 * is over for which they were to be kept.
 */
function hasLapsed(resource: SpeechResource, collection: WorkedName, entity: WorkedEntity): boolean {
  if (collection === 'transcriptions') {
    const { timeToLiveHours } = entity as Collections['transcriptions'];
    return isTerminal(entity) && resource.clock.now() > entity.lastActionAt + timeToLiveHours * 3600_000;
  }
  const age = resource.clock.now() - entity.createdAt;
  return collection === 'endpoints' && age > resource.quotas.endpointDays * millisecondsOfDay;
}

function workOf<K extends WorkedName>(
  resource: SpeechResource,
  collection: K,
  entity: Collections[K],
): Promise<WorkResult> {
  if (!resource.works.has(entity.id)) startWork(resource, collection, entity);
  return resource.works.get(entity.id) as Promise<WorkResult>;
}

function finish<K extends WorkedName>(
  resource: SpeechResource,
  collection: K,
  done: { readonly id: string; readonly progress: Progress; readonly result: WorkResult },
): void {
  const entity: Collections[K] | undefined = resource.store.get(collection, done.id);
  // Another reading may have shown the result in the meantime, and something new may have begun since.
  if (entity?.progress !== done.progress) return;
  const { doom } = entity;
  const succeeded = done.result.kind === 'succeeded' && doom === undefined;
  const change = doom === undefined ? done.result.change : { error: doom, ...undoneBy(done.progress.lifecycle) };
  resource.works.delete(done.id);
  resource.store.put(collection, {
    ...entity,
    ...change,
    status: succeeded ? 'Succeeded' : 'Failed',
    // What was said to have Succeeded at once enters no other status.
    lastActionAt: succeeded && isTerminal(entity) ? entity.lastActionAt : done.progress.dueAt,
    progress: undefined,
    doom: undefined,
  });
  if (succeeded) done.result.onShown?.();
}

/** What a lifecycle that was made to fail leaves behind: an endpoint forgets the model it was to get. */
function undoneBy(lifecycle: LifecycleName): object {
  return lifecycle === 'modelSwap' || lifecycle === 'firstDeployment'
    ? { wanted: undefined, ignoresWanted: undefined }
    : {};
}

async function patiently<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patienceMilliseconds);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** A deployment has no work of its own: when its time is over, the endpoint serves the wanted model. */
async function swapModel(_resource: SpeechResource, endpoint: Endpoint): Promise<WorkResult> {
  const { ignoresWanted, wanted, redeployment } = endpoint;
  const model = ignoresWanted ? endpoint.model : (wanted ?? endpoint.model);
  const named = ignoresWanted && redeployment === 'at-once' ? wanted : undefined;
  const change: Partial<Endpoint> = { model, named, wanted: undefined, ignoresWanted: undefined, deployed: true };
  return { kind: 'succeeded', change };
}
