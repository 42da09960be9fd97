import { describe, expect, it } from 'vitest';
import { all, only, synthesise } from '../synthesise.ts';

describe('storage of one’s own', () => {
  it('plans a replacement when it is attached later, which the service allows at creation alone', () => {
    const choice = (environment: string): unknown => {
      const stack = synthesise(environment);
      const [[name, { input }] = ['', {}]] = Object.entries(stack.resource['terraform_data'] ?? {});
      expect(only(stack, 'azurerm_cognitive_account')).toMatchObject({
        lifecycle: { replace_triggered_by: [`terraform_data.${name}`] },
      });
      return input;
    };
    expect(choice('')).toEqual({ storage: 'none' });
    expect(choice('byos-storage: {}')).toEqual({ storage: '${azurerm_storage_account.byos-storage.id}' });
  });

  it('exists before the account, and lets its system identity in afterwards', () => {
    const stack = synthesise('byos-storage: { name: contosobyos, ip-rules: [203.0.113.7] }');
    expect(only(stack, 'azurerm_cognitive_account')).toMatchObject({
      storage: [{ storage_account_id: '${azurerm_storage_account.byos-storage.id}' }],
    });
    expect(only(stack, 'azurerm_storage_account')).toMatchObject({
      name: 'contosobyos',
      shared_access_key_enabled: false,
    });
    expect(only(stack, 'azurerm_storage_account_network_rules')).toMatchObject({
      default_action: 'Deny',
      ip_rules: ['203.0.113.7'],
      private_link_access: [{ endpoint_resource_id: '${azurerm_cognitive_account.account.id}' }],
    });
    expect(only(stack, 'azurerm_role_assignment')).toMatchObject({
      principal_id: '${azurerm_cognitive_account.account.identity[0].principal_id}',
      role_definition_id: expect.stringMatching(/ba92f5b4-2d11-453d-a403-e96b0029c9fe$/),
    });
  });

  it('can be an existing storage account, of which only the role is granted', () => {
    const id =
      '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/mine';
    const stack = synthesise(`byos-storage: { storage-account-id: ${id} }`);
    expect(all(stack, 'azurerm_storage_account')).toEqual([]);
    expect(only(stack, 'azurerm_role_assignment')['scope']).toBe(id);
  });
});
