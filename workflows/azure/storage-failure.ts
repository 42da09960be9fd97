import { isRestError } from '@azure/core-rest-pipeline';
import { ServiceError } from '../engine/ports.ts';
import { whyNoToken } from '../engine/sign-in.ts';

/**
 * What a storage account has refused, or why it was not reached: with what to do about it where that is known. Everything else that
 * was thrown stays as it is. Nothing of a request is in it but method and path, since the query of a URL may be a signature.
 */
export function storageFailure(error: unknown, purpose: string): unknown {
  if (!(error instanceof Error)) return error;
  const isSignIn = /^(CredentialUnavailable|Authentication|AggregateAuthentication)/.test(error.name);
  if (isSignIn)
    return new ServiceError(`Cannot ${purpose}: ${whyNoToken(error)}`, {
      method: 'GET',
      path: '',
      attempts: 0,
      outcome: 'refused',
      cause: error,
    });
  if (!isRestError(error)) return error;
  const { request, response } = error;
  const { statusCode: status } = error;
  // The library tells the error code of the service in a header and in its own member.
  const code = response?.headers.get('x-ms-error-code') ?? error.code;
  const cure = (code === undefined ? undefined : cures[code]) ?? (status === undefined ? unreached : undefined);
  const answer = status === undefined ? 'it was not reached' : `it answered ${status}`;
  const mark = code === undefined ? '' : ` [${code}]`;
  const seconds = Number(response?.headers.get('retry-after') ?? NaN);
  return new ServiceError(`Cannot ${purpose}: ${answer}${mark}${cure === undefined ? '' : ` (what to do: ${cure})`}`, {
    method: request?.method ?? 'GET',
    path: request !== undefined && URL.canParse(request.url) ? new URL(request.url).pathname : '',
    status,
    code,
    requestId: response?.headers.get('x-ms-request-id'),
    attempts: 1,
    retryAfterSeconds: Number.isFinite(seconds) ? seconds : undefined,
    outcome: 'refused',
  });
}

const unreached = 'look at its name, and whether its firewall or a private endpoint lets this machine in';

/** By the error codes of Azure Storage (Microsoft Learn, "Blob Storage error codes"). */
const cures: Readonly<Record<string, string>> = {
  AuthorizationPermissionMismatch:
    'give the identity the role Storage Blob Data Contributor on the storage account; a role on the container alone is not enough to sign a URL. A role holds after up to ten minutes',
  AuthorizationFailure:
    'let this machine through the firewall of the storage account (`storage.ip-rules` in environment.yaml)',
  PublicAccessNotPermitted: 'sign in with Entra ID (az login, a managed identity)',
  KeyBasedAuthenticationNotPermitted: 'sign in with Entra ID (az login, a managed identity)',
  InvalidAuthenticationInfo: 'sign in to the tenant of the storage account (AZURE_TENANT_ID)',
  AccountIsDisabled: 'enable the storage account, or name another one',
  ContainerNotFound: 'make the container, or correct its name',
  ContainerBeingDeleted: 'wait until the container is deleted, and make it again',
  ResourceNotFound: 'make the container, or correct its name',
  LeaseIdMissing: 'end the lease on the blob, or take the blob away',
  BlobImmutableDueToPolicy: 'name a container without a policy that keeps blobs as they are',
};
