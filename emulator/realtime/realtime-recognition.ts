import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { WebSocketServer } from 'ws';
import { injectedError, recognitionError } from '../protocol/service-error.ts';
import { refusalOfCaller } from '../server/caller-check.ts';
import { type Credentials, refusalOfCredentials } from '../sign-in/credentials.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { Connection } from './connection.ts';
import type { RecognitionLimits } from './recognition-limits.ts';
import { longestMessage } from './message.ts';
import type { RecognitionMode } from './turn-settings.ts';

/**
 * Recognition over WebSocket, on the port of the REST API, as Microsoft's Speech SDK speaks it. Connections end when the app closes.
 */
export function realtimeRecognition(
  app: FastifyInstance,
  resource: SpeechResource,
  options: { readonly allowedHosts: readonly string[]; readonly limits: RecognitionLimits },
): void {
  // A longer message is refused with a reason where it is read; this bound is for what is held before that.
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 4 * longestMessage });
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const caller = refusalOfCaller(request, options.allowedHosts);
    if (caller !== undefined) return refuse(socket, caller);
    const door = doorOf(request);
    if (door === undefined) return refuse(socket, noSuchPath);
    const stranger = await refusalOfCredentials(resource, credentialsOf(request, door.query), { door: 'recognition' });
    if (stranger !== undefined) {
      resource.requests.add('Recognise', stranger.status);
      return refuse(socket, stranger);
    }
    const fault = resource.faults.takeForCall('Recognise');
    if (fault?.kind === 'status') {
      const error = injectedError(fault.status ?? 500, fault);
      resource.requests.add('Recognise', error.status);
      return refuse(socket, {
        status: error.status,
        body: recognitionError(error),
        retryAfterSeconds: error.retryAfterSeconds,
      });
    }
    if (fault?.kind === 'cut') {
      resource.requests.add('Recognise', 'cut');
      socket.destroy();
      return;
    }
    if (fault?.kind === 'slow') await pause(fault.delayMilliseconds ?? 1000, undefined, { signal: resource.closing });
    sockets.handleUpgrade(request, socket, head, (accepted) => {
      void new Connection(accepted, { resource, limits: options.limits, ...door, stream: socket, fault });
    });
  };
  app.server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => undefined);
    upgrade(request, socket, head).catch(() => socket.destroy());
  });
  app.addHook('preClose', async () => {
    for (const socket of sockets.clients) socket.terminate();
  });
}

interface Door {
  readonly pathMode: RecognitionMode | undefined;
  readonly query: URLSearchParams;
}

const paths =
  /^(?:\/stt)?\/speech\/(?:universal\/v2|recognition\/(interactive|conversation|dictation)\/cognitiveservices\/v1)$/;

/** What the address of an upgrade names; undefined when nothing is recognised there. */
function doorOf({ url = '' }: IncomingMessage): Door | undefined {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const found = paths.exec(path.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, ''));
  if (found === null) return undefined;
  return {
    pathMode: found[1] as RecognitionMode | undefined,
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark)),
  };
}

/** Clients that cannot set headers, as web sockets of Node and browsers, say it in the query. */
function credentialsOf({ headers }: IncomingMessage, query: URLSearchParams): Credentials {
  return {
    key: headers['ocp-apim-subscription-key'] ?? query.get('Ocp-Apim-Subscription-Key') ?? undefined,
    authorization: headers.authorization ?? query.get('Authorization') ?? undefined,
  };
}

const noSuchPath = { status: 404, body: { error: { code: '404', message: 'Resource not found' } } };

function refuse(
  socket: Duplex,
  answer: { readonly status: number; readonly body: object; readonly retryAfterSeconds?: number | undefined },
): void {
  const body = JSON.stringify(answer.body);
  const lines = [
    `HTTP/1.1 ${answer.status} Refused`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...(answer.retryAfterSeconds === undefined ? [] : [`Retry-After: ${answer.retryAfterSeconds}`]),
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}
