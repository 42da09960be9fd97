import { createPipelineRequest } from '@azure/core-rest-pipeline';
import { parseAccountId } from './account-id.ts';
import type { DataPermission } from './data-actions.ts';
import {
  asServiceError,
  createManagementClient,
  type ManagementOptions,
  publicManagement,
} from './management-client.ts';

/** What the signed-in identity may do with the data of an account, whatever its roles are called and wherever they were granted. */
export type PermissionFinding =
  | { readonly kind: 'known'; readonly permissions: readonly DataPermission[] }
  /** `reason`: why Azure does not say, in the words of the service. */
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Asks Azure Resource Manager what the identity may do ("Permissions - List For Resource"). Throws an Error when the text is no
 * resource id, and a ServiceError when nothing answers; a refusal is a finding.
 */
export async function findDataPermissions(id: string, options: ManagementOptions): Promise<PermissionFinding> {
  const parts = parseAccountId(id);
  if (parts === undefined)
    throw new Error(`Give the resource id of a Cognitive Services account: got ${JSON.stringify(id)}`);
  const { subscriptionId, resourceGroup, name } = parts;
  const client = createManagementClient(subscriptionId, options);
  const account = `/subscriptions/${subscriptionId}/resourceGroups/${encodeURIComponent(resourceGroup)}/providers/Microsoft.CognitiveServices/accounts/${encodeURIComponent(name)}`;
  const first = `${account}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
  const origin = options.managementEndpoint ?? publicManagement;
  const permissions: DataPermission[] = [];
  for (let url: string | undefined = new URL(first, origin).href; url !== undefined;) {
    const { signal } = options;
    const allowInsecureConnection = url.startsWith('http:');
    const abort = signal === undefined ? {} : { abortSignal: signal };
    const request = createPipelineRequest({ url, allowInsecureConnection, ...abort });
    const { status, bodyAsText } = await client.sendRequest(request).catch((error: unknown) => {
      throw asServiceError(error, name);
    });
    const page = readPage(bodyAsText ?? '');
    if (status !== 200) return { kind: 'unknown', reason: page.error?.message ?? `the answer is ${status}` };
    permissions.push(...(page.value ?? []).map(permissionOf));
    url = nextPage(page, origin);
  }
  return { kind: 'known', permissions };
}

interface Page {
  readonly value?: readonly Partial<DataPermission>[];
  readonly nextLink?: string | null;
  readonly error?: { readonly message?: string };
}

function readPage(text: string): Page {
  try {
    return (JSON.parse(text) ?? {}) as Page;
  } catch {
    return {};
  }
}

function permissionOf({ dataActions, notDataActions }: Partial<DataPermission>): DataPermission {
  return { dataActions: dataActions ?? [], notDataActions: notDataActions ?? [] };
}

/** The token is for Azure Resource Manager alone, wherever a link leads. */
function nextPage({ nextLink }: Page, origin: string): string | undefined {
  const isThere = typeof nextLink === 'string' && URL.canParse(nextLink, origin);
  return isThere && new URL(nextLink, origin).origin === new URL(origin).origin ? nextLink : undefined;
}
