import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  isRestError,
  type PipelinePolicy,
  type PipelineResponse,
  proxyPolicy,
  redirectPolicy,
  type RetryStrategy,
  retryPolicy,
  userAgentPolicy,
} from '@azure/core-rest-pipeline';
import { isLoopback } from '../document/base-url.ts';
import { HostError } from './review-host.ts';
import { beginningOf } from '../document/beginning-of.ts';

export interface HostHttpOptions {
  /** For people: "GitHub". */
  readonly name: string;
  /** Base URL of the API. */
  readonly apiUrl: string;
  /** What tells the host who asks: goes to the origin of the API and nowhere else. */
  readonly authorization: { readonly header: string; readonly value: string };
  /** Which permission the token needs for which part: ends "the token needs …". */
  readonly permissions: { readonly comments: string; readonly issues: string };
  /** @default none */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** The first pause before a request is repeated; it doubles with each. @default 1000 */
  readonly retryDelayMilliseconds?: number | undefined;
}

export interface HostRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT';
  /** Below the base URL, with a query, or a link to a further page that the host gave. */
  readonly path: string;
  /** Completes "Cannot …": "comment on pull request 12". */
  readonly purpose: string;
  readonly part?: 'comments' | 'issues';
  readonly body?: unknown;
  /** @default 'application/json' */
  readonly contentType?: string;
  /** Statuses that are an answer and no failure. @default none */
  readonly expected?: readonly number[];
}

export interface HostAnswer {
  readonly status: number;
  /** The JSON of the answer; undefined where it has none. */
  readonly json: unknown;
  /** The link to the next page that the header `Link` has. */
  readonly next: string | undefined;
}

export type HostHttp = (request: HostRequest) => Promise<HostAnswer>;

/**
 * The way to the API of a host, on the pipeline of the Azure SDK. Reads and updates are repeated after 408, 429, 5xx and lost
 * connections; a creation only after 429 and where no connection came about. Redirects are followed on the same origin alone, and a
 * link is asked for at the API's own origin, whatever host it names, so that the token never goes elsewhere.
 */
