import type { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account/index.js';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container/index.js';
import { StorageManagementPolicy } from '@cdktf/provider-azurerm/lib/storage-management-policy/index.js';
import type { Construct } from 'constructs';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { type DatasetStorageProps, guardDatasetStorage } from '../guards/guard-dataset-storage.ts';
import { lockedStorage } from './_locked-storage.ts';
import { RoleGrant } from './role-grant.ts';

export type { DatasetStorageProps };

/** Storage for datasets: private containers in a closed network that lets the account's identity in to read. */
export class DatasetStorage extends GuardedConstruct {
  readonly resource: StorageAccount;
  /** The resource id. */
  readonly id: string;

  constructor(scope: Construct, id: string, props: DatasetStorageProps) {
    super(scope, id);
    this.guard(guardDatasetStorage(props));
    this.resource = lockedStorage(this, {
      ...props,
      networkRules: {
        defaultAction: 'Deny',
        bypass: [props.trustedServices === true ? 'AzureServices' : 'None'],
        ipRules: [...(props.ipRules ?? [])],
        virtualNetworkSubnetIds: [...(props.subnetIds ?? [])],
        privateLinkAccess: [{ endpointResourceId: props.account.id }],
      },
    });
    this.id = this.resource.id;
    for (const name of new Set(props.containers ?? ['datasets'])) {
      new StorageContainer(this, `container-${name}`, {
        name,
        storageAccountId: this.id,
        containerAccessType: 'private',
      });
    }
    this.#ageBlobs(props);
    new RoleGrant(this, 'account-reads', {
      role: 'Storage Blob Data Reader',
      principal: props.account.principalId,
      principalType: 'ServicePrincipal',
      scope: this.id,
      description: 'The Speech account reads datasets.',
    });
  }

  #ageBlobs(props: DatasetStorageProps): void {
    const { coolAfterDays = 30, deleteAfterDays = 0, deleteVersionsAfterDays = 90 } = props;
    if (coolAfterDays + deleteAfterDays + deleteVersionsAfterDays === 0) return;
    new StorageManagementPolicy(this, 'lifecycle', {
      storageAccountId: this.id,
      rule: [
        {
          name: 'age',
          enabled: true,
          filters: { blobTypes: ['blockBlob'] },
          actions: {
            ...(coolAfterDays + deleteAfterDays === 0
              ? {}
              : {
                  baseBlob: {
                    ...(coolAfterDays === 0 ? {} : { tierToCoolAfterDaysSinceModificationGreaterThan: coolAfterDays }),
                    ...(deleteAfterDays === 0 ? {} : { deleteAfterDaysSinceModificationGreaterThan: deleteAfterDays }),
                  },
                }),
            ...(deleteVersionsAfterDays === 0
              ? {}
              : { version: { deleteAfterDaysSinceCreation: deleteVersionsAfterDays } }),
          },
        },
      ],
    });
  }
}
