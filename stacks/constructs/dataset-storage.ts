import type { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account/index.js';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container/index.js';
import { StorageManagementPolicy } from '@cdktf/provider-azurerm/lib/storage-management-policy/index.js';
import type { Construct } from 'constructs';
import type { EnvironmentSettings, StorageSettings } from '../../schemas/index.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { checkEach } from '../guards/check-ids.ts';
import { checkStorageFirewall, checkStorageName } from '../guards/check-storage.ts';
import { type Fault, fault, isLiteral } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { lockedStorage } from './_locked-storage.ts';
import { RoleGrant } from './role-grant.ts';
import type { ExistingAccount } from './existing-account.ts';
import type { SpeechAccount } from './speech-account.ts';

export interface DatasetStorageProps
  extends
    Omit<StorageSettings, 'enabled' | 'name' | 'privateEndpoints'>,
    Pick<EnvironmentSettings, 'location' | 'tags'> {
  /** Unique in all of Azure: 3 to 24 lower-case letters and digits. */
  readonly name: string;
  readonly resourceGroupName: string;
  /** The account that reads the datasets, with its own identity. */
  readonly account: SpeechAccount | ExistingAccount;
  /** The identity with which a key of your own is used. @default Microsoft's keys */
  readonly encryptionIdentityId?: string;
}

type SettledStorage = Settled<'storage', DatasetStorageProps>;

/** Storage for datasets: private containers in a closed network that lets the account's identity in to read. */
export class DatasetStorage extends GuardedConstruct {
  readonly resource: StorageAccount;
  /** The resource id. */
  readonly id: string;

  constructor(scope: Construct, id: string, given: DatasetStorageProps) {
    super(scope, id);
    const props = withDefaults('storage', given);
    this.guard(guardDatasetStorage(props));
    this.resource = lockedStorage(this, {
      ...props,
      networkRules: {
        defaultAction: 'Deny',
        bypass: [props.trustedServices ? 'AzureServices' : 'None'],
        ipRules: [...props.ipRules],
        virtualNetworkSubnetIds: [...props.subnetIds],
        privateLinkAccess: [{ endpointResourceId: props.account.id }],
      },
    });
    this.id = this.resource.id;
    for (const name of new Set(props.containers)) {
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

  #ageBlobs(props: SettledStorage): void {
    const { coolAfterDays, deleteAfterDays, deleteVersionsAfterDays } = props;
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

/** What is wrong with the properties of a dataset storage. */
function guardDatasetStorage(props: SettledStorage): readonly Fault[] {
  return [
    ...checkStorageName(props.name),
    ...checkContainers(props.containers),
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

function checkLifecycle({ coolAfterDays: cool, deleteAfterDays: value }: SettledStorage): readonly Fault[] {
  const isInOrder = value === 0 || cool === 0 || value > cool;
  return isInOrder ? [] : [fault('lifecycle-order', { path: ['deleteAfterDays'], value, cool })];
}
