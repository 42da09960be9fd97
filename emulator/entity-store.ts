import type { CollectionName, Collections } from './entities.ts';

/** Everything a store holds, oldest first, as it is written to disk. */
export type StoredCollections = { readonly [K in CollectionName]: readonly Collections[K][] };

/** The objects of a resource, by collection and id, in the order of their creation. Objects are replaced, never changed. */
export class EntityStore {
  #collections: { readonly [K in CollectionName]: Map<string, Collections[K]> };
  #changed: () => void;

  /** `changed` is called after each change. */
  constructor(stored: Partial<StoredCollections>, changed: () => void) {
    this.#collections = {
      projects: byId(stored.projects),
      datasets: byId(stored.datasets),
      models: byId(stored.models),
      evaluations: byId(stored.evaluations),
      endpoints: byId(stored.endpoints),
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
    this.#map(collection).set(entity.id, entity);
    this.#changed();
  }

  remove(collection: CollectionName, id: string): void {
    if (this.#map(collection).delete(id)) this.#changed();
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
    };
  }

  #map<K extends CollectionName>(collection: K): Map<string, Collections[K]> {
    return this.#collections[collection];
  }
}

function byId<E extends { readonly id: string }>(entities: readonly E[] = []): Map<string, E> {
  return new Map(entities.map((entity) => [entity.id, entity]));
}
