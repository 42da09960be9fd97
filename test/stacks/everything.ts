import { inDev } from './synthesise.ts';

const subnet =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/n/subnets/s';

/** A document whose environment `dev` has everything that an environment can have, at least once. */
export const everything = inDev(`
account: { key-auth: true, key-outputs: true }
storage:
  containers: [datasets, smoke]
  private-endpoints: { hub: { subnet-id: ${subnet}, lock: {} } }
byos-storage: {}
customer-managed-key:
  key-vault-id: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/k/providers/Microsoft.KeyVault/vaults/v
  key-name: speech
  key-version: 0123456789abcdef0123456789abcdef
  encrypt-account: true
role-grants:
  readers: { role: Cognitive Services Speech User, principal: 00000000-0000-0000-0000-000000000002 }
  networkers: { role: Reader, principal: 00000000-0000-0000-0000-000000000002, on: private-endpoints }
private-endpoints:
  made: { address-space: [10.20.0.0/24], subnet-prefix: 10.20.0.0/27, tags: { owner: net }, lock: {} }
  theirs: { subnet-id: ${subnet}, manage-dns: false, application-security-group-ids: [${subnet.replace(/virtualNetworks.*/, 'applicationSecurityGroups/a')}] }
diagnostic-settings: { siem: { storage-account-id: ${subnet.replace(/Microsoft.Network.*/, 'Microsoft.Storage/storageAccounts/logs')} } }
monitoring: { alert-emails: [a@contoso.example], model-expiry: { clicked: "2099-01-15" } }
deploy-identity: { may-purge: true, github: { repository: a/b, by-name: true, environments: [prod], branches: [main] } }
custom-speech:
  projects: { calls: { locale: en-US } }
  endpoints: { calls: { locale: en-US, project: calls } }
delete-lock: {}
budget: { amount: 400, emails: [a@contoso.example] }`);
