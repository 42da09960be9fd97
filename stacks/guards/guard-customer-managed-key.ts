import { checkGuid, checkResourceId } from './check-ids.ts';
import type { Cloud } from './check-location.ts';
import { type Fault, fault, isLiteral } from './fault.ts';

export interface CustomerManagedKeyProps {
  /** Resource id of the key vault, which needs purge protection. @default managedHsmId */
  readonly keyVaultId?: string;
  /** Resource id of the Managed HSM, which needs purge protection. @default keyVaultId */
  readonly managedHsmId?: string;
  readonly keyName: string;
  readonly location: string;
  readonly resourceGroupName: string;
  /** @default 'public' */
  readonly cloud?: Cloud;
  /** Name of the identity that is made. */
  readonly name: string;
  /** @default storage follows the key's rotation */
  readonly keyVersion?: string;
  /** An existing user-assigned identity. @default one is made */
  readonly identityId?: string;
  /** Its client id, for `encryptAccount`. @default that of the identity that is made */
  readonly identityClientId?: string;
  /** Whether the identity that is made may use the keys of the vault, or that key of the HSM. @default true */
  readonly grantKeyAccess?: boolean;
  /** Whether the account itself is encrypted with it, too; not with a key of an HSM. @default false */
  readonly encryptAccount?: boolean;
  /** @default {} */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What is wrong with the properties of a key of your own. */
export function guardCustomerManagedKey(props: CustomerManagedKeyProps): readonly Fault[] {
  const { keyName, keyVersion, identityId, identityClientId, encryptAccount = false } = props;
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
