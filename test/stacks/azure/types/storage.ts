import { randomBytes } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject, memberAt, refusal } from '../answer.ts';
import { keyOf } from '../resource-id.ts';
import type { ResourceType } from '../resource-types.ts';
import { withIdentity } from './identity.ts';

const accounts = 'Microsoft.Storage/storageAccounts';

/** `Microsoft.Storage`, as far as Azure Resource Manager has it. */
export const storageTypes: Readonly<Record<string, ResourceType>> = {
  [accounts]: {
    isLocated: true,
    pace: 'accepted',
    isDeletedAtOnce: true,
    filled(account, context) {
      const { id, before } = context;
      const name = String(id.name).toLowerCase();
      const services = ['blob', 'queue', 'table', 'file', 'dfs'];
      const primaryEndpoints = Object.fromEntries(
        services.map((service) => [service, `https://${name}.${service}.core.windows.net/`]),
      );
      const [tier] = String(memberAt(account, 'sku/name')).split('_');
      return {
        ...withIdentity(account, context),
        keys:
          memberAt(before, 'keys') ??
          [1, 2].map((number): Json => ({
            keyName: `key${number}`,
            value: randomBytes(64).toString('base64'),
            permissions: 'FULL',
          })),
        sku: { ...(account['sku'] as JsonObject), tier },
        properties: {
          ...propertiesOf(account),
          primaryEndpoints,
          primaryLocation: account['location'],
          statusOfPrimary: 'available',
          creationTime: memberAt(before, 'properties/creationTime') ?? new Date().toISOString(),
        },
      };
    },
    refusal(_account, { id, all }) {
      const other = all(accounts).find(
        (one) => one.id.name?.toLowerCase() === id.name?.toLowerCase() && keyOf(one.id.path) !== keyOf(id.path),
      );
      if (other !== undefined)
        return refusal(409, 'StorageAccountAlreadyTaken', `The storage account named ${id.name} is already taken.`);
      if (/^[a-z0-9]{3,24}$/.test(id.name ?? '')) return undefined;
      const message = `${id.name} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only.`;
      return refusal(400, 'AccountNameInvalid', message);
    },
    actions: { listKeys: ({ keys = [] }) => ({ status: 200, body: { keys } }) },
  },
  [`${accounts}/blobServices`]: {
    answers: 200,
    found: ({ parent, path }, { find }) => serviceOf(find(parent)?.body, path),
  },
  [`${accounts}/fileServices`]: {
    answers: 200,
    found: ({ parent, path }, { find }) => serviceOf(find(parent)?.body, path),
  },
  [`${accounts}/blobServices/containers`]: {
    filled: (container) => ({
      ...container,
      properties: {
        publicAccess: 'None',
        hasImmutabilityPolicy: false,
        hasLegalHold: false,
        defaultEncryptionScope: '$account-encryption-key',
        denyEncryptionScopeOverride: false,
        ...propertiesOf(container),
      },
    }),
  },
  [`${accounts}/managementPolicies`]: { answers: 200 },
};

/** Every account has each service from its start, with nothing set. */
function serviceOf(account: JsonObject | undefined, path: string): JsonObject | undefined {
  if (account === undefined) return undefined;
  const [kind, name] = path.split('/').slice(-2);
  return { id: path, name, type: `${accounts}/${kind}`, properties: { deleteRetentionPolicy: { enabled: false } } };
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}
