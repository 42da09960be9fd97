import { describe, expect, it } from 'vitest';
import { all, synthesise } from '../synthesise.ts';

describe('a key of one’s own', () => {
  it('encrypts the storage accounts with an identity that may use it', () => {
    const vault =
      '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/k/providers/Microsoft.KeyVault/vaults/v';
    const stack = synthesise(
      `customer-managed-key: { key-vault-id: ${vault}, key-name: speech }\nstorage: {}\nbyos-storage: {}`,
    );
    const keys = all(stack, 'azurerm_storage_account_customer_managed_key');
    expect(keys.map(({ storage_account_id: id }) => id)).toEqual([
      '${azurerm_storage_account.byos-storage.id}',
      '${azurerm_storage_account.storage.id}',
    ]);
    for (const key of keys) {
      expect(key).toMatchObject({
        key_vault_id: vault,
        key_name: 'speech',
        depends_on: [expect.stringMatching(/key-access/)],
      });
    }
    for (const account of all(stack, 'azurerm_storage_account')) {
      expect(account).toMatchObject({
        identity: { type: 'UserAssigned' },
        lifecycle: { ignore_changes: ['customer_managed_key'] },
      });
    }
    expect(all(stack, 'azurerm_cognitive_account_customer_managed_key')).toEqual([]);
  });
});
