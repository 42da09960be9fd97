import type { TokenCredential } from '@azure/core-auth';
import { bearerTokenAuthenticationPolicy, type PipelinePolicy } from '@azure/core-rest-pipeline';
import { isLoopback } from '../document/base-url.ts';
import { whyNoToken } from '../engine/sign-in.ts';
import { isStorageHost } from '../plan/data/storage-container.ts';
import { SignInError } from './credential.ts';

/**
 * Whether a file lies in storage of the account's own: its URL has no signature, and it is read by whoever has a role there (Microsoft
 * Learn: "Bring your own storage (BYOS)"). Azure Storage alone, or an emulator on this machine, may see a token for storage.
 */
export function isInOwnStorage(url: URL, endpoint: URL): boolean {
  if (url.protocol !== 'https:' || url.searchParams.has('sig')) return false;
  return isStorageHost(url) || (url.origin === endpoint.origin && isLoopback(url) && !isOfApi(url));
}

function isOfApi({ pathname }: URL): boolean {
  return pathname.startsWith('/speechtotext/');
}

/** Signs the reading of a file with a token for Azure Storage, which is handed to `learn` before it is used. */
export function storagePolicy({
  credential,
  learn,
}: {
  readonly credential: () => Promise<TokenCredential>;
  readonly learn: (secret: string) => void;
}): PipelinePolicy {
  const signing = bearerTokenAuthenticationPolicy({
    // The same in all clouds.
    scopes: 'https://storage.azure.com/.default',
    credential: {
      async getToken(scopes, options) {
        try {
          const { abortSignal: _shared, ...unabortable } = options ?? {};
          const token = await (await credential()).getToken(scopes, unabortable);
          if (token) learn(token.token);
          return token;
        } catch (error) {
          throw new SignInError(whyNoToken(error), { cause: error });
        }
      },
    },
  });
  return {
    name: 'speechStoragePolicy',
    sendRequest(request, next) {
      // Older versions take no tokens.
      request.headers.set('x-ms-version', '2023-11-03');
      return signing.sendRequest(request, next);
    },
  };
}
