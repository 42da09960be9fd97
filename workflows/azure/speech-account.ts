import type { Account, CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
import { isRestError } from '@azure/core-rest-pipeline';
import { parseAccountId } from './account-id.ts';
import {
  asServiceError,
  createManagementClient,
  type ManagementOptions,
  reasonOfRestError,
} from './management-client.ts';

/** A Speech account as Azure Resource Manager has it: what matters before anything is done with its data plane. */
export interface SpeechAccount {
  /** Azure resource id. */
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  /** Region, as in `westeurope`. */
  readonly location: string;
  /** `SpeechServices`, or a kind that has Speech among others. */
  readonly kind: string;
  readonly sku: string;
  readonly provisioningState: string;
  /** Base URL of the data plane, without a slash at its end. */
  readonly endpoint: string;
  readonly hasCustomSubdomain: boolean;
  /** Whether the keys of the account are taken, besides Entra ID. */
  readonly takesKeys: boolean;
  /** Whether it answers outside of private networks. */
  readonly isPublic: boolean;
  /** Who may call it from outside of private networks. */
  readonly network: NetworkRules;
}

export interface NetworkRules {
  /** What happens to calls that no rule lets in. */
  readonly defaultAction: 'Allow' | 'Deny';
  /** Addresses and ranges that may call. */
  readonly ipRules: readonly string[];
  /** Resource ids of subnets that may call. */
  readonly subnets: readonly string[];
}

/** What is known of an account by its resource id. */
export type AccountFinding =
  | { readonly kind: 'found'; readonly account: SpeechAccount }
  /** Deleted, and kept with its name until it is purged. */
  | { readonly kind: 'deleted'; readonly name: string; readonly resourceGroup: string; readonly location: string }
  /**
   * `reason`: what there is not, in the words of the service. `unseen`: why it could not be looked up whether it was deleted a
   * moment ago, which takes rights on the whole subscription.
   */
  | { readonly kind: 'missing'; readonly reason: string; readonly unseen?: string };

/**
 * What Azure Resource Manager knows of an account. Throws an Error when the text is no resource id, and a
 * ServiceError when Azure does not answer or refuses the caller.
 */
export async function findSpeechAccount(id: string, options: ManagementOptions): Promise<AccountFinding> {
  const parts = parseAccountId(id);
  if (parts === undefined)
    throw new Error(`Give the resource id of a Cognitive Services account: got ${JSON.stringify(id)}`);
  const { resourceGroup, name } = parts;
  const client = createManagementClient(parts.subscriptionId, options);
  const abort = options.signal === undefined ? {} : { abortSignal: options.signal };
  try {
    const account = await client.accounts.get(resourceGroup, name, abort);
    return { kind: 'found', account: speechAccountOf(account, { ...parts, id: id.trim() }) };
  } catch (error) {
    if (!isRestError(error) || error.statusCode !== 404) throw asServiceError(error, name);
    try {
      const deleted = await findDeleted(client, { ...parts, ...abort });
      if (deleted !== undefined) return { kind: 'deleted', name, resourceGroup, location: deleted.location ?? '' };
      return { kind: 'missing', reason: reasonOfRestError(error) };
    } catch (unseen) {
      options.signal?.throwIfAborted();
      if (!isRestError(unseen)) throw unseen;
      return { kind: 'missing', reason: reasonOfRestError(error), unseen: reasonOfRestError(unseen) };
    }
  }
}

async function findDeleted(
  client: CognitiveServicesManagementClient,
  {
    resourceGroup,
    name,
    ...abort
  }: { readonly resourceGroup: string; readonly name: string; readonly abortSignal?: AbortSignal },
): Promise<Account | undefined> {
  const inGroup = `/resourcegroups/${resourceGroup}/`.toLowerCase();
  for await (const account of client.deletedAccounts.list(
    abort.abortSignal === undefined ? {} : { abortSignal: abort.abortSignal },
  )) {
    const isNamed = account.name?.toLowerCase() === name.toLowerCase();
    if (isNamed && account.id?.toLowerCase().includes(inGroup) === true) return account;
  }
  return undefined;
}

function speechAccountOf(
  account: Account,
  id: { readonly id: string; readonly name: string; readonly resourceGroup: string },
): SpeechAccount {
  const { properties = {} } = account;
  return {
    id: id.id,
    name: account.name ?? id.name,
    resourceGroup: id.resourceGroup,
    location: (account.location ?? '').toLowerCase().replaceAll(' ', ''),
    kind: account.kind ?? '',
    sku: account.sku?.name ?? '',
    provisioningState: properties.provisioningState ?? '',
    endpoint: (properties.endpoint ?? '').replace(/\/+$/, ''),
    hasCustomSubdomain: (properties.customSubDomainName ?? '') !== '',
    takesKeys: properties.disableLocalAuth !== true,
    isPublic: properties.publicNetworkAccess !== 'Disabled',
    network: {
      // An account without rules lets everybody in.
      defaultAction: properties.networkAcls?.defaultAction === 'Deny' ? 'Deny' : 'Allow',
      ipRules: (properties.networkAcls?.ipRules ?? []).map(({ value }) => value),
      subnets: (properties.networkAcls?.virtualNetworkRules ?? []).map(({ id: subnet }) => subnet),
    },
  };
}
