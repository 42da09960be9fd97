import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSpeechClient, type SpeechClientOptions } from '../../../workflows/speech/speech-client.ts';

export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * One answer of the script. `cut`: the connection ends before the answer; `truncated`: in the middle of the body;
 * `hang`: no answer; `stall`: headers and half of the body, and then nothing.
 */
export type Reply =
  | {
      readonly status?: number;
      readonly headers?: Record<string, string>;
      readonly body?: unknown;
      readonly ending?: 'truncated' | 'stall';
    }
  | 'cut'
  | 'hang'
  | ((request: ReceivedRequest) => Reply);

export interface ScriptedService extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly requests: readonly ReceivedRequest[];
  /** Appends answers, given in this order to whatever is asked. A request beyond the script gets status 418. */
  answer(...replies: readonly Reply[]): void;
  /** `METHOD path` of every request, without queries. */
  calls(): readonly string[];
  /** The last request that came. */
  last(): ReceivedRequest;
}

export async function startScriptedService(...script: readonly Reply[]): Promise<ScriptedService> {
  const replies = [...script];
  const requests: ReceivedRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
    } catch {
      // The client has ended the request.
      return;
    }
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, headers, body: Buffer.concat(chunks) };
    requests.push(request);
    let reply = replies.shift() ?? { status: 418, body: { code: 'BeyondTheScript', message: `${method} ${url}` } };
    while (typeof reply === 'function') reply = reply(request);
    send(response, reply);
  });
  const endpoint = await listen(server);
  return {
    endpoint,
    requests,
    answer: (...more) => void replies.push(...more),
    calls: () => requests.map(({ method, url }) => `${method} ${url.split('?')[0]}`),
    last: () => requests.at(-1) ?? fail(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A client of the service with a key and delays of about a millisecond. */
export function clientOf(service: ScriptedService, options: Partial<SpeechClientOptions> = {}) {
  return createSpeechClient({
    endpoint: service.endpoint,
    credential: { key: 'the-secret-key-of-the-test' },
    pollFloorMilliseconds: 1,
    retryDelayMilliseconds: 1,
    ...options,
  });
}

/** What the promise rejects with; fails when it does not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => fail('it must reject'),
    (error: unknown) => error,
  );
}

function fail(message = 'no request came'): never {
  throw new Error(message);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function send(response: ServerResponse, reply: Exclude<Reply, (request: ReceivedRequest) => Reply>): void {
  if (reply === 'hang') return;
  if (reply === 'cut') {
    response.destroy();
    return;
  }
  const { status = 200, headers = {}, body, ending } = reply;
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'Content-Length': String(Buffer.byteLength(text)), ...headers });
  if (ending === undefined) {
    response.end(text);
    return;
  }
  response.write(text.slice(0, text.length / 2), () => {
    if (ending === 'truncated') response.destroy();
  });
}
