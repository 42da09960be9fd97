import type { CollectionName, Collections } from './entities.ts';

/** Everything a store holds, oldest first, as it is written to disk. */
export type StoredCollections = { readonly [K in CollectionName]: readonly Collections[K][] };

/** What happened to one object: it was added, replaced or removed. */
export interface EntityChange {
  readonly collection: CollectionName;
  readonly before: Collections[CollectionName] | undefined;
  readonly after: Collections[CollectionName] | undefined;
}

/** The objects of a resource, by collection and id, in the order of their creation. Objects are replaced, never changed. */
export class EntityStore {
  #collections: { readonly [K in CollectionName]: Map<string, Collections[K]> };
  #changed: (change?: EntityChange) => void;

  /** `changed` is called after each change, without an argument when everything was removed. */
  constructor(stored: Partial<StoredCollections>, changed: (change?: EntityChange) => void) {
    this.#collections = {
      projects: byId(stored.projects),
      datasets: byId(stored.datasets),
      models: byId(stored.models),
      evaluations: byId(stored.evaluations),
      endpoints: byId(stored.endpoints),
      webhooks: byId(stored.webhooks),
      copyAuthorizations: byId(stored.copyAuthorizations),
      modelCopies: byId(stored.modelCopies),
      transcriptions: byId(stored.transcriptions),
    };
    this.#changed = changed;
  }

  get<K extends CollectionName>(collection: K, id: string): Collections[K] | undefined {
    return this.#map(collection).get(id);
  }

  all<K extends CollectionName>(collection: K): readonly Collections[K][] {
    return [...this.#map(collection).values()];
  }

  /** Adds the object, or replaces the one of the same id in its place. */
  put<K extends CollectionName>(collection: K, entity: Collections[K]): void {
    const map = this.#map(collection);
    const before = map.get(entity.id);
    map.set(entity.id, entity);
    this.#changed({ collection, before, after: entity });
  }

  remove(collection: CollectionName, id: string): void {
    const before = this.get(collection, id);
    if (this.#map(collection).delete(id)) this.#changed({ collection, before, after: undefined });
  }

  clear(): void {
    for (const map of Object.values(this.#collections)) map.clear();
    this.#changed();
  }

  toStored(): StoredCollections {
    return {
      projects: this.all('projects'),
      datasets: this.all('datasets'),
      models: this.all('models'),
      evaluations: this.all('evaluations'),
      endpoints: this.all('endpoints'),
      webhooks: this.all('webhooks'),
      copyAuthorizations: this.all('copyAuthorizations'),
      modelCopies: this.all('modelCopies'),
      transcriptions: this.all('transcriptions'),
    };
  }

  #map<K extends CollectionName>(collection: K): Map<string, Collections[K]> {
    return this.#collections[collection];
  }
}

function byId<E extends { readonly id: string }>(entities: readonly E[] = []): Map<string, E> {
  return new Map(entities.map((entity) => [entity.id, entity]));
}
