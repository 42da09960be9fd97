import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type ObjectValue, textOf } from '../../../stacks/provider/schema/value.ts';

/** What Azure does with objects of a type, as far as a stack can see it. */
export interface AzureType {
  /** The id that Azure gives, with members of the object in braces. */
  readonly id: string;
  /** What it fills in besides where the configuration does not say; for everything else that it sets, any value will do. */
  readonly filled?: Readonly<Record<string, string | Fill>>;
  /** Whose change takes another object, besides name, place and resource group; what is in a block has its name before it. */
  readonly replaces?: readonly string[];
  /** Of a key of one's own: the block in which Azure shows it on the account with the same id. */
  readonly key?: (object: ObjectValue) => ObjectValue;
  /** Why Azure does not make it now. */
  readonly refusal?: (object: ObjectValue, env: NodeJS.ProcessEnv) => string | undefined;
}

type Fill = (object: ObjectValue, env: NodeJS.ProcessEnv) => string | undefined;

const group = '/subscriptions/{subscription}/resourceGroups/{resource_group_name}';

/** The resource types of the stand-in; what `replaces` is `ForceNew` in azurerm 4.55. */
export const azureResources: Readonly<Record<string, AzureType>> = {
  azurerm_cognitive_account: {
    id: `${group}/providers/Microsoft.CognitiveServices/accounts/{name}`,
    filled: {
      endpoint: (account, env) =>
        env['SPEECHOPS_STANDIN_ENDPOINT'] ??
        fillIn('https://{custom_subdomain_name}.cognitiveservices.azure.com/', account) ??
        fillIn('https://{location}.api.cognitive.microsoft.com/', account),
      primary_access_key: accountKey,
      secondary_access_key: accountKey,
    },
    replaces: ['kind', 'custom_subdomain_name'],
  },
  azurerm_cognitive_account_customer_managed_key: {
    id: '{cognitive_account_id}',
    replaces: ['cognitive_account_id'],
    key: ({ key_vault_key_id = null, identity_client_id = null }) => ({ key_vault_key_id, identity_client_id }),
  },
  azurerm_consumption_budget_resource_group: {
    id: '{resource_group_id}/providers/Microsoft.Consumption/budgets/{name}',
    filled: { etag: '"{hash}"' },
    replaces: ['resource_group_id', 'time_period.start_date'],
  },
  azurerm_federated_identity_credential: {
    id: '{parent_id}/federatedIdentityCredentials/{name}',
    replaces: ['parent_id'],
  },
  azurerm_key_vault_managed_hardware_security_module_role_assignment: {
    id: '{managed_hsm_id}/{scope}/RoleAssignment/{name}',
    replaces: ['managed_hsm_id', 'scope', 'principal_id', 'role_definition_id'],
  },
  azurerm_log_analytics_workspace: { id: `${group}/providers/Microsoft.OperationalInsights/workspaces/{name}` },
  azurerm_management_lock: {
    id: '{scope}/providers/Microsoft.Authorization/locks/{name}',
    replaces: ['scope', 'lock_level', 'notes'],
  },
  azurerm_monitor_action_group: { id: `${group}/providers/Microsoft.Insights/actionGroups/{name}` },
  azurerm_monitor_diagnostic_setting: { id: '{target_resource_id}|{name}', replaces: ['target_resource_id'] },
  azurerm_monitor_metric_alert: { id: `${group}/providers/Microsoft.Insights/metricAlerts/{name}` },
  azurerm_monitor_scheduled_query_rules_alert_v2: {
    id: `${group}/providers/Microsoft.Insights/scheduledQueryRules/{name}`,
    replaces: ['scopes'],
  },
  azurerm_private_dns_zone: { id: `${group}/providers/Microsoft.Network/privateDnsZones/{name}` },
  azurerm_private_dns_zone_virtual_network_link: {
    id: `${group}/providers/Microsoft.Network/privateDnsZones/{private_dns_zone_name}/virtualNetworkLinks/{name}`,
    replaces: ['private_dns_zone_name', 'virtual_network_id'],
  },
  azurerm_private_endpoint: {
    id: `${group}/providers/Microsoft.Network/privateEndpoints/{name}`,
    refusal: notReadyYet,
    replaces: [
      'subnet_id',
      'custom_network_interface_name',
      'private_service_connection.name',
      'private_service_connection.is_manual_connection',
      'private_service_connection.private_connection_resource_id',
      'private_service_connection.subresource_names',
      'ip_configuration.name',
      'ip_configuration.private_ip_address',
      'ip_configuration.subresource_name',
      'ip_configuration.member_name',
    ],
  },
  azurerm_private_endpoint_application_security_group_association: {
    id: '{private_endpoint_id}|{application_security_group_id}',
    replaces: ['private_endpoint_id', 'application_security_group_id'],
  },
  azurerm_resource_group: { id: '/subscriptions/{subscription}/resourceGroups/{name}' },
  azurerm_role_assignment: {
    id: '{scope}/providers/Microsoft.Authorization/roleAssignments/{name}',
    filled: { name: '{guid}', role_definition_id: '{scope}/providers/Microsoft.Authorization/roleDefinitions/{guid}' },
    replaces: ['scope', 'principal_id', 'role_definition_id', 'role_definition_name'],
  },
  azurerm_role_definition: {
    id: '/providers/Microsoft.Authorization/roleDefinitions/{role_definition_id}|{scope}',
    filled: { role_definition_id: '{guid}' },
    replaces: ['scope', 'role_definition_id'],
  },
  azurerm_storage_account: {
    id: `${group}/providers/Microsoft.Storage/storageAccounts/{name}`,
    filled: {
      primary_blob_endpoint: 'https://{name}.blob.core.windows.net/',
      primary_blob_host: '{name}.blob.core.windows.net',
      primary_location: '{location}',
    },
  },
  azurerm_storage_account_customer_managed_key: {
    id: '{storage_account_id}',
    replaces: ['storage_account_id'],
    key: ({ key_vault_uri = null, managed_hsm_key_id = null, key_name, user_assigned_identity_id = null }) => ({
      key_vault_key_id: key_vault_uri === null ? null : `${String(key_vault_uri)}keys/${String(key_name)}`,
      managed_hsm_key_id,
      user_assigned_identity_id,
    }),
  },
  azurerm_storage_account_network_rules: { id: '{storage_account_id}', replaces: ['storage_account_id'] },
  azurerm_storage_container: {
    id: '{storage_account_id}/blobServices/default/containers/{name}',
    replaces: ['storage_account_id'],
  },
  azurerm_storage_management_policy: {
    id: '{storage_account_id}/managementPolicies/default',
    replaces: ['storage_account_id'],
  },
  azurerm_subnet: {
    id: `${group}/providers/Microsoft.Network/virtualNetworks/{virtual_network_name}/subnets/{name}`,
    replaces: ['virtual_network_name'],
  },
  azurerm_user_assigned_identity: { id: `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}` },
  azurerm_virtual_network: { id: `${group}/providers/Microsoft.Network/virtualNetworks/{name}` },
};

