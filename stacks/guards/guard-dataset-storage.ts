import type { SpeechAccount } from '../constructs/speech-account.ts';
import { checkEach } from './check-ids.ts';
import { checkStorageFirewall, checkStorageName } from './check-storage.ts';
import { type Fault, fault, isLiteral } from './fault.ts';

export interface DatasetStorageProps {
  /** Unique in all of Azure: 3 to 24 lower-case letters and digits. */
  readonly name: string;
  readonly location: string;
  readonly resourceGroupName: string;
  /** The account that reads the datasets, with its own identity. */
  readonly account: SpeechAccount;
  /** @default 'LRS' */
  readonly replication?: 'LRS' | 'ZRS' | 'GRS' | 'RAGRS' | 'GZRS' | 'RAGZRS';
  /** Private containers. @default ['datasets'] */
  readonly containers?: readonly string[];
  /** 0 for never. @default 30 */
  readonly coolAfterDays?: number;
  /** 0 for never. @default 0 */
  readonly deleteAfterDays?: number;
  /** 0 for never. @default 90 */
  readonly deleteVersionsAfterDays?: number;
  /** How long deleted blobs can be brought back. @default 7 */
  readonly softDeleteDays?: number;
  /** Public addresses and ranges that get in. @default [] */
  readonly ipRules?: readonly string[];
  /** Subnets that get in. @default [] */
  readonly subnetIds?: readonly string[];
  /** Whether Azure's trusted services get in. @default false */
  readonly trustedServices?: boolean;
  /** @default false */
  readonly infrastructureEncryption?: boolean;
  /** The identity with which a key of your own is used. @default Microsoft's keys */
  readonly encryptionIdentityId?: string;
  /** @default false */
  readonly preventDestroy?: boolean;
  /** @default {} */
  readonly tags?: Readonly<Record<string, string>>;
}

/** What is wrong with the properties of a dataset storage. */
export function guardDatasetStorage(props: DatasetStorageProps): readonly Fault[] {
  return [
    ...checkStorageName(props.name),
    ...checkContainers(props.containers ?? []),
    ...checkStorageFirewall(props),
    ...checkLifecycle(props),
  ];
}

function checkContainers(containers: readonly string[]): readonly Fault[] {
  return checkEach(containers, {
    path: ['containers'],
    check: (value, path) => {
      const first = containers.indexOf(value);
      if (first < Number(path.at(-1))) return [fault('duplicate', { path, value })];
      const isName = !isLiteral(value) || /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(value);
      return isName ? [] : [fault('container-name', { path, value })];
    },
  });
}

function checkLifecycle({
  coolAfterDays: cool = 30,
  deleteAfterDays: value = 0,
}: DatasetStorageProps): readonly Fault[] {
  const isInOrder = value === 0 || cool === 0 || value > cool;
  return isInOrder ? [] : [fault('lifecycle-order', { path: ['deleteAfterDays'], value, cool })];
}
