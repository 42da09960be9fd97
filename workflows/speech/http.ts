import { Readable as ReadableStream } from 'node:stream';
import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  isRestError,
  type PipelinePolicy,
  type PipelineResponse,
  proxyPolicy,
  RestError,
  setClientRequestIdPolicy,
  userAgentPolicy,
} from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/core-auth';
import { unlessAborted } from '../time/sleep.ts';
import { ServiceError } from '../engine/ports.ts';
import { type ClockPort } from '../time/clock.ts';
import { signInFailed } from '../engine/sign-in.ts';
import { reasonOfEnd } from '../engine/retries/unanswered.ts';
import { isLoopback } from '../document/base-url.ts';
import { authenticationPolicy, mayReceiveCredential, SignInError, type SpeechCredential } from './credential.ts';
import {
  longestAnswerBytes,
  malformedAnswer,
  type SettingNames,
  serviceFailure,
  timedOut,
  truncatedAnswer,
} from './failure.ts';
import { FirstContact } from './first-contact.ts';
import { createRedactor } from './redaction.ts';
import { countsForLimit, pathTemplate } from './references.ts';
import { requestReporter, type Attempts, type RequestObserver } from './request-observer.ts';
import {
  answerTooLarge,
  isNeverConnected,
  type Repetition,
  retryAfterMilliseconds,
  speechRetryPolicy,
} from './retry-policy.ts';
import { readProblem } from './service-answer.ts';
import { isInOwnStorage, storagePolicy } from './storage-policy.ts';
import type { ServiceClock } from './service-clock.ts';
import { limitTime, type TimeLimit } from '../time/time-limit.ts';

export interface HttpOptions {
  readonly endpoint: URL;
  readonly credential: SpeechCredential;
  /** The identity that reads files in storage of the account's own. @default they are read without */
  readonly storageCredential?: (() => Promise<TokenCredential>) | undefined;
  readonly maxRetries: number;
  readonly retryDelayMilliseconds: number;
  readonly patienceMilliseconds: number;
  readonly sleep: ClockPort['sleep'];
  readonly requestTimeoutMilliseconds: number;
  readonly userAgent: string;
  readonly observer: RequestObserver;
  /** Hears the time of the answers of the resource itself. */
  readonly serviceClock?: ServiceClock;
  /** Gets what people are to know while the resource is waited for, as after it was made; absent when it is not waited for. */
  readonly onNew?: ((message: string) => void) | undefined;
  readonly settings?: SettingNames | undefined;
}

export interface HttpRequest<T> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** Completes "Cannot …" in the error message. */
  readonly purpose: string;
  readonly repetition: Repetition;
  readonly body?: { readonly type: string; readonly content: string | Uint8Array };
  /** Beside those of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What in the body no message may show, whoever repeats it. */
  readonly secret?: string | undefined;
  /** `own`: signed only when the URL is of the endpoint itself. Default: signed, and refused when that is not safe. */
  readonly signed?: 'own';
  /** Asks for these bytes of a file alone, the last one included, and gets them; refused by a server that sends the whole file. */
  readonly part?: {
    readonly first: number;
    readonly last: number;
    readonly read: (bytes: Uint8Array) => Readable<T> | undefined;
  };
  /** Reads the bytes of a successful answer, in place of its text. */
  readonly readBytes?: (bytes: Uint8Array) => Readable<T> | undefined;
  /** Reads the text of a successful answer; undefined says that it is cut or not what it must be. */
  readonly read: (text: string) => Readable<T> | undefined;
  /** What stands for the answer when the service itself says that the object does not exist. */
  readonly absent?: Readable<T>;
  readonly signal?: AbortSignal | undefined;
}

export interface Readable<T> {
  readonly value: T;
}

export interface HttpAnswer<T> {
  readonly value: T;
  readonly retryAfterMilliseconds: number | undefined;
}

/**
 * Sends one request, repeated as its {@link Repetition} allows. Throws a {@link ServiceError}; as soon as the signal is aborted
 * its reason, or a ServiceError when a time limit ended the request and the service had not answered.
 */
export type Send = <T>(request: HttpRequest<T>) => Promise<HttpAnswer<T>>;

/**
 * The way to a Speech resource, on the pipeline of the Azure SDK. Redirects are not followed (the service sends none, and a
 * credential must not wander) and compression is not asked for (a cut compressed answer would never end).
 */
