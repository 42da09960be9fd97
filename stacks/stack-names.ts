import { createHash } from 'node:crypto';
import { stateHosts } from './constructs/state-backend.ts';
import { monitoringSetting } from './constructs/monitoring.ts';
import { privateBlobZone, speechHosts } from './constructs/speech-hosts.ts';
import type { SettledEnvironment } from './environment/settled-environment.ts';
import { roleKey } from './guards/built-in-roles.ts';
import { resourceNameOf } from './guards/resource-names.ts';

/** The names of what a stack makes: as they are given, or else made of the workload and the environment. */
export type StackNames = Readonly<
  Record<'base' | 'resourceGroup' | 'account' | 'subdomain' | 'storage' | 'byosStorage' | 'state', string>
>;

/** The names for an environment. */
export function stackNames(
  environment: SettledEnvironment,
  base: { readonly workload: string; readonly id: string },
): StackNames {
  const { account, storage, byosStorage, backend, resourceGroup } = environment;
  const both = `${base.workload}-${base.id}`;
  const plain = both.replaceAll('-', '');
  const name = account.existing?.split('/').at(-1) ?? account.name ?? both;
  return {
    base: both,
    account: name,
    resourceGroup: resourceGroup ?? `rg-${both}`,
    subdomain: account.customSubdomain ?? name,
    storage: storage?.name ?? storageName(plain, ''),
    byosStorage: byosStorage?.name ?? storageName(plain, 'byos'),
    state: backend?.key ?? (isBlob(backend) ? `${base.workload}/${base.id}.tfstate` : both),
  };
}

/** One that is too long for Azure's 24 characters is cut, and has a digest of the whole, so that two that begin alike stay two. */
function storageName(plain: string, end: string): string {
  const name = `st${plain}${end}`;
  if (name.length <= 24) return name;
  const digest = createHash('sha256').update(plain).digest('hex').slice(0, 6);
  return `st${plain.slice(0, 24 - 2 - digest.length - end.length)}${digest}${end}`;
}

/** A name that only one environment, and one part of it, can have. */
export interface Claim {
  readonly kind:
    | 'subdomain'
    | 'storage-account'
    | 'resource-group'
    | 'private-dns-zone'
    | 'private-endpoint'
    | 'diagnostic-setting'
    | 'role-assignment'
    | 'speech-object'
    | 'identity'
    | 'lock'
    | 'state'
    | 'object';
  readonly value: string;
  /** What is compared in place of the value; in any case, as Azure has its names. @default the value */
  readonly key?: string;
  /** The property that says it, from the environment. */
  readonly path: readonly string[];
}

/** What an environment wants for itself alone. */
export function stackClaims(environment: SettledEnvironment, names: StackNames): readonly Claim[] {
  const { account, storage, backend, createResourceGroup } = environment;
  const subdomain = account.customSubdomain === undefined ? 'name' : 'customSubdomain';
  const claims: Claim[] = [];
  if (account.existing === undefined)
    claims.push({ kind: 'subdomain', value: names.subdomain, path: ['account', subdomain] });
  if (storage !== undefined) claims.push({ kind: 'storage-account', value: names.storage, path: ['storage', 'name'] });
  if (makesByosStorage(environment)) {
    claims.push({ kind: 'storage-account', value: names.byosStorage, path: ['byosStorage', 'name'] });
  }
  const group = inSubscription(environment, names.resourceGroup);
  if (createResourceGroup) claims.push({ kind: 'resource-group', value: group, path: ['resourceGroup'] });
  for (const { path, endpoints, zone } of privateAccesses(environment, names))
    if (makesDnsZone(endpoints)) claims.push({ kind: 'private-dns-zone', value: `${group}/${zone}`, path });
  claims.push(
    ...endpointClaims(environment, names),
    ...settingClaims(environment, names),
    ...grantClaims(environment, names),
    ...speechClaims(environment, names),
    ...groupClaims(environment, names),
    ...importClaims(environment),
  );
  if (backend !== undefined && backend.kind !== 'local')
    claims.push({ kind: 'state', value: `${statePlace(backend)}/${names.state}`, path: ['backend', 'key'] });
  return claims;
}

function importClaims({ import: ids }: SettledEnvironment): readonly Claim[] {
  return Object.entries(ids).map(([address, value]) => {
    // Rules and keys of an account are resources of their own, with the id of the account.
    const [type] = address.split('.');
    return { kind: 'object', value, key: `${type} ${value}`, path: ['import', address] };
  });
}

type Backend = NonNullable<SettledEnvironment['backend']>;

/** Only there a name may have a folder. */
function isBlob(backend: Backend | undefined): boolean {
  return backend === undefined || backend.kind === 'local' || backend.kind === 'azurerm';
}

function statePlace({ kind, storageAccount, container, organization, project, host }: Backend): string {
  if (kind === 'hcp') return `${host ?? stateHosts.hcp}/${organization}`;
  if (kind === 'gitlab') return `${host ?? stateHosts.gitlab}/${project}`;
  return `${storageAccount}/${container}`;
}

type Endpoints = SettledEnvironment['privateEndpoints'];