/** The data sources of the stand-in: they find whatever is looked for, where no Azure is there to be asked. */
export const azureDataSources: Readonly<Record<string, AzureType>> = {
  azurerm_client_config: { id: '{hash}', filled: { subscription_id: '{subscription}' } },
  azurerm_cognitive_account: { id: `${group}/providers/Microsoft.CognitiveServices/accounts/{name}` },
  azurerm_resource_group: azureResources['azurerm_resource_group'] as AzureType,
  azurerm_subscription: { id: '/subscriptions/{subscription}', filled: { subscription_id: '{subscription}' } },
};

/** An account that takes no keys has none to show. */
function accountKey(account: ObjectValue, env: NodeJS.ProcessEnv): string | undefined {
  return account['local_auth_enabled'] === false ? '' : (env['SPEECHOPS_STANDIN_KEY'] ?? fillIn('{hash}', account));
}

/** What azurerm says in the summary of its error, as often as the file that SPEECHOPS_STANDIN_NOT_READY names has lines. */
function notReadyYet(endpoint: ObjectValue, env: NodeJS.ProcessEnv): string | undefined {
  const file = env['SPEECHOPS_STANDIN_NOT_READY'] ?? '';
  const [first, ...rest] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [''];
  if (first === '') return undefined;
  writeFileSync(file, rest.join('\n'));
  return `creating Private Endpoint ${textOf(endpoint, 'name')} (polling failed with AccountProvisioningStateInvalid): Call to Microsoft.CognitiveServices/accounts failed. Error message: Account in state Accepted`;
}

/** The text with every name in braces replaced by that member; undefined when one of them is not known. */
export function fillIn(template: string, object: ObjectValue): string | undefined {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  if (names.some((name) => textOf(object, name) === undefined)) return undefined;
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => textOf(object, name) ?? '');
}
