import { checkGuid } from './check-ids.ts';
import type { Cloud } from './check-location.ts';
import { checkStorageName } from './check-storage.ts';
import { type Fault, fault } from './fault.ts';
import { checkResourceName } from './resource-names.ts';

export interface FoundationProps {
  /** Name of the resource group. */
  readonly resourceGroup: string;
  readonly location: string;
  /** Whether the resource group is made. @default true */
  readonly createResourceGroup?: boolean;
  /** @default ARM_SUBSCRIPTION_ID */
  readonly subscription?: string;
  /** @default the one that is signed in to */
  readonly tenant?: string;
  /** @default 'public' */
  readonly cloud?: Cloud;
  /** Which resource providers Terraform registers. @default the azurerm provider's own default */
  readonly resourceProviderRegistrations?: string;
  /** Whether destroying an account purges it. @default true */
  readonly purgeOnDestroy?: boolean;
  /** Name of the account, for messages. */
  readonly accountName: string;
  /** Where the state is. @default a file beside cdktf.json */
  readonly backend?: BackendSettings;
  /** Name of the blob that holds the state, unless `backend` names one. */
  readonly stateKey: string;
  /** @default {} */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface BackendSettings {
  /** @default 'local' */
  readonly kind?: 'local' | 'azurerm';
  /** Needed for `azurerm`. @default none */
  readonly storageAccount?: string;
  /** @default 'tfstate' */
  readonly container?: string;
  /** @default the state key */
  readonly key?: string;
  /** @default none */
  readonly resourceGroup?: string;
  /** @default the stack's */
  readonly subscription?: string;
}

/** What is wrong with what a stack stands on. */
export function guardFoundation(props: FoundationProps): readonly Fault[] {
  const { purgeOnDestroy = true, accountName: name } = props;
  return [
    ...checkResourceName(props.resourceGroup, { kind: 'resourceGroup', path: ['resourceGroup'] }),
    ...checkGuid(props.subscription, ['subscription']),
    ...checkGuid(props.tenant, ['tenant']),
    ...(purgeOnDestroy ? [] : [fault('kept-name', { path: ['purgeOnDestroy'], name })]),
    ...checkBackend(props.backend ?? {}),
  ];
}

function checkBackend(backend: BackendSettings): readonly Fault[] {
  const { kind = 'local', storageAccount, resourceGroup, subscription } = backend;
  if (kind === 'azurerm') {
    if (storageAccount === undefined) return [fault('no-state-account', { path: ['backend', 'storageAccount'] })];
    return [
      ...checkStorageName(storageAccount, ['backend', 'storageAccount']),
      ...checkResourceName(resourceGroup, { kind: 'resourceGroup', path: ['backend', 'resourceGroup'] }),
      ...checkGuid(subscription, ['backend', 'subscription']),
    ];
  }
  const { kind: _, ...unused } = backend;
  return Object.entries(unused).map(([name, value]: readonly [string, string]) =>
    fault('unused-with-local-state', { path: ['backend', name], value }),
  );
}
