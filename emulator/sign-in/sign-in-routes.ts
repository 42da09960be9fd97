import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isSameSecret } from '../protocol/same-secret.ts';
import { originOf } from '../protocol/origin.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { refusalOfCredentials } from './credentials.ts';
import { audienceOf, tokenSeconds } from '../state/token-authority.ts';

/**
 * The part of Entra ID by which a program signs in with a client secret: metadata of the authority, its keys, and tokens (OAuth 2.0
 * client credentials, v2.0). Every client id is taken, and the one secret is the emulator's own token.
 */
export function signIn(resource: SpeechResource) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: longestForm },
      async (_request: FastifyRequest, text: string) => Object.fromEntries(new URLSearchParams(text)),
    );
    app.setErrorHandler(async (_error, _request, reply) =>
      fail(reply, 400, {
        error: 'invalid_request',
        text: 'AADSTS900144: The request body must be a form with grant_type, client_id, client_secret and scope.',
      }),
    );
    app.get('/:tenant/v2.0/.well-known/openid-configuration', (request) => metadataOf(request));
    app.get('/:tenant/discovery/v2.0/keys', async () => await resource.authority.publicKeys());
    app.post('/:tenant/oauth2/v2.0/token', async (request, reply) => await giveToken(request, reply, resource));
  };
}

/**
 * The token service of Speech: a client with the key of the resource gets a token that is good for recognition alone, as text
 * (Microsoft Learn: "Speech to text REST API for short audio", how to get an access token).
 */
export function issueToken(resource: SpeechResource) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', async () => undefined);
    app.post('/sts/v1.0/issueToken', async (request, reply) => {
      const { 'ocp-apim-subscription-key': key, authorization } = request.headers;
      const refusal = await refusalOfCredentials(resource, { key, authorization }, { door: 'control' });
      if (refusal !== undefined) return reply.code(refusal.status).send(refusal.body);
      const token = await resource.authority.issueForRecognition(resource.account.location);
      return reply.header('cache-control', 'no-store').type('application/jwt; charset=us-ascii').send(token);
    });
  };
}

async function giveToken(
  request: FastifyRequest,
  reply: FastifyReply,
  { settings, authority }: SpeechResource,
): Promise<FastifyReply> {
  const form = (request.body ?? {}) as Readonly<Record<string, string | undefined>>;
  const { grant_type: kind, client_id: clientId, client_secret: secret, scope = '' } = form;
  if (kind !== 'client_credentials') {
    const text = `AADSTS70003: The app requested an unsupported grant type '${kind ?? ''}': the emulator knows client_credentials.`;
    return fail(reply, 400, { error: 'unsupported_grant_type', text });
  }
  if (!clientId) {
    const text = "AADSTS900144: The request body must contain the following parameter: 'client_id'.";
    return fail(reply, 400, { error: 'invalid_request', text });
  }
  if (!isSameSecret(secret, settings.managementToken)) {
    const text =
      'AADSTS7000215: Invalid client secret provided. The client secret is the token that the emulator prints when it starts.';
    return fail(reply, 401, { error: 'invalid_client', text });
  }
  const [, asked = ''] = /^(\S+)\/\.default$/.exec(scope) ?? [];
  // A client of Azure Resource Manager that was told another address for it asks for a token for that address.
  const name = asked === originOf(request) ? 'https://management.azure.com' : asked;
  if (audienceOf(name) === undefined) {
    const text = `AADSTS500011: The resource principal named ${name || scope} was not found in the tenant.`;
    return fail(reply, 400, { error: 'invalid_resource', text });
  }
  const { tenant = '' } = request.params as { readonly tenant?: string };
  const token = await authority.signIn({ origin: originOf(request), tenant, clientId, resource: name });
  return reply.header('cache-control', 'no-store').send({
    token_type: 'Bearer',
    expires_in: tokenSeconds - 1,
    ext_expires_in: tokenSeconds - 1,
    access_token: token,
  });
}

function metadataOf(request: FastifyRequest): object {
  const { tenant = '' } = request.params as { readonly tenant?: string };
  const base = `${originOf(request)}/${tenant}`;
  return {
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  };
}

function fail(
  reply: FastifyReply,
  status: number,
  { error, text }: { readonly error: string; readonly text: string },
): FastifyReply {
  const codes = [Number(/^AADSTS(\d+)/.exec(text)?.[1])];
  return reply.code(status).send({ error, error_description: text, error_codes: codes });
}

const longestForm = 65_536;
