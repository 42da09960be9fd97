import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isSameSecret } from '../protocol/same-secret.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { addAccountRoutes } from './account-routes.ts';
import { fail, isSame } from './answers.ts';
import { addOfferRoutes } from './offers.ts';

/**
 * The calls to Azure Resource Manager that are made about a Speech account, below `/subscriptions`: the account and what belongs to
 * it, offers, deleted accounts. The emulator's own token lets all calls through, and so does one with which a client has signed in
 * for Azure Resource Manager.
 */
export function resourceManager(resource: SpeechResource) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      '*',
      { parseAs: 'string', bodyLimit: longestBody },
      async (_request: FastifyRequest, text: string) => (text === '' ? undefined : (JSON.parse(text) as unknown)),
    );
    app.addHook('onRequest', async (request, reply) => await refuse(request, reply, resource));
    app.setErrorHandler(async (error, _request, reply) =>
      fail(reply, 400, {
        code: 'InvalidRequestContent',
        message: `The request content was invalid: ${error instanceof Error ? error.message : String(error)}`,
      }),
    );
    app.setNotFoundHandler(async (request, reply) =>
      fail(reply, 404, {
        code: 'InvalidResourceType',
        message: `The resource type could not be found: ${pathOf(request)}`,
      }),
    );
    addAccountRoutes(app, resource);
    addOfferRoutes(app, resource);
  };
}

/** What every request is refused for: no token or one that is not taken, no version, another subscription or group. */
async function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  { account, settings, authority }: SpeechResource,
): Promise<FastifyReply | undefined> {
  const given = /^Bearer (\S.*)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined) {
    const message = `Authentication failed. The 'Authorization' header is missing. ${whereTokenIs}`;
    return fail(reply, 401, { code: 'AuthenticationFailed', message });
  }
  const isOwn = isSameSecret(given, settings.managementToken);
  const why = isOwn ? undefined : await authority.refusalOf(given, ['management']);
  if (why !== undefined)
    return fail(reply, 401, { code: 'InvalidAuthenticationToken', message: `${why} ${whereTokenIs}` });
  const { 'api-version': version } = request.query as Readonly<Record<string, string | undefined>>;
  if (version === undefined || !/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)) {
    const message = 'The api-version query parameter (?api-version=) is required for all requests.';
    return fail(reply, 400, { code: 'MissingApiVersionParameter', message });
  }
  // Paths that no route knows name a subscription, too.
  const [, subscriptionId = ''] = /^\/subscriptions\/([^/]+)/i.exec(pathOf(request)) ?? [];
  const { resourceGroup } = request.params as Readonly<Record<string, string>>;
  if (!isSame(subscriptionId, account.subscriptionId)) {
    const message = `The subscription '${subscriptionId}' could not be found.`;
    return fail(reply, 404, { code: 'SubscriptionNotFound', message });
  }
  if (resourceGroup !== undefined && !isSame(resourceGroup, account.resourceGroup)) {
    const message = `Resource group '${resourceGroup}' could not be found.`;
    return fail(reply, 404, { code: 'ResourceGroupNotFound', message });
  }
  return undefined;
}

const longestBody = 1024 ** 2;
const whereTokenIs =
  'Set SPEECHOPS_EMULATOR_TOKEN to the token that the emulator prints when it starts, or sign in with it as client secret.';

function pathOf(request: FastifyRequest): string {
  return request.url.replace(/\?.*$/, '');
}
