import { tmpdir } from 'node:os';
import { TerraformStack, TerraformVariable, Testing } from 'cdktf';
import { describe, expect, it } from 'vitest';
import { CustomerManagedKey } from '../../../stacks/constructs/customer-managed-key.ts';
import { all, build, inDev, only, synthesise } from '../synthesise.ts';

const inVault = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/k/providers';
const vault = `${inVault}/Microsoft.KeyVault/vaults/v`;
const hsm = `${inVault}/Microsoft.KeyVault/managedHSMs/Contoso-HSM`;

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
        // azurerm finds no id of a vault in another subscription, and would plan a change for ever.
        key_vault_uri: 'https://v.vault.azure.net/',
        lifecycle: { ignore_changes: ['key_vault_id'] },
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

  it('is in a Managed HSM, whose own role lets the identity use that key alone', () => {
    const stack = synthesise(
      `customer-managed-key: { managed-hsm-id: ${hsm}, key-name: speech }\nstorage: {}\nbyos-storage: {}`,
    );
    const [identity] = Object.keys(stack.resource['azurerm_user_assigned_identity'] ?? {});
    const principal = `azurerm_user_assigned_identity.${identity}.principal_id`;
    const type = 'azurerm_key_vault_managed_hardware_security_module_role_assignment';
    const { '//': _, ...access } = only(stack, type);
    expect(access).toEqual({
      managed_hsm_id: hsm,
      name: `\${uuidv5("url", "\${${principal}}/keys/speech")}`,
      principal_id: `\${${principal}}`,
      role_definition_id:
        '/Microsoft.KeyVault/providers/Microsoft.Authorization/roleDefinitions/33413926-3206-4cdd-b39a-83574fe37a17',
      scope: '/keys/speech',
    });
    const keys = all(stack, 'azurerm_storage_account_customer_managed_key');
    expect(keys).toHaveLength(2);
    for (const key of keys) {
      expect(key).toMatchObject({
        managed_hsm_key_id: 'https://contoso-hsm.managedhsm.azure.net/keys/speech',
        key_name: 'speech',
        user_assigned_identity_id: `\${azurerm_user_assigned_identity.${identity}.id}`,
        depends_on: [`${type}.${Object.keys(stack.resource[type] ?? {})[0]}`],
      });
      expect(key).not.toHaveProperty('key_vault_id');
    }
    expect(JSON.stringify(stack.resource['azurerm_role_assignment'])).not.toContain('key-access');
  });

  it.each([
    ['public', 'managedhsm.azure.net'],
    ['usgovernment', 'managedhsm.usgovcloudapi.net'],
    ['china', 'managedhsm.azure.cn'],
  ])('has the version that is given, in the HSM of the cloud %s', (cloud, suffix) => {
    const stack = synthesise(
      `customer-managed-key: { managed-hsm-id: ${hsm}, key-name: speech, key-version: ${version}, grant-key-access: false }\nstorage: {}\ncloud: ${cloud}\nallow-unlisted-location: true`,
    );
    expect(only(stack, 'azurerm_storage_account_customer_managed_key')).toMatchObject({
      managed_hsm_key_id: `https://contoso-hsm.${suffix}/keys/speech/${version}`,
      key_version: version,
    });
    expect(all(stack, 'azurerm_key_vault_managed_hardware_security_module_role_assignment')).toEqual([]);
  });

  it('is in an HSM that Terraform knows later', () => {
    const stack = new TerraformStack(Testing.app({ outdir: tmpdir() }), 'keys');
    const managedHsmId = new TerraformVariable(stack, 'hsm', { type: 'string' }).stringValue;
    const base = { name: 'i', location: 'westeurope', resourceGroupName: 'g' };
    const key = new CustomerManagedKey(stack, 'key', { ...base, managedHsmId, keyName: 'speech' });
    key.encrypt('storage', `${inVault}/Microsoft.Storage/storageAccounts/s`);
    expect(key.faults()).toEqual([]);
    const name = '${element(split("/", var.hsm), 8)}';
    expect(only(JSON.parse(Testing.synth(stack)), 'azurerm_storage_account_customer_managed_key')).toMatchObject({
      managed_hsm_key_id: `https://${name}.managedhsm.azure.net/keys/speech`,
    });
  });

  it('is in one place', () => {
    const told = (where: string): readonly unknown[] =>
      build(
        inDev(`account: { ip-rules: [203.0.113.7] }\nstorage: {}\ncustomer-managed-key: { key-name: speech${where} }`),
      ).diagnostics;
    const message =
      'Cannot tell where the key is: nothing is given, and it takes either `key-vault-id` or `managed-hsm-id`';
    expect(told('')).toMatchObject([{ code: 'one-key-store', message, line: 7, column: 5 }]);
    expect(told(`, key-vault-id: ${vault}, managed-hsm-id: ${hsm}`)).toMatchObject([{ code: 'one-key-store' }]);
  });
});
