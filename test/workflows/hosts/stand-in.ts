import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface StandIn {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly requests: Received[];
  /** Answers given before anything else, in this order: faults. */
  readonly faults: Answer[];
  /** `METHOD path` of every request. */
  calls(): readonly string[];
}

/** A server on this machine that answers as a host would; ends with the test. */
export async function startStandIn(answer: (request: Received, origin: string) => Answer): Promise<StandIn> {
  const requests: Received[] = [];
  const faults: Answer[] = [];
  let origin = '';
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const url = new URL(incoming.url ?? '', origin);
    const request = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    requests.push(request);
    const { status = 200, headers = {}, body } = faults.shift() ?? answer(request, origin);
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { origin, requests, faults, calls: () => requests.map(({ method, path }) => `${method} ${path}`) };
}

/** One page of a list with the header `Link`, as GitHub, GitLab and Gitea have it. */
export function page<T>(
  items: readonly T[],
  {
    request,
    origin,
    size,
    most,
  }: { readonly request: Received; readonly origin: string; readonly size: string; readonly most: number },
): Answer {
  const count = Math.min(Number(request.query.get(size) ?? 20), most);
  const number = Number(request.query.get('page') ?? 1);
  const next = new URLSearchParams(request.query);
  next.set('page', String(number + 1));
  const hasNext = number * count < items.length;
  return {
    headers: hasNext
      ? { Link: `<${origin}${request.path}?${next}>; rel="next", <${origin}${request.path}>; rel="first"` }
      : {},
    body: items.slice((number - 1) * count, number * count),
  };
}
