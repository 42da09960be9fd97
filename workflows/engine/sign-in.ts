import { ServiceError } from './ports.ts';

/** Code of a {@link ServiceError} about a request that was not sent, because no token could be had. */
export const signInFailed = 'SignInFailed';

/** Whether the request was not sent because no identity could sign in: that is for the caller to mend, and not the service's fault. */
export function isSignInFailure(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.code === signInFailed;
}

/**
 * Why Entra ID gave no token, as a clause for people, from an error of `@azure/identity`. That library tries many ways to sign in;
 * what each of them lacked helps nobody who wants one of them. A refusal of Entra ID itself (AADSTS…) is told wherever it stands.
 */
export function whyNoToken(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  const refusal = /AADSTS\d+: .*?(?=\.(\s|$)|[\r\n]|$)/.exec(message)?.[0];
  if (refusal !== undefined) return `Entra ID refuses the sign-in: ${refusal}`;
  if (unavailable.has(name)) return 'no identity is signed in to Azure here';
  return `no token could be had from Entra ID (${message.split(/[\r\n]/)[0]})`;
}

/** What to do for a token, before what to do without one. */
export const signInAdvice =
  'sign in with `az login` (AZURE_TENANT_ID names the tenant of the resource if you have several)';

/** Names of the library's errors about identities that are not there. */
const unavailable: ReadonlySet<string> = new Set([
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
]);
