import { StorageAccount, type StorageAccountNetworkRules } from '@cdktf/provider-azurerm/lib/storage-account/index.js';
import type { Construct } from 'constructs';
import { withDefaults } from '../environment/settled-environment.ts';

export interface LockedStorageProps {
  readonly name: string;
  readonly location: string;
  readonly resourceGroupName: string;
  readonly replication?: string;
  readonly softDeleteDays?: number;
  readonly infrastructureEncryption?: boolean;
  readonly encryptionIdentityId?: string;
  readonly preventDestroy?: boolean;
  readonly tags?: Readonly<Record<string, string>>;
  readonly networkRules?: StorageAccountNetworkRules;
  readonly publicAccess?: boolean;
}

/**
 * A storage account without keys, without public blobs, with versions and a bin for what was deleted. What is not said is as
 * in a dataset storage.
 */
export function lockedStorage(scope: Construct, given: LockedStorageProps): StorageAccount {
  const props = withDefaults('storage', given);
  const { encryptionIdentityId, softDeleteDays: days } = props;
  const isEncrypted = encryptionIdentityId !== undefined;
  return new StorageAccount(scope, 'Default', {
    name: props.name,
    location: props.location,
    resourceGroupName: props.resourceGroupName,
    accountKind: 'StorageV2',
    accountTier: 'Standard',
    accountReplicationType: props.replication,
    minTlsVersion: 'TLS1_2',
    httpsTrafficOnlyEnabled: true,
    sharedAccessKeyEnabled: false,
    defaultToOauthAuthentication: true,
    localUserEnabled: false,
    allowNestedItemsToBePublic: false,
    crossTenantReplicationEnabled: false,
    infrastructureEncryptionEnabled: props.infrastructureEncryption,
    publicNetworkAccessEnabled: props.publicAccess,
    blobProperties: {
      versioningEnabled: true,
      deleteRetentionPolicy: { days },
      containerDeleteRetentionPolicy: { days },
    },
    ...(props.networkRules === undefined ? {} : { networkRules: props.networkRules }),
    ...(isEncrypted ? { identity: { type: 'UserAssigned', identityIds: [encryptionIdentityId] } } : {}),
    tags: { ...props.tags },
    lifecycle: {
      preventDestroy: props.preventDestroy,
      // The key is a resource of its own: it has to wait for the identity's right to use it.
      ...(isEncrypted ? { ignoreChanges: ['customer_managed_key'] } : {}),
    },
  });
}
