import { describe, expect, it } from 'vitest';
import { all, only, synthesise } from '../synthesise.ts';

describe('dataset storage', () => {
  it('has private containers, no keys, and a firewall that lets the account’s identity in', () => {
    const stack = synthesise('storage: { containers: [datasets, smoke], delete-after-days: 365, replication: ZRS }');
    expect(only(stack, 'azurerm_storage_account')).toMatchObject({
      name: 'stcallsdev',
      account_replication_type: 'ZRS',
      shared_access_key_enabled: false,
      allow_nested_items_to_be_public: false,
      https_traffic_only_enabled: true,
      min_tls_version: 'TLS1_2',
      network_rules: {
        default_action: 'Deny',
        bypass: ['None'],
        private_link_access: [{ endpoint_resource_id: '${azurerm_cognitive_account.account.id}' }],
      },
    });
    expect(
      all(stack, 'azurerm_storage_container').map(({ name, container_access_type: access }) => [name, access]),
    ).toEqual([
      ['datasets', 'private'],
      ['smoke', 'private'],
    ]);
    expect(only(stack, 'azurerm_storage_management_policy')).toMatchObject({
      rule: [
        {
          actions: {
            base_blob: {
              tier_to_cool_after_days_since_modification_greater_than: 30,
              delete_after_days_since_modification_greater_than: 365,
            },
            version: { delete_after_days_since_creation: 90 },
          },
        },
      ],
    });
    expect(only(stack, 'azurerm_role_assignment')).toMatchObject({
      role_definition_id: expect.stringMatching(/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1$/),
      principal_type: 'ServicePrincipal',
      scope: '${azurerm_storage_account.storage.id}',
    });
  });

  it('may be called by an account whose outbound calls are restricted, as may storage of your own that exists', () => {
    const group = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers';
    const id = `${group}/Microsoft.Storage/storageAccounts/Mine`;
    const stack = synthesise(
      `account: { outbound-restricted: true }\nbyos-storage: { storage-account-id: ${id} }\ncloud: usgovernment\nallow-unlisted-location: true`,
    );
    expect(only(stack, 'azurerm_cognitive_account')['fqdns']).toEqual(['mine.blob.core.usgovcloudapi.net']);
  });

  it('may be called by an account whose outbound calls are restricted', () => {
    const stack = synthesise('account: { outbound-restricted: true }\nstorage: {}');
    expect(only(stack, 'azurerm_cognitive_account')['fqdns']).toEqual(['stcallsdev.blob.core.windows.net']);
  });

  it('has no lifecycle rule that does nothing', () => {
    const [policy] = all(synthesise('storage: { cool-after-days: 0 }'), 'azurerm_storage_management_policy');
    expect(policy).toMatchObject({ rule: [{ actions: { version: { delete_after_days_since_creation: 90 } } }] });
    expect(JSON.stringify(policy)).not.toContain('base_blob');
    const stack = synthesise('storage: { cool-after-days: 0, delete-versions-after-days: 0 }');
    expect(all(stack, 'azurerm_storage_management_policy')).toEqual([]);
  });
});
