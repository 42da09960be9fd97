import { ServiceError } from '../engine/ports.ts';

/** The version of the Speech-to-text REST API that every call names. */
export const apiVersion = '2025-10-15';

const basePath = '/speechtotext';

/** The URL of a path below `/speechtotext`, for example `datasets` or `models/base`. */
export function resourceUrl(
  endpoint: URL,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): URL {
  const pairs = Object.entries({ ...query, 'api-version': apiVersion })
    .filter((pair): pair is [string, string] => pair[1] !== undefined)
    // Not URLSearchParams, which writes a space as "+": not every gateway reads it back as a space.
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return new URL(`${basePath}/${path}?${pairs.join('&')}`, endpoint);
}

/** Whether the resource counts a request there against its limit of requests: its REST API, not recognition or files elsewhere. */
export function countsForLimit(url: URL, endpoint: URL): boolean {
  return url.origin === endpoint.origin && url.pathname.startsWith(`${basePath}/`);
}

/** The path with `{id}` for what names an object, and `/{file}` for files, whose paths the service makes up. */
export function pathTemplate({ pathname }: URL): string {
  if (/^(\/stt)?\/speech\/(recognition|universal)\/|^(\/tts)?\/cognitiveservices\//.test(pathname)) return pathname;
  if (!pathname.startsWith(`${basePath}/`)) return '/{file}';
  const [collection = '', ...rest] = pathname.slice(basePath.length + 1).split('/');
  if (collection === 'operations') return [basePath, collection, ...rest.slice(0, -1), '{id}'].join('/');
  const isBase = rest[0] === 'base';
  // Names of collections and of objects take turns.
  const names = (isBase ? rest.slice(1) : rest).map((name, index) => (index % 2 === 0 ? idTemplate(name) : name));
  return [basePath, collection, ...(isBase ? ['base'] : []), ...names].join('/');
}

/** An action on an object is part of its name: `{id}:copy`. */
function idTemplate(name: string): string {
  return name.replace(/^[^:]+/, '{id}');
}

/** The URL of an object from its `self`, followed as it is, or from its bare id. */
export function entityUrl(endpoint: URL, collection: string, reference: string): URL {
  if (!isUrl(reference)) return resourceUrl(endpoint, `${collection}/${idOf(reference)}`);
  idOf(reference);
  const url = followedUrl(endpoint, reference);
  const kind = collection.split('/', 1)[0] ?? collection;
  if (!url.pathname.startsWith(`${basePath}/${kind}/`)) {
    throw refusal(`Cannot use ${url.pathname} as a reference: it must be one of ${basePath}/${kind}`, url.pathname);
  }
  return url;
}

/**
 * A URL that the service gave (`self`, `@nextLink`), to be followed on the endpoint of this client: path and query stay,
 * the origin becomes the endpoint's own. The service may write its regional host while the client uses the custom
 * subdomain, of which only the host differs (Microsoft Learn: "Use Speech service through a private endpoint"); and
 * whatever host an answer names, the credential goes to the configured one.
 */
export function followedUrl(endpoint: URL, link: string): URL {
  const given = URL.canParse(link) ? new URL(link) : undefined;
  if (!given?.pathname.startsWith(`${basePath}/`)) {
    const path = given?.pathname ?? '';
    throw refusal(`Cannot follow a link of the service: ${path || 'it'} is not below ${basePath}`, path);
  }
  const url = new URL(`${given.pathname}${given.search}`, endpoint);
  if (!url.searchParams.has('api-version')) {
    url.search += `${url.search === '' ? '?' : '&'}api-version=${apiVersion}`;
  }
  return url;
}

/** The id of an object: the last segment of the path of its `self` (which ends in a query), or the bare id itself. */
export function idOf(reference: string): string {
  const path = URL.canParse(reference) && isUrl(reference) ? new URL(reference).pathname : reference;
  const id = path.split('/').at(-1) ?? '';
  if ((path !== reference || id === reference) && /^[\w-]{1,64}$/.test(id)) return id;
  throw refusal('Cannot use the reference: it must be the id of an object or its "self" URL', '');
}

function isUrl(reference: string): boolean {
  return /^https?:\/\//i.test(reference);
}

function refusal(message: string, path: string): ServiceError {
  return new ServiceError(message, { method: 'NONE', path, attempts: 0, outcome: 'refused' });
}
