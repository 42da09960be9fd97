import { nearestName } from '../../workflows/document/nearest-name.ts';
import { type Fault, fault, isLiteral } from './fault.ts';

/** What Terraform is told to make, and to read, by the type and the name of each. */
interface Synthesised {
  readonly resource?: ByAddress;
  readonly data?: ByAddress;
}

type ByAddress = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/**
 * Finds addresses in `import` at which a stack makes nothing, and ids that are none of what it makes there: of another form,
 * or with another name or resource group than the stack has. azurerm would import such an object, and replace it.
 */
export function checkImports(
  imports: Readonly<Record<string, string>>,
  { stack, subscription }: { readonly stack: Synthesised; readonly subscription: string | undefined },
): readonly Fault[] {
  const addresses = Object.entries(stack.resource ?? {}).flatMap(([type, byName]) =>
    Object.keys(byName).map((name) => `${type}.${name}`),
  );
  return Object.entries(imports).flatMap(([address, value]) => {
    const path = ['import', address];
    if (!addresses.includes(address))
      return [
        fault('import-address', { path, isName: true, value: address, nearest: nearestName(address, addresses) }),
      ];
    const parts = partsOf(address, { stack, subscription });
    if (!isLiteral(value) || parts === undefined || fits(value, parts)) return [];
    const isOfForm = fits(
      value,
      parts.map((part) => ('unknown' in part ? { unknown: part.unknown } : part)),
    );
    const form = parts.map(shown).join('');
    return [fault('import-id', { path, value, form, isOfForm })];
  });
}

const group = '/subscriptions/{subscription}/resourceGroups/{resource_group_name}/providers';

/** How azurerm's documents write the id with which each type is imported; in braces arguments of the resource. */
const forms: Readonly<Record<string, string>> = {
  azurerm_cognitive_account: `${group}/Microsoft.CognitiveServices/accounts/{name}`,
  azurerm_cognitive_account_customer_managed_key: '{cognitive_account_id}',
  azurerm_consumption_budget_resource_group: '{resource_group_id}/providers/Microsoft.Consumption/budgets/{name}',
  azurerm_federated_identity_credential: '{parent_id}/federatedIdentityCredentials/{name}',
  azurerm_log_analytics_workspace: `${group}/Microsoft.OperationalInsights/workspaces/{name}`,
  azurerm_management_lock: '{scope}/providers/Microsoft.Authorization/locks/{name}',
  azurerm_monitor_action_group: `${group}/Microsoft.Insights/actionGroups/{name}`,
  azurerm_monitor_diagnostic_setting: '{target_resource_id}|{name}',
  azurerm_monitor_metric_alert: `${group}/Microsoft.Insights/metricAlerts/{name}`,
  azurerm_monitor_scheduled_query_rules_alert_v2: `${group}/Microsoft.Insights/scheduledQueryRules/{name}`,
  azurerm_private_dns_zone: `${group}/Microsoft.Network/privateDnsZones/{name}`,
  azurerm_private_dns_zone_virtual_network_link: `${group}/Microsoft.Network/privateDnsZones/{private_dns_zone_name}/virtualNetworkLinks/{name}`,
  azurerm_private_endpoint: `${group}/Microsoft.Network/privateEndpoints/{name}`,
  azurerm_private_endpoint_application_security_group_association:
    '{private_endpoint_id}|{application_security_group_id}',
  azurerm_resource_group: '/subscriptions/{subscription}/resourceGroups/{name}',
  azurerm_role_assignment: '{scope}/providers/Microsoft.Authorization/roleAssignments/{assignment_uuid}',
  azurerm_role_definition: '{scope}/providers/Microsoft.Authorization/roleDefinitions/{uuid}|{scope}',
  azurerm_storage_account: `${group}/Microsoft.Storage/storageAccounts/{name}`,
  azurerm_storage_account_customer_managed_key: '{storage_account_id}',
  azurerm_storage_account_network_rules: '{storage_account_id}',
  azurerm_storage_container: '{storage_account_id}/blobServices/default/containers/{name}',
  azurerm_storage_management_policy: '{storage_account_id}/managementPolicies/default',
  azurerm_subnet: `${group}/Microsoft.Network/virtualNetworks/{virtual_network_name}/subnets/{name}`,
  azurerm_user_assigned_identity: `${group}/Microsoft.ManagedIdentity/userAssignedIdentities/{name}`,
  azurerm_virtual_network: `${group}/Microsoft.Network/virtualNetworks/{name}`,
  customspeech_endpoint: '{endpoint_uuid}',
  customspeech_project: '{project_uuid}',
};

/** A part of an id: a text that is always the same, a name that the stack has, or one of which nothing is known. */
type Part = { readonly text: string } | { readonly unknown: string; readonly known?: string };

interface Known {
  readonly stack: Synthesised;
  readonly subscription: string | undefined;
}

/** The id of a resource or of what is read, as far as the stack says it; undefined for types whose ids are not known. */
function partsOf(address: string, { stack, subscription }: Known): readonly Part[] | undefined {
  const [type = '', name = ''] = address.replace(/^data\./, '').split('.');
  const form = forms[type];
  const body = (address.startsWith('data.') ? stack.data : stack.resource)?.[type]?.[name];
  if (form === undefined || body === undefined) return undefined;
  return form.split(/(\{\w+\})/).flatMap((text): readonly Part[] => {
    const [, unknown] = /^\{(\w+)\}$/.exec(text) ?? [];
    if (unknown === undefined) return text === '' ? [] : [{ text }];
    const value = unknown === 'subscription' ? subscription : body[unknown];
    return valueParts(value, { unknown, stack, subscription });
  });
}

/** The value of an argument: a text, or what another resource has. */
function valueParts(value: unknown, { unknown, ...known }: Known & { readonly unknown: string }): readonly Part[] {
  if (typeof value !== 'string') return [{ unknown }];
  const [, address, attribute = ''] = /^\$\{((?:data\.)?[\w-]+\.[\w-]+)\.(\w+)\}$/.exec(value) ?? [];
  if (address === undefined) return [isLiteral(value) ? { unknown, known: value } : { unknown }];
  if (attribute === 'id') return partsOf(address, known) ?? [{ unknown }];
  const [type = '', name = ''] = address.replace(/^data\./, '').split('.');
  const body = (address.startsWith('data.') ? known.stack.data : known.stack.resource)?.[type]?.[name];
  return valueParts(body?.[attribute], { unknown, ...known });
}

/** Names are compared in any case; what is around them azurerm takes as it is written here. */
function fits(id: string, parts: readonly Part[]): boolean {
  const pattern = parts.map((part) => {
    if ('text' in part) return literally(part.text);
    if (part.known !== undefined) return `(?i:${literally(part.known)})`;
    return patterns[part.unknown] ?? (/_id$|^scope$/.test(part.unknown) ? '/[^|]+' : '[^/|]+');
  });
  return new RegExp(`^${pattern.join('')}$`).test(id);
}

function literally(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

const uuid = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

/** A grant to a principal of another tenant has that behind it; Custom Speech objects are imported by their `self`, too. */
const patterns: Readonly<Record<string, string>> = {
  subscription: uuid,
  uuid,
  assignment_uuid: `${uuid}(?:\\|${uuid})?`,
  endpoint_uuid: `(?:https?://[^?#\\s]+/endpoints/)?${uuid}`,
  project_uuid: `(?:https?://[^?#\\s]+/projects/)?${uuid}`,
};

function shown(part: Part): string {
  return 'text' in part ? part.text : (part.known ?? `<${part.unknown.replaceAll('_', '-')}>`);
}
