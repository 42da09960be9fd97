import { lookup } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

/**
 * The address that may be called back, or why it may not: https, or http on this machine, and never another machine of a
 * private network, so that nobody reaches through the emulator what he cannot reach himself.
 */
export function readWebUrl(text: string): URL | string {
  const url = URL.parse(text);
  if (url === null) return 'It must be an absolute address.';
  if (url.username !== '' || url.password !== '') return 'It must not hold a user or a password.';
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopbackHost(url.hostname))) {
    return 'It must be an https address; http is allowed on loopback.';
  }
  if (isIP(bare(url.hostname)) === 0 || isAllowed(bare(url.hostname), url.hostname)) return url;
  return 'It must not be an address of a private network.';
}

/** Finds the addresses of a host's name, without those that may not be called back. */
export const lookupAllowed: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    const allowed = error ? [] : found.filter(({ address }) => isAllowed(address, hostname));
    const [first] = allowed;
    if (first === undefined) return callback(error ?? new Error(`${hostname} is in a private network`), '');
    return options.all === true ? callback(null, allowed) : callback(null, first.address, first.family);
  });
};

function isAllowed(address: string, hostname: string): boolean {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  if (loopback.check(address, family)) return isLoopbackHost(hostname);
  return !privateNetworks.check(address, family);
}

function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** The host without the brackets that a URL puts around an IPv6 address. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

const loopback = blocksOf(['127.0.0.0/8', '::1/128']);

/** Networks that are not reached over the internet (IANA: special-purpose address registries), and multicast. */
const privateNetworks = blocksOf([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/128',
  '64:ff9b::/96',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
]);

function blocksOf(networks: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    blocks.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return blocks;
}
