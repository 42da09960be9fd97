import { randomBytes } from 'node:crypto';
import { type JsonObject, memberAt, refusal } from '../answer.ts';
import type { ResourceType } from '../resource-types.ts';
import { withIdentity } from './identity.ts';

/** `Microsoft.CognitiveServices`: Speech accounts. What is deleted keeps its name and its subdomain until it is purged. */
export const accountTypes: Readonly<Record<string, ResourceType>> = {
  'Microsoft.CognitiveServices/accounts': {
    isLocated: true,
    pace: 'state',
    isSoftDeleted: true,
    filled(account, context) {
      const subdomain = textAt(account, 'properties/customSubDomainName');
      const endpoint = subdomain
        ? `https://${subdomain}.cognitiveservices.azure.com/`
        : `https://${textAt(account, 'location')}.api.cognitive.microsoft.com/`;
      const { properties } = account as { readonly properties?: JsonObject };
      const key = memberAt(context.before, 'keys') ?? {
        key1: randomBytes(16).toString('hex'),
        key2: randomBytes(16).toString('hex'),
      };
      return {
        ...withIdentity(account, context),
        keys: key,
        properties: {
          publicNetworkAccess: 'Enabled',
          disableLocalAuth: false,
          restrictOutboundNetworkAccess: false,
          ...properties,
          endpoint,
          isMigrated: false,
          privateEndpointConnections: [],
        },
      };
    },
    refusal(account, { id, before, all, deleted }) {
      const isGone = deleted.some((one) => one.id.path.toLowerCase() === id.path.toLowerCase());
      if (isGone && memberAt(account, 'properties/restore') !== true) {
        const message = `An existing resource with ID '${id.path}' has been soft-deleted. To restore the resource, you must specify 'restore' to be 'true' in the property. If you don't want to restore existing resource, please purge it first.`;
        return refusal(409, 'FlagMustBeSetForRestore', message);
      }
      const subdomain = textAt(account, 'properties/customSubDomainName')?.toLowerCase();
      const others = [...all('Microsoft.CognitiveServices/accounts'), ...deleted].filter(
        (one) => one.id.path.toLowerCase() !== id.path.toLowerCase(),
      );
      if (
        subdomain &&
        others.some(({ body }) => textAt(body, 'properties/customSubDomainName')?.toLowerCase() === subdomain)
      ) {
        const message = `The subdomain name '${subdomain}' is not available as it's already used by a resource. If your resource is recently deleted, please try again after 48 hours or purge it.`;
        return refusal(409, 'CustomDomainInUse', message);
      }
      if (before !== undefined && isAddedStorage(account, before)) {
        const message = 'User owned storage can only be attached while the account is created.';
        return refusal(400, 'UserOwnedStorageCanOnlyBeAttachedWhileCreation', message);
      }
      if (memberAt(account, 'sku/name') === undefined || memberAt(account, 'kind') === undefined)
        return refusal(
          400,
          'InvalidRequestContent',
          "The request content was invalid: 'sku.name' and 'kind' are required.",
        );
      return undefined;
    },
    actions: {
      listKeys(account, { settings: { speechKey } }) {
        // As users of the Azure Verified Module report it (terraform-azurerm-avm-res-cognitiveservices-account, issue 130).
        if (memberAt(account, 'properties/disableLocalAuth') === true)
          return refusal(400, 'BadRequest', 'Failed to list key. disableLocalAuth is set to be true');
        const keys = speechKey === undefined ? account['keys'] : { key1: speechKey, key2: speechKey };
        return { status: 200, body: keys as JsonObject };
      },
    },
  },
};

function isAddedStorage(account: JsonObject, before: JsonObject): boolean {
  const count = (one: JsonObject): number => [memberAt(one, 'properties/userOwnedStorage') ?? []].flat().length;
  return count(account) > count(before);
}

function textAt(object: JsonObject, path: string): string | undefined {
  const value = memberAt(object, path);
  return typeof value === 'string' ? value : undefined;
}