export function createSend(options: HttpOptions): Send {
  const { endpoint, credential } = options;
  const client = createDefaultHttpClient();
  const redactor = createRedactor();
  const sign = authenticationPolicy(credential, { endpoint, learn: redactor.learn });
  const { storageCredential } = options;
  const signForStorage = storageCredential && storagePolicy({ credential: storageCredential, learn: redactor.learn });
  const outer = [
    userAgentPolicy({ userAgentPrefix: options.userAgent }),
    setClientRequestIdPolicy('x-ms-client-request-id'),
  ];
  const proxy = proxyUnlessLoopback();
  const signedWith = 'key' in credential ? 'key' : 'Entra ID';
  const { onNew, sleep } = options;
  const firstContact = onNew && new FirstContact({ endpoint, signedWith, sleep, tell: onNew });

  const exchangeWith = async <T>(request: HttpRequest<T>, exchange: Exchange<T>): Promise<HttpAnswer<T>> => {
    const isOfStorage = request.signed === 'own' && isInOwnStorage(request.url, endpoint);
    const isSigned = request.signed === undefined || (request.url.origin === endpoint.origin && !isOfStorage);
    assertMayBeSent(request, { endpoint, isSigned });
    if (request.secret !== undefined) redactor.learn(request.secret);
    const policies = [
      ...outer,
      ...(firstContact && isSigned && request.url.origin === endpoint.origin
        ? [firstContact.policy(request.signal)]
        : []),
      speechRetryPolicy({
        repetition: request.repetition,
        maxRetries: options.maxRetries,
        delayMilliseconds: options.retryDelayMilliseconds,
        patienceMilliseconds: options.patienceMilliseconds,
        sleep: options.sleep,
        signal: request.signal,
      }),
      attemptPolicy(request, exchange, options),
      ...(isSigned ? [sign] : []),
      ...(isOfStorage && signForStorage !== undefined ? [signForStorage] : []),
      ...(countsForLimit(request.url, endpoint) ? [confirmPolicy(exchange, options)] : []),
      proxy,
    ];
    const pipeline = createEmptyPipeline();
    for (const policy of policies) pipeline.addPolicy(policy);
    const { settings } = options;
    const facts = { ...request, endpoint, settings, signedWith } as const;
    try {
      const response = await pipeline.sendRequest(client, pipelineRequest(request));
      if (exchange.answer) {
        return {
          ...exchange.answer,
          retryAfterMilliseconds: retryAfterMilliseconds(response.headers.get('retry-after')),
        };
      }
      const problem = readProblem(response.bodyAsText ?? '');
      if (request.absent && response.status === 404 && problem.fromService) {
        return { ...request.absent, retryAfterMilliseconds: undefined };
      }
      throw serviceFailure({ ...facts, ...exchange, ...factsOf(response), problem }, redactor);
    } catch (error) {
      if (error instanceof ServiceError || error === exchange.refusal) throw error;
      if (request.signal?.aborted) {
        const { trouble } = exchange;
        const unanswered = trouble && serviceFailure({ ...facts, ...exchange, ...trouble }, redactor);
        throw reasonOfEnd(request.signal, unanswered);
      }
      const detail = error instanceof Error ? error.message : String(error);
      const response = isRestError(error) ? error.response : undefined;
      const lost = { code: codeOf(error), detail, ...(response && factsOf(response)) };
      throw serviceFailure({ ...facts, ...exchange, ...lost }, redactor);
    }
  };

  return async function send<T>(request: HttpRequest<T>): Promise<HttpAnswer<T>> {
    request.signal?.throwIfAborted();
    const exchange: Exchange<T> = { attempts: 0, mayHaveActed: false };
    const report = requestReporter(request, { attempts: exchange, redactor, observer: options.observer });
    try {
      const answer = await exchangeWith(request, exchange);
      report({ isFailure: false });
      return answer;
    } catch (error) {
      report({ isFailure: true });
      throw error;
    }
  };
}

interface Exchange<T> extends Attempts {
  attempts: number;
  /** At least one attempt was lost after the service may have got it. */
  mayHaveActed: boolean;
  answer?: Readable<T>;
  last?: { readonly status?: number; readonly code?: string };
  requestId?: string;
  /** How the last attempt ended that got no usable answer in its time. */
  trouble?: { readonly status?: number; readonly code?: string };
  /** Why an attempt was not allowed. */
  refusal?: unknown;
  /** Of the attempt that is made now. */
  limit?: TimeLimit;
}

