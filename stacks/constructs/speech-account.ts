import { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account/index.js';
import type { Construct } from 'constructs';
import type { AccountSettings, EnvironmentSettings } from '../../schemas/index.ts';
import { type Settled, withDefaults } from '../environment/settled-environment.ts';
import { checkIpRules, checkSku, checkSubdomain } from '../guards/check-account.ts';
import { checkEach, checkResourceId } from '../guards/check-ids.ts';
import { checkLocation } from '../guards/check-location.ts';
import { checkTimeouts } from '../guards/check-timeouts.ts';
import { type Fault, fault, isLiteral } from '../guards/fault.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { StoredValue } from './_stored-value.ts';
import type { PrivateTarget } from './private-access.ts';
import { type SpeechHosts, speechHosts } from './speech-hosts.ts';

export interface SpeechAccountProps
  extends
    Omit<AccountSettings, 'existing' | 'name' | 'keyOutputs' | 'publicAccess'>,
    Pick<EnvironmentSettings, 'location' | 'cloud' | 'allowUnlistedLocation' | 'tags'> {
  /** 2 to 64 letters, digits, `.`, `_` and `-`; as a subdomain, too, lower-case letters, digits and hyphens alone. */
  readonly name: string;
  readonly resourceGroupName: string;
  /** The identity with which a key of your own is used; the key is another resource's matter. @default Microsoft's keys */
  readonly encryptionIdentityId?: string;
  /** Whether the internet reaches the account, within the rules. @default true */
  readonly publicAccess?: boolean;
  /** Whether private endpoints let somebody in, whatever the rules are. @default false */
  readonly hasPrivateEndpoints?: boolean;
  /** A storage account of your own for models and logs; changing it replaces the account. @default the service's own */
  readonly byosStorageId?: string;
}

type SettledAccount = Settled<'account', SpeechAccountProps> &
  Required<Pick<SpeechAccountProps, 'cloud' | 'allowUnlistedLocation'>>;

/** A Speech account that Entra ID signs in to: S0, custom subdomain, no keys, closed network, an identity of its own. */
export class SpeechAccount extends GuardedConstruct {
  readonly resource: CognitiveAccount;
  /** The resource id. */
  readonly id: string;
  /** The object id of the account's own identity; there only with `systemIdentity`. */
  readonly principalId: string;
  readonly subdomain: string;
  readonly hosts: SpeechHosts;
  /** What is replaced when the account is: the objects inside it. */
  readonly replaceTrigger: string;

  constructor(scope: Construct, id: string, given: SpeechAccountProps) {
    super(scope, id);
    const { cloud, allowUnlistedLocation } = withDefaults('environment', {
      cloud: given.cloud,
      allowUnlistedLocation: given.allowUnlistedLocation,
    });
    const props: SettledAccount = { ...withDefaults('account', given), cloud, allowUnlistedLocation };
    this.guard(guardSpeechAccount(props));
    this.subdomain = props.customSubdomain ?? props.name;
    // The service takes storage of its user when an account is made and never again, and the azurerm provider does not
    // know: this has Terraform plan a replacement instead of failing in the middle of an apply.
    const storageChoice = new StoredValue(this, 'byos-choice', { storage: props.byosStorageId ?? 'none' });
    this.resource = new CognitiveAccount(this, 'Default', {
      name: props.name,
      location: props.location,
      resourceGroupName: props.resourceGroupName,
      kind: 'SpeechServices',
      skuName: props.sku,
      customSubdomainName: this.subdomain,
      localAuthEnabled: props.keyAuth,
      publicNetworkAccessEnabled: props.publicAccess ?? true,
      outboundNetworkAccessRestricted: props.outboundRestricted,
      fqdns: [...props.fqdns],
      networkAcls: {
        defaultAction: props.defaultAction,
        ipRules: [...props.ipRules],
        virtualNetworkRules: props.subnetRules.map(({ subnetId, ignoreMissingServiceEndpoint }) => ({
          subnetId,
          ignoreMissingVnetServiceEndpoint: ignoreMissingServiceEndpoint,
        })),
      },
      ...identityOf(props),
      ...(props.byosStorageId === undefined ? {} : { storage: [{ storageAccountId: props.byosStorageId }] }),
      ...(props.timeouts === undefined ? {} : { timeouts: props.timeouts }),
      tags: { ...props.tags },
      lifecycle: {
        preventDestroy: props.preventDestroy,
        replaceTriggeredBy: [`terraform_data.${storageChoice.friendlyUniqueId}`],
        // The key is a resource of its own: it has to wait for the account, and for the identity's right to use it.
        ...(props.encryptionIdentityId === undefined ? {} : { ignoreChanges: ['customer_managed_key'] }),
      },
    });
    this.id = this.resource.id;
    this.principalId = this.resource.identity.principalId;
    this.hosts = speechHosts(this.subdomain, cloud);
    this.replaceTrigger = `azurerm_cognitive_account.${this.resource.friendlyUniqueId}.id`;
  }

  /** What private endpoints of the account lead to. */
  get privateTarget(): PrivateTarget {
    return { id: this.id, subresource: 'account', zone: this.hosts.privateZone };
  }
}

function identityOf({ systemIdentity, encryptionIdentityId, ...props }: SettledAccount): {
  readonly identity?: { readonly type: string; readonly identityIds?: string[] };
} {
  const encryption = encryptionIdentityId === undefined ? [] : [encryptionIdentityId];
  const identityIds = [...new Set([...props.identityIds, ...encryption])];
  const types = [...(systemIdentity ? ['SystemAssigned'] : []), ...(identityIds.length > 0 ? ['UserAssigned'] : [])];
  if (types.length === 0) return {};
  return {
    identity: { type: types.join(', '), ...(identityIds.length > 0 ? { identityIds } : {}) },
  };
}

/** What is wrong with the properties of a Speech account. */
function guardSpeechAccount(props: SettledAccount): readonly Fault[] {
  const { location, cloud, allowUnlistedLocation, timeouts } = props;
  return [
    ...checkName(props),
    ...checkLocation(location, { path: ['location'], cloud, allowUnlisted: allowUnlistedLocation }),
    ...checkSku(props.sku, ['sku']),
    ...checkIdentity(props),
    ...checkReach(props),
    ...checkIpRules(props.ipRules, ['ipRules']),
    ...props.subnetRules.flatMap(({ subnetId }, index) =>
      checkResourceId(subnetId, { kind: 'subnet', path: ['subnetRules', index, 'subnetId'] }),
    ),
    ...checkOutbound(props),
    ...checkResourceId(props.byosStorageId, { kind: 'storageAccount', path: ['byosStorageId'] }),
    ...checkTimeouts(timeouts, ['timeouts']),
  ];
}

function checkName({ name, customSubdomain }: SettledAccount): readonly Fault[] {
  if (customSubdomain !== undefined) {
    const isName = !isLiteral(name) || /^[a-zA-Z0-9][\w.-]{1,63}$/.test(name);
    const faults = isName ? [] : [fault('account-name', { path: ['name'], value: name })];
    return [...faults, ...checkSubdomain(customSubdomain, ['customSubdomain'])];
  }
  return checkSubdomain(name, ['name']);
}

function checkIdentity({ identityIds, systemIdentity, byosStorageId }: SettledAccount): readonly Fault[] {
  const reason = 'the account reaches storage of your own with it';
  return [
    ...checkEach(identityIds, {
      path: ['identityIds'],
      check: (value, path) => checkResourceId(value, { kind: 'identity', path }),
    }),
    ...(systemIdentity || byosStorageId === undefined
      ? []
      : [fault('system-identity-needed', { path: ['systemIdentity'], reason })]),
  ];
}

function checkReach(props: SettledAccount): readonly Fault[] {
  const { publicAccess = true, defaultAction, ipRules, subnetRules } = props;
  if (!publicAccess) return [];
  if (defaultAction === 'Allow') return [fault('open-account', { path: ['defaultAction'] })];
  const isReached = ipRules.length + subnetRules.length > 0 || props.hasPrivateEndpoints === true;
  return isReached ? [] : [fault('unreachable-account', { path: ['defaultAction'] })];
}

function checkOutbound({ fqdns, outboundRestricted }: SettledAccount): readonly Fault[] {
  return checkEach(fqdns, {
    path: ['fqdns'],
    check: (value, path) => {
      if (!outboundRestricted) return [fault('fqdns-unused', { path, value })];
      const isHost = !isLiteral(value) || /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i.test(value);
      return isHost ? [] : [fault('fqdn', { path, value })];
    },
  });
}
