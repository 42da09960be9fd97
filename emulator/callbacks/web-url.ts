import { isLoopbackName } from '../protocol/loopback.ts';
import { isRefusedAddress, type OutgoingRule } from '../protocol/outgoing-address.ts';

/** The address that may be called back, or why it may not: https, or http on this machine, and only where `rule` lets it go. */
export function readWebUrl(text: string, rule: OutgoingRule): URL | string {
  const url = URL.parse(text);
  if (url === null) return 'It must be an absolute address.';
  if (url.username !== '' || url.password !== '') return 'It must not hold a user or a password.';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackName(url.hostname))) {
    return 'It must be an https address; http is allowed on loopback.';
  }
  return isRefusedAddress(url.hostname, rule) ? 'It must not be an address of a private network.' : url;
}
