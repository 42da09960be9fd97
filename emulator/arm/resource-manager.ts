import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isSameSecret } from '../protocol/same-secret.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { accountView, deletedAccountView, type AccountState } from '../state/account.ts';

/**
 * The calls to Azure Resource Manager that are made about a Speech account, below `/subscriptions`: get and list accounts,
 * their keys and deployments, what the caller may do, deleted accounts. The emulator's own token lets all calls through, and no other one.
 */
export function resourceManager(resource: SpeechResource) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', async () => undefined);
    app.addHook('onRequest', async (request, reply) => refuse(request, reply, resource));
    app.setNotFoundHandler(async (request, reply) =>
      fail(reply, 404, {
        code: 'InvalidResourceType',
        message: `The resource type could not be found: ${pathOf(request)}`,
      }),
    );
    const group = '/:subscriptionId/resourceGroups/:resourceGroup/providers/Microsoft.CognitiveServices';
    const all = '/:subscriptionId/providers/Microsoft.CognitiveServices';
    const living = (): readonly AccountState[] => (resource.account.isDeleted ? [] : [resource.account]);

    for (const url of [`${group}/accounts`, `${all}/accounts`]) {
      app.get(url, (request) => ({ value: living().map((account) => accountView(account, originOf(request))) }));
    }
    app.get(`${group}/accounts/:account`, async (request, reply) =>
      isThere(request, reply, resource.account) ? accountView(resource.account, originOf(request)) : reply,
    );
    app.post(`${group}/accounts/:account/listKeys`, async (request, reply) => {
      const { account, settings } = resource;
      if (!isThere(request, reply, account)) return reply;
      // As users of the Azure Verified Module report it (terraform-azurerm-avm-res-cognitiveservices-account, issue 130).
      if (account.disableLocalAuth)
        return fail(reply, 400, {
          code: 'BadRequest',
          message: 'Failed to list key. disableLocalAuth is set to be true',
        });
      return { key1: settings.key, key2: settings.key };
    });
    app.get(`${group}/accounts/:account/deployments`, async (request, reply) =>
      isThere(request, reply, resource.account) ? { value: [] } : reply,
    );
    app.get(`${group}/accounts/:account/providers/Microsoft.Authorization/permissions`, async (request, reply) => {
      const { account } = resource;
      if (!isThere(request, reply, account)) return reply;
      if (account.permissions !== null) return { value: account.permissions };
      const message =
        "The client does not have authorization to perform action 'Microsoft.Authorization/permissions/read'.";
      return fail(reply, 403, { code: 'AuthorizationFailed', message });
    });
    app.get(`${all}/deletedAccounts`, () => ({
      value: resource.account.isDeleted ? [deletedAccountView(resource.account)] : [],
    }));
  };
}

/** What every request is refused for: no token or another one, no version, another subscription or group. */
function refuse(
  request: FastifyRequest,
  reply: FastifyReply,
  { account, settings }: SpeechResource,
): FastifyReply | undefined {
  const given = /^Bearer (\S.*)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined) {
    const message = `Authentication failed. The 'Authorization' header is missing. ${whereTokenIs}`;
    return fail(reply, 401, { code: 'AuthenticationFailed', message });
  }
  if (!isSameSecret(given, settings.managementToken)) {
    const message = `The access token is not of this emulator. ${whereTokenIs}`;
    return fail(reply, 401, { code: 'InvalidAuthenticationToken', message });
  }
  const { 'api-version': version } = request.query as Readonly<Record<string, string | undefined>>;
  if (version === undefined || !/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)) {
    const message = 'The api-version query parameter (?api-version=) is required for all requests.';
    return fail(reply, 400, { code: 'MissingApiVersionParameter', message });
  }
  const { subscriptionId = '', resourceGroup } = request.params as Readonly<Record<string, string>>;
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

const whereTokenIs = 'Set SPEECHOPS_EMULATOR_TOKEN to the token that the emulator prints when it starts.';

/** Whether the account that the request names exists; refuses the request when it does not. */
function isThere(request: FastifyRequest, reply: FastifyReply, account: AccountState): boolean {
  const { account: name = '' } = request.params as Readonly<Record<string, string>>;
  if (isSame(name, account.name) && !account.isDeleted) return true;
  const what = `Microsoft.CognitiveServices/accounts/${name}`;
  const message = `The Resource '${what}' under resource group '${account.resourceGroup}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  fail(reply, 404, { code: 'ResourceNotFound', message });
  return false;
}

/** Names of Azure resources are compared without regard to case. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function fail(
  reply: FastifyReply,
  status: number,
  error: { readonly code: string; readonly message: string },
): FastifyReply {
  return reply.code(status).send({ error });
}

function originOf(request: FastifyRequest): string {
  return `http://${request.host}`;
}

function pathOf(request: FastifyRequest): string {
  return request.url.replace(/\?.*$/, '');
}
