import { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
import type { TokenCredential } from '@azure/core-auth';
import { isRestError, type RestError } from '@azure/core-rest-pipeline';
import { ServiceError } from '../engine/ports.ts';
import { signInAdvice, signInFailed, whyNoToken } from '../engine/sign-in.ts';

/** Azure Resource Manager of the public cloud. */
export const publicManagement = 'https://management.azure.com';

export interface ManagementOptions {
  /** Who asks: needs Reader on the account. Not sent to an address on this machine. */
  readonly credential: TokenCredential;
  /** Azure Resource Manager. @default 'https://management.azure.com' */
  readonly managementEndpoint?: string | undefined;
  /** What an emulator on this machine takes for its user; goes to such an address and nowhere else. */
  readonly emulatorToken?: string | undefined;
  readonly signal?: AbortSignal;
}

/** A client of Azure Resource Manager, and of the emulator's on this machine. */
export function createManagementClient(
  subscriptionId: string,
  options: ManagementOptions,
): CognitiveServicesManagementClient {
  const endpoint = options.managementEndpoint ?? publicManagement;
  const isLocal = /^http:\/\/(127(\.\d+){3}|localhost|\[::1\])(:\d+)?\/?$/i.test(endpoint);
  const client = new CognitiveServicesManagementClient(options.credential, subscriptionId, {
    endpoint: endpoint.replace(/\/$/, ''),
    allowInsecureConnection: isLocal,
    retryOptions: isLocal ? { maxRetries: 0 } : {},
  });
  // A token is worth something elsewhere: an emulator on this machine gets its own.
  if (isLocal) {
    client.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
    client.pipeline.addPolicy({
      name: 'emulatorTokenPolicy',
      async sendRequest(request, next) {
        if (options.emulatorToken) request.headers.set('Authorization', `Bearer ${options.emulatorToken}`);
        return await next(request);
      },
    });
  }
  return client;
}

/** Azure's own words, without what the request carried. */
export function asServiceError(error: unknown, name: string): unknown {
  const request = { method: 'GET', path: `/accounts/${name}`, attempts: 1, outcome: 'refused' } as const;
  if (error instanceof Error && signInErrors.has(error.name)) {
    const message = `Cannot look up ${name}: ${whyNoToken(error)}; ${signInAdvice}, or set SPEECHOPS_ENDPOINT and SPEECHOPS_KEY, with which nothing is looked up`;
    return new ServiceError(message, { ...request, code: signInFailed, cause: error });
  }
  // By its name: the client of accounts may throw the class of another copy of the library than is here.
  if (!isRestError(error)) return error;
  const { statusCode: status } = error;
  if (status === undefined)
    return new ServiceError(
      `Check the network: Azure Resource Manager does not answer (${error.code ?? 'no connection'})`,
      {
        ...request,
        cause: error,
      },
    );
  const advice = status === 401 || status === 403 ? 'Sign in as somebody who has the role Reader on' : 'Look at';
  return new ServiceError(`${advice} ${name}: Azure Resource Manager answered ${status}, ${reasonOfRestError(error)}`, {
    ...request,
    status,
    cause: error,
  });
}

/** What was wrong, in the words of the service. */
export function reasonOfRestError(error: RestError): string {
  const { details } = error as { readonly details?: unknown };
  const body = details as { readonly error?: { readonly message?: string } } | undefined;
  return body?.error?.message ?? error.code ?? error.message;
}

/** Of `@azure/identity`, when no token can be had. */
const signInErrors: ReadonlySet<string> = new Set([
  'AggregateAuthenticationError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
]);
