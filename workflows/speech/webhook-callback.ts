import { createHmac, timingSafeEqual } from 'node:crypto';
import { entityId } from '../plan/identity.ts';
import { isJsonObject, readJson } from './service-answer.ts';

/** A POST that claims to be the service's callback to a webhook. */
export interface CallbackRequest {
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

/**
 * What a callback says. `challenge`: the service waits for the token as the body of a 200. `event`: something happened to the
 * object of that id. `other`: a ping, or an event of a kind that is not known here.
 */
export type Callback =
  | { readonly kind: 'challenge'; readonly token: string }
  | { readonly kind: 'event'; readonly entityId: string; readonly invocationId: string | undefined }
  | { readonly kind: 'other' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'forged' };

/**
 * Reads a callback. It is `forged` unless X-MicrosoftSpeechServices-Signature is the base64 of HMAC-SHA256 with this secret
 * over the body, or over the token of a challenge (definition: WebHooks_Create).
 */
export function readCallback({ headers, query, body }: CallbackRequest, secret: string): Callback {
  const event = headers['x-microsoftspeechservices-event'];
  const signature = headers['x-microsoftspeechservices-signature'];
  const isChallenge = typeof event === 'string' && /^challenge$/i.test(event);
  const token = query.get('validationToken') ?? '';
  if (typeof signature !== 'string' || !isSigned(isChallenge ? token : body, { signature, secret })) {
    return { kind: 'forged' };
  }
  if (isChallenge) return token === '' ? { kind: 'unreadable' } : { kind: 'challenge', token };
  return typeof event === 'string' && eventOfEntity.test(event) ? readEvent(body) : { kind: 'other' };
}

const eventOfEntity = /^(dataset|model|evaluation|endpoint)(creation|processing|completion|deletion)$/i;

function readEvent(body: Buffer): Callback {
  const notification = readJson(body.toString());
  if (!isJsonObject(notification)) return { kind: 'unreadable' };
  const { self, invocationId } = notification;
  const id = typeof self === 'string' ? entityId(self) : '';
  if (!/^[\w-]{1,64}$/.test(id)) return { kind: 'unreadable' };
  return { kind: 'event', entityId: id, invocationId: typeof invocationId === 'string' ? invocationId : undefined };
}

function isSigned(data: string | Buffer, by: { readonly signature: string; readonly secret: string }): boolean {
  const expected = createHmac('sha256', by.secret).update(data).digest();
  const given = Buffer.from(by.signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
