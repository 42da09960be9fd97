import { type ITerraformDependable, TerraformResource, TerraformStack } from 'cdktf';
import { Construct } from 'constructs';
import { BudgetAlert } from './constructs/budget-alert.ts';
import { ByosStorage } from './constructs/byos-storage.ts';
import { CustomSpeech } from './constructs/custom-speech.ts';
import { CustomerManagedKey } from './constructs/customer-managed-key.ts';
import { DatasetStorage } from './constructs/dataset-storage.ts';
import { DeleteLock } from './constructs/delete-lock.ts';
import { DeployIdentity } from './constructs/deploy-identity.ts';
import { DiagnosticSetting } from './constructs/diagnostic-setting.ts';
import { ExistingAccount } from './constructs/existing-account.ts';
import { Foundation } from './constructs/foundation.ts';
import { Monitoring } from './constructs/monitoring.ts';
import { checkDnsZones, PrivateAccess, type PrivateTarget } from './constructs/private-access.ts';
import { PrivateDns } from './constructs/private-dns.ts';
import { RoleGrant } from './constructs/role-grant.ts';
import { SpeechAccount } from './constructs/speech-account.ts';
import { blobHost, privateBlobZone } from './constructs/speech-hosts.ts';
import type { Environment } from './environment/environment.ts';
import { settledEnvironment, type SettledEnvironment } from './environment/settled-environment.ts';
import { roleKey } from './guards/built-in-roles.ts';
import { checkImports } from './guards/check-imports.ts';
import { checkRegion } from './guards/check-location.ts';
import { checkOverlaps } from './guards/check-network.ts';
import { checkTags } from './guards/check-tags.ts';
import { fault } from './guards/fault.ts';
import { guardResources } from './guards/guard-resources.ts';
import { checkResourceName } from './guards/resource-names.ts';
import {
  type Claim,
  endpointName,
  lockName,
  makesByosStorage,
  makesDnsZone,
  stackClaims,
  stackNames,
  type StackNames,
} from './stack-names.ts';
import { addOutputs } from './stack-outputs.ts';

export interface SpeechStackProps extends Environment {
  /** What the environment is for; names that are not given are made of it and the stack's id. */
  readonly workload: string;
}

/**
 * Everything of one environment. The ids of constructs are the names of the environment's sections, and parts of
 * Terraform's addresses: they stay as they are.
 */
export class SpeechStack extends TerraformStack {
  readonly account: SpeechAccount | ExistingAccount;
  readonly storage: DatasetStorage | undefined;
  readonly byosStorage: ByosStorage | undefined;
  readonly monitoring: Monitoring | undefined;
  /** There, also without objects, when `customSpeech` is given: the provider has to delete what is said no more. */
  readonly customSpeech: CustomSpeech | undefined;
  /** Names that no other environment can have. */
  readonly claims: readonly Claim[];
  readonly #environment: SettledEnvironment;
  readonly #names: StackNames;
  readonly #foundation: Foundation;
  readonly #key: CustomerManagedKey | undefined;

