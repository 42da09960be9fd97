import { CognitiveServicesManagementClient, type Account } from '@azure/arm-cognitiveservices';
import type { TokenCredential } from '@azure/core-auth';
import { RestError } from '@azure/core-rest-pipeline';
import { ServiceError } from '../engine/ports.ts';
import { parseAccountId } from './account-id.ts';

/** A Speech account as Azure Resource Manager has it: what matters before anything is done with its data plane. */
export interface SpeechAccount {
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
}

/** What is known of an account by its resource id. */
export type AccountFinding =
  | { readonly kind: 'found'; readonly account: SpeechAccount }
  /** Deleted, and kept with its name until it is purged. */
  | { readonly kind: 'deleted'; readonly name: string; readonly resourceGroup: string; readonly location: string }
  /** `reason`: what there is not, in the words of the service. */
  | { readonly kind: 'missing'; readonly reason: string };

export interface AccountOptions {
  /** Who asks: needs Reader on the account. Not sent to an address on this machine. */
  readonly credential: TokenCredential;
  /** Azure Resource Manager. @default 'https://management.azure.com' */
  readonly managementEndpoint?: string | undefined;
  readonly signal?: AbortSignal;
}

/**
 * What Azure Resource Manager knows of an account. Throws an Error when the text is no resource id, and a
 * {@link ServiceError} when Azure does not answer or refuses the caller.
 */
export async function findSpeechAccount(id: string, options: AccountOptions): Promise<AccountFinding> {
  const parts = parseAccountId(id);
  if (parts === undefined)
    throw new Error(`Give the resource id of a Cognitive Services account: got ${JSON.stringify(id)}`);
  const { resourceGroup, name } = parts;
  const client = createClient(parts.subscriptionId, options);
  const abort = options.signal === undefined ? {} : { abortSignal: options.signal };
  try {
    const account = await client.accounts.get(resourceGroup, name, abort);
    return { kind: 'found', account: speechAccountOf(account, parts) };
  } catch (error) {
    if (!(error instanceof RestError) || error.statusCode !== 404) throw asServiceError(error, name);
    const deleted = await findDeleted(client, parts).catch(() => undefined);
    if (deleted !== undefined) return { kind: 'deleted', name, resourceGroup, location: deleted.location ?? '' };
    return { kind: 'missing', reason: reasonOf(error) };
  }
}

function createClient(subscriptionId: string, options: AccountOptions): CognitiveServicesManagementClient {
  const endpoint = options.managementEndpoint ?? 'https://management.azure.com';
  const isLocal = /^http:\/\/(127(\.\d+){3}|localhost|\[::1\])(:\d+)?\/?$/i.test(endpoint);
  const client = new CognitiveServicesManagementClient(options.credential, subscriptionId, {
    endpoint: endpoint.replace(/\/$/, ''),
    allowInsecureConnection: isLocal,
    retryOptions: isLocal ? { maxRetries: 0 } : {},
  });
  // A token is worth something elsewhere: an emulator on this machine gets one that is not.
  if (isLocal) {
    client.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
    client.pipeline.addPolicy({
      name: 'localTokenPolicy',
      async sendRequest(request, next) {
        request.headers.set('Authorization', 'Bearer local');
        return await next(request);
      },
    });
  }
  return client;
}

async function findDeleted(
  client: CognitiveServicesManagementClient,
  { resourceGroup, name }: { readonly resourceGroup: string; readonly name: string },
): Promise<Account | undefined> {
  const inGroup = `/resourcegroups/${resourceGroup}/`.toLowerCase();
  for await (const account of client.deletedAccounts.list()) {
    const isNamed = account.name?.toLowerCase() === name.toLowerCase();
    if (isNamed && account.id?.toLowerCase().includes(inGroup) === true) return account;
  }
  return undefined;
}

function speechAccountOf(
  account: Account,
  id: { readonly name: string; readonly resourceGroup: string },
): SpeechAccount {
  const { properties = {} } = account;
  return {
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
  };
}

/** Azure's own words, without what the request carried. */
function asServiceError(error: unknown, name: string): unknown {
  if (!(error instanceof RestError)) return error;
  const { statusCode: status } = error;
  const request = { method: 'GET', path: `/accounts/${name}`, attempts: 1, outcome: 'refused' } as const;
  if (status === undefined)
    return new ServiceError(
      `Check the network: Azure Resource Manager does not answer (${error.code ?? 'no connection'})`,
      {
        ...request,
        cause: error,
      },
    );
  const advice = status === 401 || status === 403 ? 'Sign in as somebody who has the role Reader on' : 'Look at';
  return new ServiceError(`${advice} ${name}: Azure Resource Manager answered ${status}, ${reasonOf(error)}`, {
    ...request,
    status,
    cause: error,
  });
}

function reasonOf(error: RestError): string {
  const { details } = error as { readonly details?: unknown };
  const body = details as { readonly error?: { readonly message?: string } } | undefined;
  return body?.error?.message ?? error.code ?? error.message;
}
