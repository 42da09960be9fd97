import { type EntityCollection, type EntityReader, ServiceError, type WorkedCollection } from '../engine/ports.ts';
import { type ClockPort } from '../time/clock.ts';
import { waitForEntity } from '../engine/retries/wait-for-entity.ts';
import type { EntityFile, EntityReference, WorkedEntity } from '../plan/speech-entities.ts';
import type { HttpAnswer, HttpRequest, Readable, Send } from './http.ts';
import { redactForms } from './redaction.ts';
import { entityUrl, followedUrl, idOf, resourceUrl } from './references.ts';
import { isJsonObject, readJson } from './service-answer.ts';

/** A Speech resource that requests can be sent to. */
export interface SpeechService {
  readonly endpoint: URL;
  readonly send: Send;
  readonly pollFloorMilliseconds: number;
  readonly maxRetries: number;
  readonly retryDelayMilliseconds: number;
  readonly patienceMilliseconds: number;
  readonly sleep: ClockPort['sleep'];
}

/** The objects of one kind: `path` below `/speechtotext`, and what one of them is called in messages. */
export interface CollectionKind {
  readonly path: string;
  readonly noun: string;
  /** The body of an update where it is not the change itself. */
  readonly changeBody?: (change: object) => object;
  /** What in a body no message may show. */
  readonly secretIn?: (body: object) => string | undefined;
}

/** Reading objects of one kind. */
export function createReader<E extends EntityReference>(service: SpeechService, kind: CollectionKind): EntityReader<E> {
  const { endpoint } = service;
  return {
    list: ({ filter, signal } = {}) =>
      readPages<E>(service, resourceUrl(endpoint, kind.path, { filter }), { purpose: `list ${kind.noun}s`, signal }),
    async get(reference, { signal, onRetryAfter } = {}) {
      const { value, retryAfterMilliseconds } = await readEntity<E>(service, kind, { reference, signal });
      if (retryAfterMilliseconds !== undefined) onRetryAfter?.(retryAfterMilliseconds);
      return value;
    },
  };
}

/** Reading and changing objects of one kind. */
export function createCollection<E extends EntityReference, New extends object>(
  service: SpeechService,
  kind: CollectionKind,
): EntityCollection<E, New> {
  const { endpoint, send } = service;
  return {
    ...createReader<E>(service, kind),
    async create(body, { signal } = {}) {
      const url = resourceUrl(endpoint, kind.path);
      const purpose = `create ${/^[aeiou]/.test(kind.noun) ? 'an' : 'a'} ${kind.noun}`;
      // No client-supplied ids: a repetition after a lost answer would make a second object.
      const answer = await send({
        method: 'POST',
        url,
        purpose,
        repetition: 'when-not-acted',
        body: json(body),
        secret: kind.secretIn?.(body),
        read: readEntityText<E>,
        signal,
      });
      return answer.value;
    },
    async update(reference, change, { signal } = {}) {
      const url = entityUrl(endpoint, kind.path, reference);
      const purpose = `update ${kind.noun} ${idOf(reference)}`;
      const body = json(kind.changeBody?.(change) ?? change);
      const answer = await send({
        method: 'PATCH',
        url,
        purpose,
        repetition: 'always',
        body,
        secret: kind.secretIn?.(change),
        read: readEntityText<E>,
        signal,
      });
      return answer.value;
    },
    async delete(reference, { signal } = {}) {
      const url = entityUrl(endpoint, kind.path, reference);
      const purpose = `delete ${kind.noun} ${idOf(reference)}`;
      const nothing = { value: undefined };
      await send({
        method: 'DELETE',
        url,
        purpose,
        repetition: 'always',
        read: () => nothing,
        absent: nothing,
        signal,
      });
    },
  };
}

