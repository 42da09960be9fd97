import type { IncomingMessage } from 'node:http';
import { isLoopbackName } from '../protocol/loopback.ts';

/** Why a caller gets nothing, to be answered before anything else is looked at. */
export interface CallerRefusal {
  readonly status: number;
  readonly body: { readonly error: { readonly code: string; readonly message: string } };
}

const longestShownName = 100;

/**
 * Refuses callers that are web pages. A page may let its own name lead to this machine, so a request must be addressed to
 * a loopback name and the port that is listened on, or to one of `allowedHosts`; and a page of another origin says so
 * itself. Answers undefined when the caller is let through.
 */
export function refusalOfCaller(request: IncomingMessage, allowedHosts: readonly string[]): CallerRefusal | undefined {
  const port = request.socket.localPort ?? 0;
  const standard = 'encrypted' in request.socket ? 443 : 80;
  const mayBeNamed = (place: string): boolean => {
    const whole = withPort(place, standard);
    return isOwnPlace(whole, port) || isAllowed(whole, { allowedHosts, port });
  };
  const host = hostsOf(request).find((place) => !mayBeNamed(place));
  if (host !== undefined) {
    const named = host === '' ? 'no single host' : host.slice(0, longestShownName);
    const message = `Address the emulator as 127.0.0.1:${port}, or start it with --allowed-host for another name or port: this request names ${named}`;
    return { status: 421, body: { error: { code: 'HostNotAllowed', message } } };
  }
  const { origin } = request.headers;
  if (origin === undefined || mayBeNamed(origin.replace(/^https?:\/\//, ''))) return undefined;
  const message = `Call the emulator from a program: web pages may not, and this request comes from one of ${origin.slice(0, longestShownName)}`;
  return { status: 403, body: { error: { code: 'OriginNotAllowed', message } } };
}

/** Whether a text can be one of the `allowedHosts`: NAME or NAME:PORT. */
export function isHostPlace(text: string): boolean {
  return /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(text);
}

/** All hosts that a request is addressed to: one Host, and one more where its target is absolute. */
function hostsOf({ url = '', rawHeaders }: IncomingMessage): readonly string[] {
  const hosts = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host');
  const target = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i.exec(url)?.[1];
  return [hosts.length === 1 ? (hosts[0] ?? '') : '', ...(target === undefined ? [] : [target])];
}

function isOwnPlace(place: string, port: number): boolean {
  const [, name = '', digits = ''] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(place) ?? [];
  return isLoopbackName(name) && Number(digits) === port;
}

/** Without a port of its own an allowed host has the one that is listened on. */
function isAllowed(
  place: string,
  { allowedHosts, port }: { readonly allowedHosts: readonly string[]; readonly port: number },
): boolean {
  return allowedHosts.some((allowed) => withPort(allowed, port) === place);
}

function withPort(place: string, port: number): string {
  return /:\d+$/.test(place) ? place.toLowerCase() : `${place.toLowerCase()}:${port}`;
}