/** Throws a {@link ServiceError} when a URL may not be asked, or not with the credential. */
export function assertMayBeSent(
  { purpose, method, url }: Pick<HttpRequest<unknown>, 'purpose' | 'url'> & { readonly method: string },
  { endpoint, isSigned }: { readonly endpoint: URL; readonly isSigned: boolean },
): void {
  const refused = { method, path: url.pathname, attempts: 0, outcome: 'refused' } as const;
  if (isSigned && !mayReceiveCredential(url, endpoint)) {
    const message = `Cannot ${purpose}: the credential is sent only to ${endpoint.host} and hosts of the Speech service over https`;
    throw new ServiceError(`${message}, not to ${url.protocol}//${url.host}`, refused);
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url) && isLoopback(endpoint))) {
    throw new ServiceError(`Cannot ${purpose}: ${url.protocol}//${url.host} is not https`, refused);
  }
}

function pipelineRequest({ method, url, body, part, readBytes, headers: own, signal }: HttpRequest<unknown>) {
  const headers = createHttpHeaders({ Accept: readBytes === undefined ? 'application/json' : '*/*', ...own });
  if (part) headers.set('Range', `bytes=${part.first}-${part.last}`);
  if (body) headers.set('Content-Type', body.type);
  return createPipelineRequest({
    method,
    url: url.href,
    headers,
    // Loopback only, see assertMayBeSent.
    allowInsecureConnection: url.protocol === 'http:',
    ...(body && {
      body:
        typeof body.content === 'string'
          ? body.content
          : Buffer.from(body.content.buffer, body.content.byteOffset, body.content.byteLength),
    }),
    ...(signal && { abortSignal: signal }),
    // Bytes are not text.
    ...((part ?? readBytes) && { streamResponseStatusCodes: new Set([200, 206]) }),
  });
}

/**
 * One attempt: the time limit over the whole exchange (the library's ends with the headers), reading the answer while it can
 * still be asked for again, keeping account, and what the observer is asked and told.
 */
function attemptPolicy<T>(request: HttpRequest<T>, exchange: Exchange<T>, options: HttpOptions): PipelinePolicy {
  return {
    name: 'speechAttemptPolicy',
    async sendRequest(outgoing, next) {
      if (countsForLimit(request.url, options.endpoint)) await admit(request, exchange, options);
      exchange.attempts += 1;
      const started = performance.now();
      const limit = limitTime(options.requestTimeoutMilliseconds, request.signal);
      exchange.limit = limit;
      const tooLarge = new AbortController();
      outgoing.abortSignal = AbortSignal.any([limit.signal, tooLarge.signal]);
      outgoing.onDownloadProgress = ({ loadedBytes }) => {
        if (loadedBytes > longestAnswerBytes) tooLarge.abort();
      };
      const line: { status?: number; code?: string } = {};
      let isSent = true;
      try {
        const response = await unlessAborted(next(outgoing), outgoing.abortSignal as AbortSignal);
        line.status = response.status;
        exchange.requestId = requestIdOf(response);
        exchange.mayHaveActed ||= response.status >= 500 || response.status === 408;
        if (response.status >= 200 && response.status < 300) {
          if (request.url.origin === options.endpoint.origin) options.serviceClock?.hear(response.headers.get('date'));
          const answer = await answerIn(response, request);
          if (!answer) throw new RestError('The answer cannot be read', { code: malformedAnswer, response });
          exchange.answer = answer;
        }
        return response;
      } catch (error) {
        isSent = error !== exchange.refusal;
        if (!isSent) throw error;
        const failure = failureOfRequest(error, { limit, isTooLarge: tooLarge.signal.aborted });
        const code = codeOf(failure);
        if (code !== undefined) line.code = code;
        exchange.mayHaveActed ||= code !== signInFailed && !isNeverConnected(code);
        throw failure;
      } finally {
        limit.clear();
        if (request.signal) outgoing.abortSignal = request.signal;
        else delete outgoing.abortSignal;
        if (isSent) tellAttempt({ ...line, started }, { request, exchange, options });
        else exchange.attempts -= 1;
        const isSilent = performance.now() - started >= options.requestTimeoutMilliseconds / silentShare;
        if (request.signal?.aborted !== true) exchange.trouble = line;
        else if (isSent && isSilent) exchange.trouble ??= { code: timedOut };
      }
    },
  };
}

