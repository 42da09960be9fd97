import { addressOf } from '../protocol/addresses.ts';
import type { Answer, Call } from '../protocol/call.ts';
import type { Collections, WorkedName } from '../state/entities.ts';
import { type FilterProperties, parseFilter } from '../protocol/filter.ts';
import { pageOf } from '../protocol/paging.ts';
import { allSettled } from '../work/settle.ts';
import { retryAfter } from './entity-views.ts';

/** Properties that every collection of objects with a status can be filtered by, as the definition lists them. */
export const workedProperties = {
  displayName: 'text',
  description: 'text',
  createdDateTime: 'date-time',
  lastActionDateTime: 'date-time',
  status: 'text',
  locale: 'text',
} as const satisfies FilterProperties;

/**
 * The page of objects that `filter`, `skip` and `top` of the query ask for. `path` is that of the list itself, for
 * `@nextLink`; filters see objects as they are shown.
 */
export function listAnswer<E, View extends object>(
  call: Call,
  list: {
    readonly path: string;
    readonly entities: readonly E[];
    readonly view: (entity: E) => View;
    readonly properties: FilterProperties;
  },
): { readonly answer: Answer; readonly shown: readonly E[] } {
  const filter = call.query.filter === undefined ? undefined : parseFilter(call.query.filter, list.properties);
  const pairs = list.entities.map((entity) => ({ entity, view: list.view(entity) }));
  const found = filter ? pairs.filter(({ view }) => filter((property) => textIn(view, property))) : pairs;
  const page = pageOf(found, call.query);
  const body = {
    values: page.values.map(({ view }) => view),
    '@nextLink': page.next && nextLink(call, list.path, page.next),
  };
  return { answer: { status: 200, body }, shown: page.values.map(({ entity }) => entity) };
}

/** As {@link listAnswer}, for a whole collection or the part of it that belongs to a project. */
export async function listWorked<K extends WorkedName>(
  call: Call,
  collection: K,
  list: {
    readonly view: (call: Call, entity: Collections[K]) => object;
    readonly properties: FilterProperties;
    readonly projectId?: string;
  },
): Promise<Answer> {
  const all = await allSettled(call.resource, collection);
  const { projectId } = list;
  const { answer, shown } = listAnswer(call, {
    path: projectId === undefined ? `/${collection}` : `/projects/${projectId}/${collection}`,
    entities: projectId === undefined ? all : all.filter((entity) => entity.projectId === projectId),
    view: (entity) => list.view(call, entity),
    properties: list.properties,
  });
  return { ...answer, headers: retryAfter(call, shown) };
}

function textIn(view: object, property: string): string | undefined {
  const value = (view as Readonly<Record<string, unknown>>)[property];
  return typeof value === 'string' ? value : undefined;
}

function nextLink(call: Call, path: string, next: { readonly skip: number; readonly top: number }): string {
  const query = new URLSearchParams({ skip: String(next.skip), top: String(next.top) });
  for (const name of ['filter', 'sasLifetimeMinutes']) {
    const value = call.query[name];
    if (value !== undefined) query.set(name, value);
  }
  const [address, version] = addressOf(call.origin, path).split('?');
  return `${address}?${query.toString()}&${version}`;
}
