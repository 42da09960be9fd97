import { PrivateEndpointApplicationSecurityGroupAssociation } from '@cdktf/provider-azurerm/lib/private-endpoint-application-security-group-association/index.js';
import { PrivateEndpoint } from '@cdktf/provider-azurerm/lib/private-endpoint/index.js';
import { Subnet } from '@cdktf/provider-azurerm/lib/subnet/index.js';
import { VirtualNetwork } from '@cdktf/provider-azurerm/lib/virtual-network/index.js';
import { Fn, type ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { isLiteral } from '../guards/fault.ts';
import { guardPrivateAccess, type PrivateEndpointSettings } from '../guards/guard-private-access.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { resourceNameOf } from '../guards/resource-names.ts';
import { DeleteLock, type DeleteLockProps } from './delete-lock.ts';
import { PrivateDns } from './private-dns.ts';
import type { SpeechAccount } from './speech-account.ts';

export interface PrivateAccessProps extends PrivateEndpointSettings {
  /** Name of the endpoint; the network that is made has it, too. */
  readonly name: string;
  readonly account: SpeechAccount;
  readonly location: string;
  readonly resourceGroupName: string;
  /** The zone that several endpoints share. @default one is made for this endpoint */
  readonly dns?: PrivateDns;
  /** What must be there before: everything else that changes the account. @default [] */
  readonly after?: readonly ITerraformDependable[];
  /** Tags of the endpoint and of the network that is made. @default {} */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A lock on a private endpoint. */
export interface PrivateEndpointLockProps extends Omit<DeleteLockProps, 'name' | 'scope'> {
  /** @default 'lock-<endpoint>' */
  readonly name?: string;
}

/**
 * A private endpoint of the account, its network unless there is one, and its entry in private DNS.
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

  constructor(scope: Construct, id: string, props: PrivateAccessProps) {
    super(scope, id);
    this.guard(guardPrivateAccess(props));
    const { name, location, resourceGroupName, account } = props;
    this.#name = name;
    const network = this.#network(props);
    this.resource = new PrivateEndpoint(this, 'Default', {
      name,
      location,
      resourceGroupName,
      subnetId: network.subnetId,
      privateServiceConnection: {
        name: props.connectionName ?? name,
        privateConnectionResourceId: account.id,
        subresourceNames: ['account'],
        isManualConnection: props.manualConnection ?? false,
        ...(props.requestMessage === undefined ? {} : { requestMessage: props.requestMessage }),
      },
      ...this.#dns(props, network.id),
      ...(props.privateIpAddress === undefined ? {} : { ipConfiguration: [fixed(props.privateIpAddress)] }),
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
    const {
      name = resourceNameOf('lock', `lock-${this.#name}`),
      notes = 'Made by SpeechOps: its network reaches the Speech account through this endpoint.',
    } = props;
    return new DeleteLock(this, 'lock', { ...props, name, notes, scope: this.id });
  }

  #network(props: PrivateAccessProps): { readonly id: string; readonly subnetId: string } {
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
    { manageDns = true, dnsZoneIds = [], dnsZoneGroupName = 'default', ...props }: PrivateAccessProps,
    networkId: string,
  ): { readonly privateDnsZoneGroup?: { readonly name: string; readonly privateDnsZoneIds: string[] } } {
    if (!manageDns) return {};
    if (dnsZoneIds.length > 0) {
      return { privateDnsZoneGroup: { name: dnsZoneGroupName, privateDnsZoneIds: [...dnsZoneIds] } };
    }
    const { resourceGroupName, account, tags = {} } = props;
    const dns = props.dns ?? new PrivateDns(this, 'dns', { zone: account.hosts.privateZone, resourceGroupName, tags });
    dns.link(this.node.id, networkId);
    return { privateDnsZoneGroup: { name: dnsZoneGroupName, privateDnsZoneIds: [dns.id] } };
  }
}

function networkOf(subnetId: string): string {
  if (isLiteral(subnetId)) return subnetId.replace(/\/subnets\/[^/]*$/i, '');
  return Fn.element(Fn.split('/subnets/', subnetId), 0);
}

function fixed(privateIpAddress: string): {
  readonly name: string;
  readonly privateIpAddress: string;
  readonly subresourceName: string;
  readonly memberName: string;
} {
  return { name: 'fixed', privateIpAddress, subresourceName: 'account', memberName: 'default' };
}
