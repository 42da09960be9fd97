import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createPipelineRequest,
  type PipelineResponse,
  proxyPolicy,
} from '@azure/core-rest-pipeline';
import { isLoopback } from '../document/base-url.ts';
import type { UrlContent } from '../plan/data/url-content.ts';

const timeLimitMilliseconds = 10_000;

/** Answers of servers that give no HEAD, or a signature that is for GET alone. */
const wantsGet = new Set([403, 405, 501]);

/**
 * What the server of a URL tells of the content behind it: to a HEAD request, else to a GET request whose content is not read. A
 * server that does not answer, or not with 200, is no failure: the service may reach what this machine does not, and the reason
 * is told. Redirects are not followed. Rejects with the reason of the signal when it is aborted.
 */
export async function askUrl(url: string, options: { readonly signal?: AbortSignal } = {}): Promise<UrlContent> {
  const { signal } = options;
  try {
    const first = await ask('HEAD', url, signal);
    const { status, headers } = wantsGet.has(first.status) ? await ask('GET', url, signal) : first;
    if (status !== 200) return { reason: `answers ${status} here` };
    const md5 = headers.get('content-md5');
    const etag = headers.get('etag');
    const length = headers.get('content-length') ?? '';
    const told = {
      ...(md5 === undefined ? {} : { md5 }),
      ...(etag === undefined ? {} : { etag }),
      ...(/^\d{1,15}$/.test(length) ? { bytes: Number(length) } : {}),
    };
    return Object.keys(told).length === 0 ? { reason: 'tells no MD5, ETag or length' } : told;
  } catch {
    signal?.throwIfAborted();
    return { reason: 'does not answer here' };
  }
}

async function ask(method: 'HEAD' | 'GET', url: string, signal: AbortSignal | undefined): Promise<PipelineResponse> {
  const pipeline = createEmptyPipeline();
  if (!isLoopback(new URL(url))) pipeline.addPolicy(proxyPolicy());
  const stop = new AbortController();
  const request = createPipelineRequest({
    url,
    method,
    timeout: timeLimitMilliseconds,
    allowInsecureConnection: true,
    abortSignal: AbortSignal.any([stop.signal, ...(signal === undefined ? [] : [signal])]),
    // A stream: the answer is here with its headers.
    streamResponseStatusCodes: new Set([Number.POSITIVE_INFINITY]),
  });
  // Compression would be of the answer, and change its length.
  request.headers.set('Accept-Encoding', 'identity');
  try {
    const answer = await pipeline.sendRequest(createDefaultHttpClient(), request);
    answer.readableStreamBody?.on('error', () => undefined);
    return answer;
  } finally {
    stop.abort();
  }
}
