import type { Answer, Call, Operation } from '../protocol/call.ts';
import type { FilterProperties } from '../protocol/filter.ts';
import { checkDelta, objectBody } from '../protocol/request-body.ts';
import { supportedLocales } from '../recognition/base-generations.ts';
import type { Collections, WorkedName } from '../state/entities.ts';
import { allSettled, settled, startWork } from '../work/settle.ts';
import { listWorked, workedProperties } from './list-entities.ts';
import {
  checkDeletable,
  commonChange,
  commonDelta,
  createdAnswer,
  entityAnswer,
  found,
  pathId,
} from './worked-entity.ts';

/** What one collection of objects with a status has of its own. */
export interface WorkedCollection<K extends WorkedName> {
  readonly name: K;
  readonly view: (call: Call, entity: Collections[K]) => { readonly self: string };
  /** Checks the body and keeps the new object, at once after its last check; work on it begins where it has progress to make. */
  readonly create: (call: Call, keep: Keep<K>) => Answer | Promise<Answer>;
  /** Refuses, or does, what the deletion of an object means for others. It is gone from the collection by `after`. */
  readonly deletion?: {
    readonly check?: (call: Call, entity: Collections[K]) => void;
    /** What the check looks at: the objects there are as they are by now, whether anybody has read them or not. */
    readonly users?: readonly WorkedName[];
    readonly after?: (call: Call, entity: Collections[K]) => Promise<void>;
    /** What is answered where there is no such object. @default 204 */
    readonly missing?: 'NotFound';
  };
  /**
   * Reads what a PATCH asks for, and gives the change, which is made at once: between reading an object and keeping it no other
   * request has its turn. @default what changes of every object: its names, its custom properties and its project
   */
  readonly change?: (call: Call) => Promise<Change<K>>;
  /** @default every locale */
  readonly locales?: () => object;
  /** What lists can be filtered by. @default what every object with a status has */
  readonly properties?: FilterProperties;
  /** How an object is asked for where it is not `Tag_Create`, a POST to the collection. */
  readonly creation?: { readonly id: string; readonly path: string };
  /** The operation ids of the API definition where they are not `Tag_List` and `Tag_Get`. */
  readonly ids?: { readonly list: string; readonly get: string };
}

/** Keeps a new object, and gives what is answered. */
export type Keep<K extends WorkedName> = (entity: Collections[K]) => Answer;

type Change<K extends WorkedName> = (entity: Collections[K]) => Collections[K];

/** The six operations that every collection of objects with a status has; `tag` is how their ids begin in the API definition. */
export function collection<K extends WorkedName>(tag: string, of: WorkedCollection<K>): readonly Operation[] {
  const { name, view, ids = { list: 'List', get: 'Get' }, properties = workedProperties } = of;
  const creation = of.creation ?? { id: 'Create', path: `/${name}` };
  const one = `/${name}/{id}`;
  const locales = of.locales ?? (() => supportedLocales);
  const show = (call: Call, entity: Collections[K]): Answer => entityAnswer(call, entity, view(call, entity));
  return [
    {
      id: `${tag}_ListSupportedLocales`,
      method: 'GET',
      path: `/${name}/locales`,
      run: () => ({ status: 200, body: locales() }),
    },
    {
      id: `${tag}_${ids.list}`,
      method: 'GET',
      path: `/${name}`,
      run: (call) => listWorked(call, name, { view, properties }),
    },
    {
      id: `${tag}_${creation.id}`,
      method: 'POST',
      path: creation.path,
      run: (call) =>
        of.create(call, (entity) => {
          put(call, name, entity);
          return createdAnswer(view(call, entity));
        }),
    },
    {
      id: `${tag}_${ids.get}`,
      method: 'GET',
      path: one,
      run: async (call) => show(call, await found(call, name)),
    },
    {
      id: `${tag}_Update`,
      method: 'PATCH',
      path: one,
      async run(call) {
        const change = await (of.change ?? commonChangeOf<K>)(call);
        const entity = change(await found(call, name));
        put(call, name, entity);
        return show(call, entity);
      },
    },
    { id: `${tag}_Delete`, method: 'DELETE', path: one, run: (call) => remove(call, of) },
  ];
}

/** Keeps an object, and begins work on it where it has other progress to make than before. */
function put<K extends WorkedName>({ resource }: Call, name: K, entity: Collections[K]): void {
  const before = resource.store.get(name, entity.id);
  resource.store.put(name, entity);
  if (entity.progress !== before?.progress) startWork(resource, name, entity);
}

async function commonChangeOf<K extends WorkedName>(call: Call): Promise<Change<K>> {
  const body = objectBody(call);
  return (entity) => {
    checkDelta(body, commonDelta);
    return { ...entity, ...commonChange(call, body, entity) };
  };
}

async function remove<K extends WorkedName>(call: Call, { name, deletion = {} }: WorkedCollection<K>): Promise<Answer> {
  const { check, users = [], after, missing } = deletion;
  const { resource } = call;
  for (const user of users) await allSettled(resource, user);
  const entity = missing === 'NotFound' ? await found(call, name) : await settled(resource, name, pathId(call));
  if (entity === undefined) return { status: 204 };
  checkDeletable(entity);
  check?.(call, entity);
  resource.store.remove(name, entity.id);
  await after?.(call, entity);
  return { status: 204 };
}
