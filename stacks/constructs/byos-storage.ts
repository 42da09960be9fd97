import { StorageAccountNetworkRulesA } from '@cdktf/provider-azurerm/lib/storage-account-network-rules/index.js';
import type { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account/index.js';
import type { Construct } from 'constructs';
import type { ByosStorageSettings, EnvironmentSettings } from '../../schemas/index.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { checkResourceId } from '../guards/check-ids.ts';
import { checkStorageFirewall, checkStorageName } from '../guards/check-storage.ts';
import { type Fault, fault } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { lockedStorage } from './_locked-storage.ts';
import { RoleGrant } from './role-grant.ts';
import type { SpeechAccount } from './speech-account.ts';

export interface ByosStorageProps
  extends Omit<ByosStorageSettings, 'enabled' | 'name'>, Pick<EnvironmentSettings, 'location' | 'tags'> {
  /** Name of the storage account that is made. */
  readonly name: string;
  readonly resourceGroupName: string;
  /** The identity with which a key of your own is used. @default Microsoft's keys */
  readonly encryptionIdentityId?: string;
}

/**
 * Storage that the Speech service uses instead of its own. It exists before the account does and lets it in afterwards:
 * make it, give its id to the account, then call `admit`.
 */
export class ByosStorage extends GuardedConstruct {
  /** Undefined when the storage account existed before. */
  readonly resource: StorageAccount | undefined;
  /** The resource id. */
  readonly id: string;
  readonly #props: Settled<'byos-storage', ByosStorageProps>;

  constructor(scope: Construct, id: string, props: ByosStorageProps) {
    super(scope, id);
    this.#props = withDefaults('byos-storage', props);
    this.guard([...guardByosStorage(this.#props), ...checkUnused(props)]);
    this.resource = props.storageAccountId === undefined ? lockedStorage(this, this.#props) : undefined;
    this.id = props.storageAccountId ?? this.resource?.id ?? '';
  }

  /** Lets the account in: the role that it needs, and the way through the firewall of a storage account that was made. */
  admit(account: SpeechAccount): void {
    new RoleGrant(this, 'account-writes', {
      role: 'Storage Blob Data Contributor',
      principal: account.principalId,
      principalType: 'ServicePrincipal',
      scope: this.id,
      description: 'The Speech account keeps models, artifacts and logs here.',
    });
    if (this.resource === undefined) return;
    // Not part of the storage account: the rule names the account, which in turn names the storage account.
    new StorageAccountNetworkRulesA(this, 'network-rules', {
      storageAccountId: this.id,
      defaultAction: 'Deny',
      bypass: ['AzureServices'],
      ipRules: [...this.#props.ipRules],
      virtualNetworkSubnetIds: [...this.#props.subnetIds],
      privateLinkAccess: [{ endpointResourceId: account.id }],
    });
  }
}

/** What is wrong with the properties of storage that the Speech service uses instead of its own. */
function guardByosStorage(props: Settled<'byos-storage', ByosStorageProps>): readonly Fault[] {
  if (props.storageAccountId === undefined) return [...checkStorageName(props.name), ...checkStorageFirewall(props)];
  return checkResourceId(props.storageAccountId, { kind: 'storageAccount', path: ['storageAccountId'] });
}

/** Settings of a storage account that is made do nothing for one that exists, and nobody shall rely on them. */
function checkUnused({ storageAccountId, ...props }: ByosStorageProps): readonly Fault[] {
  if (storageAccountId === undefined) return [];
  const { ipRules, subnetIds, replication, preventDestroy } = props;
  const given = { ipRules, subnetIds, replication, preventDestroy };
  return Object.entries(given).flatMap(([name, value]) => {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) return [];
    return Array.isArray(value)
      ? [fault('byos-with-made', { path: [name, 0], value: String(value[0]) })]
      : [fault('byos-with-made', { path: [name], value: String(value) })];
  });
}
