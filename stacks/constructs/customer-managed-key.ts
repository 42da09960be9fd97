import { CognitiveAccountCustomerManagedKeyA } from '@cdktf/provider-azurerm/lib/cognitive-account-customer-managed-key/index.js';
import { KeyVaultManagedHardwareSecurityModuleRoleAssignment } from '@cdktf/provider-azurerm/lib/key-vault-managed-hardware-security-module-role-assignment/index.js';
import { StorageAccountCustomerManagedKeyA } from '@cdktf/provider-azurerm/lib/storage-account-customer-managed-key/index.js';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity/index.js';
import { Fn, type ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import type { CustomerManagedKeySettings, EnvironmentSettings } from '../../schemas/index.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { checkGuid, checkResourceId } from '../guards/check-ids.ts';
import type { Cloud } from '../guards/check-location.ts';
import { type Fault, fault, isLiteral } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { RoleGrant } from './role-grant.ts';
import type { SpeechAccount } from './speech-account.ts';
import { managedHsmHost, vaultHost } from './speech-hosts.ts';

export interface CustomerManagedKeyProps
  extends Omit<CustomerManagedKeySettings, 'enabled'>, Pick<EnvironmentSettings, 'location' | 'cloud' | 'tags'> {
  readonly resourceGroupName: string;
  /** Name of the identity that is made. */
  readonly name: string;
}

/**
 * A key of your own, in a key vault or a Managed HSM, and the identity that may use it. Give `identityId` to what is to be
 * encrypted when it is made, then call `encrypt`: Custom Speech data is encrypted with the key where it is in storage of your own.
 */
export class CustomerManagedKey extends GuardedConstruct {
  /** Resource id of the identity. */
  readonly identityId: string;
  readonly #props: Settled<'customer-managed-key', CustomerManagedKeyProps> & { readonly cloud: Cloud };
  readonly #identityClientId: string | undefined;
  readonly #grants: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: CustomerManagedKeyProps) {
    super(scope, id);
    const { cloud } = withDefaults('environment', { cloud: props.cloud });
    this.#props = { ...withDefaults('customer-managed-key', props), cloud };
    this.guard(guardCustomerManagedKey(this.#props));
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
    const isGranted = identity !== undefined && this.#props.grantKeyAccess;
    this.#grants = isGranted ? [this.#keyAccess(identity.principalId)] : [];
  }

  /** Encrypts a storage account whose identity is `identityId`; the id names the key's resource. */
  encrypt(id: string, storageAccountId: string): void {
    const { keyName, keyVaultId, keyVersion, cloud } = this.#props;
    new StorageAccountCustomerManagedKeyA(this, id, {
      storageAccountId,
      // By its address: azurerm looks for the id of a vault in the subscription of the storage account alone, and would want to
      // change it with every plan when the vault is in another.
      ...(keyVaultId === undefined
        ? { managedHsmKeyId: this.#keyUrl() }
        : {
            keyVaultUri: `https://${vaultHost(nameOf(keyVaultId), cloud)}/`,
            lifecycle: { ignoreChanges: ['key_vault_id'] },
          }),
      keyName,
      ...(keyVersion === undefined ? {} : { keyVersion }),
      userAssignedIdentityId: this.identityId,
      dependsOn: [...this.#grants],
    });
  }

  /** Encrypts what the account itself keeps, when `encryptAccount` says so. */
  encryptAccount(account: SpeechAccount): void {
    if (!this.#props.encryptAccount) return;
    new CognitiveAccountCustomerManagedKeyA(this, 'account-key', {
      cognitiveAccountId: account.id,
      keyVaultKeyId: this.#keyUrl(),
      ...(this.#identityClientId === undefined ? {} : { identityClientId: this.#identityClientId }),
      dependsOn: [...this.#grants],
    });
  }

  #keyUrl(): string {
    const { keyName, keyVaultId, managedHsmId = '', keyVersion, cloud } = this.#props;
    const host =
      keyVaultId === undefined ? managedHsmHost(nameOf(managedHsmId), cloud) : vaultHost(nameOf(keyVaultId), cloud);
    return [`https://${host}/keys/${keyName}`, ...(keyVersion === undefined ? [] : [keyVersion])].join('/');
  }

  #keyAccess(principal: string): ITerraformDependable {
    const { keyVaultId, managedHsmId = '', keyName } = this.#props;
    if (keyVaultId === undefined) return this.#hsmAccess(principal, { managedHsmId, scope: `/keys/${keyName}` });
    const { resource } = new RoleGrant(this, 'key-access', {
      role: 'Key Vault Crypto Service Encryption User',
      principal,
      principalType: 'ServicePrincipal',
      scope: keyVaultId,
      description: 'Storage of the Speech account is encrypted with a key in this vault.',
    });
    return resource;
  }

  /**
   * A Managed HSM has roles of its own beside those of Azure: "Managed HSM Crypto Service Encryption User", for all keys or for
   * one (Microsoft Learn, "Local RBAC built-in roles for Managed HSM" and "Managed HSM role management").
   */
  #hsmAccess(
    principalId: string,
    { managedHsmId, scope }: { readonly managedHsmId: string; readonly scope: string },
  ): ITerraformDependable {
    return new KeyVaultManagedHardwareSecurityModuleRoleAssignment(this, 'hsm-access', {
      managedHsmId,
      // A GUID of our choice, which is another one for another identity or key.
      name: Fn.uuidv5('url', `${principalId}${scope}`),
      principalId,
      roleDefinitionId:
        '/Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/33413926-3206-4cdd-b39a-83574fe37a17',
      scope,
    });
  }
}

/** The name at the end of the id of a vault or an HSM, also of one that Terraform knows later. */
function nameOf(resourceId: string): string {
  if (isLiteral(resourceId)) return (resourceId.split('/').at(-1) ?? '').toLowerCase();
  return Fn.element(Fn.split('/', resourceId), 8);
}

/** What is wrong with the properties of a key of your own. */
function guardCustomerManagedKey(props: Settled<'customer-managed-key', CustomerManagedKeyProps>): readonly Fault[] {
  const { keyName, keyVersion, identityId, identityClientId, encryptAccount } = props;
  const faults: Fault[] = [
    ...checkStore(props),
    ...checkResourceId(props.keyVaultId, { kind: 'keyVault', path: ['keyVaultId'] }),
    ...checkResourceId(props.managedHsmId, { kind: 'managedHsm', path: ['managedHsmId'] }),
    ...checkResourceId(identityId, { kind: 'identity', path: ['identityId'] }),
    ...checkGuid(identityClientId, ['identityClientId']),
  ];
  if (isLiteral(keyName) && !/^[0-9a-zA-Z-]{1,127}$/.test(keyName)) {
    faults.push(fault('key-name', { path: ['keyName'], value: keyName }));
  }
  if (isLiteral(keyVersion) && !/^[0-9a-f]{32}$/.test(keyVersion)) {
    faults.push(fault('key-version', { path: ['keyVersion'], value: keyVersion }));
  }
  // azurerm 4.55, which cdktf's package was made from, refuses hosts with `.managedhsm.` (internal/services/keyvault/parse).
  if (encryptAccount && props.managedHsmId !== undefined) {
    return [...faults, fault('hsm-for-account', { path: ['encryptAccount'] })];
  }
  if (encryptAccount && keyVersion === undefined) faults.push(fault('key-version-needed', { path: ['keyVersion'] }));
  if (encryptAccount && identityId !== undefined && identityClientId === undefined) {
    faults.push(fault('key-identity', { path: ['identityClientId'] }));
  }
  return faults;
}

function checkStore({ keyVaultId, managedHsmId }: CustomerManagedKeyProps): readonly Fault[] {
  const given = Object.entries({ keyVaultId, managedHsmId }).flatMap(([property, value]) =>
    value === undefined ? [] : [[property, value] as const],
  );
  return given.length === 1 ? [] : [fault('one-key-store', { path: ['managedHsmId'], given })];
}
