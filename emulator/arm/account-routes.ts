import type { FastifyInstance } from 'fastify';
import { accountId, accountView, type AccountState, changeAccount, deletedAccountView } from '../state/account.ts';
import { originOf } from '../protocol/origin.ts';
import type { SpeechResource } from '../state/speech-resource.ts';
import { fail, isSame, isThere, ofGroup, ofSubscription } from './answers.ts';
import { accountSkus, privateLinkResources } from './offers.ts';

/** The one account: read, listed, changed, deleted; its keys, what the caller may do with it, and what belongs to it. */
export function addAccountRoutes(app: FastifyInstance, resource: SpeechResource): void {
  const one = `${ofGroup}/accounts/:account`;
  const living = (): readonly AccountState[] => (resource.account.isDeleted ? [] : [resource.account]);

  for (const url of [`${ofGroup}/accounts`, `${ofSubscription}/accounts`])
    app.get(url, (request) => ({ value: living().map((account) => accountView(account, originOf(request))) }));
  app.get(one, async (request, reply) =>
    isThere(request, reply, resource.account) ? accountView(resource.account, originOf(request)) : reply,
  );
  app.patch(one, async (request, reply) => {
    if (!isThere(request, reply, resource.account)) return reply;
    const { properties = {} } = (request.body ?? {}) as { readonly properties?: object };
    resource.account = changeAccount(resource.account, properties);
    return accountView(resource.account, originOf(request));
  });
  app.delete(one, async (request, reply) => {
    if (!isThere(request, reply, resource.account)) return reply;
    resource.account = { ...resource.account, isDeleted: true };
    return reply.code(200).send();
  });
  addKeyRoutes(app, resource);
  app.get(`${one}/providers/Microsoft.Authorization/permissions`, async (request, reply) => {
    const { account } = resource;
    if (!isThere(request, reply, account)) return reply;
    if (account.permissions !== null) return { value: account.permissions };
    const message =
      "The client does not have authorization to perform action 'Microsoft.Authorization/permissions/read'.";
    return fail(reply, 403, { code: 'AuthorizationFailed', message });
  });
  const lists: Readonly<Record<string, () => readonly object[]>> = {
    deployments: () => [],
    usages: () => [],
    models: () => [],
    privateEndpointConnections: () => [],
    skus: accountSkus,
    privateLinkResources: () => privateLinkResources(accountId(resource.account)),
  };
  for (const [name, list] of Object.entries(lists)) {
    app.get(`${one}/${name}`, async (request, reply) =>
      isThere(request, reply, resource.account) ? { value: list() } : reply,
    );
  }
  addDeletedAccountRoutes(app, resource);
}

function addKeyRoutes(app: FastifyInstance, resource: SpeechResource): void {
  const one = `${ofGroup}/accounts/:account`;
  app.post(`${one}/listKeys`, async (request, reply) => {
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
  app.post(`${one}/regenerateKey`, async (request, reply) => {
    if (!isThere(request, reply, resource.account)) return reply;
    const message = 'Start the emulator with another --key: its one key stays until it ends.';
    return fail(reply, 400, { code: 'NotSupportedByEmulator', message });
  });
}

function addDeletedAccountRoutes(app: FastifyInstance, resource: SpeechResource): void {
  app.get(`${ofSubscription}/deletedAccounts`, () => ({
    value: resource.account.isDeleted ? [deletedAccountView(resource.account)] : [],
  }));
  const one = `${ofSubscription}/locations/:location/resourceGroups/:resourceGroup/deletedAccounts/:account`;
  app.get(one, async (request, reply) => {
    const { account } = resource;
    const { account: name = '' } = request.params as Readonly<Record<string, string>>;
    if (account.isDeleted && isSame(name, account.name)) return deletedAccountView(account);
    return fail(reply, 404, { code: 'ResourceNotFound', message: `There is no deleted account '${name}'.` });
  });
}
