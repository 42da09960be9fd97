import { isIPv4 } from 'node:net';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

/** An IPv4 range as whole numbers, both ends included. */
interface AddressRange {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** The addresses of a range such as `10.20.0.0/24`, or what is wrong with it. */
function parseRange(text: string): AddressRange | { readonly problem: string } {
  const [address = '', prefixText, more] = text.split('/');
  if (prefixText === undefined) return { problem: 'it has no `/` with the length of the prefix' };
  if (!isIPv4(address) || more !== undefined) return { problem: 'it has no IPv4 address before the `/`' };
  if (!/^(\d|[12]\d|3[0-2])$/.test(prefixText)) return { problem: 'the length of its prefix is not from 0 to 32' };
  const prefix = Number(prefixText);
  const size = 2 ** (32 - prefix);
  const first = numberOf(address);
  if (first % size !== 0) return { problem: `the range starts at \`${addressOf(first - (first % size))}/${prefix}\`` };
  return { first, last: first + size - 1, prefix };
}

/** Finds a text that is no range, or one that Azure makes no network or subnet of. */
export function checkRange(value: string, path: PropertyPath): readonly Fault[] {
  if (!isLiteral(value)) return [];
  const range = parseRange(value);
  if ('problem' in range) return [fault('cidr', { path, value, problem: range.problem })];
  if (range.prefix >= 8 && range.prefix <= 29) return [];
  return [fault('cidr', { path, value, problem: 'Azure makes networks and subnets from /8 to /29' })];
}

/** Finds a subnet that is in none of the address spaces of its network. */
export function checkSubnetPrefix(
  value: string | undefined,
  { path, spaces }: { readonly path: PropertyPath; readonly spaces: readonly string[] },
): readonly Fault[] {
  if (!isLiteral(value)) return [];
  const faults = checkRange(value, path);
  const subnet = parseRange(value);
  if (faults.length > 0 || 'problem' in subnet || !spaces.every(isLiteral)) return faults;
  const isInside = spaces.map(parseRange).some((space) => 'problem' in space || contains(space, subnet));
  return isInside ? [] : [fault('subnet-outside-network', { path, value, spaces })];
}

/** Finds an address that Azure cannot give to an endpoint in this subnet: of each, it keeps the first four and the last. */
export function checkAddress(
  value: string | undefined,
  { path, subnet }: { readonly path: PropertyPath; readonly subnet: string | undefined },
): readonly Fault[] {
  if (!isLiteral(value)) return [];
  if (!isIPv4(value)) return [fault('cidr', { path, value, problem: 'it is no IPv4 address' })];
  const range = isLiteral(subnet) ? parseRange(subnet) : undefined;
  if (range === undefined || 'problem' in range) return [];
  const address = numberOf(value);
  const isFree = address >= range.first + 4 && address < range.last;
  return isFree ? [] : [fault('address-outside-subnet', { path, value, subnet: subnet ?? '' })];
}

/** Finds an address that can be in no network which nobody has made of public addresses. */
export function checkPrivateAddress(value: string | undefined, path: PropertyPath): readonly Fault[] {
  if (!isLiteral(value) || !isIPv4(value)) return [];
  const address = numberOf(value);
  const isPrivate = reserved.some(({ first, last }) => first <= address && address <= last);
  return isPrivate ? [] : [fault('public-address', { path, value })];
}

/** Finds a rule of a firewall that is no public IPv4 address or range. Accounts take no ranges of one or two addresses. */
export function checkIpRule(value: string, path: PropertyPath): readonly Fault[] {
  if (!isLiteral(value)) return [];
  const range = parseRange(value.includes('/') ? value : `${value}/32`);
  if ('problem' in range) return [fault('ip-rule', { path, value, problem: range.problem })];
  if (reserved.some((other) => contains(other, range))) {
    return [fault('ip-rule', { path, value, problem: 'it is not on the internet' })];
  }
  if (reserved.some((other) => contains(range, other))) {
    return [fault('ip-rule', { path, value, problem: 'it covers addresses that are not on the internet' })];
  }
  if (range.prefix < 31 || !value.includes('/')) return [];
  const problem = 'Azure AI services and Azure Storage take ranges up to /30, and smaller ones address by address';
  return [fault('ip-rule', { path, value, problem })];
}

/** Finds ranges of networks that are made and that have an address of an earlier one: Azure connects no two such networks. */
export function checkOverlaps(
  networks: readonly { readonly path: PropertyPath; readonly spaces: readonly string[] }[],
): readonly Fault[] {
  const ranges = networks.flatMap(({ path, spaces }, network) =>
    spaces.filter(isLiteral).flatMap((value, index) => {
      const range = parseRange(value);
      return 'problem' in range ? [] : [{ network, range, value, path: [...path, index], of: path.join('.') }];
    }),
  );
  return ranges.flatMap(({ network, range, value, path }) => {
    const other = ranges.find(
      (one) => one.network < network && one.range.first <= range.last && range.first <= one.range.last,
    );
    return other === undefined ? [] : [fault('overlapping-networks', { path, value, other: other.of })];
  });
}

/** This network, private use, carriers, loopback, link-local, multicast and above. */
const reserved: readonly AddressRange[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '224.0.0.0/3',
].flatMap((text) => {
  const range = parseRange(text);
  return 'problem' in range ? [] : [range];
});

function contains(outer: AddressRange, inner: AddressRange): boolean {
  return outer.first <= inner.first && inner.last <= outer.last;
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.');
}
