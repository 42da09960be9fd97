import type { TerraformStack } from 'cdktf';
import { nearestName } from '../../workflows/document/nearest-name.ts';
import { builtInRoles, isBuiltInRole } from './built-in-roles.ts';
import { checkIpRules, checkSku, checkSubdomain } from './check-account.ts';
import { checkEach, checkGuid } from './check-ids.ts';
import { checkRawLocation, type Cloud } from './check-location.ts';
import { checkLogCategory } from './check-log-category.ts';
import { checkRange, checkSubnetPrefix } from './check-network.ts';
import { type Fault, fault, isLiteral, type PropertyPath, tellFault } from './fault.ts';
import { GuardedConstruct } from './guarded-construct.ts';

/**
 * What is wrong with resources whoever added them: with classes of the azurerm provider, or with overrides. These are the
 * faults that `terraform validate` lets through. Parts of constructs that have told their own faults are left out.
 */
export function guardResources(
  stack: TerraformStack,
  regions: { readonly cloud: Cloud; readonly allowUnlisted: boolean },
): readonly string[] {
  const synthesised = stack.toTerraform() as Synthesised;
  const guarded = stack.node.findAll().filter((construct) => construct instanceof GuardedConstruct);
  const faulty = guarded.filter((one) => one.faults('error').length > 0).map(({ node }) => `${node.path}/`);
  const toldPlaces = new Set(guarded.flatMap((one) => one.faults('error').map(placeOf)));
  const resources = Object.entries(synthesised.resource ?? {}).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, body]) => ({ type, name, body, path: [type, name] })),
  );
  const told = resources.filter(({ body }) => !faulty.some((path) => pathOf(body).startsWith(path)));
  const faults = [
    ...told.flatMap((resource) => [
      ...checkIdentity(resource),
      ...checkPlace(resource, regions).filter((found) => !toldPlaces.has(placeOf(found))),
      ...(checks[resource.type]?.(resource, resources) ?? []),
    ]),
    ...Object.entries(synthesised.output ?? {}).flatMap(checkOutput),
    ...(faulty.length > 0 ? [] : blocks(synthesised.provider?.['azurerm']).flatMap(checkProvider)),
  ];
  return faults.map((found) => {
    const { message, hint, code } = tellFault(found, (name) => attributes[name] ?? name);
    return `${message}${hint === undefined ? '' : ` (${hint})`} [${code}]`;
  });
}

/** What azurerm calls other properties in messages. */
const attributes: Readonly<Record<string, string>> = {
  manualConnection: 'is_manual_connection',
  logGroups: 'category_group',
  addressSpace: 'address_space',
  allowUnlistedLocation: 'allowUnlistedLocation of the stack',
};

interface Synthesised {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Body>>>>;
  readonly output?: Readonly<Record<string, Body>>;
  readonly provider?: Readonly<Record<string, unknown>>;
}

type Body = Readonly<Record<string, unknown>>;

interface Resource {
  readonly type: string;
  readonly name: string;
  readonly body: Body;
  readonly path: PropertyPath;
}

type Check = (resource: Resource, all: readonly Resource[]) => readonly Fault[];

const checks: Readonly<Record<string, Check>> = {
  azurerm_cognitive_account: checkAccount,
  azurerm_role_assignment: checkRoleAssignment,
  azurerm_private_endpoint: checkPrivateEndpoint,
  azurerm_monitor_diagnostic_setting: checkDiagnosticSetting,
  azurerm_virtual_network: ({ body, path }) =>
    checkEach(texts(body['address_space']), { path: [...path, 'address_space'], check: checkRange }),
  azurerm_subnet: checkSubnet,
};

function checkAccount({ body, path }: Resource): readonly Fault[] {
  if (body['kind'] !== 'SpeechServices') return [];
  const subdomain = text(body['custom_subdomain_name']);
  const acls = blocks(body['network_acls']);
  const bypass = acls.map((one) => text(one['bypass']));
  const identity = blocks(body['identity']).map(({ type }) => text(type) ?? '');
  const hasIdentity = identity.some((type) => !isLiteral(type) || type.includes('SystemAssigned'));
  const throttling = body['dynamic_throttling_enabled'];
  return [
    ...checkSku(text(body['sku_name']), [...path, 'sku_name']),
    ...(subdomain === undefined
      ? [fault('raw-subdomain', { path: [...path, 'custom_subdomain_name'] })]
      : checkSubdomain(subdomain, [...path, 'custom_subdomain_name'])),
    ...acls.flatMap((one) => checkIpRules(texts(one['ip_rules']), [...path, 'network_acls', 'ip_rules'])),
    ...(blocks(body['storage']).length === 0 || hasIdentity
      ? []
      : [fault('raw-system-identity', { path: [...path, 'identity', 'type'] })]),
    ...bypass
      .filter((value) => value !== undefined)
      .map((value) => fault('raw-bypass', { path: [...path, 'network_acls', 'bypass'], value })),
    ...(throttling === undefined
      ? []
      : [fault('raw-throttling', { path: [...path, 'dynamic_throttling_enabled'], value: String(throttling) })]),
  ];
}

function checkIdentity({ body, path }: Resource): readonly Fault[] {
  return blocks(body['identity']).flatMap(({ type, identity_ids: ids }) => {
    const value = text(type) ?? '';
    const isMissing = value.includes('UserAssigned') && (ids === undefined || (Array.isArray(ids) && ids.length === 0));
    return isMissing ? [fault('raw-identity-ids', { path: [...path, 'identity', 'identity_ids'], value })] : [];
  });
}

