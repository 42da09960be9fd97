import path from 'node:path';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { folderOfPattern } from '../document/path-patterns.ts';
import { type DataPlaces, listOfPlaces, renamePlaces } from '../plan/data/data-places.ts';
import type { WorkedEntity } from '../plan/speech-entities.ts';
import { DataError, ServiceError, type DataPort, type Ports, type WorkedCollection } from '../engine/ports.ts';
import { type Callbacks, type Reading, waitForEntity } from '../engine/retries/wait-for-entity.ts';

/** How a step of a worker reaches the world, which many workers share. */
export interface WorkerStep {
  /** The outcome of `wait`, during which the worker may leave. */
  whileWaiting<T>(wait: () => Promise<T>): Promise<T>;
  /** The shortest pause between two readings of an object. */
  readonly pollMilliseconds: number;
  /** Wakes a wait in place of reading again and again; absent where the service does not call back. */
  readonly callbacks?: Callbacks;
  /** Absolute path of the folder of the pipeline on the machine that submitted it. */
  readonly folder: string;
}

/**
 * The same ports for one step of a worker: callbacks wake its waits, the worker may leave during these, and the error about
 * missing data names this machine.
 */
export function workerPorts(ports: Ports, step: WorkerStep): Ports {
  const { speech, data, clock } = ports;
  const worked = { step, sleep: clock.sleep };
  return {
    ...ports,
    data: workerData(data, step.folder),
    speech: {
      ...speech,
      datasets: { ...speech.datasets, ...workerCollection(speech.datasets, worked) },
      models: workerCollection(speech.models, worked),
      evaluations: workerCollection(speech.evaluations, worked),
      endpoints: workerCollection(speech.endpoints, worked),
    },
  };
}

function workerCollection<E extends WorkedEntity, New>(
  collection: WorkedCollection<E, New>,
  { step, sleep }: { readonly step: WorkerStep; readonly sleep: Ports['clock']['sleep'] },
): WorkedCollection<E, New> {
  return {
    ...collection,
    async wait(reference, options = {}) {
      const { signal } = options;
      const { pollMilliseconds } = step;
      const callbacks = step.callbacks === undefined ? undefined : { of: step.callbacks, reference };
      const read = async (): Promise<Reading<E>> => {
        let retryAfterMilliseconds: number | undefined;
        const onRetryAfter = (milliseconds: number): void => void (retryAfterMilliseconds = milliseconds);
        const entity = await collection.get(reference, { onRetryAfter, ...(signal === undefined ? {} : { signal }) });
        return { entity, retryAfterMilliseconds };
      };
      return await step.whileWaiting(async () => {
        const entity = await waitForEntity(read, { ...options, pollMilliseconds, sleep, callbacks });
        if (entity === undefined) throw gone(reference);
        return entity;
      });
    },
  };
}

function gone(reference: string): ServiceError {
  return new ServiceError(`Cannot wait for ${reference}: it does not exist any more`, {
    method: 'GET',
    path: reference.replace(/\?.*$/, ''),
    status: 404,
    attempts: 1,
    outcome: 'refused',
  });
}

/** Paths in a plan are those of the machine that submitted it, and this machine may lack them. */
function workerData(data: DataPort, folder: string): DataPort {
  const assertHere = (places: DataPlaces): void => {
    const missing = listOfPlaces(places).find((place) => !existsSync(place) && !existsSync(folderOfPattern(place)));
    if (missing === undefined) return;
    throw new DataError(
      `Give every worker the data under the same path, or let \`from:\` name a URL: ${hostname()} has no ${missing} (the pipeline was submitted from ${folder})`,
    );
  };
  const assertAllHere = (places: DataPlaces, from: string): void =>
    assertHere(renamePlaces(places, (place) => path.resolve(from, place)));
  return {
    async check(request) {
      assertAllHere(request.from, request.folder);
      return await data.check(request);
    },
    async describe(places, kind) {
      assertHere(places);
      return await data.describe(places, kind);
    },
    async placesOf(request, named) {
      assertAllHere(request.from, request.folder);
      return await data.placesOf(request, named);
    },
    async *content(places, kind, options) {
      assertHere(places);
      yield* data.content(places, kind, options);
    },
    whyNotRecognised: (audio) => data.whyNotRecognised(audio),
    atUrl: async (url, options) => await data.atUrl(url, options),
    async terms(name) {
      assertHere(name);
      return await data.terms(name);
    },
    async recordingValues(name, column) {
      assertHere(name);
      return await data.recordingValues(name, column);
    },
    async utterances(name) {
      assertHere(name);
      return await data.utterances(name);
    },
  };
}
