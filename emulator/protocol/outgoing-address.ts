import { lookup } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';
import { isLoopbackName } from './loopback.ts';

/** Where the emulator may go because a request tells it to. */
export interface OutgoingRule {
  /** Whether other hosts of private networks may be reached. */
  readonly allowPrivate: boolean;
}

/**
 * Whether a URL's host is an address that must not be reached: one of another host than this machine that is not on the
 * internet, so that a request reaches nothing through the emulator that its sender cannot reach. Names are checked by
 * {@link lookupAllowed}.
 */
export function isRefusedAddress(hostname: string, rule: OutgoingRule): boolean {
  const address = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(address) !== 0 && !isAllowed(address, { hostname, ...rule });
}

/** Finds the addresses of a host's name, without those that must not be reached. A connection takes what was checked here. */
export function lookupAllowed(rule: OutgoingRule): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const allowed = error ? [] : found.filter(({ address }) => isAllowed(address, { hostname, ...rule }));
      const [first] = allowed;
      if (first === undefined) return callback(error ?? new PrivateHost(hostname), '');
      return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family);
    });
  };
}

/** A host that must not be reached. */
export class PrivateHost extends Error {
  override readonly name = 'PrivateHost';

  constructor(hostname: string) {
    super(`${hostname} is in a private network`);
  }
}

/** Loopback goes by its own names only: another name that leads there was hardly meant to. */
function isAllowed(address: string, { hostname, allowPrivate }: OutgoingRule & { readonly hostname: string }): boolean {
  if (allowPrivate) return true;
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (loopback.check(address, family)) return isLoopbackName(hostname);
  return !(family === 'ipv6' ? outsideIpv6 : outsideIpv4).check(address, family);
}

const loopback = blocksOf(['127.0.0.0/8', '::1/128']);

/** Networks that are not reached over the internet (IANA: IPv4 special-purpose address registry), and multicast. */
const outsideIpv4 = blocksOf([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
]);

/**
 * All but global unicast (2000::/3), and what of that has a special purpose or an IPv4 address inside (IANA: IPv6
 * special-purpose address registry). Separate, because a list takes IPv4 addresses for ::ffff:0:0/96.
 */
const outsideIpv6 = blocksOf(['::/3', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20', '4000::/2', '8000::/1']);

function blocksOf(networks: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    blocks.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return blocks;
}
