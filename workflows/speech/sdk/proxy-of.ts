import { createHttpHeaders, createPipelineRequest, proxyPolicy } from '@azure/core-rest-pipeline';
import { isLoopback } from '../../document/base-url.ts';

/**
 * The proxy of the environment (HTTPS_PROXY, NO_PROXY) that leads to a URL, as requests to the REST API find it; undefined where there
 * is none, and for this machine itself.
 */
export async function proxyOf(url: URL): Promise<URL | undefined> {
  if (isLoopback(url)) return undefined;
  const request = createPipelineRequest({ url: url.href });
  // The policy decides by giving the request an agent, which knows its proxy.
  await proxyPolicy().sendRequest(request, async () => ({ request, status: 200, headers: createHttpHeaders() }));
  return (request.agent as { readonly proxy?: URL } | undefined)?.proxy;
}
