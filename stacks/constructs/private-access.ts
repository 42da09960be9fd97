import { PrivateEndpointApplicationSecurityGroupAssociation } from '@cdktf/provider-azurerm/lib/private-endpoint-application-security-group-association/index.js';
import { PrivateEndpoint } from '@cdktf/provider-azurerm/lib/private-endpoint/index.js';
import { Subnet } from '@cdktf/provider-azurerm/lib/subnet/index.js';
import { VirtualNetwork } from '@cdktf/provider-azurerm/lib/virtual-network/index.js';
import { Fn, type ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { PrivateEndpointSettings } from '../../schemas/index.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { checkEach, checkResourceId } from '../guards/check-ids.ts';
import { checkAddress, checkPrivateAddress, checkRange, checkSubnetPrefix } from '../guards/check-network.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { checkResourceName, resourceNameOf } from '../guards/resource-names.ts';
import { DeleteLock, type DeleteLockProps } from './delete-lock.ts';
import { PrivateDns } from './private-dns.ts';

/** What a private endpoint leads to. */
export interface PrivateTarget {
  /** Its resource id. */
  readonly id: string;
  /** The part of it that is reached (Microsoft Learn, "Private-link resource"), and its member, which has the address. */
  readonly subresource: 'account' | 'blob';
  /** The private DNS zone in which its host is looked up. */
  readonly zone: string;
}

export interface PrivateAccessProps extends Omit<
  PrivateEndpointSettings,
  'enabled' | 'name' | 'location' | 'resourceGroup' | 'lock'
> {
  /** Name of the endpoint; the network that is made has it, too. */
  readonly name: string;
  readonly target: PrivateTarget;
  readonly location: string;
  readonly resourceGroupName: string;
  /** The zone that several endpoints share. @default one is made for this endpoint */
  readonly dns?: PrivateDns;
  /** What must be there before: everything else that changes the target. @default [] */
  readonly after?: readonly ITerraformDependable[];
}

type SettledEndpoint = Settled<'private-endpoint', PrivateAccessProps>;

/** A lock on a private endpoint. */
export interface PrivateEndpointLockProps extends Omit<DeleteLockProps, 'name' | 'scope'> {
  /** @default 'lock-<endpoint>' */
  readonly name?: string;
}

/**
 * A private endpoint of an account or a storage account, its network unless there is one, and its entry in private DNS.
 *
 * Azure refuses an endpoint with AccountProvisioningStateInvalid for some time after the account has changed, also when
 * the account says that it has Succeeded, and Terraform cannot repeat what the provider gives up. So the endpoint comes
 * `after` whatever else touches the account, endpoints come one after the other, and a deployment is tried again
 * (`stacks/cdktf/run-cdktf.ts`).
 */
export class PrivateAccess extends GuardedConstruct {
  readonly resource: PrivateEndpoint;
  /** Resource id of the endpoint. */
  readonly id: string;
  /** Its address in the network. */
  readonly address: string;
  readonly #name: string;

  constructor(scope: Construct, id: string, given: PrivateAccessProps) {
    super(scope, id);
    const props = withDefaults('private-endpoint', given);
    this.guard(guardPrivateAccess(props));
    const { name, location, resourceGroupName, target } = props;
    this.#name = name;
    const network = this.#network(props);
    this.resource = new PrivateEndpoint(this, 'Default', {
      name,
      location,
      resourceGroupName,
      subnetId: network.subnetId,
      privateServiceConnection: {
        name: props.connectionName ?? name,
        privateConnectionResourceId: target.id,
        subresourceNames: [target.subresource],
        isManualConnection: props.manualConnection,
        ...(props.requestMessage === undefined ? {} : { requestMessage: props.requestMessage }),
      },
      ...this.#dns(props, network.id),
      ...(props.privateIpAddress === undefined ? {} : { ipConfiguration: [fixed(props.privateIpAddress, target)] }),
      ...(props.networkInterfaceName === undefined ? {} : { customNetworkInterfaceName: props.networkInterfaceName }),
      tags: { ...props.tags },
      dependsOn: [...(props.after ?? [])],
    });
    this.id = this.resource.id;
    this.address = this.resource.privateServiceConnection.privateIpAddress;
    for (const [index, groupId] of [...new Set(props.applicationSecurityGroupIds)].entries()) {
      const group = isLiteral(groupId) ? groupId.replaceAll('/', '_') : index;
      new PrivateEndpointApplicationSecurityGroupAssociation(this, `security-group-${group}`, {
        privateEndpointId: this.id,
        applicationSecurityGroupId: groupId,
      });
    }
  }

  /**
   * Locks the endpoint and nothing else. Call it when all that is on the endpoint is there, such as the roles that are granted
   * on it: Azure deletes none of that through the lock, so the lock is made `after` it and goes before it.
   */
  lock(props: PrivateEndpointLockProps): DeleteLock {
    const { name = resourceNameOf('lock', `lock-${this.#name}`), ...lock } = withDefaults(
      'private-endpoint-lock',
      props,
    );
    return new DeleteLock(this, 'lock', { ...lock, name, scope: this.id });
  }

  #network(props: SettledEndpoint): { readonly id: string; readonly subnetId: string } {
    const { subnetId, addressSpace = [], subnetPrefix = '', name, location, resourceGroupName, tags } = props;
    if (subnetId !== undefined) return { id: networkOf(subnetId), subnetId };
    const network = new VirtualNetwork(this, 'network', {
      name,
      location,
      resourceGroupName,
      addressSpace: [...addressSpace],
      tags: { ...tags },
    });
    const subnet = new Subnet(this, 'subnet', {
      name: 'private-endpoints',
      resourceGroupName,
      virtualNetworkName: network.name,
      addressPrefixes: [subnetPrefix],
    });
    return { id: network.id, subnetId: subnet.id };
  }

  #dns(
    { manageDns, dnsZoneIds, dnsZoneGroupName, ...props }: SettledEndpoint,
    networkId: string,
  ): { readonly privateDnsZoneGroup?: { readonly name: string; readonly privateDnsZoneIds: string[] } } {
    if (!manageDns) return {};
    if (dnsZoneIds.length > 0) {
      return { privateDnsZoneGroup: { name: dnsZoneGroupName, privateDnsZoneIds: [...dnsZoneIds] } };
    }
    const { resourceGroupName, target, tags } = props;
    const dns = props.dns ?? new PrivateDns(this, 'dns', { zone: target.zone, resourceGroupName, tags });
    dns.link(this.node.id, networkId);
    return { privateDnsZoneGroup: { name: dnsZoneGroupName, privateDnsZoneIds: [dns.id] } };
  }
}

