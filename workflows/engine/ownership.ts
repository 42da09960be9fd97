import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityReference } from '../plan/speech-entities.ts';
import type { EntityCollection, Ports, SpeechPort } from './ports.ts';

/**
 * Asks a question right before every request that changes a Speech resource or stores something for one, repetitions and uploaded blocks included. Between
 * the decision on a change and its request the process may have stood still, and another process may have made the same change.
 */
export class Ownership {
  readonly #question = new AsyncLocalStorage<() => Promise<void>>();

  /**
   * The same ports. Each request of a change first awaits `assertOwned`. When this rejects, the request is not sent and the
   * change rejects, too.
   */
  portsFor(ports: Ports, assertOwned: () => Promise<void>): Ports {
    const { speech, storage } = ports;
    const change: Change = (act) => this.#question.run(assertOwned, act);
    return {
      ...ports,
      ...(storage && {
        storage: {
          ...storage,
          store: (blob, content, options) => change(() => storage.store(blob, content, options)),
        },
      }),
      speech: ownedSpeech(speech, change),
      ...(ports.speechAt && {
        speechAt(resource) {
          const other = ports.speechAt?.(resource);
          return other && ownedSpeech(other, change);
        },
      }),
    };
  }

  /** To be awaited right before every attempt of every request is sent, in the asynchronous context of its caller. */
  async beforeSending(): Promise<void> {
    await this.#question.getStore()?.();
  }
}

type Change = <T>(act: () => Promise<T>) => Promise<T>;

function ownedSpeech(speech: SpeechPort, change: Change): SpeechPort {
  const { datasets, copies } = speech;
  return {
    ...speech,
    projects: ownedCollection(speech.projects, change),
    datasets: {
      ...ownedCollection(datasets, change),
      uploadContent: (reference, content, options) => change(() => datasets.uploadContent(reference, content, options)),
    },
    models: ownedCollection(speech.models, change),
    evaluations: ownedCollection(speech.evaluations, change),
    endpoints: ownedCollection(speech.endpoints, change),
    ...(copies && { copies: { ...copies, begin: (...begun) => change(() => copies.begin(...begun)) } }),
  };
}

function ownedCollection<E extends EntityReference, New, C extends EntityCollection<E, New>>(
  collection: C & EntityCollection<E, New>,
  change: Change,
): C {
  return {
    ...collection,
    create: (body, options) => change(() => collection.create(body, options)),
    update: (reference, body, options) => change(() => collection.update(reference, body, options)),
    delete: (reference, options) => change(() => collection.delete(reference, options)),
  } satisfies EntityCollection<E, New>;
}
