import { randomUUID } from 'node:crypto';
import { isJsonObject, type JsonObject, memberAt } from '../answer.ts';
import type { WriteContext } from '../resource-types.ts';

/**
 * An object with the identities that its `identity` asks for. An own one is made once, and goes with the object; of user-assigned
 * ones Azure shows the ids that they have.
 */
export function withIdentity(object: JsonObject, { before, tenant, find }: WriteContext): JsonObject {
  const { identity } = object;
  if (!isJsonObject(identity)) return object;
  const isOwn = /systemAssigned/i.test(String(identity['type']));
  const principalId = memberAt(before, 'identity/principalId') ?? randomUUID();
  const assigned = isJsonObject(identity['userAssignedIdentities'])
    ? Object.keys(identity['userAssignedIdentities'])
    : [];
  const shown = assigned.map((id): [string, JsonObject] => {
    const properties = memberAt(find(id)?.body, 'properties');
    const { principalId: principal = null, clientId: client = null } = isJsonObject(properties) ? properties : {};
    return [id, { principalId: principal, clientId: client }];
  });
  return {
    ...object,
    identity: {
      type: identity['type'],
      ...(isOwn ? { principalId, tenantId: tenant } : {}),
      ...(shown.length > 0 ? { userAssignedIdentities: Object.fromEntries(shown) } : {}),
    },
  };
}
