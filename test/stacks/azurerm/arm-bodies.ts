import { type ObjectValue, textOf } from '../../../stacks/provider/schema/value.ts';
import { type JsonObject, memberAt } from '../azure/answer.ts';
import {
  always,
  block,
  blocks,
  elsewhere,
  enabled,
  given,
  leftAlone,
  type Mapping,
  not,
  plain,
  shown,
  tags,
  texts,
  under,
  written,
} from './arm-mapping.ts';
import {
  accountKey,
  firstId,
  identity,
  networkRules,
  notifications,
  onlyObject,
  replication,
  retention,
  storageKey,
  zoneGroup,
} from './arm-places.ts';

/** What an object of azurerm is in Azure Resource Manager. */
export interface ArmType {
  /** The id there, where it is not Terraform's; with members of the object in braces. */
  readonly path?: string;
  readonly mapping: Mapping;
  /** What is objects of their own there, below this one: made after it, and looked at with it. */
  readonly below?: readonly Below[];
  /** What is not in the body, because it is in the id, or no matter of Azure's. */
  readonly elsewhere?: readonly string[];
  /** Where it is no object of its own there, but a part of another one. */
  readonly part?: Part;
  /** Whether a change is a PATCH, which leaves alone what others have set. */
  readonly isPatched?: true;
  /** Whose deletion takes a purge. */
  readonly isPurged?: true;
  /** The action that gives its keys, and where they come. */
  readonly keys?: {
    readonly action: string;
    readonly isShown: (object: ObjectValue) => boolean;
    readonly mapping: Mapping;
  };
}

export interface Part {
  readonly method: 'PATCH' | 'PUT';
  readonly isThere: (body: JsonObject) => boolean;
  /** What takes it away. */
  readonly without: JsonObject;
}

export interface Below {
  /** After the id; undefined when the object has none. */
  readonly suffix: (object: ObjectValue) => string | undefined;
  readonly mapping: Mapping;
  /** The members that it is. */
  readonly members: readonly string[];
  /** Whether it is there by itself as long as the object is. */
  readonly isStanding?: true;
}

const located: Mapping = { location: plain('location'), tags: tags() };

