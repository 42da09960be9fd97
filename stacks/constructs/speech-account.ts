import { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account/index.js';
import type { Construct } from 'constructs';
import { guardSpeechAccount, type SpeechAccountProps } from '../guards/guard-speech-account.ts';
import { GuardedConstruct } from '../guards/guarded-construct.ts';
import { StoredValue } from './_stored-value.ts';
import { type SpeechHosts, speechHosts } from './speech-hosts.ts';

export type { SpeechAccountProps };

/** A Speech account that Entra ID signs in to: S0, custom subdomain, no keys, closed network, an identity of its own. */
export class SpeechAccount extends GuardedConstruct {
  readonly resource: CognitiveAccount;
  /** The resource id. */
  readonly id: string;
  /** The object id of the account's own identity; there only with `systemIdentity`. */
  readonly principalId: string;
  readonly hosts: SpeechHosts;

  constructor(scope: Construct, id: string, props: SpeechAccountProps) {
    super(scope, id);
    this.guard(guardSpeechAccount(props));
    const subdomain = props.customSubdomain ?? props.name;
    // The service takes storage of its user when an account is made and never again, and the azurerm provider does not
    // know: this has Terraform plan a replacement instead of failing in the middle of an apply.
    const storageChoice = new StoredValue(this, 'byos-choice', { storage: props.byosStorageId ?? 'none' });
    this.resource = new CognitiveAccount(this, 'Default', {
      name: props.name,
      location: props.location,
      resourceGroupName: props.resourceGroupName,
      kind: 'SpeechServices',
      skuName: props.sku ?? 'S0',
      customSubdomainName: subdomain,
      localAuthEnabled: props.keyAuth ?? false,
      publicNetworkAccessEnabled: props.publicAccess ?? true,
      outboundNetworkAccessRestricted: props.outboundRestricted ?? false,
      fqdns: [...(props.fqdns ?? [])],
      networkAcls: {
        defaultAction: props.defaultAction ?? 'Deny',
        ipRules: [...(props.ipRules ?? [])],
        virtualNetworkRules: (props.subnetRules ?? []).map(({ subnetId, ignoreMissingServiceEndpoint = false }) => ({
          subnetId,
          ignoreMissingVnetServiceEndpoint: ignoreMissingServiceEndpoint,
        })),
      },
      ...identityOf(props),
      ...(props.byosStorageId === undefined ? {} : { storage: [{ storageAccountId: props.byosStorageId }] }),
      ...(props.timeouts === undefined ? {} : { timeouts: props.timeouts }),
      tags: { ...props.tags },
      lifecycle: {
        preventDestroy: props.preventDestroy ?? false,
        replaceTriggeredBy: [`terraform_data.${storageChoice.friendlyUniqueId}`],
        // The key is a resource of its own: it has to wait for the account, and for the identity's right to use it.
        ...(props.encryptionIdentityId === undefined ? {} : { ignoreChanges: ['customer_managed_key'] }),
      },
    });
    this.id = this.resource.id;
    this.principalId = this.resource.identity.principalId;
    this.hosts = speechHosts(subdomain, props.cloud);
  }
}

function identityOf({ systemIdentity = true, encryptionIdentityId, ...props }: SpeechAccountProps): {
  readonly identity?: { readonly type: string; readonly identityIds?: string[] };
} {
  const encryption = encryptionIdentityId === undefined ? [] : [encryptionIdentityId];
  const identityIds = [...new Set([...(props.identityIds ?? []), ...encryption])];
  const types = [...(systemIdentity ? ['SystemAssigned'] : []), ...(identityIds.length > 0 ? ['UserAssigned'] : [])];
  if (types.length === 0) return {};
  return {
    identity: { type: types.join(', '), ...(identityIds.length > 0 ? { identityIds } : {}) },
  };
}
