import { CognitiveAccountCustomerManagedKeyA } from '@cdktf/provider-azurerm/lib/cognitive-account-customer-managed-key/index.js';
import { StorageAccountCustomerManagedKeyA } from '@cdktf/provider-azurerm/lib/storage-account-customer-managed-key/index.js';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity/index.js';
import type { Construct } from 'constructs';
import { type CustomerManagedKeyProps, guardCustomerManagedKey } from '../guards/guard-customer-managed-key.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { RoleGrant } from './role-grant.ts';
import type { SpeechAccount } from './speech-account.ts';
import { vaultHost } from './speech-hosts.ts';

export type { CustomerManagedKeyProps };

/**
 * A key of your own and the identity that may use it. Give `identityId` to what is to be encrypted when it is made, then
 * call `encrypt`: Custom Speech data is encrypted with the key where it is in storage of your own.
 */
export class CustomerManagedKey extends GuardedConstruct {
  /** Resource id of the identity. */
  readonly identityId: string;
  readonly #props: CustomerManagedKeyProps;
  readonly #identityClientId: string | undefined;
  readonly #grants: readonly RoleGrant[];

  constructor(scope: Construct, id: string, props: CustomerManagedKeyProps) {
    super(scope, id);
    this.guard(guardCustomerManagedKey(props));
    this.#props = props;
    const identity =
      props.identityId === undefined
        ? new UserAssignedIdentity(this, 'identity', {
            name: props.name,
            location: props.location,
            resourceGroupName: props.resourceGroupName,
            tags: { ...props.tags },
          })
        : undefined;
    this.identityId = props.identityId ?? identity?.id ?? '';
    this.#identityClientId = props.identityClientId ?? identity?.clientId;
    const isGranted = identity !== undefined && (props.grantKeyAccess ?? true);
    this.#grants = isGranted ? [this.#keyAccess(identity.principalId)] : [];
  }

  /** Encrypts a storage account whose identity is `identityId`; the id names the key's resource. */
  encrypt(id: string, storageAccountId: string): void {
    const { keyName, keyVaultId, keyVersion } = this.#props;
    new StorageAccountCustomerManagedKeyA(this, id, {
      storageAccountId,
      keyVaultId,
      keyName,
      ...(keyVersion === undefined ? {} : { keyVersion }),
      userAssignedIdentityId: this.identityId,
      dependsOn: this.#grants.map(({ resource }) => resource),
    });
  }

  /** Encrypts what the account itself keeps, when `encryptAccount` says so. */
  encryptAccount(account: SpeechAccount): void {
    const { encryptAccount = false, keyName, keyVaultId, keyVersion = '', cloud } = this.#props;
    if (!encryptAccount) return;
    const host = vaultHost(keyVaultId.split('/').at(-1) ?? '', cloud);
    new CognitiveAccountCustomerManagedKeyA(this, 'account-key', {
      cognitiveAccountId: account.id,
      keyVaultKeyId: `https://${host}/keys/${keyName}/${keyVersion}`,
      ...(this.#identityClientId === undefined ? {} : { identityClientId: this.#identityClientId }),
      dependsOn: this.#grants.map(({ resource }) => resource),
    });
  }

  #keyAccess(principal: string): RoleGrant {
    return new RoleGrant(this, 'key-access', {
      role: 'Key Vault Crypto Service Encryption User',
      principal,
      principalType: 'ServicePrincipal',
      scope: this.#props.keyVaultId,
      description: 'Storage of the Speech account is encrypted with a key in this vault.',
    });
  }
}
