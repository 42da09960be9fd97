import type { Environment } from './environment/environment.ts';

/** The names of what a stack makes: as they are given, or else made of the workload and the environment. */
export type StackNames = Readonly<
  Record<'base' | 'resourceGroup' | 'account' | 'subdomain' | 'storage' | 'byosStorage' | 'state', string>
>;

/** The names for an environment. */
export function stackNames(
  environment: Environment,
  base: { readonly workload: string; readonly id: string },
): StackNames {
  const { account, storage, byosStorage, backend, resourceGroup } = environment;
  const both = `${base.workload}-${base.id}`;
  const plain = both.replaceAll('-', '');
  const name = account?.name ?? both;
  return {
    base: both,
    account: name,
    resourceGroup: resourceGroup ?? `rg-${both}`,
    subdomain: account?.customSubdomain ?? name,
    storage: storage?.name ?? `st${plain}`,
    byosStorage: byosStorage?.name ?? `st${plain}byos`,
    state: backend?.key ?? `${base.workload}/${base.id}.tfstate`,
  };
}

/** A name that only one environment can have. */
export interface Claim {
  readonly kind: 'subdomain' | 'storage-account' | 'resource-group' | 'state';
  readonly value: string;
  /** The property that says it, from the environment. */
  readonly path: readonly string[];
}

/** What an environment wants for itself alone. */
export function stackClaims(environment: Environment, names: StackNames): readonly Claim[] {
  const { account, storage, backend, createResourceGroup = true } = environment;
  const subdomain = account?.customSubdomain === undefined ? 'name' : 'customSubdomain';
  const claims: Claim[] = [{ kind: 'subdomain', value: names.subdomain, path: ['account', subdomain] }];
  if (storage !== undefined) claims.push({ kind: 'storage-account', value: names.storage, path: ['storage', 'name'] });
  if (makesByosStorage(environment)) {
    claims.push({ kind: 'storage-account', value: names.byosStorage, path: ['byosStorage', 'name'] });
  }
  if (createResourceGroup) {
    const value = [...(environment.subscription === undefined ? [] : [environment.subscription]), names.resourceGroup];
    claims.push({ kind: 'resource-group', value: value.join('/'), path: ['resourceGroup'] });
  }
  if (backend?.kind === 'azurerm') {
    const { storageAccount = '', container = 'tfstate' } = backend;
    claims.push({ kind: 'state', value: `${storageAccount}/${container}/${names.state}`, path: ['backend', 'key'] });
  }
  return claims;
}

/** Whether storage that the service uses instead of its own is made, and not just named. */
export function makesByosStorage({ byosStorage }: Environment): boolean {
  return byosStorage !== undefined && byosStorage.storageAccountId === undefined;
}
