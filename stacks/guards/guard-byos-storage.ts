import { checkResourceId } from './check-ids.ts';
import { checkStorageFirewall, checkStorageName } from './check-storage.ts';
import { type Fault, fault } from './fault.ts';

export interface ByosStorageProps {
  /** Name of the storage account that is made. */
  readonly name: string;
  readonly location: string;
  readonly resourceGroupName: string;
  /** An existing storage account. @default one is made */
  readonly storageAccountId?: string;
  /** @default 'LRS' */
  readonly replication?: 'LRS' | 'ZRS' | 'GRS' | 'RAGRS' | 'GZRS' | 'RAGZRS';
  /** Public addresses and ranges that get in. @default [] */
  readonly ipRules?: readonly string[];
  /** Subnets that get in. @default [] */
  readonly subnetIds?: readonly string[];
  /** The identity with which a key of your own is used. @default Microsoft's keys */
  readonly encryptionIdentityId?: string;
  /** Refuses plans that destroy the storage account that is made. @default false */
  readonly preventDestroy?: boolean;
  /** @default {} */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What is wrong with the properties of storage that the Speech service uses instead of its own. */
export function guardByosStorage(props: ByosStorageProps): readonly Fault[] {
  if (props.storageAccountId === undefined) return [...checkStorageName(props.name), ...checkStorageFirewall(props)];
  const unused = [...(props.ipRules ?? []), ...(props.subnetIds ?? [])].slice(0, 1);
  const rules = props.ipRules === undefined || props.ipRules.length === 0 ? 'subnetIds' : 'ipRules';
  return [
    ...checkResourceId(props.storageAccountId, { kind: 'storageAccount', path: ['storageAccountId'] }),
    ...unused.map((value) => fault('byos-with-made', { path: [rules, 0], value })),
  ];
}
