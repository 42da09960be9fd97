import { createServer, request as callHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';

export interface CallPoint {
  /** As {@link CallsProxy.calls} names it. */
  readonly call: string;
  /** Its how manieth, from 1. */
  readonly nth: number;
  /** `before` the service gets it, or `after` the service has answered and before the caller gets the answer. */
  readonly when: 'before' | 'after';
}

export interface CallsProxy {
  readonly url: string;
  /** Every call there was, in order: `POST /models`, `GET /models/{id}`. */
  readonly calls: readonly string[];
  /** Kills at this point, once; the caller gets no answer. */
  killAt(point: CallPoint, kill: () => Promise<void>): void;
  /** Does this at this point, once, before the call goes on. */
  interruptAt(point: CallPoint, act: () => Promise<void>): void;
  /** How many connections there are over which speech is recognised. */
  recognitions(): number;
  /** Ends them. */
  cutRecognitions(): void;
  close(): Promise<void>;
}

/** Stands between a client and a Speech resource, counts the calls and kills or interrupts the client at one of them. */
export async function startCallsProxy(target: string): Promise<CallsProxy> {
  const calls: string[] = [];
  let url = '';
  let armed: { readonly point: CallPoint; readonly act: () => Promise<void>; readonly goesOn: boolean } | undefined;
  /** Counts a call, and takes what is to be done at it. */
  const count = (request: IncomingMessage): typeof armed => {
    const call = nameOf(request);
    calls.push(call);
    const nth = calls.filter((other) => other === call).length;
    const here = armed?.point.call === call && armed.point.nth === nth ? armed : undefined;
    if (here !== undefined) armed = undefined;
    return here;
  };
  /** Links of the service lead through here, those of recognition (`ws:`) too. */
  const throughHere = (text: string): string => text.replaceAll(new URL(target).host, new URL(url).host);
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const here = count(request);
    const body = await buffer(request);
    const isEnd = async (when: CallPoint['when']): Promise<boolean> => {
      if (here?.point.when !== when) return false;
      await here.act();
      if (!here.goesOn) response.destroy();
      return !here.goesOn;
    };
    if (await isEnd('before')) return;
    const answer = await forward(request, { body, target });
    const content = await buffer(answer);
    if (await isEnd('after')) return;
    // The service is asked by its own name, and the links in its answer must lead through here as well.
    const isText = answer.headers['content-type']?.includes('json') === true;
    const sent = isText ? Buffer.from(throughHere(content.toString())) : content;
    const { location, ...headers } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, {
      ...headers,
      ...(location === undefined ? {} : { location: throughHere(location) }),
      ...(isText ? { 'content-length': sent.length } : {}),
    });
    response.end(sent);
  };
  const server = createServer((request, response) => {
    // A client that was killed in the middle of a call is what these tests are about.
    serve(request, response).catch(() => response.destroy());
  });
  const sockets = new Set<Duplex>();
  const callers = new Set<Duplex>();
  // Recognition over WebSocket is one call: its answer is the first phrase.
  const tunnel = async (request: IncomingMessage, caller: Duplex, head: Buffer): Promise<void> => {
    const here = count(request);
    if (here?.point.when === 'before') {
      await here.act();
      if (!here.goesOn) return void caller.destroy();
    }
    const { hostname, port, host } = new URL(target);
    const service = connect(Number(port), hostname);
    for (const socket of [caller, service]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    callers.add(caller);
    caller.on('close', () => callers.delete(caller));
    service.on('close', () => caller.destroy());
    caller.on('close', () => service.destroy());
    const headers = Object.entries({ ...request.headers, host }).map(
      ([name, value]) => `${name}: ${String(value)}\r\n`,
    );
    service.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers.join('')}\r\n`);
    service.write(head);
    caller.pipe(service);
    let isAnswered = false;
    service.on('data', (data: Buffer) => {
      const isAnswer = !isAnswered && here?.point.when === 'after' && data.includes('speech.phrase');
      isAnswered ||= isAnswer;
      if (!isAnswer) return void caller.write(data);
      service.pause();
      void here?.act().then(() => {
        if (!here.goesOn) return void caller.destroy();
        caller.write(data);
        return service.resume();
      });
    });
  };
  server.on('upgrade', (request, socket, head) => {
    tunnel(request, socket, head).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    calls,
    killAt(point, kill) {
      armed = { point, act: kill, goesOn: false };
    },
    interruptAt(point, act) {
      armed = { point, act, goesOn: true };
    },
    recognitions: () => callers.size,
    cutRecognitions() {
      for (const caller of callers) caller.destroy();
    },
    async close() {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Sends it on as it came. */
async function forward(
  request: IncomingMessage,
  options: { readonly body: Buffer; readonly target: string },
): Promise<IncomingMessage> {
  const { method, url } = request;
  const { host } = new URL(options.target);
  return await new Promise((resolve, reject) => {
    callHttp(`${options.target}${url}`, { method, headers: { ...request.headers, host } })
      .once('response', resolve)
      .once('error', reject)
      .end(options.body);
  });
}

function nameOf(request: IncomingMessage): string {
  const { pathname } = new URL(request.url ?? '/', 'http://proxy');
  const path = pathname.replace(/^\/speechtotext/, '').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/gi, '{id}');
  return `${request.method} ${path}`;
}
