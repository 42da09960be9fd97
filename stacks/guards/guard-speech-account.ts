import { checkEach, checkResourceId } from './check-ids.ts';
import { checkLocation, type Cloud } from './check-location.ts';
import { checkIpRule } from './check-network.ts';
import { checkTimeouts, type Timeouts } from './check-timeouts.ts';
import { type Fault, fault, isLiteral, type PropertyPath } from './fault.ts';

export interface SpeechAccountProps {
  /** 2 to 64 letters, digits, `.`, `_` and `-`; as a subdomain, too, lower-case letters, digits and hyphens alone. */
  readonly name: string;
  /** The region, such as `westeurope`. */
  readonly location: string;
  readonly resourceGroupName: string;
  /** @default 'public' */
  readonly cloud?: Cloud;
  /** Takes a region that is not in the list of regions. @default false */
  readonly allowUnlistedLocation?: boolean;
  /** @default 'S0', the only one allowed */
  readonly sku?: string;
  /** Unique in all of Azure; changing it replaces the account. @default the name */
  readonly customSubdomain?: string;
  /** Whether keys are accepted beside Entra ID. @default false */
  readonly keyAuth?: boolean;
  /** Whether the account has an identity of its own. @default true */
  readonly systemIdentity?: boolean;
  /** User-assigned identities beside it. @default [] */
  readonly identityIds?: readonly string[];
  /** The identity with which a key of your own is used; the key is another resource's matter. @default Microsoft's keys */
  readonly encryptionIdentityId?: string;
  /** Whether the internet reaches the account, within the rules. @default true */
  readonly publicAccess?: boolean;
  /** Whether private endpoints let somebody in, whatever the rules are. @default false */
  readonly hasPrivateEndpoints?: boolean;
  /** What happens to calls that no rule lets in. @default 'Deny' */
  readonly defaultAction?: 'Deny' | 'Allow';
  /** Public addresses and ranges that may call. @default [] */
  readonly ipRules?: readonly string[];
  /** Subnets that may call. @default [] */
  readonly subnetRules?: readonly SubnetRule[];
  /** Whether the account may call `fqdns` alone. @default false */
  readonly outboundRestricted?: boolean;
  /** Hosts that the account may call. @default [] */
  readonly fqdns?: readonly string[];
  /** A storage account of your own for models and logs; changing it replaces the account. @default the service's own */
  readonly byosStorageId?: string;
  /** Refuses plans that destroy the account. @default false */
  readonly preventDestroy?: boolean;
  /** @default the azurerm provider's own limits */
  readonly timeouts?: Timeouts;
  /** @default {} */
  readonly tags?: Readonly<Record<string, string>>;
}

export interface SubnetRule {
  readonly subnetId: string;
  /** @default false */
  readonly ignoreMissingServiceEndpoint?: boolean;
}

/** What is wrong with the properties of a Speech account. */
export function guardSpeechAccount(props: SpeechAccountProps): readonly Fault[] {
  const { location, cloud = 'public', allowUnlistedLocation = false, timeouts } = props;
  return [
    ...checkName(props),
    ...checkLocation(location, { path: ['location'], cloud, allowUnlisted: allowUnlistedLocation }),
    ...checkSku(props.sku),
    ...checkIdentity(props),
    ...checkReach(props),
    ...checkIpRules(props.ipRules, ['ipRules']),
    ...(props.subnetRules ?? []).flatMap(({ subnetId }, index) =>
      checkResourceId(subnetId, { kind: 'subnet', path: ['subnetRules', index, 'subnetId'] }),
    ),
    ...checkOutbound(props),
    ...checkResourceId(props.byosStorageId, { kind: 'storageAccount', path: ['byosStorageId'] }),
    ...checkTimeouts(timeouts, ['timeouts']),
  ];
}

function checkName({ name, customSubdomain }: SpeechAccountProps): readonly Fault[] {
  if (customSubdomain !== undefined) {
    const isName = !isLiteral(name) || /^[a-zA-Z0-9][\w.-]{1,63}$/.test(name);
    const faults = isName ? [] : [fault('account-name', { path: ['name'], value: name })];
    return [...faults, ...checkSubdomain(customSubdomain, ['customSubdomain'])];
  }
  return checkSubdomain(name, ['name']);
}

/** Finds a subdomain that Azure refuses, or changes and thereby has Terraform replace the account with every plan. */
export function checkSubdomain(value: string, path: PropertyPath): readonly Fault[] {
  const isSubdomain = !isLiteral(value) || /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/.test(value);
  return isSubdomain ? [] : [fault('subdomain', { path, value })];
}

/** Finds a pricing tier other than the one that keeps endpoints. */
export function checkSku(value: string | undefined, path: PropertyPath = ['sku']): readonly Fault[] {
  if (!isLiteral(value) || value === 'S0') return [];
  return [fault(/^f\d$/i.test(value) ? 'free-sku' : 'unknown-sku', { path, value })];
}

function checkIdentity({ identityIds, systemIdentity = true, byosStorageId }: SpeechAccountProps): readonly Fault[] {
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

function checkReach(props: SpeechAccountProps): readonly Fault[] {
  const { publicAccess = true, defaultAction = 'Deny', ipRules = [], subnetRules = [] } = props;
  if (!publicAccess) return [];
  if (defaultAction === 'Allow') return [fault('open-account', { path: ['defaultAction'] })];
  const isReached = ipRules.length + subnetRules.length > 0 || props.hasPrivateEndpoints === true;
  return isReached ? [] : [fault('unreachable-account', { path: ['defaultAction'] })];
}

/** Finds public addresses that Azure AI services do not take (Microsoft Learn, "Configure Azure AI services virtual networks"). */
export function checkIpRules(rules: readonly string[] = [], path: PropertyPath): readonly Fault[] {
  const value = rules.length;
  return [
    ...checkEach(rules, { path, check: checkIpRule }),
    ...(value > 100 ? [fault('too-many-ip-rules', { path, value })] : []),
  ];
}

function checkOutbound({ fqdns, outboundRestricted = false }: SpeechAccountProps): readonly Fault[] {
  return checkEach(fqdns, {
    path: ['fqdns'],
    check: (value, path) => {
      if (!outboundRestricted) return [fault('fqdns-unused', { path, value })];
      const isHost = !isLiteral(value) || /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i.test(value);
      return isHost ? [] : [fault('fqdn', { path, value })];
    },
  });
}