/** The private endpoints of an environment, by what they lead to: where they are written, and whose name theirs are made of. */
function privateAccesses(
  { cloud, privateEndpoints, storage }: SettledEnvironment,
  names: StackNames,
): readonly {
  readonly path: readonly string[];
  readonly endpoints: Endpoints;
  readonly target: string;
  readonly zone: string;
}[] {
  const { privateZone } = speechHosts(names.subdomain, cloud);
  return [
    { path: ['privateEndpoints'], endpoints: privateEndpoints, target: names.account, zone: privateZone },
    {
      path: ['storage', 'privateEndpoints'],
      endpoints: storage?.privateEndpoints ?? {},
      target: names.storage,
      zone: privateBlobZone(cloud),
    },
  ];
}

function endpointClaims(environment: SettledEnvironment, names: StackNames): readonly Claim[] {
  return privateAccesses(environment, names).flatMap(({ path, endpoints, target }) =>
    Object.entries(endpoints).map(([id, { name, resourceGroup }]) => ({
      kind: 'private-endpoint' as const,
      value: `${inSubscription(environment, resourceGroup ?? names.resourceGroup)}/${name ?? endpointName(target, id)}`,
      path: [...path, id, ...(name === undefined ? [] : ['name'])],
    })),
  );
}

function settingClaims(environment: SettledEnvironment, names: StackNames): readonly Claim[] {
  const { monitoring, diagnosticSettings } = environment;
  const kind = 'diagnostic-setting' as const;
  const account = accountId(environment, names);
  return [
    ...(monitoring === undefined
      ? []
      : [{ kind, value: monitoringSetting, key: `${account} ${monitoringSetting}`, path: ['monitoring'] }]),
    ...Object.entries(diagnosticSettings).map(([id, { name }]) => ({
      kind,
      value: name ?? id,
      key: `${account} ${name ?? id}`,
      path: ['diagnosticSettings', id, ...(name === undefined ? [] : ['name'])],
    })),
  ];
}

/** Roles on what several environments can use. Storage and private endpoints that are made have names of their own. */
function grantClaims(environment: SettledEnvironment, names: StackNames): readonly Claim[] {
  const { roleGrants, byosStorage } = environment;
  const scopes: Readonly<Record<string, string | undefined>> = {
    account: accountId(environment, names),
    'resource-group': groupId(environment, names),
    'byos-storage': byosStorage?.storageAccountId,
  };
  return Object.entries(roleGrants).flatMap(([id, { role, principal, on, scope = scopes[on] }]) => {
    const key = `${roleKey(role)} ${principal} ${scope}`;
    return scope === undefined
      ? []
      : [{ kind: 'role-assignment' as const, value: role, key, path: ['roleGrants', id] }];
  });
}

/** Pipelines find projects and endpoints of an account by display name and locale. What is in an emulator is there for a try. */
function speechClaims(environment: SettledEnvironment, names: StackNames): readonly Claim[] {
  const { emulator, projects, endpoints } = environment.customSpeech ?? {};
  if (emulator !== undefined) return [];
  const account = accountId(environment, names);
  return Object.entries({ projects, endpoints }).flatMap(([section, objects = {}]) =>
    Object.entries(objects).map(([id, { name, locale }]) => ({
      kind: 'speech-object' as const,
      value: name ?? id,
      // The case of display names is kept, and `Calls` is another one than `calls`.
      key: `${account} ${section} ${locale} ${Buffer.from(name ?? id).toString('hex')}`,
      path: ['customSpeech', section, id, ...(name === undefined ? [] : ['name'])],
    })),
  );
}

/** What has a name in the resource group. */
function groupClaims(environment: SettledEnvironment, names: StackNames): readonly Claim[] {
  const { deployIdentity, deleteLock } = environment;
  const group = groupId(environment, names);
  const identity = deployIdentity?.name;
  const lock = deleteLock?.on === 'resource-group' ? lockName(deleteLock, names.account) : undefined;
  return [
    ...(identity === undefined
      ? []
      : [
          { kind: 'identity' as const, value: identity, key: `${group} ${identity}`, path: ['deployIdentity', 'name'] },
        ]),
    ...(lock === undefined
      ? []
      : [{ kind: 'lock' as const, value: lock, key: `${group} ${lock}`, path: ['deleteLock', 'name'] }]),
  ];
}

/** The resource id of the account; without its subscription where the environment names none. */
function accountId(environment: SettledEnvironment, names: StackNames): string {
  const made = `${groupId(environment, names)}/providers/Microsoft.CognitiveServices/accounts/${names.account}`;
  return environment.account.existing ?? made;
}

function groupId({ subscription = '' }: SettledEnvironment, { resourceGroup }: StackNames): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
}

/** The name of the lock that is given none. */
export function lockName({ name }: { readonly name?: string }, account: string): string {
  return name ?? resourceNameOf('lock', `lock-${account}`);
}

function inSubscription({ subscription }: SettledEnvironment, name: string): string {
  return subscription === undefined ? name : `${subscription}/${name}`;
}

/** The name of a private endpoint that is given none. */
export function endpointName(target: string, id: string): string {
  return resourceNameOf('privateEndpoint', `pep-${target}-${id}`);
}

/** Whether a private DNS zone is made, because one of these endpoints needs one and names none. */
export function makesDnsZone(endpoints: Endpoints): boolean {
  return Object.values(endpoints).some(({ manageDns, dnsZoneIds }) => manageDns && dnsZoneIds.length === 0);
}

/** Whether storage that the service uses instead of its own is made, and not just named. */
export function makesByosStorage({ byosStorage }: SettledEnvironment): boolean {
  return byosStorage !== undefined && byosStorage.storageAccountId === undefined;
}