  constructor(scope: Construct, id: string, props: SpeechStackProps) {
    super(scope, id);
    // `terraform_data` came with 1.4, `plantimestamp` with 1.5.
    this.addOverride('terraform.required_version', '>= 1.5');
    const environment = settledEnvironment(props);
    this.#environment = environment;
    this.#names = stackNames(environment, { workload: props.workload, id });
    this.claims = stackClaims(environment, this.#names);
    const { resourceGroup, account: name, state: stateKey } = this.#names;
    const accountName = environment.account.existing === undefined ? name : undefined;
    this.#foundation = new Foundation(this, 'foundation', { ...props, resourceGroup, accountName, stateKey });
    this.#key = this.#customerManagedKey();
    this.byosStorage = this.#byosStorage(props.byosStorage);
    const { existing } = environment.account;
    if (existing === undefined) {
      this.account = this.#account();
      this.byosStorage?.admit(this.account);
    } else this.account = this.#existingAccount(existing, props);
    this.storage = this.#storage();
    this.#encrypt();
    this.monitoring = this.#monitoring();
    this.#diagnosticSettings();
    const deployIdentity = this.#deployIdentity();
    const privateEndpoints = this.#privateEndpoints();
    const storageEndpoints = this.#storageEndpoints();
    this.#checkNetworks();
    this.#roleGrants(privateEndpoints);
    this.customSpeech = this.#customSpeech();
    this.#expiryAlerts();
    this.#budget();
    this.#lockEndpoints(privateEndpoints, this.#environment.privateEndpoints);
    this.#lockEndpoints(storageEndpoints, this.#environment.storage?.privateEndpoints ?? {});
    this.#deleteLock();
    this.#import();
    const { account, storage, byosStorage, monitoring, customSpeech } = this;
    const parts = {
      account,
      storage,
      byosStorage,
      monitoring,
      deployIdentity,
      privateEndpoints,
      storageEndpoints,
      customSpeech,
    };
    addOutputs(this, { environment, names: this.#names, parts });
    const { cloud, allowUnlistedLocation: allowUnlisted } = environment;
    this.node.addValidation({ validate: () => [...guardResources(this, { cloud, allowUnlisted })] });
  }

  /** What every resource has. */
  get #base(): { location: string; resourceGroupName: string; tags: Readonly<Record<string, string>> } {
    const { location, tags } = this.#environment;
    return { location, tags, resourceGroupName: this.#foundation.resourceGroupName };
  }

  #customerManagedKey(): CustomerManagedKey | undefined {
    const { customerManagedKey: settings, storage, cloud } = this.#environment;
    if (settings === undefined) return undefined;
    const name = `id-${this.#names.base}-key`;
    const key = new CustomerManagedKey(this, 'customer-managed-key', { ...this.#base, name, cloud, ...settings });
    const isUsed = storage !== undefined || makesByosStorage(this.#environment) || settings.encryptAccount;
    if (!isUsed) key.guard([fault('nothing-to-encrypt', { path: ['keyName'] })]);
    return key;
  }

  /** The identity that what is encrypted needs before a key of one's own can be used. */
  get #encryption(): { readonly encryptionIdentityId?: string } {
    return this.#key === undefined ? {} : { encryptionIdentityId: this.#key.identityId };
  }

  /** As it was given: a default is nothing that is unused. */
  #byosStorage(settings: Environment['byosStorage']): ByosStorage | undefined {
    if (settings === undefined) return undefined;
    const name = this.#names.byosStorage;
    const made = new ByosStorage(this, 'byos-storage', { ...this.#base, ...this.#encryption, ...settings, name });
    if (settings.storageAccountId !== undefined && settings.name !== undefined) {
      made.guard([fault('byos-with-made', { path: ['name'], value: settings.name })]);
    }
    return made;
  }

  #account(): SpeechAccount {
    const { account: settings, customerManagedKey, privateEndpoints, cloud, allowUnlistedLocation } = this.#environment;
    const hasEndpoints = Object.keys(privateEndpoints).length > 0;
    const isEncrypted = customerManagedKey?.encryptAccount === true;
    const account = new SpeechAccount(this, 'account', {
      ...this.#base,
      publicAccess: !hasEndpoints,
      ...settings,
      hasPrivateEndpoints: hasEndpoints,
      cloud,
      allowUnlistedLocation,
      name: this.#names.account,
      fqdns: [...new Set([...settings.fqdns, ...this.#ownHosts()])],
      ...(isEncrypted ? this.#encryption : {}),
      ...(this.byosStorage === undefined ? {} : { byosStorageId: this.byosStorage.id }),
    });
    if (this.#environment.storage !== undefined && this.byosStorage === undefined && !settings.systemIdentity) {
      const reason = 'the account reads datasets with it';
      account.guard([fault('system-identity-needed', { path: ['systemIdentity'], reason })]);
    }
    if (settings.publicAccess === false && !hasEndpoints) {
      account.guard([fault('unreachable-account', { path: ['publicAccess'] })]);
    }
    if (settings.keyOutputs && !settings.keyAuth) {
      account.guard([fault('keys-without-key-auth', { path: ['keyOutputs'] })]);
    }
    return account;
  }

  /** `given`: as the environment says it; a default is nothing that is unused. */
  #existingAccount(existing: string, given: Environment): ExistingAccount {
    const { cloud, subscription, storage, account } = this.#environment;
    const made = new ExistingAccount(this, 'account', {
      existing,
      cloud,
      needsIdentity: storage !== undefined,
      ...(subscription === undefined ? {} : { subscription }),
      ...(account.customSubdomain === undefined ? {} : { customSubdomain: account.customSubdomain }),
    });
    const { existing: _, customSubdomain: __, ...others } = given.account ?? {};
    made.guard(
      Object.keys(others).map((name) => fault('existing-account', { path: [name], isName: true, without: undefined })),
    );
    const elsewhere: readonly (readonly [isGiven: boolean, path: readonly string[], without: string])[] = [
      [given.byosStorage !== undefined, ['byosStorage'], 'enabled: false'],
      [given.customerManagedKey?.encryptAccount === true, ['customerManagedKey', 'encryptAccount'], 'false'],
      [given.deployIdentity?.mayPurge === true, ['deployIdentity', 'mayPurge'], 'false'],
      [given.deleteLock !== undefined && given.deleteLock.on !== 'resource-group', ['deleteLock'], 'enabled: false'],
    ];
    this.#foundation.guard(
      elsewhere.flatMap(([isGiven, path, without]) =>
        isGiven ? [fault('existing-account', { path, isName: true, without })] : [],
      ),
    );
    return made;
  }

  /** The hosts of storage that the stack names: an account that could not call them could not do its work. */
  #ownHosts(): readonly string[] {
    const { cloud, storage, account, byosStorage } = this.#environment;
    if (!account.outboundRestricted) return [];
    const existing = /\/storageAccounts\/([a-z0-9]+)$/i.exec(byosStorage?.storageAccountId ?? '')?.[1];
    const names = [
      ...(storage === undefined ? [] : [this.#names.storage]),
      ...(makesByosStorage(this.#environment) ? [this.#names.byosStorage] : []),
      ...(existing === undefined ? [] : [existing.toLowerCase()]),
    ];
    return names.map((name) => blobHost(name, cloud));
  }

  #storage(): DatasetStorage | undefined {
    const { storage: settings } = this.#environment;
    if (settings === undefined) return undefined;
    const { account } = this;
    const name = this.#names.storage;
    return new DatasetStorage(this, 'storage', { ...this.#base, ...this.#encryption, ...settings, account, name });
  }

  #encrypt(): void {
    if (this.storage !== undefined) this.#key?.encrypt('storage-key', this.storage.id);
    if (this.byosStorage?.resource !== undefined) this.#key?.encrypt('byos-storage-key', this.byosStorage.id);
    if (this.account instanceof SpeechAccount) this.#key?.encryptAccount(this.account);
  }

  #monitoring(): Monitoring | undefined {
    const { monitoring: settings, cloud, allowUnlistedLocation: allowUnlisted } = this.#environment;
    if (settings === undefined) return undefined;
    const name = this.#names.account;
    const monitoring = new Monitoring(this, 'monitoring', { ...this.#base, ...settings, name, account: this.account });
    monitoring.guard(checkRegion(settings.workspaceLocation, { path: ['workspaceLocation'], cloud, allowUnlisted }));
    return monitoring;
  }

  #diagnosticSettings(): void {
    const section = new Construct(this, 'diagnostic-settings');
    for (const [id, settings] of Object.entries(this.#environment.diagnosticSettings)) {
      new DiagnosticSetting(section, id, { ...settings, name: settings.name ?? id, account: this.account });
    }
  }

  #deployIdentity(): DeployIdentity | undefined {
    const { deployIdentity: settings } = this.#environment;
    if (settings === undefined) return undefined;
    return new DeployIdentity(this, 'deploy-identity', {
      ...this.#base,
      ...settings,
      name: settings.name ?? `id-${this.#names.base}`,
      account: this.account,
      ...(this.storage === undefined ? {} : { storage: this.storage }),
      ...(this.byosStorage === undefined ? {} : { byosStorage: this.byosStorage }),
    });
  }

  #privateEndpoints(): ReadonlyMap<string, PrivateAccess> {
    const endpoints = this.#environment.privateEndpoints;
    return this.#endpointsTo(this.account.privateTarget, {
      endpoints,
      sections: ['private-dns', 'private-endpoints'],
      name: this.#names.account,
    });
  }

  #storageEndpoints(): ReadonlyMap<string, PrivateAccess> {
    const { storage, cloud } = this.#environment;
    if (this.storage === undefined || storage === undefined) return new Map();
    const { privateEndpoints: endpoints, publicAccess, ipRules, subnetIds } = storage;
    if (!publicAccess) {
      const unused = { ipRules, subnetIds };
      for (const [name, [value]] of Object.entries(unused))
        if (value !== undefined) this.storage.guard([fault('rule-without-public-access', { path: [name, 0], value })]);
      if (Object.keys(endpoints).length === 0)
        this.storage.guard([fault('unreachable-storage', { path: ['publicAccess'] })]);
    }
    const target = { id: this.storage.id, subresource: 'blob', zone: privateBlobZone(cloud) } as const;
    const sections = ['storage-private-dns', 'private-endpoints'] as const;
    return this.#endpointsTo(target, { endpoints, sections, name: this.#names.storage, in: this.storage });
  }

  /** Private endpoints of one target, one after the other, after everything else that changes it. */
  #endpointsTo(
    target: PrivateTarget,
    made: {
      readonly endpoints: SettledEnvironment['privateEndpoints'];
      /** The ids of the DNS zone and of the section that the endpoints are in. */
      readonly sections: readonly [dns: string, endpoints: string];
      /** What the names of endpoints are made of. */
      readonly name: string;
      /** The construct of the section around that of the endpoints. @default the stack */
      readonly in?: Construct;
    },
  ): ReadonlyMap<string, PrivateAccess> {
    const { endpoints, sections, name: targetName, in: around = this } = made;
    const accesses = new Map<string, PrivateAccess>();
    const section = new Construct(around, sections[1]);
    const dns = makesDnsZone(endpoints)
      ? { dns: new PrivateDns(this, sections[0], { ...this.#base, zone: target.zone }) }
      : {};
    const { cloud, allowUnlistedLocation } = this.#environment;
    const dnsFaults = checkDnsZones(endpoints);
    let after = this.#resources();
    for (const [id, { location, resourceGroup, name, tags, lock: _, ...rest }] of Object.entries(endpoints)) {
      const endpoint = new PrivateAccess(section, id, {
        ...this.#base,
        ...rest,
        ...dns,
        ...(location === undefined ? {} : { location }),
        ...(resourceGroup === undefined ? {} : { resourceGroupName: resourceGroup }),
        name: name ?? endpointName(targetName, id),
        tags: { ...this.#environment.tags, ...tags },
        target,
        after,
      });
      endpoint.guard([
        ...(dnsFaults.get(id) ?? []),
        ...checkTags(tags),
        ...checkRegion(location, { path: ['location'], cloud, allowUnlisted: allowUnlistedLocation }),
        ...checkResourceName(resourceGroup, { kind: 'resourceGroup', path: ['resourceGroup'] }),
      ]);
      accesses.set(id, endpoint);
      after = [endpoint.resource];
    }
    return accesses;
  }

  /** Each endpoint that names no subnet has a network of its own. */
  #checkNetworks(): void {
    const { privateEndpoints, storage } = this.#environment;
    const sections = [
      [['privateEndpoints'], privateEndpoints],
      [['storage', 'privateEndpoints'], storage?.privateEndpoints ?? {}],
    ] as const;
    const networks = sections.flatMap(([path, endpoints]) =>
      Object.entries(endpoints).map(([id, { addressSpace: spaces = [] }]) => ({
        path: [...path, id, 'addressSpace'],
        spaces,
      })),
    );
    this.#foundation.guard(checkOverlaps(networks));
  }

  #roleGrants(privateEndpoints: ReadonlyMap<string, PrivateAccess>): void {
    const targets = {
      account: this.account.id,
      storage: this.storage?.id,
      'byos-storage': this.byosStorage?.id,
      'private-endpoints': undefined,
      'resource-group': this.#foundation.resourceGroupId,
    };
    const { storage } = this.#environment;
    const section = new Construct(this, 'role-grants');
    const owners = new Map<string, string>();
    for (const [id, { on, endpoint, scope = targets[on], ...rest }] of Object.entries(this.#environment.roleGrants)) {
      const path = ['roleGrants', id];
      const grant = JSON.stringify([roleKey(rest.role), rest.principal, scope ?? on, endpoint]).toLowerCase();
      const before = owners.get(grant);
      owners.set(grant, before ?? id);
      if (before !== undefined) this.#foundation.guard([fault('same-grant', { path, value: before })]);
      const isOnEndpoints = on === 'private-endpoints' && scope === undefined;
      if (endpoint !== undefined && !isOnEndpoints)
        this.#foundation.guard([fault('endpoint-of-nothing', { path: [...path, 'endpoint'], value: endpoint })]);
      if (scope !== undefined) new RoleGrant(section, id, { ...rest, scope });
      const endpoints = isOnEndpoints ? [...privateEndpoints].filter(([name]) => name === (endpoint ?? name)) : [];
      const group = endpoints.length === 0 ? section : new Construct(section, id);
      for (const [name, { id: scopeOfOne }] of endpoints) new RoleGrant(group, name, { ...rest, scope: scopeOfOne });
      if (scope !== undefined || endpoints.length > 0) continue;
      const [key, value] = isOnEndpoints && endpoint !== undefined ? ['endpoint', endpoint] : ['on', on];
      const hasStorageEndpoints = isOnEndpoints && Object.keys(storage?.privateEndpoints ?? {}).length > 0;
      this.#foundation.guard([fault('role-target', { path: [...path, key], value, hasStorageEndpoints })]);
    }
  }

  #customSpeech(): CustomSpeech | undefined {
    const { customSpeech: settings, tenant } = this.#environment;
    if (settings === undefined) return undefined;
    return new CustomSpeech(this, 'custom-speech', {
      ...settings,
      ...(tenant === undefined ? {} : { tenant }),
      account: this.account,
      // Of the storage of an account that somebody else manages, nothing is known here.
      hasOwnStorage: this.byosStorage !== undefined || this.account instanceof ExistingAccount,
      // Whoever makes the objects, and deletes them again, may need a role that the stack grants, and the way that it opens.
      after: this.#resources(),
    });
  }

  /** The endpoints of the stack say themselves when their models expire. */
  #expiryAlerts(): void {
    const { monitoring, customSpeech } = this;
    const { modelExpiry: typed = {} } = this.#environment.monitoring ?? {};
    for (const [name, expiry] of Object.entries(customSpeech?.modelExpiry ?? {})) {
      const value = Object.hasOwn(typed, name) ? typed[name] : undefined;
      if (value === undefined) monitoring?.alertOnExpiry(name, expiry);
      else monitoring?.guard([fault('expiry-known', { path: ['modelExpiry', name], value })]);
    }
  }

  #budget(): void {
    const { budget: settings } = this.#environment;
    if (settings === undefined) return;
    const { resourceGroupId } = this.#foundation;
    new BudgetAlert(this, 'budget', { ...settings, name: `budget-${this.#names.base}`, resourceGroupId });
  }

  #lockEndpoints(made: ReadonlyMap<string, PrivateAccess>, settings: SettledEnvironment['privateEndpoints']): void {
    const after = this.#resources();
    for (const [id, { lock }] of Object.entries(settings))
      if (lock !== undefined) made.get(id)?.lock({ ...lock, after });
  }

  #deleteLock(): void {
    const { deleteLock: settings, account } = this.#environment;
    if (settings === undefined) return;
    if (!account.preventDestroy && account.existing === undefined) {
      this.#foundation.guard([fault('lock-without-prevent-destroy', { path: ['deleteLock'] })]);
    }
    new DeleteLock(this, 'delete-lock', {
      ...settings,
      name: lockName(settings, this.#names.account),
      scope: settings.on === 'resource-group' ? this.#foundation.resourceGroupId : this.account.id,
      after: this.#resources(),
    });
  }

  /** Blocks in place of cdktf's own way, which asks Terraform for its version at every synthesis. */
  #import(): void {
    const { import: imports, subscription } = this.#environment;
    const blocks = Object.entries(imports).map(([to, id]) => ({ to, id }));
    if (blocks.length === 0) return;
    this.#foundation.guard(checkImports(imports, { stack: this.toTerraform(), subscription }));
    this.addOverride('import', blocks);
  }

  /** Everything in Azure that is there so far. */
  #resources(): readonly ITerraformDependable[] {
    return this.node
      .findAll()
      .filter((construct) => TerraformResource.isTerraformResource(construct))
      .filter(({ terraformResourceType }) => terraformResourceType.startsWith('azurerm_'));
  }
}