export function createHostHttp(options: HostHttpOptions): HostHttp {
  const base = new URL(options.apiUrl.replace(/\/*$/, '/'));
  if (base.protocol !== 'https:' && !(base.protocol === 'http:' && isLoopback(base)))
    throw new HostError(
      `Check the address of ${options.name}'s API: a token goes over https alone, not to ${base.origin}`,
    );
  const client = createDefaultHttpClient();
  return async function request(asked) {
    const url = urlOf(asked.path, base);
    const pipeline = createEmptyPipeline();
    const isRepeated = asked.method !== 'POST';
    const policies = [
      userAgentPolicy({ userAgentPrefix: 'speechops' }),
      redirectPolicy({ maxRetries: 3 }),
      retryPolicy([repeatStrategy(isRepeated, options.retryDelayMilliseconds ?? 1000)], { maxRetries: 4 }),
      signPolicy(options, base),
      ...(isLoopback(base) ? [] : [proxyPolicy()]),
    ];
    for (const policy of policies) pipeline.addPolicy(policy);
    const outgoing = createPipelineRequest({
      method: asked.method ?? 'GET',
      url: url.href,
      headers: createHttpHeaders({
        Accept: 'application/json',
        ...options.headers,
        ...(asked.body === undefined ? {} : { 'Content-Type': asked.contentType ?? 'application/json' }),
      }),
      allowInsecureConnection: base.protocol === 'http:',
      timeout: 60_000,
      ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
      ...(options.signal && { abortSignal: options.signal }),
    });
    const response = await pipeline.sendRequest(client, outgoing).catch((error: unknown) => {
      options.signal?.throwIfAborted();
      throw silence(error, { asked, base, options });
    });
    // 203 is a page to sign in at, which Azure DevOps sends in place of 401.
    const isGood = response.status >= 200 && response.status < 300 && response.status !== 203;
    if (!isGood && !(asked.expected ?? []).includes(response.status)) throw refusal(response, { asked, url, options });
    return {
      status: response.status,
      json: isGood ? jsonOf(response, { asked, options }) : undefined,
      next: nextOf(response),
    };
  };
}

/** All items of a list over its pages, as the header `Link` or `next` in the answer leads to them, at most as many pages as given. */
export async function allPages<T>(
  http: HostHttp,
  { mostPages = 100, ...request }: HostRequest & { readonly mostPages?: number },
): Promise<{ readonly items: readonly T[]; readonly hasMore: boolean }> {
  const items: T[] = [];
  let path: string | undefined = request.path;
  for (let page = 0; path !== undefined && page < mostPages; page += 1) {
    const { json, next }: HostAnswer = await http({ ...request, path });
    const { values, next: nextInside } = (json ?? {}) as { readonly values?: unknown; readonly next?: unknown };
    const found = Array.isArray(json) ? json : values;
    items.push(...(Array.isArray(found) ? (found as readonly T[]) : []));
    path = next ?? (typeof nextInside === 'string' ? nextInside : undefined);
  }
  return { items, hasMore: path !== undefined };
}

/** A path below the base, or path and query of a whole URL. */
function urlOf(path: string, base: URL): URL {
  if (!/^https?:/i.test(path)) return new URL(path.replace(/^\//, ''), base);
  const { pathname, search } = new URL(path);
  return new URL(pathname + search, base.origin);
}

function signPolicy({ authorization, name }: HostHttpOptions, base: URL): PipelinePolicy {
  return {
    name: 'hostSignPolicy',
    async sendRequest(request, next) {
      if (new URL(request.url).origin !== base.origin)
        throw new HostError(`Cannot ask ${name}: it leads to another host`);
      request.headers.set(authorization.header, authorization.value);
      return await next(request);
    },
  };
}

/** When a request is sent again, and after how long: as Retry-After asks, up to a minute, else a pause that doubles. */
function repeatStrategy(isRepeated: boolean, delayMilliseconds: number): RetryStrategy {
  return {
    name: 'hostRepeatStrategy',
    retry({ retryCount, response, responseError }) {
      const isLimited = response?.status === 429 || (response?.status === 403 && response.headers.has('retry-after'));
      const isPassing = isRepeated && response !== undefined && passing.has(response.status);
      const code = responseError?.code ?? '';
      const isLost = response === undefined && (neverConnected.has(code) || (isRepeated && lost.has(code)));
      if (!isLimited && !isPassing && !isLost) return { skipStrategy: true };
      const asked = retryAfterMilliseconds(response);
      if (asked !== undefined && asked > longestPauseMilliseconds) return { skipStrategy: true };
      return { retryAfterInMs: asked ?? delayMilliseconds * 2 ** retryCount * (0.5 + Math.random() / 2) };
    },
  };
}

const passing: ReadonlySet<number> = new Set([408, 500, 502, 503, 504]);
const neverConnected: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EAI_AGAIN']);
const lost: ReadonlySet<string> = new Set(['ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'REQUEST_SEND_ERROR']);
const longestPauseMilliseconds = 60_000;

function retryAfterMilliseconds(response: PipelineResponse | undefined): number | undefined {
  const header = response?.headers.get('retry-after')?.trim() ?? '';
  if (header === '') return undefined;
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined;
}

function jsonOf(
  { bodyAsText, status }: PipelineResponse,
  { asked, options }: { readonly asked: HostRequest; readonly options: HostHttpOptions },
): unknown {
  if ((bodyAsText ?? '').trim() === '') return undefined;
  try {
    return JSON.parse(bodyAsText ?? '');
  } catch (error) {
    throw new HostError(
      `Cannot ${asked.purpose}: what ${options.name} answers is no JSON; check the address of its API, now ${options.apiUrl}`,
      { status, cause: error },
    );
  }
}

function nextOf(response: PipelineResponse): string | undefined {
  const links = response.headers.get('link') ?? '';
  return /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(links)?.[1];
}

interface Asked {
  readonly asked: HostRequest;
  readonly options: HostHttpOptions;
}

function silence(error: unknown, { asked, base, options }: Asked & { readonly base: URL }): unknown {
  if (error instanceof HostError) return error;
  const code = (isRestError(error) ? error.code : undefined) ?? 'no connection';
  // A new error, because those of the pipeline carry the request with its headers.
  return new HostError(
    `Cannot ${asked.purpose}: ${base.host} does not answer (${code}); check the network, and the address of ${options.name}'s API`,
  );
}

function refusal(response: PipelineResponse, { asked, url, options }: Asked & { readonly url: URL }): HostError {
  const { status } = response;
  const said = reasonOf(response, options);
  const about = `${options.name} answers ${status}${said === undefined ? '' : ` "${said}"`} to ${asked.method ?? 'GET'} ${url.pathname}`;
  return new HostError(`Cannot ${asked.purpose}: ${about}${advice(response, { asked, url, options })}`, { status });
}

function advice(response: PipelineResponse, { asked, url, options }: Asked & { readonly url: URL }): string {
  const { status, headers } = response;
  if (status === 429 || headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0')
    return '; it limits the rate of requests: try again later';
  const needed = `; the token needs ${options.permissions[asked.part ?? 'comments']}`;
  if (status === 401 || status === 203) return `; the token is wrong or has ended${needed}`;
  if (status === 403) return needed;
  if (status === 404) return `; check the repository and the number${needed}`;
  const location = headers.get('location') ?? '';
  if (status >= 300 && status < 400 && URL.canParse(location, url.href))
    return `; it leads to ${new URL(location, url.href).host}: check the address of its API and the repository's name`;
  return '';
}

/** What the host says was wrong, on one line, without the token and without queries of URLs. */
function reasonOf({ bodyAsText }: PipelineResponse, { authorization }: HostHttpOptions): string | undefined {
  const body = parsed(bodyAsText ?? '');
  const said = [body['message'], body['error_description'], nested(body['error']), body['error']].find(
    (text) => typeof text === 'string' && text !== '',
  );
  if (typeof said !== 'string') return undefined;
  const secret = authorization.value.replace(/^(Bearer|Basic|token) /, '');
  const clean = said
    .replaceAll(secret, '***')
    .replaceAll(/\?[^\s"']*/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return clean.length > 200 ? `${beginningOf(clean, 200)}…` : clean.replace(/\.$/, '');
}

function nested(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
