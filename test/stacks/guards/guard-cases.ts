import type { GuardCode } from '../../../stacks/guards/guard-catalogue.ts';
import { inDev } from '../synthesise.ts';

const subscription = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers';
const subnet = `${subscription}/Microsoft.Network/virtualNetworks/hub/subnets/speech`;
const vault = `${subscription}/Microsoft.KeyVault/vaults/v`;
const hsm = `${subscription}/Microsoft.KeyVault/managedHSMs/h`;
const person = '00000000-0000-0000-0000-000000000002';
const reach = 'account: { ip-rules: [203.0.113.7] }';

/** One document for every fault that environment.yaml can have, and nothing else wrong with it. */
export const guardCases: Readonly<Partial<Record<GuardCode, string>>> = {
  'free-sku': dev('account: { sku: F0, ip-rules: [203.0.113.7] }'),
  'unknown-sku': dev('account: { sku: S1, ip-rules: [203.0.113.7] }'),
  'unknown-location': dev(reach).replace('westeurope', 'West Europe'),
  'unknown-region': endpoint('address-space: [10.20.0.0/24], subnet-prefix: 10.20.0.0/27, location: westeurpoe'),
  'resource-name': dev(`${reach}\nresource-group: bad/group name!.`),
  'slow-training-location': dev(reach).replace('westeurope', 'swedencentral'),
  'account-name': dev('account: { name: -speech, custom-subdomain: speech, ip-rules: [203.0.113.7] }'),
  subdomain: dev('account: { custom-subdomain: Contoso-Speech, ip-rules: [203.0.113.7] }'),
  'system-identity-needed': dev('account: { system-identity: false, ip-rules: [203.0.113.7] }\nstorage: {}'),
  'byos-with-made': dev(
    `${reach}\nbyos-storage: { storage-account-id: ${subscription}/Microsoft.Storage/storageAccounts/mine, replication: ZRS }`,
  ),
  'keys-without-key-auth': dev('account: { key-outputs: true, ip-rules: [203.0.113.7] }'),
  'fqdns-unused': dev('account: { fqdns: [contoso.example], ip-rules: [203.0.113.7] }'),
  fqdn: dev('account: { outbound-restricted: true, fqdns: ["https://contoso.example/a"], ip-rules: [203.0.113.7] }'),
  'unreachable-account': dev('account: { default-action: Deny }'),
  'unreachable-storage': dev(`${reach}\nstorage: { public-access: false }`),
  'rule-without-public-access': dev(
    `${reach}\nstorage: { public-access: false, ip-rules: [203.0.113.7], private-endpoints: { hub: { subnet-id: ${subnet} } } }`,
  ),
  'open-account': dev('account: { default-action: Allow }'),
  'existing-account': dev(
    `account: { existing: ${subscription}/Microsoft.CognitiveServices/accounts/shared, sku: S0 }`,
  ),
  'existing-subdomain': dev(
    `account: { existing: ${subscription}/Microsoft.CognitiveServices/accounts/Shared_Speech }`,
  ),
  'other-subscription': dev(
    `account: { existing: ${subscription}/Microsoft.CognitiveServices/accounts/shared }\nsubscription: 00000000-0000-0000-0000-000000000009`,
  ),
  timeout: dev('account: { timeouts: { create: 60 minutes }, ip-rules: [203.0.113.7] }'),
  'kept-name': dev(`${reach}\npurge-on-destroy: false`),
  tag: dev(`${reach}\ntags: { cost/center: "7" }`),
  'too-many-tags': dev(`${reach}\ntags: { ${Array.from({ length: 51 }, (_, index) => `t${index}: a`).join(', ')} }`),
  'endpoint-of-nothing': grant({ role: 'Reader', more: 'endpoint: hub' }),
  'same-grant': dev(
    `${reach}\nrole-grants: { one: { role: Reader, principal: ${person} }, two: { role: Reader, principal: ${person} } }`,
  ),
  'other-dns-zone': endpoint(
    `subnet-id: ${subnet}, dns-zone-ids: [${subscription}/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net]`,
  ),
  'public-address': endpoint(`subnet-id: ${subnet}, private-ip-address: 8.8.8.8`),
  'model-expired': monitoring('model-expiry: { calls: "2020-01-15" }'),
  'contact-role': dev(`${reach}\nbudget: { amount: 400, roles: [Nobody] }`),
  'budget-from-past': dev(`${reach}\nbudget: { amount: 400, roles: [Owner], start: "2024-01-01" }`),
  'azurerm-version': dev(`${reach}\nazurerm-version: 5.2.0`),
  guid: dev(`${reach}\nsubscription: contoso-production`),
  'resource-id': dev('account: { subnet-rules: [{ subnet-id: hub/speech }] }'),
  'unknown-role': grant({ role: 'Cognitive Service Speech Contributor' }),
  'role-without-access': grant({ role: 'Cognitive Services Contributor' }),
  'role-target': grant({ role: 'Storage Blob Data Reader', more: 'on: storage' }),
  'principal-check': grant({ role: 'Reader', more: 'principal-type: User, skip-principal-check: true' }),
  cidr: endpoint('address-space: [10.20.0.1/24], subnet-prefix: 10.20.0.0/27'),
  'ip-rule': dev('account: { ip-rules: [10.1.2.3] }'),
  'too-many-ip-rules': dev(
    `account: { ip-rules: [${Array.from({ length: 101 }, (_, index) => `203.0.113.${index}`).join(', ')}] }`,
  ),
  'overlapping-networks': dev(
    'private-endpoints: { main: { address-space: [10.20.0.0/16], subnet-prefix: 10.20.0.0/27 } }\nstorage: { private-endpoints: { data: { address-space: [10.20.1.0/24], subnet-prefix: 10.20.1.0/27 } } }',
  ),
  'subnet-outside-network': endpoint('address-space: [10.20.0.0/24], subnet-prefix: 10.21.0.0/27'),
  'address-outside-subnet': endpoint(
    'address-space: [10.20.0.0/24], subnet-prefix: 10.20.0.0/27, private-ip-address: 10.20.0.3',
  ),
  'one-network': endpoint('address-space: [10.20.0.0/24]'),
  'manual-without-message': endpoint(`subnet-id: ${subnet}, manual-connection: true`),
  'message-without-manual': endpoint(`subnet-id: ${subnet}, request-message: Please`),
  'same-dns-zone': dev(`private-endpoints: { one: { subnet-id: ${subnet} }, two: { subnet-id: ${subnet} } }`),
  'dns-unmanaged': endpoint(
    `subnet-id: ${subnet}, manage-dns: false, dns-zone-ids: [${subscription}/Microsoft.Network/privateDnsZones/z]`,
  ),
  'storage-name': dev(`${reach}\nstorage: { name: Contoso-Data }`),
  'container-name': dev(`${reach}\nstorage: { containers: [Training_Data] }`),
  duplicate: dev(`${reach}\nstorage: { containers: [data, data] }`),
  'lifecycle-order': dev(`${reach}\nstorage: { cool-after-days: 30, delete-after-days: 14 }`),
  'one-key-store': key(`managed-hsm-id: ${hsm}, key-name: speech`),
  'hsm-for-account': dev(
    `${reach}\nstorage: {}\ncustomer-managed-key: { managed-hsm-id: ${hsm}, key-name: speech, encrypt-account: true }`,
  ),
  'key-name': key('key-name: speech_key'),
  'key-version': key('key-name: speech, key-version: latest'),
  'key-version-needed': key('key-name: speech, encrypt-account: true'),
  'key-identity': key(
    `key-name: speech, key-version: 0123456789abcdef0123456789abcdef, encrypt-account: true, identity-id: ${subscription}/Microsoft.ManagedIdentity/userAssignedIdentities/i`,
  ),
  'nothing-to-encrypt': dev(`${reach}\ncustomer-managed-key: { key-vault-id: ${vault}, key-name: speech }`),
  'unknown-log-category': monitoring('log-categories: [RequestResponses]'),
  'category-and-group': monitoring('log-groups: [audit], log-categories: [Audit]'),
  'nothing-logged': monitoring('log-groups: [], metric-categories: []'),
  'no-destination': dev(`${reach}\ndiagnostic-settings: { siem: { log-groups: [audit] } }`),
  'event-hub-without-rule': dev(
    `${reach}\ndiagnostic-settings: { siem: { storage-account-id: ${subscription}/Microsoft.Storage/storageAccounts/logs, event-hub-name: speech } }`,
  ),
  'destination-type-without-workspace': dev(
    `${reach}\ndiagnostic-settings: { siem: { storage-account-id: ${subscription}/Microsoft.Storage/storageAccounts/logs, destination-type: Dedicated } }`,
  ),
  'location-without-workspace': monitoring('workspace-location: northeurope'),
  'workspace-location-unknown': monitoring(
    `workspace-id: ${subscription}/Microsoft.OperationalInsights/workspaces/logs, model-expiry: { calls: "2099-01-15", ward: "2099-01-15" }`,
  ),
  'nobody-alerted': dev(`${reach}\nmonitoring: { alert-emails: [] }`),
  email: dev(`${reach}\nmonitoring: { alert-emails: [speech-team] }`),
  date: monitoring('model-expiry: { calls: 2027-02-30 }'),
  'expiry-known': dev(
    `${reach}\nmonitoring: { alert-emails: [a@contoso.example], model-expiry: { calls: "2099-01-15" } }\ncustom-speech: { endpoints: { calls: { locale: en-US } } }`,
  ),
  'first-of-month': dev(`${reach}\nbudget: { amount: 400, emails: [a@contoso.example], start: 2026-12-15 }`),
  'no-contact': dev(`${reach}\nbudget: { amount: 400 }`),
  'too-many-thresholds': dev(
    `${reach}\nbudget: { amount: 400, emails: [a@contoso.example], actual-percentages: [10, 20, 30, 40, 50] }`,
  ),
  'lock-without-prevent-destroy': dev(`${reach}\ndelete-lock: { on: resource-group }`),
  'read-only-lock': dev(
    'account: { ip-rules: [203.0.113.7], prevent-destroy: true }\ndelete-lock: { level: ReadOnly }',
  ),
  'no-trust': dev(`${reach}\ndeploy-identity: { runner: true }`),
  'no-subject': trust('github: { repository: contoso/speech, by-name: true }'),
  repository: trust('github: { repository: https://github.com/contoso/speech.git, branches: [main] }'),
  'wildcard-subject': trust('github: { repository: contoso/speech, by-name: true, branches: ["release/*"] }'),
  'empty-subject': trust('github: { repository: contoso/speech, by-name: true, branches: [" "] }'),
  'unreviewed-code': trust('github: { repository: contoso/speech, by-name: true, pull-requests: true }'),
  issuer: trust('gitlab: { project: contoso/speech, url: gitlab.contoso.example, branches: [main] }'),
  'issuer-unknown': trust('azure-devops: { organization: contoso, project: Speech, service-connections: [azure] }'),
  'repository-without-ids': trust('github: { repository: contoso/speech, branches: [main] }'),
  'half-of-ids': trust('github: { repository: contoso/speech, owner-id: 7, branches: [main] }'),
  'ids-needed': trust('github: { repository: contoso/speech, by-name: false, branches: [main] }'),
  'whole-reference': trust('gitlab: { project: contoso/speech, branches: [refs/heads/main] }'),
  'entra-issuer': trust(
    `azure-devops: { organization: contoso, project: Speech, service-connections: [azure], issuer: "https://login.microsoftonline.com/${person}/v2.0" }`,
  ),
  'entra-issuer-form': trust(
    'federated-credentials: { azure: { issuer: "https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0", subject: /eid1/c/pub/t/a/a/b/sc/c/d } }',
  ),
  'entra-subject': trust(
    `azure-devops: { subjects: ["sc://contoso/Speech/azure"], issuer: "https://login.microsoftonline.com/${person}/v2.0" }`,
  ),
  'connection-without': trust(
    'azure-devops: { organization: contoso, service-connections: [azure], issuer: "https://devops.contoso.example/1" }',
  ),
  'subjects-without-issuer': trust('azure-devops: { subjects: [/eid1/c/pub/t/a/a/b/sc/c/d] }'),
  'retiring-issuer': trust(
    `azure-devops: { organization: contoso, organization-id: ${person}, project: Speech, service-connections: [azure] }`,
  ),
  'same-credential': trust('github: { repository: contoso/speech, by-name: true, branches: [a/b, a b] }'),
  'too-many-credentials': trust(
    `github: { repository: contoso/speech, by-name: true, branches: [${Array.from({ length: 21 }, (_, index) => `b${index}`).join(', ')}] }`,
  ),
  locale: inside('projects: { calls: { locale: en_us } }'),
  'emulator-elsewhere': inside('emulator: https://calls.example'),
  'unknown-project': inside(
    'projects: { calls: { locale: en-US } }, endpoints: { e: { locale: en-US, project: cals } }',
  ),
  'locale-of-project': inside('projects: { p: { locale: en-US } }, endpoints: { e: { locale: en-GB, project: p } }'),
  'same-object': inside('endpoints: { calls: { locale: en-US }, second: { name: calls, locale: en-US } }'),
  'logging-without-storage': inside('endpoints: { calls: { locale: en-US, content-logging: true } }'),
  'no-state-place': dev(`${reach}\nbackend: { kind: azurerm }`),
  'unused-with-backend': dev(`${reach}\nbackend: { storage-account: contosostate }`),
  'backend-name': dev(
    `${reach}\nbackend: { kind: gitlab, project: contoso/speech, host: "https://gitlab.contoso.example" }`,
  ),
  'import-address': dev(
    `${reach}\nimport: { azurerm_cognitive_acount.account: ${subscription}/Microsoft.CognitiveServices/accounts/speech }`,
  ),
  'import-id': dev(
    `${reach}\nimport: { azurerm_cognitive_account.account: ${subscription}/Microsoft.CognitiveServices/accounts/other }`,
  ),
  'environment-name': dev(reach).replace('dev:', 'Dev_1:'),
  'choice-name': dev(`${reach}\nrole-grants: { Runner: { role: Reader, principal: ${person} } }`),
  'unknown-environment': dev(`${reach}\nextends: bsae`) + '  base: { abstract: true }\n',
  'only-abstract': dev(`${reach}\nabstract: true`),
  'extends-cycle': dev(`${reach}\nextends: base`) + '  base: { abstract: true, extends: dev }\n',
  'same-in-two-environments': dev('account: { name: speech, ip-rules: [203.0.113.7] }') + '  prod: { extends: dev }\n',
  'same-in-environment': dev(
    `${reach}\nmonitoring: { alert-emails: [a@contoso.example] }\ndiagnostic-settings: { speechops: { storage-account-id: ${subscription}/Microsoft.Storage/storageAccounts/logs } }`,
  ),
  'terraform-template': dev(`${reach}\ntags: { who: "\${file(\\"/etc/passwd\\")}" }`),
};

function dev(environment: string): string {
  return inDev(environment);
}

function grant({ role, more = 'on: account' }: { readonly role: string; readonly more?: string }): string {
  return dev(`${reach}\nrole-grants: { runner: { role: ${role}, principal: ${person}, ${more} } }`);
}

function endpoint(settings: string): string {
  return dev(`private-endpoints: { main: { ${settings} } }`);
}

function key(settings: string): string {
  return dev(`${reach}\nstorage: {}\ncustomer-managed-key: { key-vault-id: ${vault}, ${settings} }`);
}

function monitoring(settings: string): string {
  return dev(`${reach}\nmonitoring: { alert-emails: [a@contoso.example], ${settings} }`);
}

function inside(settings: string): string {
  return dev(`${reach}\ncustom-speech: { ${settings} }`);
}

function trust(settings: string): string {
  return dev(`${reach}\ndeploy-identity: { ${settings} }`);
}
