import { CognitiveAccount, type CognitiveAccountConfig } from '@cdktf/provider-azurerm/lib/cognitive-account/index.js';
import { ConsumptionBudgetResourceGroup } from '@cdktf/provider-azurerm/lib/consumption-budget-resource-group/index.js';
import { DataAzurermClientConfig } from '@cdktf/provider-azurerm/lib/data-azurerm-client-config/index.js';
import { FederatedIdentityCredential } from '@cdktf/provider-azurerm/lib/federated-identity-credential/index.js';
import { LogAnalyticsWorkspace } from '@cdktf/provider-azurerm/lib/log-analytics-workspace/index.js';
import { ManagementLock } from '@cdktf/provider-azurerm/lib/management-lock/index.js';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting/index.js';
import { MonitorMetricAlert } from '@cdktf/provider-azurerm/lib/monitor-metric-alert/index.js';
import { PrivateDnsZoneVirtualNetworkLink } from '@cdktf/provider-azurerm/lib/private-dns-zone-virtual-network-link/index.js';
import { PrivateDnsZone } from '@cdktf/provider-azurerm/lib/private-dns-zone/index.js';
import { PrivateEndpoint } from '@cdktf/provider-azurerm/lib/private-endpoint/index.js';
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider/index.js';
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group/index.js';
import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment/index.js';
import { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account/index.js';
import { StorageContainer } from '@cdktf/provider-azurerm/lib/storage-container/index.js';
import { Subnet } from '@cdktf/provider-azurerm/lib/subnet/index.js';
import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity/index.js';
import { VirtualNetwork } from '@cdktf/provider-azurerm/lib/virtual-network/index.js';
import { TerraformOutput, TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';

export interface SampleStackProps {
  /** Other settings of the Speech account than the usual ones. */
  readonly account?: Partial<CognitiveAccountConfig>;
}

/** A stack of what is usual around a Speech account, with nested blocks of every kind and references between resources. */
export class SampleStack extends TerraformStack {
  constructor(scope: Construct, id: string, props: SampleStackProps = {}) {
    super(scope, id);
    new AzurermProvider(this, 'azurerm', { features: [{ cognitiveAccount: [{ purgeSoftDeleteOnDestroy: false }] }] });
    const caller = new DataAzurermClientConfig(this, 'caller');
    const group = new ResourceGroup(this, 'group', { name: 'speech-test', location: 'westeurope' });
    const base = { resourceGroupName: group.name, location: group.location, tags: { team: 'speech' } };
    const account = this.#account({ ...base, ...props.account });
    this.#storage(base, account);
    this.#network(base, account);
    this.#monitoring(base, account);
    this.#deployment(base, account);
    new ManagementLock(this, 'lock', { name: 'keep', scope: account.id, lockLevel: 'CanNotDelete' });
    new ConsumptionBudgetResourceGroup(this, 'budget', {
      name: 'monthly',
      resourceGroupId: group.id,
      amount: 100.5,
      timePeriod: { startDate: '2026-01-01T00:00:00Z' },
      notification: [80, 100].map((threshold) => ({
        threshold,
        operator: 'GreaterThan',
        contactEmails: ['speech@example.org'],
      })),
    });
    new TerraformOutput(this, 'account-id', { value: account.id });
    new TerraformOutput(this, 'endpoint', { value: account.endpoint });
    new TerraformOutput(this, 'key', { value: account.primaryAccessKey, sensitive: true });
    new TerraformOutput(this, 'tenant', { value: caller.tenantId });
  }

  #account(settings: Base & Partial<CognitiveAccountConfig>): CognitiveAccount {
    return new CognitiveAccount(this, 'account', {
      name: 'speech-test',
      kind: 'SpeechServices',
      skuName: 'S0',
      customSubdomainName: 'speech-test',
      identity: { type: 'SystemAssigned' },
      networkAcls: { defaultAction: 'Deny', ipRules: ['203.0.113.0/24', '198.51.100.7'], virtualNetworkRules: [] },
      timeouts: { create: '1h' },
      ...settings,
    });
  }

  #storage(base: Base, account: CognitiveAccount): void {
    const storage = new StorageAccount(this, 'storage', {
      ...base,
      name: 'speechtest',
      accountTier: 'Standard',
      accountReplicationType: 'LRS',
      sharedAccessKeyEnabled: false,
      blobProperties: { versioningEnabled: true, deleteRetentionPolicy: { days: 7 } },
      networkRules: { defaultAction: 'Deny', bypass: ['AzureServices'] },
    });
    new StorageContainer(this, 'datasets', { name: 'datasets', storageAccountId: storage.id });
    new RoleAssignment(this, 'read-datasets', {
      scope: storage.id,
      roleDefinitionName: 'Storage Blob Data Reader',
      principalId: account.identity.principalId,
    });
    new TerraformOutput(this, 'blobs', { value: storage.primaryBlobEndpoint });
  }

  #network(base: Base, account: CognitiveAccount): void {
    const { resourceGroupName } = base;
    const network = new VirtualNetwork(this, 'network', { ...base, name: 'vnet', addressSpace: ['10.0.0.0/16'] });
    const subnet = new Subnet(this, 'subnet', {
      resourceGroupName,
      name: 'speech',
      virtualNetworkName: network.name,
      addressPrefixes: ['10.0.1.0/24'],
    });
    const zone = new PrivateDnsZone(this, 'zone', {
      resourceGroupName,
      name: 'privatelink.cognitiveservices.azure.com',
    });
    new PrivateDnsZoneVirtualNetworkLink(this, 'link', {
      resourceGroupName,
      name: 'vnet',
      privateDnsZoneName: zone.name,
      virtualNetworkId: network.id,
    });
    const endpoint = new PrivateEndpoint(this, 'private', {
      ...base,
      name: 'speech',
      subnetId: subnet.id,
      privateServiceConnection: {
        name: 'speech',
        privateConnectionResourceId: account.id,
        subresourceNames: ['account'],
        isManualConnection: false,
      },
      privateDnsZoneGroup: { name: 'default', privateDnsZoneIds: [zone.id] },
    });
    new TerraformOutput(this, 'private-address', { value: endpoint.privateServiceConnection.privateIpAddress });
  }

  #monitoring(base: Base, account: CognitiveAccount): void {
    const workspace = new LogAnalyticsWorkspace(this, 'workspace', { ...base, name: 'logs', retentionInDays: 30 });
    new MonitorDiagnosticSetting(this, 'diagnostics', {
      name: 'all',
      targetResourceId: account.id,
      logAnalyticsWorkspaceId: workspace.id,
      enabledLog: [{ category: 'Audit' }, { category: 'RequestResponse' }],
      enabledMetric: [{ category: 'AllMetrics' }],
    });
    new MonitorMetricAlert(this, 'errors', {
      resourceGroupName: base.resourceGroupName,
      name: 'errors',
      scopes: [account.id],
      criteria: [
        {
          metricNamespace: 'Microsoft.CognitiveServices/accounts',
          metricName: 'ServerErrors',
          aggregation: 'Total',
          operator: 'GreaterThan',
          threshold: 5,
          dimension: [{ name: 'ApiName', operator: 'Include', values: ['*'] }],
        },
      ],
    });
  }

  #deployment(base: Base, account: CognitiveAccount): void {
    const identity = new UserAssignedIdentity(this, 'deployer', { ...base, name: 'deployer' });
    new FederatedIdentityCredential(this, 'github', {
      resourceGroupName: base.resourceGroupName,
      name: 'github',
      parentId: identity.id,
      audience: ['api://AzureADTokenExchange'],
      issuer: 'https://token.actions.githubusercontent.com',
      subject: 'repo:example/speech:environment:prod',
    });
    new RoleAssignment(this, 'deploy', {
      scope: account.id,
      roleDefinitionName: 'Cognitive Services Speech Contributor',
      principalId: identity.principalId,
      principalType: 'ServicePrincipal',
    });
  }
}

interface Base {
  readonly resourceGroupName: string;
  readonly location: string;
  readonly tags: { [key: string]: string };
}
