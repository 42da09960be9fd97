import { accountId } from '../state/account.ts';
import { isSameSecret } from '../protocol/same-secret.ts';
import type { SpeechResource } from '../state/speech-resource.ts';

/** What a request has to show who sends it. */
export interface Credentials {
  /** `Ocp-Apim-Subscription-Key`. */
  readonly key: unknown;
  /** `Authorization`. */
  readonly authorization: string | undefined;
}

/** What a request is answered that is not let in. */
export interface CredentialRefusal {
  readonly status: number;
  readonly body: { readonly error: { readonly code: string; readonly message: string } };
}

/**
 * Whether a request may go on: undefined when it may. The gateway before the service refuses it otherwise, with bodies of its own
 * shape. A key counts before a token. Recognition tells a missing credential (403) from a wrong one (401), and takes the tokens of
 * `issueToken`, too (Microsoft Learn: REST API for short audio).
 */
export async function refusalOfCredentials(
  resource: SpeechResource,
  { key, authorization }: Credentials,
  { door }: { readonly door: 'control' | 'recognition' },
): Promise<CredentialRefusal | undefined> {
  const { account, settings } = resource;
  const token = tokenIn(authorization, accountId(account));
  if (door === 'recognition' && key === undefined && authorization === undefined)
    return refusal(403, { code: '403', message: 'A resource key or an authorization token is missing.' });
  if (account.isDeleted) return refusal(404, { code: '404', message: 'Resource not found' });
  if (key === undefined && authorization !== undefined) {
    if (account.customSubDomainName === null) return refusal(400, { code: 'BadRequest', message: noSubdomain });
    const why =
      token === undefined
        ? 'The Authorization header is no bearer token of this resource.'
        : await resource.authority.refusalOf(token, door === 'control' ? ['speech'] : ['speech', 'recognition']);
    if (why !== undefined) return refusal(401, { code: '401', message: `Access denied. ${why}` });
    if (mayUseSpeech(account)) return undefined;
    return refusal(401, { code: 'PermissionDenied', message: 'Principal does not have access to API/Operation.' });
  }
  if (account.disableLocalAuth) return refusal(403, { code: 'AuthenticationTypeDisabled', message: keysDisabled });
  return isSameSecret(key, settings.key) ? undefined : refusal(401, { code: '401', message: accessDenied });
}

/** The token of the header: bare, or with the resource before it, as the Speech SDK was given it for a long time (`aad#ID#TOKEN`). */
function tokenIn(authorization: string | undefined, resourceId: string): string | undefined {
  const [, given] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? [];
  if (given?.startsWith('aad#') !== true) return given;
  const [, id = '', token] = given.split('#');
  return id.toLowerCase() === resourceId.toLowerCase() ? token : undefined;
}

/** Whether some role gives something of the Speech service. Which operation it gives is not looked at. */
function mayUseSpeech({ permissions }: SpeechResource['account']): boolean {
  const isOfSpeech = (action: string): boolean =>
    /^(\*|microsoft\.cognitiveservices\/\*|microsoft\.cognitiveservices\/accounts\/(\*|speechservices\/))/i.test(
      action,
    );
  return permissions === null || permissions.some(({ dataActions }) => dataActions.some(isOfSpeech));
}

function refusal(status: number, error: { readonly code: string; readonly message: string }): CredentialRefusal {
  return { status, body: { error } };
}

const keysDisabled = 'Key based authentication is disabled for this resource.';
const noSubdomain = 'Please provide a custom subdomain for token authentication, otherwise API key is required.';
const accessDenied =
  'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active ' +
  'subscription and use a correct regional API endpoint for your resource.';
