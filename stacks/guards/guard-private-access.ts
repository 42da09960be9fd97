import { checkEach, checkResourceId } from './check-ids.ts';
import { checkAddress, checkRange, checkSubnetPrefix } from './check-network.ts';
import { type Fault, fault, isLiteral } from './fault.ts';
import { checkResourceName } from './resource-names.ts';

export interface PrivateEndpointSettings {
  /** An existing subnet. @default a network is made of `addressSpace` and `subnetPrefix` */
  readonly subnetId?: string;
  /** Address space of the network that is made. @default none is made */
  readonly addressSpace?: readonly string[];
  /** Range of the subnet that is made in it. @default none is made */
  readonly subnetPrefix?: string;
  /** Whether the endpoint is put into private DNS zones. @default true */
  readonly manageDns?: boolean;
  /** Existing private DNS zones. @default one is made and linked */
  readonly dnsZoneIds?: readonly string[];
  /** @default 'default' */
  readonly dnsZoneGroupName?: string;
  /** Whether the account's owner approves by hand. @default false */
  readonly manualConnection?: boolean;
  /** What the owner is told then. @default none */
  readonly requestMessage?: string;
  /** @default Azure picks one */
  readonly privateIpAddress?: string;
  /** @default Azure makes one up */
  readonly networkInterfaceName?: string;
  /** @default the endpoint's name */
  readonly connectionName?: string;
  /** @default [] */
  readonly applicationSecurityGroupIds?: readonly string[];
}

/** What is wrong with the settings of a private endpoint. */
export function guardPrivateAccess(props: PrivateEndpointSettings & { readonly name: string }): readonly Fault[] {
  const { subnetPrefix, addressSpace = [], manualConnection = false, manageDns = true, requestMessage } = props;
  const faults: Fault[] = [
    ...checkChoice(props),
    ...checkResourceName(props.name, { kind: 'privateEndpoint', path: ['name'] }),
    ...checkResourceName(props.connectionName, { kind: 'privateEndpoint', path: ['connectionName'] }),
    ...checkResourceName(props.networkInterfaceName, { kind: 'networkInterface', path: ['networkInterfaceName'] }),
    ...checkResourceId(props.subnetId, { kind: 'subnet', path: ['subnetId'] }),
    ...checkEach(addressSpace, { path: ['addressSpace'], check: checkRange }),
    ...checkSubnetPrefix(subnetPrefix, { path: ['subnetPrefix'], spaces: addressSpace }),
    ...checkAddress(props.privateIpAddress, { path: ['privateIpAddress'], subnet: subnetPrefix }),
    ...checkEach(props.dnsZoneIds, {
      path: ['dnsZoneIds'],
      check: (value, path) =>
        manageDns ? checkResourceId(value, { kind: 'dnsZone', path }) : [fault('dns-unmanaged', { path, value })],
    }),
    ...checkEach(props.applicationSecurityGroupIds, {
      path: ['applicationSecurityGroupIds'],
      check: (value, path) => checkResourceId(value, { kind: 'securityGroup', path }),
    }),
  ];
  const path = ['requestMessage'];
  const isUsable = requestMessage !== undefined && requestMessage.length > 0 && requestMessage.length <= 140;
  if (manualConnection && !isUsable) faults.push(fault('manual-without-message', { path }));
  if (!manualConnection && requestMessage !== undefined) {
    faults.push(fault('message-without-manual', { path, value: requestMessage }));
  }
  return faults;
}

/**
 * Finds endpoints of one account in one DNS zone. Each would write the same record, the account's subdomain, over that of the
 * others (Microsoft Learn, "Azure Private Endpoint private DNS zone values").
 */
export function checkDnsZones(
  endpoints: Readonly<Record<string, PrivateEndpointSettings>>,
): ReadonlyMap<string, readonly Fault[]> {
  const owners = new Map<string, string>();
  return new Map(
    Object.entries(endpoints).map(([endpoint, { manageDns = true, dnsZoneIds = [] }]) => {
      const zones: readonly (string | undefined)[] = dnsZoneIds.length > 0 ? dnsZoneIds : [undefined];
      const faults = zones.flatMap((zone, index) => {
        if (!manageDns || (zone !== undefined && !isLiteral(zone))) return [];
        const key = zone?.toLowerCase() ?? 'made';
        const other = owners.get(key) ?? endpoint;
        owners.set(key, other);
        const path = zone === undefined ? ['dnsZoneIds'] : ['dnsZoneIds', index];
        return other === endpoint ? [] : [fault('same-dns-zone', { path, endpoint, other, zone })];
      });
      return [endpoint, faults];
    }),
  );
}

function checkChoice(props: PrivateEndpointSettings): readonly Fault[] {
  const given = (['subnetId', 'addressSpace', 'subnetPrefix'] as const).filter((name) => props[name] !== undefined);
  const choice = given.join();
  if (choice === 'subnetId' || choice === 'addressSpace,subnetPrefix') return [];
  return [fault('one-network', { path: [given[0] ?? 'subnetId'], given })];
}
