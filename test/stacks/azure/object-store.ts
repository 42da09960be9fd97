import { randomUUID } from 'node:crypto';
import { type JsonObject, merged } from './answer.ts';
import { isWithin, keyOf, parseResourceId } from './resource-id.ts';
import { type KeptObject, resourceTypes } from './resource-types.ts';

/** An object, and the change of it that is under way. */
export interface Kept extends KeptObject {
  readonly change?: {
    readonly kind: 'write' | 'delete';
    /** How many looks it still takes. */
    readonly looks: number;
    readonly operation: string;
  };
}

/** What has become of an operation. */
export interface Operation {
  readonly status: 'InProgress' | 'Succeeded';
  /** Of the object that it changes, as it is now; undefined when that is gone. */
  readonly kept: Kept | undefined;
}

/** Objects by their ids, changes that are under way, and what was deleted and not purged. */
export class ObjectStore {
  /** How often somebody sees that a change is still under way. */
  readonly #looks: number;
  readonly #objects = new Map<string, Kept>();
  readonly #deleted = new Map<string, KeptObject>();
  readonly #operations = new Map<string, { readonly status: Operation['status']; readonly key: string }>();

  constructor(looks: number) {
    this.#looks = looks;
  }

  get all(): readonly Kept[] {
    return [...this.#objects.values()];
  }

  get deleted(): readonly KeptObject[] {
    return [...this.#deleted.values()];
  }

  get(path: string): Kept | undefined {
    return this.#objects.get(keyOf(path));
  }

  /** What others have made before, of whatever type; nothing is asked or filled in. */
  place(path: string, body: JsonObject): void {
    const id = parseResourceId(path);
    if (id?.name === undefined) throw new Error(`Place something with an id: ${path} is none`);
    this.#objects.set(keyOf(path), { id, body: { id: path, name: id.name, type: id.type, ...body }, isSettled: true });
  }

  /** The object is changed as a merge patch says, at once. */
  change(path: string, change: JsonObject): void {
    const kept = this.get(path);
    if (kept === undefined) throw new Error(`Change another object: there is no ${path}`);
    this.#objects.set(keyOf(path), { ...kept, body: merged(kept.body, change) });
  }

  /** The object is gone at once, with all that is in it. */
  remove(path: string): void {
    for (const key of this.#objects.keys()) if (isWithin(key, path)) this.#objects.delete(key);
  }

  purge(path: string): void {
    this.#deleted.delete(keyOf(path));
  }

  /** Begins a change, and ends it when it takes no time. Returns the operation. */
  begin(
    object: KeptObject,
    { kind, isAtOnce }: { readonly kind: 'write' | 'delete'; readonly isAtOnce: boolean },
  ): string {
    const operation = randomUUID();
    const key = keyOf(object.id.path);
    const kept = { ...object, isSettled: false, change: { kind, looks: this.#looks, operation } };
    if (kind === 'write') this.purge(key);
    this.#objects.set(key, kept);
    this.#operations.set(operation, { status: 'InProgress', key });
    if (isAtOnce || this.#looks === 0) this.#finish(kept, kept.change);
    return operation;
  }

  /** Somebody looks at an object of which a change may be under way. */
  look(kept: Kept): void {
    const { change } = kept;
    if (change === undefined) return;
    if (change.looks > 1)
      this.#objects.set(keyOf(kept.id.path), { ...kept, change: { ...change, looks: change.looks - 1 } });
    else this.#finish(kept, change);
  }

  /** Undefined when there was no such operation. */
  operation(name: string): Operation | undefined {
    const found = this.#operations.get(name);
    return found === undefined ? undefined : { status: found.status, kept: this.#objects.get(found.key) };
  }

  #finish(kept: Kept, { kind, operation }: NonNullable<Kept['change']>): void {
    const { change: _, ...object } = kept;
    const key = keyOf(object.id.path);
    this.#operations.set(operation, { status: 'Succeeded', key });
    if (kind === 'write') {
      this.#objects.set(key, { ...object, isSettled: true });
      return;
    }
    for (const { id, body } of this.all) {
      const isSoft = resourceTypes[keyOf(id.type)]?.isSoftDeleted === true;
      if (isWithin(id.path, key) && isSoft) this.#deleted.set(keyOf(id.path), { id, body, isSettled: true });
    }
    this.remove(object.id.path);
  }
}
