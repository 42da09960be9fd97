import {
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  defaultRetryPolicy,
  isRestError,
  type PipelinePolicy,
  proxyPolicy,
  userAgentPolicy,
} from '@azure/core-rest-pipeline';
import { isLoopback } from '../document/base-url.ts';
import { webAddressForm } from '../document/literal-forms.ts';
import type { MessagePort } from '../engine/ports.ts';
import { sendMail } from './send-mail.ts';

export interface MessageOptions {
  /** Names the host of mails. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The first pause before a request is repeated. @default 1000 */
  readonly retryDelayMilliseconds?: number;
  /** For so long an answer is waited for. @default 60000 */
  readonly timeoutMilliseconds?: number;
}

/** A host that asks for a longer pause than this gets this one: it may not hold a run up for days. */
function shortPauses(longestMilliseconds: number): PipelinePolicy {
  const names = ['retry-after-ms', 'x-ms-retry-after-ms', 'retry-after'];
  return {
    name: 'short-pauses',
    async sendRequest(request, next) {
      const response = await next(request);
      const { headers } = response;
      const isLong = names.some((name) => {
        const text = headers.get(name) ?? '0';
        const number = Number(text) * (name === 'retry-after' ? 1000 : 1);
        return (Number.isNaN(number) ? Date.parse(text) - Date.now() : number) > longestMilliseconds;
      });
      if (!isLong) return response;
      for (const name of names) headers.delete(name);
      headers.set('retry-after-ms', String(longestMilliseconds));
      return response;
    },
  };
}

/** Leaves what a host answers unread, of which its status alone counts: it may have no end, or be gigabytes once it is unpacked. */
const unread: PipelinePolicy = {
  name: 'unread',
  async sendRequest(request, next) {
    const ended = new AbortController();
    const signals = [ended.signal, request.abortSignal].filter((signal) => signal !== undefined) as AbortSignal[];
    const response = await next({
      ...request,
      streamResponseStatusCodes: new Set([Number.POSITIVE_INFINITY]),
      abortSignal: AbortSignal.any(signals),
    });
    response.readableStreamBody?.on('error', () => undefined);
    ended.abort();
    return response;
  },
};

/**
 * Messages to people: POSTs of JSON, and mails. The addresses are secrets, so that an error has no more of them than the host. What is
 * not answered may be sent again: better twice than never.
 */
export function createMessages({
  env,
  retryDelayMilliseconds = 1000,
  timeoutMilliseconds = 60_000,
}: MessageOptions): MessagePort {
  return {
    mail: async (message, { signal } = {}) => await sendMail(message, { env, signal, timeoutMilliseconds }),
    async post(address, body, { signal } = {}) {
      const url = URL.canParse(address) ? new URL(address) : undefined;
      if (url === undefined || !webAddressForm.isOf(address)) throw new Error(webAddressForm.form);
      const { headers, target } = withoutUser(url);
      const pipeline = createEmptyPipeline();
      pipeline.addPolicy(userAgentPolicy({ userAgentPrefix: 'speechops' }));
      pipeline.addPolicy(
        defaultRetryPolicy({
          maxRetries: 4,
          retryDelayInMs: retryDelayMilliseconds,
          maxRetryDelayInMs: 30 * retryDelayMilliseconds,
        }),
      );
      pipeline.addPolicy(shortPauses(30 * retryDelayMilliseconds), { phase: 'Sign' });
      pipeline.addPolicy(unread, { phase: 'Sign' });
      if (!isLoopback(url)) pipeline.addPolicy(proxyPolicy());
      const request = createPipelineRequest({
        method: 'POST',
        url: target,
        headers: createHttpHeaders({ 'Content-Type': 'application/json', ...headers }),
        body: JSON.stringify(body),
        timeout: timeoutMilliseconds,
        allowInsecureConnection: url.protocol === 'http:',
        ...(signal && { abortSignal: signal }),
      });
      const answer = await pipeline.sendRequest(createDefaultHttpClient(), request).catch((error: unknown) => {
        signal?.throwIfAborted();
        if (error instanceof Error && error.name === 'AbortError')
          throw new Error(
            `${url.host} did not answer in ${timeoutMilliseconds / 1000} s: look whether the message has arrived all the same`,
          );
        // A new error, because those of the pipeline carry the request with its address.
        const code = (isRestError(error) ? error.code : undefined) ?? 'no connection';
        throw new Error(`${url.host} does not answer (${code})`);
      });
      if (answer.status >= 200 && answer.status <= 299) return;
      throw new Error(`${url.host} answers ${answer.status}: ${adviceFor(answer.status)}`);
    },
  };
}

/** What to do about the answer of a host that has not taken a message. */
function adviceFor(status: number): string {
  if (status >= 300 && status <= 399) return 'write the address to which it has moved';
  if (status === 400) return 'check the address: it takes no such message';
  if (status === 413) return 'shorten the message';
  if (status === 429 || status >= 500) return 'it could not take the message now; `retry` of the step tries again';
  return 'check the address, which may have ended';
}

/** An address, and the user and password that it has, as HTTP sends them ("Basic", RFC 7617): in the address no client would. */
function withoutUser(url: URL): { readonly target: string; readonly headers: Readonly<Record<string, string>> } {
  if (url.username === '' && url.password === '') return { target: url.href, headers: {} };
  const target = new URL(url);
  target.username = '';
  target.password = '';
  const user = [url.username, url.password].map(decoded).join(':');
  return { target: target.href, headers: { Authorization: `Basic ${Buffer.from(user).toString('base64')}` } };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A `%` that stands for itself.
    return text;
  }
}
