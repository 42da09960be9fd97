import { createHmac } from 'node:crypto';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { WebHook } from '../state/entities.ts';
import { lookupAllowed, type OutgoingRule } from '../protocol/outgoing-address.ts';
import { readWebUrl } from './web-url.ts';

const longestSilenceMilliseconds = 10_000;
const longestAnswer = 64 * 1024;

export interface Callback {
  /** As the definition names it; sent in PascalCase. */
  readonly event: string;
  readonly body: string;
  /** For the challenge: goes into the query, and is what is signed. */
  readonly validationToken?: string;
}

export interface CallbackAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Sends one POST to the address of a webhook, signed where it has a secret (base64 of HMAC-SHA256). Redirects are not
 * followed. Throws when no answer comes.
 */
export async function postCallback(
  { webUrl, secret }: Pick<WebHook, 'webUrl' | 'secret'>,
  { event, body, validationToken, signal, ...rule }: Callback & OutgoingRule & { readonly signal: AbortSignal },
): Promise<CallbackAnswer> {
  const url = readWebUrl(webUrl, rule);
  if (typeof url === 'string') throw new Error(url);
  if (validationToken !== undefined) url.searchParams.set('validationToken', validationToken);
  const signed = validationToken ?? body;
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-microsoftspeechservices-event': `${event.slice(0, 1).toUpperCase()}${event.slice(1)}`,
    ...(secret === undefined
      ? {}
      : { 'x-microsoftspeechservices-signature': createHmac('sha256', secret).update(signed).digest('base64') }),
  };
  return await new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    // A connection of its own: one that is kept may be closed by the other side just when it is used again.
    const connection = { agent: false, lookup: lookupAllowed(rule), timeout: longestSilenceMilliseconds } as const;
    const options = { method: 'POST', headers, signal, ...connection };
    const request = send(url, options, (response) => void readAnswer(response).then(resolve, reject));
    request.on('timeout', () => request.destroy(new Error('it did not answer in time')));
    request.on('error', reject);
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<CallbackAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > longestAnswer) throw new Error('its answer is too long');
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() };
}
