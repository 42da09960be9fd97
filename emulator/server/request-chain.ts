import { setTimeout } from 'node:timers/promises';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { apiVersion } from '../protocol/addresses.ts';
import type { FaultOrder } from '../state/faults.ts';
import type { Ending } from '../state/request-counts.ts';
import { refusalOfCredentials } from '../sign-in/credentials.ts';
import { injectedError, rateLimitMessage, serviceError } from '../protocol/service-error.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation that the route answers: an id of the definition, `Recognise`, `Synthesise`, `ListVoices` or `ReadFile`. */
    readonly operation?: string;
  }
  interface FastifyRequest {
    fault: FaultOrder | undefined;
  }
}

/** What every request to the control plane goes through, in this order, before its route. */
export const controlPlaneChain: readonly Link[] = [
  requireVersion,
  requireCredentials('control'),
  limitRate,
  injectFault,
];

/** What every request to the data plane goes through: it has no version, no rate limit and errors of its own. */
export const dataPlaneChain: readonly Link[] = [requireCredentials('recognition'), injectFault];

/** What the reading of a file goes through: the signature in its address stands for the key. */
export const fileChain: readonly Link[] = [injectFault];

/** One link: lets a request through, refuses it with a ServiceError, or answers it. */
type Link = (resource: SpeechResource, request: FastifyRequest, reply: FastifyReply) => void | Promise<void>;

/** Puts a chain before all routes of an instance, and counts how each request ended. */
export function addChain(app: FastifyInstance, resource: SpeechResource, chain: readonly Link[]): void {
  app.decorateRequest('fault', undefined);
  for (const link of chain) {
    const hook: onRequestHookHandler = async (request, reply) => {
      if (!reply.sent) await link(resource, request, reply);
      return reply.sent ? reply : undefined;
    };
    app.addHook('onRequest', hook);
  }
  app.addHook('onSend', async (request, reply, payload) => {
    // What has expired is told by this clock, so a client has to be able to know it.
    void reply.header('date', new Date(resource.clock.now()).toUTCString());
    // Counted before the answer leaves, because a client may ask for the counts as soon as it has it.
    count(resource, request, endingOf(request) ?? reply.statusCode);
    return breakOff(request, reply, payload);
  });
}

function requireVersion(_resource: SpeechResource, request: FastifyRequest): void {
  const version = (request.query as Readonly<Record<string, string | undefined>>)['api-version'];
  if (version === apiVersion) return;
  throw serviceError('InvalidRequest', {
    message: version
      ? `The API version '${version}' is not supported. Supported versions: ${apiVersion}.`
      : `The query parameter 'api-version' is required. Supported versions: ${apiVersion}.`,
    inner: 'InvalidParameter',
    target: 'api-version',
  });
}

/** Lets in who has a key or a token for this door. */
function requireCredentials(door: 'control' | 'recognition'): Link {
  return async (resource, request, reply) => {
    const { 'ocp-apim-subscription-key': key, authorization } = request.headers;
    const refusal = await refusalOfCredentials(resource, { key, authorization }, { door });
    if (refusal !== undefined) void reply.code(refusal.status).send(refusal.body);
  };
}

function limitRate(resource: SpeechResource): void {
  const wait = resource.rateLimit.admit(resource.clock.now());
  if (wait === 0) return;
  const retryAfterSeconds = resource.clock.realSeconds(wait);
  throw serviceError('TooManyRequests', { message: rateLimitMessage, retryAfterSeconds });
}

async function injectFault(resource: SpeechResource, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { operation } = request.routeOptions.config;
  const fault = operation === undefined ? undefined : resource.faults.takeForCall(operation);
  request.fault = fault;
  if (fault?.kind === 'status') throw injectedError(fault.status ?? 500, fault);
  if (fault?.kind === 'slow')
    await setTimeout(fault.delayMilliseconds ?? 1000, undefined, { signal: resource.closing });
  if (fault?.kind === 'cut') {
    reply.hijack();
    request.raw.socket.destroy();
    count(resource, request, 'cut');
  }
}

/** Ends the connection without the answer, or in the middle of it, when a fault wants that. */
function breakOff(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  const kind = request.fault?.kind;
  if (kind === 'lost') {
    request.raw.socket.destroy();
  }
  if (kind !== 'truncated') return payload;
  const whole = typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.from(payload) : Buffer.alloc(0);
  // Without a body there is no middle: then the connection ends before the status line.
  if (whole.length < 2) request.raw.socket.destroy();
  void reply.header('content-length', whole.length);
  return Readable.from(halfOf(whole, request));
}

async function* halfOf(whole: Buffer, request: FastifyRequest): AsyncGenerator<Buffer> {
  yield whole.subarray(0, Math.floor(whole.length / 2));
  await setTimeout(10);
  request.raw.socket.destroy();
}

function endingOf({ fault }: FastifyRequest): Ending | undefined {
  return fault?.kind === 'lost' || fault?.kind === 'truncated' ? fault.kind : undefined;
}

function count(resource: SpeechResource, request: FastifyRequest, ending: Ending): void {
  resource.requests.add(request.routeOptions.config.operation ?? 'Unknown', ending);
}