/** Every type that a stack of `environment.yaml` has by default, and without a key of one's own. */
export const armTypes: Readonly<Record<string, ArmType>> = {
  azurerm_resource_group: { mapping: located },
  azurerm_cognitive_account: {
    isPurged: true,
    isPatched: true,
    mapping: {
      ...located,
      kind: plain('kind'),
      sku_name: plain('sku/name'),
      identity: identity(),
      custom_subdomain_name: plain('properties/customSubDomainName'),
      endpoint: given('properties/endpoint'),
      fqdns: texts('properties/allowedFqdnList'),
      local_auth_enabled: not('properties/disableLocalAuth'),
      outbound_network_access_restricted: plain('properties/restrictOutboundNetworkAccess'),
      public_network_access_enabled: enabled('properties/publicNetworkAccess'),
      network_acls: block('properties/networkAcls', {
        default_action: plain('defaultAction'),
        bypass: plain('bypass'),
        ip_rules: texts('ipRules', 'value'),
        virtual_network_rules: blocks('virtualNetworkRules', {
          subnet_id: plain('id'),
          ignore_missing_vnet_service_endpoint: plain('ignoreMissingVnetServiceEndpoint'),
        }),
      }),
      customer_managed_key: shown(block('properties/encryption/keyVaultProperties', accountKey())),
      storage: blocks('properties/userOwnedStorage', {
        storage_account_id: plain('resourceId'),
        identity_client_id: plain('identityClientId'),
      }),
    },
    keys: {
      action: 'listKeys',
      isShown: ({ local_auth_enabled: isEnabled }) => isEnabled !== false,
      mapping: { primary_access_key: given('key1'), secondary_access_key: given('key2') },
    },
  },
  azurerm_storage_account: {
    isPatched: true,
    mapping: {
      ...located,
      account_kind: plain('kind'),
      account_tier: plain('sku/tier'),
      account_replication_type: replication(),
      identity: identity(),
      access_tier: plain('properties/accessTier'),
      allow_nested_items_to_be_public: plain('properties/allowBlobPublicAccess'),
      cross_tenant_replication_enabled: plain('properties/allowCrossTenantReplication'),
      default_to_oauth_authentication: plain('properties/defaultToOAuthAuthentication'),
      https_traffic_only_enabled: plain('properties/supportsHttpsTrafficOnly'),
      infrastructure_encryption_enabled: plain('properties/encryption/requireInfrastructureEncryption'),
      local_user_enabled: plain('properties/isLocalUserEnabled'),
      min_tls_version: plain('properties/minimumTlsVersion'),
      public_network_access_enabled: enabled('properties/publicNetworkAccess'),
      shared_access_key_enabled: plain('properties/allowSharedKeyAccess'),
      network_rules: leftAlone(block('properties/networkAcls', networkRules())),
      customer_managed_key: shown(storageKey()),
      primary_blob_endpoint: given('properties/primaryEndpoints/blob'),
      primary_location: given('properties/primaryLocation'),
    },
    elsewhere: ['blob_properties'],
    below: [
      {
        suffix: () => '/blobServices/default',
        members: ['blob_properties'],
        isStanding: true,
        mapping: {
          blob_properties: block('properties', {
            versioning_enabled: plain('isVersioningEnabled'),
            delete_retention_policy: retention('deleteRetentionPolicy'),
            container_delete_retention_policy: retention('containerDeleteRetentionPolicy'),
          }),
        },
      },
    ],
  },
  azurerm_cognitive_account_customer_managed_key: {
    elsewhere: ['cognitive_account_id'],
    part: {
      method: 'PATCH',
      isThere: (body) => memberAt(body, 'properties/encryption/keySource') === 'Microsoft.KeyVault',
      without: { properties: { encryption: { keySource: 'Microsoft.CognitiveServices', keyVaultProperties: null } } },
    },
    mapping: {
      source: always('properties/encryption/keySource', 'Microsoft.KeyVault'),
      ...under('properties/encryption/keyVaultProperties', accountKey()),
    },
  },
  azurerm_storage_account_customer_managed_key: {
    // The vault's id is looked up by azurerm.
    elsewhere: ['storage_account_id', 'key_vault_id'],
    part: {
      method: 'PATCH',
      isThere: (body) => memberAt(body, 'properties/encryption/keySource') === 'Microsoft.Keyvault',
      without: {
        properties: { encryption: { keySource: 'Microsoft.Storage', keyvaultproperties: null, identity: null } },
      },
    },
    mapping: {
      source: always('properties/encryption/keySource', 'Microsoft.Keyvault'),
      key_name: plain('properties/encryption/keyvaultproperties/keyname'),
      key_version: plain('properties/encryption/keyvaultproperties/keyversion'),
      key_vault_uri: plain('properties/encryption/keyvaultproperties/keyvaulturi'),
      user_assigned_identity_id: plain('properties/encryption/identity/userAssignedIdentity'),
    },
  },
  azurerm_storage_account_network_rules: {
    elsewhere: ['storage_account_id'],
    part: {
      method: 'PATCH',
      isThere: (body) => memberAt(body, 'properties/networkAcls/defaultAction') === 'Deny',
      without: { properties: { networkAcls: null } },
    },
    mapping: under('properties/networkAcls', networkRules()),
  },
  azurerm_private_endpoint_application_security_group_association: {
    path: '{private_endpoint_id}',
    elsewhere: ['private_endpoint_id'],
    part: {
      method: 'PUT',
      isThere: (body) => memberAt(body, 'properties/applicationSecurityGroups') !== undefined,
      without: { properties: { applicationSecurityGroups: null } },
    },
    mapping: { application_security_group_id: firstId('properties/applicationSecurityGroups') },
  },
  azurerm_storage_container: {
    elsewhere: ['storage_account_id'],
    mapping: {
      container_access_type: written('properties/publicAccess', [
        ['private', 'None'],
        ['blob', 'Blob'],
        ['container', 'Container'],
      ]),
      metadata: plain('properties/metadata'),
    },
  },
  azurerm_storage_management_policy: {
    elsewhere: ['storage_account_id'],
    mapping: {
      rule: blocks('properties/policy/rules', {
        name: plain('name'),
        enabled: plain('enabled'),
        type: always('type', 'Lifecycle'),
        filters: block('definition/filters', { blob_types: texts('blobTypes'), prefix_match: texts('prefixMatch') }),
        actions: block('definition/actions', {
          base_blob: block('baseBlob', {
            tier_to_cool_after_days_since_modification_greater_than: plain(
              'tierToCool/daysAfterModificationGreaterThan',
            ),
            delete_after_days_since_modification_greater_than: plain('delete/daysAfterModificationGreaterThan'),
          }),
          version: block('version', { delete_after_days_since_creation: plain('delete/daysAfterCreationGreaterThan') }),
        }),
      }),
    },
  },
  azurerm_user_assigned_identity: {
    mapping: {
      ...located,
      principal_id: given('properties/principalId'),
      client_id: given('properties/clientId'),
      tenant_id: given('properties/tenantId'),
    },
  },
  azurerm_federated_identity_credential: {
    elsewhere: ['parent_id'],
    mapping: {
      audience: texts('properties/audiences'),
      issuer: plain('properties/issuer'),
      subject: plain('properties/subject'),
    },
  },
  azurerm_role_assignment: {
    elsewhere: ['scope', 'role_definition_name', 'skip_service_principal_aad_check'],
    mapping: {
      role_definition_id: plain('properties/roleDefinitionId'),
      principal_id: plain('properties/principalId'),
      principal_type: plain('properties/principalType'),
      description: plain('properties/description'),
      condition: plain('properties/condition'),
      condition_version: plain('properties/conditionVersion'),
    },
  },
  azurerm_role_definition: {
    path: '{scope}/providers/Microsoft.Authorization/roleDefinitions/{role_definition_id}',
    elsewhere: ['scope', 'role_definition_id'],
    mapping: {
      role_definition_resource_id: given('id'),
      name: plain('properties/roleName'),
      description: plain('properties/description'),
      assignable_scopes: texts('properties/assignableScopes'),
      permissions: blocks('properties/permissions', {
        actions: texts('actions'),
        not_actions: texts('notActions'),
        data_actions: texts('dataActions'),
        not_data_actions: texts('notDataActions'),
      }),
    },
  },
  azurerm_management_lock: {
    elsewhere: ['scope'],
    mapping: { lock_level: plain('properties/level'), notes: plain('properties/notes') },
  },
  azurerm_consumption_budget_resource_group: {
    elsewhere: ['resource_group_id'],
    mapping: {
      amount: plain('properties/amount'),
      time_grain: plain('properties/timeGrain'),
      time_period: block('properties/timePeriod', { start_date: plain('startDate'), end_date: plain('endDate') }),
      notification: notifications(),
      etag: given('eTag'),
    },
  },
  azurerm_log_analytics_workspace: {
    mapping: {
      ...located,
      sku: plain('properties/sku/name'),
      retention_in_days: plain('properties/retentionInDays'),
      workspace_id: given('properties/customerId'),
    },
    keys: {
      action: 'sharedKeys',
      isShown: () => true,
      mapping: { primary_shared_key: given('primarySharedKey'), secondary_shared_key: given('secondarySharedKey') },
    },
  },
  azurerm_monitor_diagnostic_setting: {
    path: '{target_resource_id}/providers/Microsoft.Insights/diagnosticSettings/{name}',
    elsewhere: ['target_resource_id'],
    mapping: {
      log_analytics_workspace_id: plain('properties/workspaceId'),
      storage_account_id: plain('properties/storageAccountId'),
      enabled_log: blocks('properties/logs', {
        category: plain('category'),
        category_group: plain('categoryGroup'),
        enabled: always('enabled', true),
      }),
      enabled_metric: blocks('properties/metrics', { category: plain('category'), enabled: always('enabled', true) }),
    },
  },
  azurerm_monitor_action_group: {
    mapping: {
      location: always('location', 'Global'),
      tags: tags(),
      short_name: plain('properties/groupShortName'),
      enabled: always('properties/enabled', true),
      email_receiver: blocks('properties/emailReceivers', {
        name: plain('name'),
        email_address: plain('emailAddress'),
        use_common_alert_schema: plain('useCommonAlertSchema'),
      }),
    },
  },
  azurerm_monitor_metric_alert: {
    mapping: {
      place: always('location', 'Global'),
      tags: tags(),
      description: plain('properties/description'),
      severity: plain('properties/severity'),
      scopes: texts('properties/scopes'),
      frequency: plain('properties/evaluationFrequency'),
      window_size: plain('properties/windowSize'),
      kind: always('properties/criteria/odata.type', 'Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria'),
      criteria: blocks('properties/criteria/allOf', {
        metric_namespace: plain('metricNamespace'),
        metric_name: plain('metricName'),
        aggregation: plain('timeAggregation'),
        operator: plain('operator'),
        threshold: plain('threshold'),
        kind: always('criterionType', 'StaticThresholdCriterion'),
        dimension: blocks('dimensions', { name: plain('name'), operator: plain('operator'), values: texts('values') }),
      }),
      action: blocks('properties/actions', { action_group_id: plain('actionGroupId') }),
    },
  },
  azurerm_monitor_scheduled_query_rules_alert_v2: {
    mapping: {
      ...located,
      description: plain('properties/description'),
      severity: plain('properties/severity'),
      scopes: texts('properties/scopes'),
      evaluation_frequency: plain('properties/evaluationFrequency'),
      window_duration: plain('properties/windowSize'),
      criteria: blocks('properties/criteria/allOf', {
        query: plain('query'),
        operator: plain('operator'),
        threshold: plain('threshold'),
        time_aggregation_method: plain('timeAggregation'),
      }),
      action: block('properties/actions', { action_groups: texts('actionGroups') }),
    },
  },
  azurerm_virtual_network: {
    mapping: {
      ...located,
      address_space: texts('properties/addressSpace/addressPrefixes'),
      guid: given('properties/resourceGuid'),
    },
  },
  azurerm_subnet: {
    elsewhere: ['virtual_network_name'],
    mapping: { address_prefixes: texts('properties/addressPrefixes') },
  },
  azurerm_private_dns_zone: { mapping: { place: always('location', 'global'), tags: tags() } },
  azurerm_private_dns_zone_virtual_network_link: {
    elsewhere: ['private_dns_zone_name'],
    mapping: {
      place: always('location', 'global'),
      tags: tags(),
      virtual_network_id: plain('properties/virtualNetwork/id'),
      registration_enabled: plain('properties/registrationEnabled'),
    },
  },
  azurerm_private_endpoint: {
    elsewhere: ['private_dns_zone_group'],
    mapping: {
      ...located,
      subnet_id: plain('properties/subnet/id'),
      custom_network_interface_name: plain('properties/customNetworkInterfaceName'),
      private_service_connection: blocks('properties/privateLinkServiceConnections', {
        name: plain('name'),
        private_connection_resource_id: plain('properties/privateLinkServiceId'),
        subresource_names: texts('properties/groupIds'),
        request_message: plain('properties/requestMessage'),
        is_manual_connection: elsewhere(),
        private_ip_address: elsewhere(),
      }),
    },
    below: [
      {
        suffix: ({ private_dns_zone_group: groups = null }) => {
          const group = onlyObject(groups);
          return group === undefined ? undefined : `/privateDnsZoneGroups/${textOf(group, 'name')}`;
        },
        members: ['private_dns_zone_group'],
        mapping: {
          private_dns_zone_group: zoneGroup('properties/privateDnsZoneConfigs'),
        },
      },
    ],
  },
};
