import type { TokenCredential } from '@azure/core-auth';
import { bearerTokenAuthenticationPolicy, type PipelinePolicy } from '@azure/core-rest-pipeline';
import { whyNoToken } from '../engine/sign-in.ts';
import { isLoopback } from '../document/base-url.ts';
import { cloudOf } from './azure-cloud.ts';

/** A key of the Speech resource, or an identity that has a role on it. */
export type SpeechCredential = { readonly key: string } | TokenCredential;

/** No token could be had; nothing was sent. The message is a clause that says why. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
}

/**
 * A policy that signs requests: header `Ocp-Apim-Subscription-Key`, or a bearer token for the Speech service of the
 * endpoint's cloud that is cached and renewed. Every secret is handed to `learn` before it is used. Throws an Error that names
 * the setting when the credential cannot be used with this endpoint.
 */
export function authenticationPolicy(
  credential: SpeechCredential,
  { endpoint, learn }: { readonly endpoint: URL; readonly learn: (secret: string) => void },
): PipelinePolicy {
  if ('key' in credential) return keyPolicy(credential.key.trim(), learn);
  return bearerTokenAuthenticationPolicy({
    scopes: scopeOf(endpoint),
    credential: tokensOf(credential, { endpoint, learn }),
  });
}

/**
 * What signs in where a client of Microsoft's does it: the key, or what gets a token for the Speech service of the endpoint's cloud, which
 * rejects with a {@link SignInError}. Secrets are handed to `learn`; throws as {@link authenticationPolicy} does.
 */
export function authenticationOf(
  credential: SpeechCredential,
  { endpoint, learn }: { readonly endpoint: URL; readonly learn: (secret: string) => void },
): { readonly key: string } | { readonly token: () => Promise<string> } {
  if ('key' in credential) return { key: checkedKey(credential.key.trim(), learn) };
  const tokens = tokensOf(credential, { endpoint, learn });
  return {
    async token() {
      const token = await tokens.getToken(scopeOf(endpoint));
      if (token === null) throw new SignInError('the identity gives no token');
      return token.token;
    },
  };
}

function scopeOf(endpoint: URL): string {
  return `https://${cloudOf([endpoint.href]).speechDomain}/.default`;
}

/** The credential where it may be used; it lets every token be kept secret. */
function tokensOf(
  credential: TokenCredential,
  { endpoint, learn }: { readonly endpoint: URL; readonly learn: (secret: string) => void },
): TokenCredential {
  if (endpoint.protocol !== 'https:') {
    throw new Error(
      `Set SPEECHOPS_KEY for ${endpoint.origin}: an Entra ID token is sent over https only, and this endpoint is plain http`,
    );
  }
  if (isRegionalHost(endpoint)) throw new Error(noTokenAtRegion(endpoint));
  return {
    // The token is shared by all requests, so one that is aborted must not cancel it for the others.
    async getToken(scopes, options) {
      try {
        const { abortSignal: _shared, ...unabortable } = options ?? {};
        const token = await credential.getToken(scopes, unabortable);
        if (token) learn(token.token);
        return token;
      } catch (error) {
        throw new SignInError(whyNoToken(error), { cause: error });
      }
    },
  };
}

/**
 * Whether a URL is one that the credential may be sent to: the endpoint itself, or a host of the Speech service, over
 * https. The recognition host of a resource differs from its management host, and answers name it.
 */
export function mayReceiveCredential(url: URL, endpoint: URL): boolean {
  if (url.origin === endpoint.origin) return true;
  if (isLoopback(endpoint)) return isLoopback(url);
  return isSpeechHost(url);
}

/** Whether a URL is of a host of the Speech service itself: nobody else sees what is sent there. */
export function isSpeechHost(url: URL): boolean {
  return url.protocol === 'https:' && url.port === '' && speechHost.test(url.hostname);
}

/** Whether a URL is of a host that all resources of a region share: it takes keys, and no token of Entra ID. */
export function isRegionalHost(url: URL): boolean {
  return isSpeechHost(url) && !/^[\w-]+\.cognitiveservices\./.test(url.hostname);
}

/** What to do about an endpoint that takes no token of Entra ID. */
export function noTokenAtRegion({ host, href }: URL): string {
  const subdomain = `https://NAME.${cloudOf([href]).speechDomain}`;
  return `Set SPEECHOPS_ENDPOINT to the resource's custom subdomain (${subdomain}), or set SPEECHOPS_KEY: Entra ID cannot sign in to ${host}, the host of a region`;
}

/** Hosts of Azure's global, China and US Government clouds (Microsoft Learn: "Speech service in sovereign clouds"). */
const speechHost =
  /^[\w-]+\.((?:stt|tts)\.speech\.(microsoft\.com|azure\.cn|azure\.us)|api\.cognitive\.(microsoft\.(com|us)|azure\.(cn|us))|cognitiveservices\.azure\.(com|cn|us))$/;

function keyPolicy(text: string, learn: (secret: string) => void): PipelinePolicy {
  const key = checkedKey(text, learn);
  return {
    name: 'speechKeyPolicy',
    sendRequest(request, next) {
      request.headers.set('Ocp-Apim-Subscription-Key', key);
      return next(request);
    },
  };
}

function checkedKey(key: string, learn: (secret: string) => void): string {
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new Error(
      'Check SPEECHOPS_KEY: it must be a key of the Speech resource, and is empty or has other characters',
    );
  }
  learn(key);
  return key;
}
