import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isUuid } from '../protocol/addresses.ts';
import type { Answer, Call, Operation } from '../protocol/call.ts';
import { servedOperations } from './served-operations.ts';
import { addChain, controlPlaneChain } from './request-chain.ts';
import { ServiceError, serviceError } from '../protocol/service-error.ts';
import { originOf } from '../protocol/origin.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

const longestJson = 4 * 1024 ** 2;
/** Of audio that is transcribed while the caller waits (Microsoft Learn: Speech service quotas and limits). */
const longestForm = 300 * 1024 ** 2;

/** The Speech-to-text REST API 2025-10-15: the operations that are served, behind the request chain. */
export function controlPlane(resource: SpeechResource) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      ['application/json', 'application/merge-patch+json'],
      { parseAs: 'string', bodyLimit: longestJson },
      async (_request: FastifyRequest, text: string) => parseJson(text),
    );
    app.addContentTypeParser('application/octet-stream', async (_request: FastifyRequest, stream: unknown) => stream);
    app.addContentTypeParser(
      'multipart/form-data',
      { parseAs: 'buffer', bodyLimit: longestForm },
      async (request: FastifyRequest, bytes: Buffer) => await readForm(bytes, request.headers['content-type'] ?? ''),
    );
    addChain(app, resource, controlPlaneChain);
    app.setErrorHandler(async (error, request, reply) => answerError(error, { resource, request, reply }));
    app.setNotFoundHandler(async (request, reply) => answerError(noSuchPath(), { resource, request, reply }));
    for (const operation of servedOperations) addRoute(app, resource, operation);
  };
}

function addRoute(app: FastifyInstance, resource: SpeechResource, operation: Operation): void {
  app.route({
    method: operation.method,
    url: routeOf(operation.path),
    config: { operation: operation.id },
    handler: async (request, reply) => {
      const call = callOf(resource, request);
      if (call.body instanceof FormData !== (operation.takes === 'form')) throw wrongType(operation);
      if (!Object.values(call.params).every(isUuid)) throw noSuchPath();
      return send(reply, await operation.run(call));
    },
  });
}

/** A path of the definition as the framework writes it: colons are doubled, and an id ends where an action follows. */
function routeOf(path: string): string {
  return path
    .replace(':', '::')
    .replace(/\{(\w+)\}(?=:)/, ':$1([^:/]+)')
    .replaceAll(/\{(\w+)\}/g, ':$1');
}

function callOf(resource: SpeechResource, request: FastifyRequest): Call {
  return {
    resource,
    origin: originOf(request),
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string>,
    body: request.body,
    operation: request.routeOptions.config.operation ?? '',
  };
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  reply.code(answer.status);
  if (answer.headers) reply.headers(answer.headers);
  return answer.body === undefined ? reply.send() : reply.send(answer.body);
}

function answerError(
  error: unknown,
  {
    resource,
    request,
    reply,
  }: {
    readonly resource: SpeechResource;
    readonly request: FastifyRequest;
    readonly reply: FastifyReply;
  },
): FastifyReply {
  const known = error instanceof ServiceError ? error : asServiceError(error);
  if (known.status >= 500 && !(error instanceof ServiceError)) {
    resource.settings.log(
      `${request.method} ${request.url.split('?')[0]}: ${error instanceof Error ? error.stack : error}`,
    );
  }
  if (known.retryAfterSeconds !== undefined) reply.header('retry-after', String(known.retryAfterSeconds));
  return reply.code(known.status).send(known.body);
}

/** What the framework refuses, in the service's words. */
function asServiceError(error: unknown): ServiceError {
  const { statusCode } = (error ?? {}) as { readonly statusCode?: number };
  if (statusCode === 415) return wrongType({});
  if (statusCode !== undefined && statusCode < 500) {
    return serviceError('InvalidRequest', {
      message: 'The request body cannot be read.',
      inner: 'InvalidRequestBodyFormat',
    });
  }
  return serviceError('InternalServerError', { message: 'An unexpected error occurred.', inner: 'UnexpectedError' });
}

function wrongType({ takes }: Pick<Operation, 'takes'>): ServiceError {
  const type = takes === 'form' ? 'multipart/form-data' : 'application/json';
  return serviceError('UnsupportedMediaType', { message: `The content type is not supported. It must be ${type}.` });
}

async function readForm(bytes: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  } catch {
    throw serviceError('InvalidRequest', {
      message: 'The request body is no form of several parts.',
      inner: 'InvalidRequestBodyFormat',
    });
  }
}

function noSuchPath(): ServiceError {
  return serviceError('NotFound', { message: 'The requested resource does not exist.' });
}

function parseJson(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw serviceError('InvalidRequest', {
      message: 'The request body is not valid JSON.',
      inner: 'InvalidRequestBodyFormat',
    });
  }
}