async function answerIn<T>(response: PipelineResponse, request: HttpRequest<T>): Promise<Readable<T> | undefined> {
  const { part, readBytes, method, url, purpose } = request;
  const { readableStreamBody: stream } = response;
  if (readBytes !== undefined && stream !== undefined) return readBytes(await bytesOf(stream));
  if (part === undefined || stream === undefined) return request.read(response.bodyAsText ?? '');
  if (response.status === 206) {
    const bytes = await bytesOf(stream);
    return bytes.byteLength === part.last - part.first + 1 ? part.read(bytes) : undefined;
  }
  if (stream instanceof ReadableStream) stream.destroy();
  const facts = { method, path: url.pathname, status: response.status, attempts: 1, outcome: 'refused' } as const;
  throw new ServiceError(`Cannot ${purpose}: the server sends no parts of files`, facts);
}

async function bytesOf(stream: NodeJS.ReadableStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  } catch {
    throw new RestError('The connection was lost in the middle of the answer', { code: truncatedAnswer });
  }
  return Buffer.concat(chunks);
}

/** An attempt that is ended after this share of its time counts as one that the service has not answered. */
const silentShare = 12;

function failureOfRequest(error: unknown, of: { readonly limit: TimeLimit; readonly isTooLarge: boolean }): unknown {
  if (of.isTooLarge) return new RestError('The answer is too long', { code: answerTooLarge });
  return of.limit.hasPassed() ? new RestError('The time limit has passed', { code: timedOut }) : error;
}

function tellAttempt(
  { started, ...line }: NonNullable<Attempts['last']> & { readonly started: number },
  of: { readonly request: HttpRequest<unknown>; readonly exchange: Exchange<unknown>; readonly options: HttpOptions },
): void {
  const { method, url } = of.request;
  of.exchange.last = line;
  of.options.observer.afterAttempt?.({
    method,
    host: url.host,
    path: url.pathname,
    template: pathTemplate(url),
    attempt: of.exchange.attempts,
    ...line,
    milliseconds: Math.round(performance.now() - started),
  });
}

/** The last question, when a credential has been got: whether the request may be sent. */
function confirmPolicy(exchange: Exchange<unknown>, { observer }: HttpOptions): PipelinePolicy {
  return {
    name: 'speechConfirmPolicy',
    async sendRequest(outgoing, next) {
      await exchange.limit?.without(async () => {
        try {
          await observer.beforeSending?.();
        } catch (error) {
          exchange.refusal = error;
          throw error;
        }
      });
      return await next(outgoing);
    },
  };
}

async function admit(
  { method, url, signal }: HttpRequest<unknown>,
  exchange: Exchange<unknown>,
  { endpoint, observer }: HttpOptions,
): Promise<void> {
  try {
    const canWait = method === 'GET' && pathTemplate(url).endsWith('/{id}');
    await observer.beforeAttempt?.({ origin: endpoint.origin, canWait, signal });
  } catch (error) {
    exchange.refusal = error;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof SignInError) return signInFailed;
  if (!isRestError(error)) return undefined;
  return error.code === RestError.PARSE_ERROR ? truncatedAnswer : error.code;
}

function factsOf(response: PipelineResponse) {
  const asked = retryAfterMilliseconds(response.headers.get('retry-after'));
  return {
    status: response.status,
    requestId: requestIdOf(response),
    retryAfterSeconds: asked === undefined ? undefined : asked / 1000,
  };
}

function requestIdOf({ headers, request }: PipelineResponse): string {
  return headers.get('apim-request-id') ?? headers.get('x-ms-request-id') ?? request.requestId;
}

/** The proxy of the environment (HTTPS_PROXY, NO_PROXY), which never is the way to this machine itself. */
function proxyUnlessLoopback(): PipelinePolicy {
  const proxy = proxyPolicy();
  return {
    name: 'speechProxyPolicy',
    sendRequest: (request, next) =>
      isLoopback(new URL(request.url)) ? next(request) : proxy.sendRequest(request, next),
  };
}
