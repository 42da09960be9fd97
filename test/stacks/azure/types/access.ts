import { randomUUID } from 'node:crypto';
import { builtInRoles } from '../../../../stacks/guards/built-in-roles.ts';
import { isJsonObject, type JsonObject, memberAt, refusal } from '../answer.ts';
import { keyOf } from '../resource-id.ts';
import type { AzureView, ResourceType } from '../resource-types.ts';

const definitions = 'Microsoft.Authorization/roleDefinitions';
const vaults = 'Microsoft.KeyVault/vaults';
const assignments = 'Microsoft.Authorization/roleAssignments';

/** Who may do what: roles, locks, and the identities that sign in without a secret. */
export const accessTypes: Readonly<Record<string, ResourceType>> = {
  // Others make them: azurerm looks through all of a subscription for the one that has a key.
  [vaults]: {
    shown: (vault) => ({
      ...vault,
      properties: {
        ...(isJsonObject(vault['properties']) ? vault['properties'] : {}),
        vaultUri: `https://${String(vault['name'])}.vault.azure.net/`,
      },
    }),
  },
  [assignments]: {
    isExtension: true,
    filled: (assignment, { id, before }) => ({
      ...assignment,
      properties: {
        principalType: 'ServicePrincipal',
        ...(isJsonObject(assignment['properties']) ? assignment['properties'] : {}),
        scope: id.parent,
        createdOn: memberAt(before, 'properties/createdOn') ?? new Date().toISOString(),
      },
    }),
    refusal(assignment, { id, before, all, ...azure }) {
      const role = String(memberAt(assignment, 'properties/roleDefinitionId'));
      const principal = memberAt(assignment, 'properties/principalId');
      if (roleOf(role, { ...azure, all }) === undefined) {
        const message = `The specified role definition with ID '${role.split('/').at(-1)}' does not exist.`;
        return refusal(400, 'RoleDefinitionDoesNotExist', message);
      }
      const same = all(assignments).find(
        (one) =>
          keyOf(one.id.parent) === keyOf(id.parent) &&
          memberAt(one.body, 'properties/principalId') === principal &&
          guidIn(String(memberAt(one.body, 'properties/roleDefinitionId'))) === guidIn(role),
      );
      if (same !== undefined && keyOf(same.id.path) !== keyOf(id.path)) {
        const message = `The role assignment already exists. The ID of the existing role assignment is ${same.id.name?.replaceAll('-', '')}.`;
        return refusal(409, 'RoleAssignmentExists', message);
      }
      if (before !== undefined && same === undefined) {
        const message = 'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.';
        return refusal(409, 'RoleAssignmentUpdateNotPermitted', message);
      }
      return undefined;
    },
  },
  [definitions]: {
    isExtension: true,
    answers: 201,
    // A role is the same at each scope where it can be given.
    found: ({ path }, azure) => roleOf(path, azure),
  },
  'Microsoft.Authorization/locks': { isExtension: true },
  'Microsoft.ManagedIdentity/userAssignedIdentities': {
    isLocated: true,
    filled: (identity, { before, tenant }) => ({
      ...identity,
      properties: {
        tenantId: tenant,
        principalId: memberAt(before, 'properties/principalId') ?? randomUUID(),
        clientId: memberAt(before, 'properties/clientId') ?? randomUUID(),
      },
    }),
  },
  'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials': {
    refusal(credential, { id, all }) {
      const others = all('Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials').filter(
        (one) => keyOf(one.id.parent) === keyOf(id.parent) && keyOf(one.id.path) !== keyOf(id.path),
      );
      const parts = ['issuer', 'subject'].map((name) => `properties/${name}`);
      if (others.some(({ body }) => parts.every((part) => memberAt(body, part) === memberAt(credential, part)))) {
        const message = `Issuer and subject combination already exists for this Managed Identity.`;
        return refusal(409, 'Conflict', message);
      }
      if (others.length < 20) return undefined;
      return refusal(400, 'BadRequest', 'Maximum number of federated identity credentials per identity is 20.');
    },
  },
};

/** A role by its id: one of Azure's own, or one that somebody has made. */
function roleOf(id: string, { all }: Pick<AzureView, 'all'>): JsonObject | undefined {
  const guid = guidIn(id);
  const [name] = Object.entries(builtInRoles).find(([, role]) => role === guid) ?? [];
  if (name === undefined) return all(definitions).find((one) => one.id.name?.toLowerCase() === guid)?.body;
  return {
    id,
    name: guid,
    type: definitions,
    properties: { roleName: name, type: 'BuiltInRole', description: name, assignableScopes: ['/'], permissions: [] },
  };
}

function guidIn(id: string): string {
  return id.split('/').at(-1)?.toLowerCase() ?? '';
}
