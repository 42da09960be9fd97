import { isList, isObject, type ObjectValue, textOf, type Value } from '../../../stacks/provider/schema/value.ts';
import { isJsonObject, type Json, type JsonObject, memberAt } from '../azure/answer.ts';
import { always, block, blocks, type Mapping, type Place, plain, texts } from './arm-mapping.ts';

/** From where an account of Azure Storage lets itself be reached. */
export function networkRules(): Mapping {
  return {
    default_action: plain('defaultAction'),
    bypass: joined('bypass'),
    ip_rules: texts('ipRules', 'value'),
    virtual_network_subnet_ids: texts('virtualNetworkRules', 'id'),
    private_link_access: blocks('resourceAccessRules', {
      endpoint_resource_id: plain('resourceId'),
      endpoint_tenant_id: plain('tenantId'),
    }),
  };
}

/** A key of one's own, of an account. */
export function accountKey(): Mapping {
  return { key_vault_key_id: keyId(), identity_client_id: plain('identityClientId') };
}

/** `https://VAULT/keys/NAME/VERSION` is three members there. */
function keyId(): Place {
  return {
    path: '',
    toArm(value) {
      const [, keyVaultUri = '', keyName = '', keyVersion] =
        /^(.*\/)keys\/([^/]+)(?:\/(.+))?$/.exec(String(value)) ?? [];
      return { keyVaultUri, keyName, keyVersion };
    },
    fromArm(json) {
      const [uri, name, version] = ['keyVaultUri', 'keyName', 'keyVersion'].map((member) => memberAt(json, member));
      if (typeof uri !== 'string' || typeof name !== 'string') return null;
      return [`${uri}keys/${name}`, ...(typeof version === 'string' ? [version] : [])].join('/');
    },
  };
}

/** The key of one's own that Azure shows on an account of Azure Storage. */
export function storageKey(): Place {
  return {
    path: 'properties/encryption',
    toArm: () => undefined,
    fromArm(json) {
      const [uri, name] = ['keyvaulturi', 'keyname'].map((member) => memberAt(json, `keyvaultproperties/${member}`));
      if (typeof uri !== 'string' || typeof name !== 'string') return [];
      const identityId = memberAt(json, 'identity/userAssignedIdentity');
      return [
        {
          key_vault_key_id: `${uri}keys/${name}`,
          managed_hsm_key_id: null,
          user_assigned_identity_id: typeof identityId === 'string' ? identityId : null,
        },
      ];
    },
  };
}

/** A list of one object with an id. */
export function firstId(path: string): Place {
  const { toArm, fromArm } = texts(path, 'id');
  return {
    path,
    toArm: (value, object) => toArm([value], object),
    fromArm: (json, known) => {
      const ids = fromArm(json, known);
      return isList(ids) ? (ids[0] ?? null) : null;
    },
  };
}

/** Identities; Azure gives an own one its ids. */
export function identity(): Place {
  return {
    path: 'identity',
    toArm(value) {
      const one = onlyObject(value);
      if (one === undefined) return undefined;
      const { identity_ids: ids = null, type = null } = one;
      const assigned = isList(ids) ? ids.map((id): [string, Json] => [String(id), {}]) : [];
      const userAssignedIdentities = assigned.length === 0 ? undefined : Object.fromEntries(assigned);
      return { type: type as Json, userAssignedIdentities };
    },
    fromArm(json, known) {
      if (!isJsonObject(json)) return [];
      const { userAssignedIdentities: assigned, type, principalId, tenantId } = json;
      const { identity_ids: asked = null } = onlyObject(known) ?? {};
      const ids = isJsonObject(assigned) ? Object.keys(assigned) : [];
      return [
        {
          type: String(type),
          identity_ids: ids.length === 0 && asked === null ? null : ids,
          principal_id: String(principalId ?? ''),
          tenant_id: String(tenantId ?? ''),
        },
      ];
    },
  };
}

/** `Standard_ZRS` has the tier in it, too. */
export function replication(): Place {
  return {
    path: 'sku/name',
    toArm: (value, object) => `${textOf(object, 'account_tier')}_${String(value)}`,
    fromArm: (json) => String(json).split('_').at(-1) ?? null,
  };
}

/** Words in one text there. */
function joined(path: string): Place {
  return {
    path,
    toArm: (value) => (isList(value) ? value.join(', ') : undefined),
    fromArm: (json, known) => (typeof json === 'string' ? json.split(', ') : (known ?? null)),
  };
}

/** For how many days what is deleted is kept. */
export function retention(path: string): Place {
  const days = block(path, { days: plain('days'), enabled: always('enabled', true) });
  return {
    ...days,
    // Azure shows what is off, too.
    fromArm: (json, known) => (isJsonObject(json) && json['enabled'] === true ? days.fromArm(json, known) : []),
  };
}

/** Mails about a budget; Azure has them by a name, which tells them apart. */
export function notifications(): Place {
  const { toArm, fromArm } = blocks('', {
    operator: plain('operator'),
    threshold: plain('threshold'),
    threshold_type: plain('thresholdType'),
    contact_emails: texts('contactEmails'),
    contact_groups: texts('contactGroups'),
    contact_roles: texts('contactRoles'),
    enabled: always('enabled', true),
  });
  return {
    path: 'properties/notifications',
    toArm(value, object) {
      const all = (toArm(value, object) ?? []) as readonly JsonObject[];
      return Object.fromEntries(
        all.map((one) => [`${one['thresholdType'] ?? 'Actual'}_${one['operator']}_${one['threshold']}_Percent`, one]),
      );
    },
    fromArm: (json, known) => fromArm(isJsonObject(json) ? (Object.values(json) as Json) : [], known),
  };
}

/** The one group of zones that a private endpoint has, whose name is its id's. */
export function zoneGroup(path: string): Place {
  return {
    path,
    toArm(value) {
      const { private_dns_zone_ids: ids = null } = onlyObject(value) ?? {};
      if (!isList(ids)) return undefined;
      return ids.map((id) => ({ name: String(id).split('/').at(-1), properties: { privateDnsZoneId: String(id) } }));
    },
    fromArm(json, known) {
      const group = onlyObject(known);
      if (!Array.isArray(json) || group === undefined) return [];
      const ids = (json as readonly Json[]).map((one) => String(memberAt(one, 'properties/privateDnsZoneId')));
      return [{ ...group, private_dns_zone_ids: ids }];
    },
  };
}

/** The first object of a list. */
export function onlyObject(value: Value | undefined): ObjectValue | undefined {
  const [one] = value !== undefined && isList(value) ? value : [];
  return one !== undefined && isObject(one) ? one : undefined;
}
