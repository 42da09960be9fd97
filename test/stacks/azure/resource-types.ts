import type { Answer, JsonObject } from './answer.ts';
import { accountTypes } from './types/accounts.ts';
import { accessTypes } from './types/access.ts';
import { monitoringTypes } from './types/monitoring.ts';
import { networkTypes } from './types/network.ts';
import { storageTypes } from './types/storage.ts';
import type { ResourceId } from './resource-id.ts';

/** What Azure does with objects of a type, besides keeping what was put there. */
export interface ResourceType {
  /**
   * How a change goes on: it is done with its answer; it answers at once and shows its state under `provisioningState`; it names an
   * operation under `Azure-AsyncOperation` besides; it answers 202 with nothing but a `Location`. @default 'done'
   */
  readonly pace?: 'done' | 'state' | 'operation' | 'accepted';
  /** What a PUT answers, whether the object is new or not, where it is not 201 or 200. */
  readonly answers?: 200 | 201;
  /** Whether an object is gone as soon as it is deleted, although it takes time to make one. */
  readonly isDeletedAtOnce?: true;
  /** Whether it has a location of its own, which must be given. */
  readonly isLocated?: true;
  /** Whether objects are on any other object, and not in a resource group. */
  readonly isExtension?: true;
  /** What Azure sets, given the object as it will be and as it was. */
  readonly filled?: (object: JsonObject, context: WriteContext) => JsonObject;
  /** Why Azure does not take an object. */
  readonly refusal?: (object: JsonObject, context: WriteContext) => Answer | undefined;
  /** Why Azure does not delete an object. */
  readonly keeping?: (id: ResourceId, azure: AzureView) => Answer | undefined;
  /** An object that Azure makes by itself, without a PUT. */
  readonly found?: (id: ResourceId, azure: AzureView) => JsonObject | undefined;
  /** What Azure shows of an object besides what is kept. */
  readonly shown?: (object: JsonObject, azure: AzureView) => JsonObject;
  /** POST: what an action of an object answers. */
  readonly actions?: Readonly<Record<string, (object: JsonObject, azure: AzureView) => Answer>>;
  /** What is kept of an object when it is deleted, until it is purged. */
  readonly isSoftDeleted?: true;
}

/** What Azure knows of everything else. */
export interface AzureView {
  readonly tenant: string;
  readonly settings: AzureSettings;
  /** The object with this id, as it is kept. */
  find(id: string): KeptObject | undefined;
  /** Of a type, wherever they are. */
  all(type: string): readonly KeptObject[];
  /** What was deleted and not purged. */
  readonly deleted: readonly KeptObject[];
}

export interface WriteContext extends AzureView {
  readonly id: ResourceId;
  /** Undefined for a new one. */
  readonly before: JsonObject | undefined;
}

export interface KeptObject {
  readonly id: ResourceId;
  readonly body: JsonObject;
  /** Whether no change of it is under way. */
  readonly isSettled: boolean;
}

export interface AzureSettings {
  /** Both keys of every Speech account. @default made up */
  readonly speechKey?: string;
}

/** By their names in lower case. */
export const resourceTypes: Readonly<Record<string, ResourceType>> = Object.fromEntries(
  Object.entries<ResourceType>({
    'Microsoft.Resources/resourceGroups': {
      isLocated: true,
      pace: 'done',
    },
    ...accountTypes,
    ...accessTypes,
    ...monitoringTypes,
    ...networkTypes,
    ...storageTypes,
  }).map(([name, type]) => [name.toLowerCase(), type]),
);

/** The namespaces of the types, which a subscription has to register before anything of them is made. */
export const namespaces: readonly string[] = [
  'Microsoft.Authorization',
  'Microsoft.CognitiveServices',
  'Microsoft.Consumption',
  'Microsoft.ManagedIdentity',
  'Microsoft.Network',
  'Microsoft.OperationalInsights',
  'Microsoft.Resources',
  'Microsoft.Storage',
  // As Azure spells it, and azurerm compares.
  'microsoft.insights',
];