function networkOf(subnetId: string): string {
  if (isLiteral(subnetId)) return subnetId.replace(/\/subnets\/[^/]*$/i, '');
  return Fn.element(Fn.split('/subnets/', subnetId), 0);
}

function fixed(
  privateIpAddress: string,
  { subresource }: PrivateTarget,
): {
  readonly name: string;
  readonly privateIpAddress: string;
  readonly subresourceName: string;
  readonly memberName: string;
} {
  const memberName = subresource === 'account' ? 'default' : subresource;
  return { name: 'fixed', privateIpAddress, subresourceName: subresource, memberName };
}

/** What is wrong with the settings of a private endpoint. */
function guardPrivateAccess(props: SettledEndpoint): readonly Fault[] {
  const { subnetPrefix, addressSpace = [], manualConnection, manageDns, requestMessage } = props;
  const { zone } = props.target;
  const faults: Fault[] = [
    ...checkChoice(props),
    ...checkResourceName(props.name, { kind: 'privateEndpoint', path: ['name'] }),
    ...checkResourceName(props.connectionName, { kind: 'privateEndpoint', path: ['connectionName'] }),
    ...checkResourceName(props.networkInterfaceName, { kind: 'networkInterface', path: ['networkInterfaceName'] }),
    ...checkResourceId(props.subnetId, { kind: 'subnet', path: ['subnetId'] }),
    ...checkEach(addressSpace, { path: ['addressSpace'], check: checkRange }),
    ...checkSubnetPrefix(subnetPrefix, { path: ['subnetPrefix'], spaces: addressSpace }),
    ...checkAddress(props.privateIpAddress, { path: ['privateIpAddress'], subnet: subnetPrefix }),
    ...(subnetPrefix === undefined ? checkPrivateAddress(props.privateIpAddress, ['privateIpAddress']) : []),
    ...checkEach(props.dnsZoneIds, {
      path: ['dnsZoneIds'],
      check: (value, path) =>
        manageDns ? checkZone(value, { path, zone }) : [fault('dns-unmanaged', { path, value })],
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

function checkZone(
  value: string,
  { path, zone }: { readonly path: PropertyPath; readonly zone: string },
): readonly Fault[] {
  const faults = checkResourceId(value, { kind: 'dnsZone', path });
  const isOther = isLiteral(value) && value.split('/').at(-1)?.toLowerCase() !== zone;
  return faults.length === 0 && isOther ? [fault('other-dns-zone', { path, value, zone })] : faults;
}

/**
 * Finds private endpoints of one target in one DNS zone. Azure would write the same record, the target's host, for each of
 * them, over the one before (Microsoft Learn, "Azure Private Endpoint private DNS zone values").
 */
export function checkDnsZones(
  endpoints: Readonly<Record<string, Pick<SettledEndpoint, 'manageDns' | 'dnsZoneIds'>>>,
): ReadonlyMap<string, readonly Fault[]> {
  const owners = new Map<string, string>();
  return new Map(
    Object.entries(endpoints).map(([endpoint, { manageDns, dnsZoneIds }]) => {
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

function checkChoice(props: SettledEndpoint): readonly Fault[] {
  const given = (['subnetId', 'addressSpace', 'subnetPrefix'] as const).filter((name) => props[name] !== undefined);
  const choice = given.join();
  if (choice === 'subnetId' || choice === 'addressSpace,subnetPrefix') return [];
  return [fault('one-network', { path: [given[0] ?? 'subnetId'], given })];
}
