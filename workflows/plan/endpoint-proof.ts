import { digestOf, entityId } from './identity.ts';
import type { Endpoint } from './speech-entities.ts';

/** The entry of an endpoint's customProperties that says which model a pipeline gave it, and whether that was proved. */
export const swapProperty = 'speechops-swap';
/** The entry that says what it served before. */
export const previousModelProperty = 'speechops-previous-model';

/**
 * The value of {@link swapProperty}: written as `unproved` with the change of the model, and after it as `proved` when the endpoint
 * was heard to answer as the model, or as `unheard` when all was well and nothing told the model from the one before. An endpoint
 * that is `unheard` counts as one that serves its model: no run takes that back. `after`: models that may answer until then, besides
 * the one of {@link previousModelProperty}, as the swaps that gave them were not proved either. `by`: the run that gave the model, as
 * {@link wordOfRun} names it.
 */
export function swapMark(
  state: 'unproved' | 'unheard' | 'proved',
  model: string,
  { after = [], by }: { readonly after?: readonly string[]; readonly by?: string | undefined } = {},
): string {
  const ids = [...new Set(after.map(entityId))];
  const named = ids.length > mostNamed ? [...ids.slice(0, mostNamed), unnamed] : ids;
  const others = named.length === 0 ? [] : ['after', ...named];
  return [state, entityId(model), ...others, ...(by === undefined ? [] : ['by', by])].join(' ');
}

/**
 * The word for a run in a mark. The start of the run is part of it, because a run of another store may have the same id.
 */
export function wordOfRun(run: { readonly runId: string; readonly startedAt: string }): string {
  return digestOf('endpoint', { runId: run.runId, startedAt: run.startedAt }).slice(0, 16);
}

/** A property has room for 256 characters, and an id has 41 at most. */
const mostNamed = 4;
/** Stands in a mark for models that it has no room for. It is no model's id, so that nothing can tell a model from these. */
const unnamed = 'others';

/**
 * Whether the swap that gave the endpoint its model ended before it had proved that the model is good there. A mark that names another
 * model is of an earlier swap: somebody has given the endpoint a model by another way since.
 */
export function isUnproved(endpoint: Endpoint): boolean {
  return isMarked(endpoint, 'unproved');
}

/** Whether the swap that gave the endpoint its model ended well and nothing told it which model answers. */
export function isUnheard(endpoint: Endpoint): boolean {
  return isMarked(endpoint, 'unheard');
}

/** Whether a swap has heard the endpoint answer as the model that it names. */
export function isHeard(endpoint: Endpoint): boolean {
  return isMarked(endpoint, 'proved');
}

/**
 * Whether this run, as {@link wordOfRun} names it, gave the endpoint the model that it names, and ended its proof. Never of an endpoint
 * without room for marks.
 */
export function isGivenBy(run: string, endpoint: Endpoint): boolean {
  const words = wordsOfMark(endpoint.customProperties);
  return words.at(-2) === 'by' && words.at(-1) === run && (isHeard(endpoint) || isUnheard(endpoint));
}

/** The id of the model that the last swap of an endpoint gave it, as it notes itself; undefined when no swap has. */
export function markedModel({ customProperties }: Endpoint): string | undefined {
  return wordsOfMark(customProperties)[1];
}

function isMarked({ customProperties, model }: Endpoint, state: Parameters<typeof swapMark>[0]): boolean {
  const [marked, id] = wordsOfMark(customProperties);
  return model !== undefined && marked === state && id === entityId(model.self);
}

function wordsOfMark(customProperties: Endpoint['customProperties']): readonly string[] {
  return customProperties?.[swapProperty]?.split(' ') ?? [];
}

/**
 * The ids of the models one of which answers on the endpoint: the one that it serves, and where the swap that gave it was not proved,
 * also the ones that may have answered before that.
 */
export function modelsThatMayAnswer(endpoint: Endpoint): readonly string[] {
  const { model, customProperties } = endpoint;
  const served = model === undefined ? [] : [entityId(model.self)];
  if (!isUnproved(endpoint)) return served;
  const [, , , ...after] = wordsOfMark(customProperties);
  const previous = previousModelOf(endpoint);
  return [...new Set([...served, ...(previous === undefined ? [] : [previous]), ...after])];
}

/**
 * The id of the model that the endpoint served before its last swap; undefined when the endpoint is new or no swap has noted
 * it.
 */
export function previousModelOf(endpoint: Endpoint): string | undefined {
  const id = endpoint.customProperties?.[previousModelProperty];
  return id === undefined || id === '' ? undefined : id;
}

/**
 * The id or URL of the model of an endpoint that counts: the one that it names, or while the swap that gave it that is not proved, the one
 * before. Undefined when there is none, or no swap has noted it.
 */
export function modelThatCounts(endpoint: Endpoint): string | undefined {
  return isUnproved(endpoint) ? previousModelOf(endpoint) : endpoint.model?.self;
}

/** The custom properties with these entries: an object takes ten, so an endpoint with as many of its own goes without. */
export function withEntries(
  endpoint: Endpoint,
  entries: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const all = { ...endpoint.customProperties, ...entries };
  return Object.keys(all).length > 10 ? { ...endpoint.customProperties } : all;
}
