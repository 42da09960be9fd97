import { DataAzurermResourceGroup } from '@cdktf/provider-azurerm/lib/data-azurerm-resource-group/index.js';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider/index.js';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group/index.js';
import type { TerraformStack } from 'cdktf';
import type { BackendSettings, EnvironmentSettings } from '../../schemas/index.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { checkGuid } from '../guards/check-ids.ts';
import { checkTags } from '../guards/check-tags.ts';
import { type Fault, fault } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { checkResourceName } from '../guards/resource-names.ts';
import { checkBackend, keepState } from './state-backend.ts';

export interface FoundationProps extends Pick<
  EnvironmentSettings,
  | 'location'
  | 'createResourceGroup'
  | 'subscription'
  | 'tenant'
  | 'cloud'
  | 'resourceProviderRegistrations'
  | 'azurermVersion'
  | 'purgeOnDestroy'
  | 'backend'
  | 'tags'
> {
  /** Name of the resource group. */
  readonly resourceGroup: string;
  /** Name of the account that is made, for messages; undefined when none is. */
  readonly accountName: string | undefined;
  /** Name of the blob that holds the state, unless `backend` names one. */
  readonly stateKey: string;
}

type SettledFoundation = Settled<'environment', FoundationProps>;

/** What a stack stands on: the provider, the state and the resource group. */
export class Foundation extends GuardedConstruct {
  readonly resourceGroupName: string;
  readonly resourceGroupId: string;

  constructor(stack: TerraformStack, id: string, props: FoundationProps) {
    super(stack, id);
    const settled = withDefaults('environment', props);
    this.guard(guardFoundation(settled, props.backend));
    const { cloud, subscription, tenant, resourceProviderRegistrations } = settled;
    new AzurermProvider(this, 'azurerm', {
      features: [
        {
          cognitiveAccount: [{ purgeSoftDeleteOnDestroy: settled.purgeOnDestroy }],
          // Nobody who plans needs a way through the firewalls of the storage accounts.
          storage: [{ dataPlaneAvailable: false }],
        },
      ],
      storageUseAzuread: true,
      environment: cloud,
      ...(subscription === undefined ? {} : { subscriptionId: subscription }),
      ...(tenant === undefined ? {} : { tenantId: tenant }),
      ...(resourceProviderRegistrations === undefined ? {} : { resourceProviderRegistrations }),
    });
    // The bindings name the version that they were made from, and write what every later one of 4.x takes.
    if (settled.azurermVersion !== undefined)
      stack.addOverride('terraform.required_providers.azurerm.version', settled.azurermVersion);
    keepState(stack, settled);
    const group = settled.createResourceGroup
      ? new ResourceGroup(this, 'resource-group', {
          name: props.resourceGroup,
          location: props.location,
          tags: { ...props.tags },
        })
      : new DataAzurermResourceGroup(this, 'resource-group', { name: props.resourceGroup });
    this.resourceGroupName = group.name;
    this.resourceGroupId = group.id;
  }
}

/** What is wrong with what a stack stands on. Of the state it needs what was given: a default is nothing that is unused. */
function guardFoundation(props: SettledFoundation, backend: BackendSettings = {}): readonly Fault[] {
  const { purgeOnDestroy, accountName: name } = props;
  return [
    ...checkResourceName(props.resourceGroup, { kind: 'resourceGroup', path: ['resourceGroup'] }),
    ...checkAzurermVersion(props.azurermVersion),
    ...checkTags(props.tags),
    ...checkGuid(props.subscription, ['subscription']),
    ...checkGuid(props.tenant, ['tenant']),
    ...(purgeOnDestroy || name === undefined ? [] : [fault('kept-name', { path: ['purgeOnDestroy'], name })]),
    ...checkBackend(backend),
  ];
}

/** An exact one: synthesis names it in the lock file, for which cdktf would ask the registries otherwise. */
function checkAzurermVersion(value: string | undefined): readonly Fault[] {
  if (value === undefined) return [];
  const [, minor = ''] = /^4\.(\d+)\.\d+$/.exec(value) ?? [];
  return minor !== '' && Number(minor) >= 55 ? [] : [fault('azurerm-version', { path: ['azurermVersion'], value })];
}
