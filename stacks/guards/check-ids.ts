import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Finds a text that is no id of a subscription, tenant or principal: the provider takes any text for one. */
export function checkGuid(value: string | undefined, path: PropertyPath): readonly Fault[] {
  if (!isLiteral(value) || GUID.test(value)) return [];
  return [fault('guid', { path, value, example: '00000000-0000-0000-0000-000000000001' })];
}

/** The kinds of resources whose ids properties take: what they are called, and their ids behind the resource group. */
const kinds = {
  speechAccount: ['a Speech account', 'Microsoft.CognitiveServices/accounts/<name>'],
  subnet: ['a subnet', 'Microsoft.Network/virtualNetworks/<network>/subnets/<name>'],
  dnsZone: ['a private DNS zone', 'Microsoft.Network/privateDnsZones/<name>'],
  securityGroup: ['an application security group', 'Microsoft.Network/applicationSecurityGroups/<name>'],
  storageAccount: ['a storage account', 'Microsoft.Storage/storageAccounts/<name>'],
  workspace: ['a Log Analytics workspace', 'Microsoft.OperationalInsights/workspaces/<name>'],
  eventHubRule: ['an authorization rule', 'Microsoft.EventHub/namespaces/<namespace>/authorizationRules/<name>'],
  actionGroup: ['an action group', 'Microsoft.Insights/actionGroups/<name>'],
  identity: ['a user-assigned identity', 'Microsoft.ManagedIdentity/userAssignedIdentities/<name>'],
  keyVault: ['a key vault', 'Microsoft.KeyVault/vaults/<name>'],
  managedHsm: ['a Managed HSM', 'Microsoft.KeyVault/managedHSMs/<name>'],
} as const;

/** Finds a text that is not the resource id of its kind. Azure writes ids in any case. */
export function checkResourceId(
  value: string | undefined,
  { kind, path }: { readonly kind: keyof typeof kinds; readonly path: PropertyPath },
): readonly Fault[] {
  const [name, tail] = kinds[kind];
  const form = `/subscriptions/<subscription>/resourceGroups/<group>/providers/${tail}`;
  if (!isLiteral(value) || matches(value, form)) return [];
  return [fault('resource-id', { path, value, kind: name, form })];
}

/** Finds a text that is the id of no resource, resource group or subscription. */
export function checkScope(value: string | undefined, path: PropertyPath): readonly Fault[] {
  const form = '/subscriptions/<subscription>/resourceGroups/<group>/…';
  if (!isLiteral(value) || /^\/subscriptions\/[0-9a-f-]{36}(\/resourceGroups\/[^/]+(\/.+[^/])?)?$/i.test(value)) {
    return [];
  }
  return [fault('resource-id', { path, value, kind: 'what the role is for', form })];
}

/** Each list item's faults, at the item's place. */
export function checkEach(
  values: readonly string[] | undefined,
  { path, check }: { readonly path: PropertyPath; check(value: string, path: PropertyPath): readonly Fault[] },
): readonly Fault[] {
  return (values ?? []).flatMap((value, index) => check(value, [...path, index]));
}

function matches(value: string, form: string): boolean {
  const [, ...parts] = form.split('/');
  const given = value.split('/');
  return (
    given.length === parts.length + 1 &&
    given[0] === '' &&
    parts.every((part, index) => {
      const at = given[index + 1] ?? '';
      if (part === '<subscription>') return GUID.test(at);
      return part.startsWith('<') ? /^[^\s]+$/.test(at) : at.toLowerCase() === part.toLowerCase();
    })
  );
}
