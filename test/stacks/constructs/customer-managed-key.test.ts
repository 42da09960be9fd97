import { describe, expect, it } from 'vitest';
import { all, only, synthesise } from '../synthesise.ts';

const inVault = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/k/providers';
const vault = `${inVault}/Microsoft.KeyVault/vaults/v`;

describe('a key of one’s own', () => {
  it('encrypts the storage accounts with an identity that may use it', () => {
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
    expect(only(stack, 'azurerm_cognitive_account')['lifecycle']).not.toHaveProperty('ignore_changes');
  });

  const version = '0123456789abcdef0123456789abcdef';
  const encrypted = `customer-managed-key: { key-vault-id: ${vault}, key-name: speech, key-version: ${version}, encrypt-account: true`;

  it('encrypts the account, which has the identity and leaves the key alone', () => {
    const stack = synthesise(`${encrypted} }`);
    const identity = Object.keys(stack.resource['azurerm_user_assigned_identity'] ?? {})[0];
    expect(only(stack, 'azurerm_cognitive_account_customer_managed_key')).toMatchObject({
      cognitive_account_id: '${azurerm_cognitive_account.account.id}',
      key_vault_key_id: `https://v.vault.azure.net/keys/speech/${version}`,
      identity_client_id: `\${azurerm_user_assigned_identity.${identity}.client_id}`,
      depends_on: [expect.stringMatching(/^azurerm_role_assignment\..*key-access/)],
    });
    expect(only(stack, 'azurerm_cognitive_account')).toMatchObject({
      identity: {
        type: 'SystemAssigned, UserAssigned',
        identity_ids: [`\${azurerm_user_assigned_identity.${identity}.id}`],
      },
      lifecycle: { ignore_changes: ['customer_managed_key'] },
    });
  });

  it('uses an identity that exists, in the cloud of the vault', () => {
    const identity = `${inVault}/Microsoft.ManagedIdentity/userAssignedIdentities/i`;
    const client = '00000000-0000-0000-0000-000000000003';
    const stack = synthesise(
      `${encrypted}, identity-id: ${identity}, identity-client-id: ${client} }\naccount: { identity-ids: [${identity}] }\ncloud: china\nallow-unlisted-location: true`,
    );
    expect(only(stack, 'azurerm_cognitive_account_customer_managed_key')).toMatchObject({
      key_vault_key_id: `https://v.vault.azure.cn/keys/speech/${version}`,
      identity_client_id: client,
    });
    expect(only(stack, 'azurerm_cognitive_account')['identity']).toEqual({
      type: 'SystemAssigned, UserAssigned',
      identity_ids: [identity],
    });
    expect(all(stack, 'azurerm_user_assigned_identity')).toEqual([]);
  });
});
