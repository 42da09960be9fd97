import { StorageAccountNetworkRulesA } from '@cdktf/provider-azurerm/lib/storage-account-network-rules/index.js';
import type { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account/index.js';
import type { Construct } from 'constructs';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { type ByosStorageProps, guardByosStorage } from '../guards/guard-byos-storage.ts';
import { lockedStorage } from './_locked-storage.ts';
import { RoleGrant } from './role-grant.ts';
import type { SpeechAccount } from './speech-account.ts';

export type { ByosStorageProps };

/**
 * Storage that the Speech service uses instead of its own. It exists before the account does and lets it in afterwards:
 * make it, give its id to the account, then call `admit`.
 */
export class ByosStorage extends GuardedConstruct {
  /** Undefined when the storage account existed before. */
  readonly resource: StorageAccount | undefined;
  /** The resource id. */
  readonly id: string;
  readonly #props: ByosStorageProps;

  constructor(scope: Construct, id: string, props: ByosStorageProps) {
    super(scope, id);
    this.guard(guardByosStorage(props));
    this.#props = props;
    this.resource = props.storageAccountId === undefined ? lockedStorage(this, props) : undefined;
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
      ipRules: [...(this.#props.ipRules ?? [])],
      virtualNetworkSubnetIds: [...(this.#props.subnetIds ?? [])],
      privateLinkAccess: [{ endpointResourceId: account.id }],
    });
  }
}
