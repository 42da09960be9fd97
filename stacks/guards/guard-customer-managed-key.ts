import { checkGuid, checkResourceId } from './check-ids.ts';
import type { Cloud } from './check-location.ts';
import { type Fault, fault, isLiteral } from './fault.ts';

export interface CustomerManagedKeyProps {
  /** Resource id of the key vault, which needs purge protection. */
  readonly keyVaultId: string;
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
  /** Whether the identity that is made may use the keys of the vault. @default true */
  readonly grantKeyAccess?: boolean;
  /** Whether the account itself is encrypted with it, too. @default false */
  readonly encryptAccount?: boolean;
  /** @default {} */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What is wrong with the properties of a key of your own. */
export function guardCustomerManagedKey(props: CustomerManagedKeyProps): readonly Fault[] {
  const { keyName, keyVersion, identityId, identityClientId, encryptAccount = false } = props;
  const faults: Fault[] = [
    ...checkResourceId(props.keyVaultId, { kind: 'keyVault', path: ['keyVaultId'] }),
    ...checkResourceId(identityId, { kind: 'identity', path: ['identityId'] }),
    ...checkGuid(identityClientId, ['identityClientId']),
  ];
  if (isLiteral(keyName) && !/^[0-9a-zA-Z-]{1,127}$/.test(keyName)) {
    faults.push(fault('key-name', { path: ['keyName'], value: keyName }));
  }
  if (isLiteral(keyVersion) && !/^[0-9a-f]{32}$/.test(keyVersion)) {
    faults.push(fault('key-version', { path: ['keyVersion'], value: keyVersion }));
  }
  if (encryptAccount && keyVersion === undefined) faults.push(fault('key-version-needed', { path: ['keyVersion'] }));
  if (encryptAccount && identityId !== undefined && identityClientId === undefined) {
    faults.push(fault('key-identity', { path: ['identityClientId'] }));
  }
  return faults;
}