function checkPlace(
  { type, body, path }: Resource,
  regions: { readonly cloud: Cloud; readonly allowUnlisted: boolean },
): readonly Fault[] {
  const needsSpeech = type === 'azurerm_cognitive_account' && body['kind'] === 'SpeechServices';
  return checkRawLocation(text(body['location']), { ...regions, path: [...path, 'location'], needsSpeech });
}

/** The region that a fault is about: what has no region of its own is where the environment is, which is told once. */
function placeOf({ parameters }: Fault): unknown {
  return (parameters as { readonly value?: unknown }).value;
}

/** Roles beside those in the table are taken, unless one in the table is probably meant. */
function checkRoleAssignment({ body, path }: Resource): readonly Fault[] {
  const value = text(body['role_definition_name']);
  const roles = Object.keys(builtInRoles);
  const nearest = isLiteral(value) && !isBuiltInRole(value) ? nearestName(value, roles) : undefined;
  return [
    ...checkGuid(text(body['principal_id']), [...path, 'principal_id']),
    ...(nearest === undefined || value === undefined
      ? []
      : [fault('unknown-role', { path: [...path, 'role_definition_name'], value, roles, nearest })]),
  ];
}

function checkPrivateEndpoint({ body, path }: Resource): readonly Fault[] {
  return blocks(body['private_service_connection']).flatMap((connection) => {
    const at = [...path, 'private_service_connection'];
    const isManual = connection['is_manual_connection'] === true && text(connection['request_message']) === undefined;
    const names = isAccount(connection['private_connection_resource_id']) ? texts(connection['subresource_names']) : [];
    return [
      ...checkEach(names, {
        path: [...at, 'subresource_names'],
        check: (value, name) =>
          !isLiteral(value) || value === 'account' ? [] : [fault('raw-subresource', { path: name, value })],
      }),
      ...(isManual ? [fault('manual-without-message', { path: [...at, 'request_message'] })] : []),
    ];
  });
}

function checkDiagnosticSetting({ body, path }: Resource): readonly Fault[] {
  if (!isAccount(body['target_resource_id'])) return [];
  const logs = blocks(body['enabled_log']);
  const categories = logs.map((log) => text(log['category'])).filter((value) => value !== undefined);
  const groups = logs.map((log) => text(log['category_group'])).filter((value) => value !== undefined);
  const metrics = [...blocks(body['enabled_metric']), ...blocks(body['metric'])].map((metric) =>
    text(metric['category']),
  );
  const at = [...path, 'enabled_log'];
  const [first] = categories;
  return [
    ...categories.flatMap((value) => checkLogCategory(value, { name: 'logCategories', path: [...at, 'category'] })),
    ...groups.flatMap((value) => checkLogCategory(value, { name: 'logGroups', path: [...at, 'category_group'] })),
    ...metrics.flatMap((value = '') =>
      checkLogCategory(value, { name: 'metricCategories', path: [...path, 'metric'] }),
    ),
    ...(first !== undefined && groups.length > 0
      ? [fault('category-and-group', { path: [...at, 'category'], value: first })]
      : []),
  ];
}

function checkSubnet({ body, path }: Resource, all: readonly Resource[]): readonly Fault[] {
  const written = text(body['virtual_network_name']) ?? '';
  const named = /^\$\{azurerm_virtual_network\.([\w-]+)\.name\}$/.exec(written)?.[1];
  const network = all.find(
    ({ type, name, body: other }) =>
      type === 'azurerm_virtual_network' && (name === named || other['name'] === written),
  );
  const spaces = network && texts(network.body['address_space']);
  return checkEach(texts(body['address_prefixes']), {
    path: [...path, 'address_prefixes'],
    check: (value, at) =>
      spaces === undefined ? checkRange(value, at) : checkSubnetPrefix(value, { path: at, spaces }),
  });
}

function checkOutput([name, { value, sensitive }]: readonly [string, Body]): readonly Fault[] {
  const secret =
    /\b\w+\.[\w-]+\.((primary|secondary)_(access_key|connection_string|shared_key|blob_connection_string))\b/;
  const found = secret.exec(JSON.stringify(value) ?? '')?.[0];
  return found === undefined || sensitive === true
    ? []
    : [fault('secret-output', { path: ['output', name], value: found })];
}

function checkProvider(provider: Body): readonly Fault[] {
  const path = ['provider', 'azurerm'];
  return [
    ...checkGuid(text(provider['subscription_id']), [...path, 'subscription_id']),
    ...checkGuid(text(provider['tenant_id']), [...path, 'tenant_id']),
  ];
}

function isAccount(id: unknown): boolean {
  return /azurerm_cognitive_account\.|\/Microsoft\.CognitiveServices\/accounts\//i.test(text(id) ?? '');
}

/** Terraform takes a single block as an object, too. */
function blocks(value: unknown): readonly Body[] {
  return [value ?? []].flat().filter((block): block is Body => typeof block === 'object' && block !== null);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function pathOf(body: Body): string {
  const { metadata } = (body['//'] ?? {}) as { readonly metadata?: { readonly path?: string } };
  return metadata?.path ?? '';
}