/** The same for objects that the service goes on working on, with waiting and their files. */
export function createWorkedCollection<E extends WorkedEntity, New extends object>(
  service: SpeechService,
  kind: CollectionKind,
): WorkedCollection<E, New> {
  return {
    ...createCollection<E, New>(service, kind),
    async wait(reference, options = {}) {
      const { signal } = options;
      const read = async () => {
        const { value: entity, retryAfterMilliseconds } = await readEntity<E>(service, kind, { reference, signal });
        return { entity, retryAfterMilliseconds };
      };
      const pollMilliseconds = service.pollFloorMilliseconds;
      const entity = await waitForEntity(read, { ...options, pollMilliseconds, sleep: service.sleep });
      if (entity) return entity;
      throw new ServiceError(`Cannot wait for ${kind.noun} ${idOf(reference)}: it does not exist any more`, {
        method: 'GET',
        path: entityUrl(service.endpoint, kind.path, reference).pathname,
        status: 404,
        code: 'NotFound',
        attempts: 1,
        outcome: 'refused',
      });
    },
    files: (reference, { signal } = {}) =>
      readPages<EntityFile>(service, resourceUrl(service.endpoint, `${kind.path}/${idOf(reference)}/files`), {
        purpose: `list the files of ${kind.noun} ${idOf(reference)}`,
        signal,
      }),
  };
}

/** A JSON request body. */
export function json(content: unknown): NonNullable<HttpRequest<unknown>['body']> {
  return { type: 'application/json', content: JSON.stringify(content) };
}

/** One reading of an object, undefined when the service does not know it, with the answer's Retry-After. */
export function readEntity<E extends EntityReference>(
  { endpoint, send }: SpeechService,
  { path, noun }: CollectionKind,
  { reference, signal }: { readonly reference: string; readonly signal?: AbortSignal | undefined },
): Promise<HttpAnswer<E | undefined>> {
  return send<E | undefined>({
    method: 'GET',
    url: entityUrl(endpoint, path, reference),
    purpose: `read ${noun} ${idOf(reference)}`,
    repetition: 'always',
    read: readEntityText<E>,
    absent: { value: undefined },
    signal,
  });
}

function readEntityText<E>(text: string): Readable<E> | undefined {
  const value = readJson(text);
  return isEntity<E>(value) ? { value: withoutSecrets(value) } : undefined;
}

/** Why the service failed an object is for messages and records, and may quote a URL with its signature. */
function withoutSecrets<E>(entity: E): E {
  const properties = isJsonObject(entity) ? entity['properties'] : undefined;
  const error = isJsonObject(properties) ? properties['error'] : undefined;
  if (!isJsonObject(error) || typeof error['message'] !== 'string') return entity;
  const message = redactForms(error['message']);
  return { ...entity, properties: { ...(properties as object), error: { ...error, message } } };
}

/** Its kind is known by where it was asked for; every object has a `self`, so that tells an answer from another page. */
function isEntity<E>(value: unknown): value is E {
  return isJsonObject(value) && typeof value['self'] === 'string';
}

async function readPages<E>(
  { endpoint, send }: SpeechService,
  firstUrl: URL,
  { purpose, signal }: { readonly purpose: string; readonly signal: AbortSignal | undefined },
): Promise<readonly E[]> {
  const entities: E[] = [];
  const seen = new Set<string>();
  let url: URL | undefined = firstUrl;
  while (url) {
    if (seen.has(url.href) || seen.size >= mostPages) {
      throw new ServiceError(`Cannot ${purpose}: the pages of the service's answer do not end`, {
        method: 'GET',
        path: url.pathname,
        code: 'EndlessPages',
        attempts: seen.size,
        outcome: 'refused',
      });
    }
    seen.add(url.href);
    const page: Page<E> = (await send({ method: 'GET', url, purpose, repetition: 'always', read: readPage<E>, signal }))
      .value;
    for (const entity of page.values) entities.push(entity);
    url = page.nextLink === undefined ? undefined : followedUrl(endpoint, page.nextLink);
  }
  return entities;
}

interface Page<E> {
  readonly values: readonly E[];
  readonly nextLink: string | undefined;
}

/** A resource holds some hundreds of objects of a kind, and a page about a hundred of them. */
const mostPages = 10_000;

function readPage<E>(text: string): Readable<Page<E>> | undefined {
  const page = readJson(text);
  if (!isJsonObject(page)) return undefined;
  const { values, '@nextLink': nextLink } = page;
  if (!Array.isArray(values) || !values.every(isEntity<E>)) return undefined;
  return {
    value: {
      values: values.map(withoutSecrets),
      nextLink: typeof nextLink === 'string' && nextLink !== '' ? nextLink : undefined,
    },
  };
}
