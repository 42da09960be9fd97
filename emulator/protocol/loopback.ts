import { isIPv4 } from 'node:net';

/** Whether a host is this machine by a name that no DNS server can give to another one: `localhost`, 127.x.x.x, `::1`. */
export function isLoopbackName(host: string): boolean {
  return /^localhost\.?$/i.test(host) || /^(::1|\[::1\])$/.test(host) || (isIPv4(host) && host.startsWith('127.'));
}
