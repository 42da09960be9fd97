import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/** Who may use the portal. */
export interface AccessRules {
  /** What every request for data has to bear, or the key that was given for it. */
  readonly token: string;
  /** What a browser keeps in place of the token: it is of this server, and of no use when that has ended. */
  readonly sessionKey: string;
  /** NAME or NAME:PORT that it may be addressed to beside 127.0.0.1 and localhost with its own port. */
  readonly allowedHosts: readonly string[];
  readonly readOnly: boolean;
  /** The header in which a proxy in front of the portal names the person; absent without one. */
  readonly trustHeader?: string | undefined;
}

/** Why a request gets nothing. */
export interface Refusal {
  readonly status: 401 | 403 | 421;
  readonly error: string;
}

/**
 * Refuses requests that are not of the person whose portal it is. A page of another origin may send them to this machine, and let its own
 * name lead here: so the name that is asked for has to be the portal's own, and so has the origin where a browser tells it. What
 * belongs to nobody, the files of the page, needs no token.
 */
export function refusalOf(request: FastifyRequest, rules: AccessRules): Refusal | undefined {
  const { headers, method } = request;
  const port = request.socket.localPort ?? 0;
  const isOwn = (place: string): boolean => isOwnPlace(place, { port, allowed: rules.allowedHosts });
  const host = headers.host ?? '';
  if (!isOwn(host))
    return {
      status: 421,
      error: `Open the address that speechops portal has printed: this request names ${host.slice(0, 100)}`,
    };
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const isApi = request.routeOptions.url?.startsWith('/api/') === true;
  const isForeign =
    (origin !== undefined && !isOwn(placeOf(origin))) || (site !== undefined && !ownSites.has(String(site)));
  // Who follows a link of a message, or comes back from signing in, opens the page; what it shows needs the token.
  const isOpened =
    !isApi && method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (isForeign && !(isOpened && origin === undefined))
    return { status: 403, error: 'Other pages may not use the portal' };
  // The route that was found, and not the address as it was written: `/%61pi/` and `http://NAME/api/` lead to the same.
  if (!isApi) return undefined;
  if (!mayRead(request, rules))
    return {
      status: 401,
      error: 'Open the address that speechops portal has printed: it has the token that this browser lacks',
    };
  if (rules.trustHeader !== undefined && personIn(request, rules.trustHeader) === undefined)
    return { status: 401, error: `Sign in at the proxy: it has sent no name in ${rules.trustHeader}` };
  const { isQuestion } = request.routeOptions.config as { readonly isQuestion?: boolean };
  if (rules.readOnly && method !== 'GET' && method !== 'HEAD' && isQuestion !== true)
    return { status: 403, error: 'This portal is read-only: start it without --read-only to change something' };
  return undefined;
}

/** The name that a proxy gives the person in a header; undefined when it gives none. */
export function personIn({ headers }: FastifyRequest, header: string): string | undefined {
  const value = headers[header.toLowerCase()];
  // Node reads headers as Latin-1, and proxies write names in UTF-8.
  const name = Buffer.from((Array.isArray(value) ? value[0] : value) ?? '', 'latin1')
    .toString('utf8')
    .trim();
  return name === '' ? undefined : name.slice(0, 200);
}

/**
 * An address with what an `<audio>` needs in place of a header, which it cannot send: it opens this one path with this one query, for some hours. It
 * says nothing about the token.
 */
export function withTicket(address: string, { token, now }: { readonly token: string; readonly now: number }): string {
  const until = Math.floor(now / 1000) + ticketSeconds;
  const { pathname, search } = new URL(address, 'http://localhost');
  const whole = pathname + search;
  return `${whole}${search === '' ? '?' : '&'}ticket=${until}.${signed(whole, { token, until })}`;
}

const ticketSeconds = 8 * 3600;

function mayRead(request: FastifyRequest, { token, sessionKey }: AccessRules): boolean {
  const [, given] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
  if (given !== undefined) return isSame(given, token) || isSame(given, sessionKey);
  const { pathname, search } = new URL(request.url, 'http://localhost');
  // The ticket is the end of the address: what stands before it is what was signed.
  const [, address, until, signature = ''] = /^(.*)[?&]ticket=(\d{1,12})\.([\w-]+)$/.exec(pathname + search) ?? [];
  if (request.method !== 'GET' || address === undefined || Number(until) * 1000 < Date.now()) return false;
  return isSame(signature, signed(address, { token, until: Number(until) }));
}

function signed(address: string, { token, until }: { readonly token: string; readonly until: number }): string {
  return createHmac('sha256', token).update(`${until} ${address}`).digest('base64url');
}

/** Whatever their lengths, and in the same time. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** A browser sends `none` where a person has typed the address. */
const ownSites = new Set(['same-origin', 'none']);

function placeOf(origin: string): string {
  return origin.replace(/^https?:\/\//, '');
}

const standardPort = 80;

function isOwnPlace(
  place: string,
  { port, allowed }: { readonly port: number; readonly allowed: readonly string[] },
): boolean {
  const named = place.toLowerCase();
  const names = ['127.0.0.1', 'localhost'];
  // Browsers leave out the standard port.
  const own = [...names.map((name) => `${name}:${port}`), ...(port === standardPort ? names : [])];
  // A proxy at the standard port of its scheme leaves that out.
  return own.includes(named) || allowed.some((one) => one.toLowerCase() === named);
}
