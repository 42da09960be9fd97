import path from 'node:path';
import { DataAzurermResourceGroup } from '@cdktf/provider-azurerm/lib/data-azurerm-resource-group/index.js';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider/index.js';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group/index.js';
import { App, AzurermBackend, LocalBackend, type TerraformStack } from 'cdktf';
import { type FoundationProps, guardFoundation } from '../guards/guard-foundation.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';

export type { FoundationProps };

/** What a stack stands on: the provider, the state and the resource group. */
export class Foundation extends GuardedConstruct {
  readonly resourceGroupName: string;
  readonly resourceGroupId: string;

  constructor(stack: TerraformStack, id: string, props: FoundationProps) {
    super(stack, id);
    this.guard(guardFoundation(props));
    const { cloud = 'public', subscription, tenant, resourceProviderRegistrations } = props;
    new AzurermProvider(this, 'azurerm', {
      features: [
        {
          cognitiveAccount: [{ purgeSoftDeleteOnDestroy: props.purgeOnDestroy ?? true }],
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
    keepState(stack, props);
    const group =
      (props.createResourceGroup ?? true)
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

function keepState(stack: TerraformStack, props: FoundationProps): void {
  const { kind = 'local', storageAccount = '', container = 'tfstate', ...backend } = props.backend ?? {};
  if (kind === 'local') {
    // Seen from the stack's own folder, so that the same text comes out on every machine.
    const { outdir } = App.of(stack);
    const folder = path.resolve(outdir, 'stacks', stack.node.id);
    new LocalBackend(stack, { path: path.relative(folder, path.resolve(`terraform.${stack.node.id}.tfstate`)) });
    return;
  }
  const subscriptionId = backend.subscription ?? props.subscription;
  new AzurermBackend(stack, {
    storageAccountName: storageAccount,
    containerName: container,
    key: backend.key ?? props.stateKey,
    useAzureadAuth: true,
    environment: props.cloud ?? 'public',
    ...(backend.resourceGroup === undefined ? {} : { resourceGroupName: backend.resourceGroup }),
    ...(subscriptionId === undefined ? {} : { subscriptionId }),
    ...(props.tenant === undefined ? {} : { tenantId: props.tenant }),
  });
}
