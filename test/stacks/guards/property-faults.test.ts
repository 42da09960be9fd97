import { tmpdir } from 'node:os';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting/index.js';
import { Testing } from 'cdktf';
import { describe, expect, it } from 'vitest';
import { RoleGrant, type RoleGrantProps } from '../../../stacks/constructs/role-grant.ts';
import { SpeechAccount, type SpeechAccountProps } from '../../../stacks/constructs/speech-account.ts';
import { tellFault } from '../../../stacks/guards/fault.ts';
import type { GuardedConstruct } from '../../../stacks/guards/guarded-construct.ts';
import { SpeechStack, type SpeechStackProps } from '../../../stacks/speech-stack.ts';
import { build, inDev } from '../synthesise.ts';
import { synthesisErrors } from './raw-cases.ts';

const group = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers';
const subnet = `${group}/Microsoft.Network/virtualNetworks/hub/subnets/speech`;
const vault = `${group}/Microsoft.KeyVault/vaults/v`;
const person = '00000000-0000-0000-0000-000000000002';
const reach = 'account: { ip-rules: [203.0.113.7] }';

/** Properties, the fault when they say `wrong`, and where that is; what a fault looks like the golden file shows. */
const written: readonly (readonly [property: string, code: string, settings: string])[] = [
  ['tenant', 'guid', `${reach}\ntenant: wrong`],
  ['microsoft-wrong', 'tag', `${reach}\ntags: { microsoft-wrong: right }`],
  ['Env', 'tag', `${reach}\ntags: { env: a, Env: right }`],
  ['projects.p.locale', 'locale', `${reach}\ncustom-speech: { projects: { p: { locale: en-UK } } }`],
  ['subscription', 'guid', `${reach}\nsubscription: wrong`],
  ['resource-group', 'resource-name', `${reach}\nresource-group: wrong.`],
  ['backend.subscription', 'guid', `${reach}\nbackend: { kind: azurerm, storage-account: state, subscription: wrong }`],
  ['backend.storage-account', 'storage-name', `${reach}\nbackend: { kind: azurerm, storage-account: wrong-name }`],
  [
    'backend.resource-group',
    'resource-name',
    `${reach}\nbackend: { kind: azurerm, storage-account: state, resource-group: wrong! }`,
  ],
  ['identity-ids[0]', 'resource-id', 'account: { identity-ids: [wrong], ip-rules: [203.0.113.7] }'],
  ['ip-rules[1]', 'ip-rule', 'account: { ip-rules: [203.0.113.0/30, 203.0.113.4/31] }'],
  ['ip-rules[1]', 'ip-rule', 'account: { ip-rules: [203.0.113.3, 203.0.113.4/32] }'],
  ['subnet-rules[0].subnet-id', 'resource-id', 'account: { subnet-rules: [{ subnet-id: wrong }] }'],
  ['storage-account-id', 'resource-id', `${reach}\nbyos-storage: { storage-account-id: wrong }`],
  ['name', 'storage-name', `${reach}\nbyos-storage: { name: wrong-name }`],
  ['ip-rules[0]', 'ip-rule', `${reach}\nbyos-storage: { ip-rules: [wrong] }`],
  ['subnet-ids[0]', 'resource-id', `${reach}\nbyos-storage: { subnet-ids: [wrong] }`],
  ['ip-rules[0]', 'ip-rule', `${reach}\nstorage: { ip-rules: [wrong] }`],
  ['ip-rules[1]', 'ip-rule', `${reach}\nstorage: { ip-rules: [203.0.113.0/30, 203.0.113.4/31] }`],
  ['subnet-ids[0]', 'resource-id', `${reach}\nstorage: { subnet-ids: [wrong] }`],
  ['subnet-id', 'resource-id', 'private-endpoints: { main: { subnet-id: wrong } }'],
  ['name', 'resource-name', `private-endpoints: { main: { subnet-id: ${subnet}, name: wrong/name } }`],
  [
    'connection-name',
    'resource-name',
    `private-endpoints: { main: { subnet-id: ${subnet}, connection-name: wrong- } }`,
  ],
  [
    'network-interface-name',
    'resource-name',
    `private-endpoints: { main: { subnet-id: ${subnet}, network-interface-name: wrong! } }`,
  ],
  ['location', 'unknown-region', `private-endpoints: { main: { subnet-id: ${subnet}, location: wrong } }`],
  ['resource-group', 'resource-name', `private-endpoints: { main: { subnet-id: ${subnet}, resource-group: wrong. } }`],
  ['name', 'resource-name', `private-endpoints: { main: { subnet-id: ${subnet}, lock: { name: wrong. } } }`],
  ['dns-zone-ids[0]', 'resource-id', `private-endpoints: { main: { subnet-id: ${subnet}, dns-zone-ids: [wrong] } }`],
  [
    'application-security-group-ids[0]',
    'resource-id',
    `private-endpoints: { main: { subnet-id: ${subnet}, application-security-group-ids: [wrong] } }`,
  ],
  ['principal', 'guid', `${reach}\nrole-grants: { runner: { role: Reader, principal: wrong } }`],
  ['scope', 'resource-id', `${reach}\nrole-grants: { runner: { role: Reader, principal: ${person}, scope: wrong } }`],
  [
    'delegated-identity-id',
    'resource-id',
    `${reach}\nrole-grants: { runner: { role: Reader, principal: ${person}, delegated-identity-id: wrong } }`,
  ],
  [
    'key-vault-id',
    'resource-id',
    `${reach}\nstorage: {}\ncustomer-managed-key: { key-vault-id: wrong, key-name: speech }`,
  ],
  [
    'managed-hsm-id',
    'resource-id',
    `${reach}\nstorage: {}\ncustomer-managed-key: { managed-hsm-id: wrong, key-name: speech }`,
  ],
  [
    'identity-id',
    'resource-id',
    `${reach}\nstorage: {}\ncustomer-managed-key: { key-vault-id: ${vault}, key-name: speech, identity-id: wrong }`,
  ],
  [
    'identity-client-id',
    'guid',
    `${reach}\nstorage: {}\ncustomer-managed-key: { key-vault-id: ${vault}, key-name: speech, identity-client-id: wrong }`,
  ],
  ['workspace-id', 'resource-id', `${reach}\nmonitoring: { alert-emails: [a@b.example], workspace-id: wrong }`],
  [
    'workspace-location',
    'unknown-region',
    `${reach}\nmonitoring: { alert-emails: [a@b.example], workspace-id: ${group}/Microsoft.OperationalInsights/workspaces/w, workspace-location: wrong }`,
  ],
  ['action-group-ids[0]', 'resource-id', `${reach}\nmonitoring: { action-group-ids: [wrong] }`],
  [
    'metric-categories[0]',
    'unknown-log-category',
    `${reach}\nmonitoring: { alert-emails: [a@b.example], metric-categories: [wrong] }`,
  ],
  [
    'log-groups[0]',
    'unknown-log-category',
    `${reach}\nmonitoring: { alert-emails: [a@b.example], log-groups: [wrong] }`,
  ],
  ['storage-account-id', 'resource-id', `${reach}\ndiagnostic-settings: { siem: { storage-account-id: wrong } }`],
  ['event-hub-rule-id', 'resource-id', `${reach}\ndiagnostic-settings: { siem: { event-hub-rule-id: wrong } }`],
  ['action-group-ids[0]', 'resource-id', `${reach}\nbudget: { amount: 400, action-group-ids: [wrong] }`],
  ['emails[0]', 'email', `${reach}\nbudget: { amount: 400, emails: [wrong] }`],
  [
    'name',
    'resource-name',
    `${reach}\ndeploy-identity: { name: wrong., github: { repository: a/b, by-name: true, branches: [main] } }`,
  ],
  [
    'name',
    'resource-name',
    'account: { ip-rules: [203.0.113.7], prevent-destroy: true }\ndelete-lock: { name: wrong. }',
  ],
];

describe('a property of environment.yaml', () => {
  it.each(written)('%s that is wrong is %s, where it is written', (property, code, settings) => {
    const text = inDev(settings);
    const { diagnostics } = build(text);
    const [found] = diagnostics;
    expect(diagnostics).toMatchObject([
      { code, severity: 'error', message: expect.stringContaining(`\`${property}\``) },
    ]);
    const line = text.split('\n')[(found?.line ?? 1) - 1] ?? '';
    expect(line.slice((found?.column ?? 1) - 1)).toMatch(/^((microsoft-)?wrong|Env|en-UK|203\.0\.113\.4\/3[12])/);
  });
});

const reachable = { ipRules: ['203.0.113.7'] };
const place = { name: 'speech', location: 'westeurope', resourceGroupName: 'g', ...reachable };

describe('a property in TypeScript', () => {
  it.each<readonly [string, Partial<SpeechAccountProps>]>([
    ['byosStorageId', { byosStorageId: 'wrong' }],
    ['identityIds[0]', { identityIds: ['wrong'] }],
    ['systemIdentity', { systemIdentity: false, byosStorageId: `${group}/Microsoft.Storage/storageAccounts/mine` }],
  ])('%s of an account that is wrong is told', (property, props) => {
    const account = new SpeechAccount(newStack(), 'second', { ...place, ...props });
    expect(messagesOf(account)).toEqual([expect.stringContaining(`\`${property}\``)]);
  });

  it.each<readonly [string, RoleGrantProps]>([
    ['principal', { role: 'Reader', principal: 'wrong', scope: vault }],
    ['scope', { role: 'Reader', principal: person, scope: 'wrong' }],
  ])('%s of a role grant that is wrong is told', (property, props) => {
    const grant = new RoleGrant(newStack(), 'second', props);
    expect(messagesOf(grant)).toEqual([expect.stringContaining(`\`${property}\``)]);
  });
});

function newStack(): SpeechStack {
  return new SpeechStack(Testing.app({ outdir: tmpdir() }), 'dev', { ...dev });
}

function messagesOf(construct: GuardedConstruct): readonly string[] {
  return construct.faults().map((found) => tellFault(found).message);
}

const dev: SpeechStackProps = { workload: 'calls', location: 'westeurope', account: reachable };

describe('a property of a resource that anybody adds', () => {
  it.each<readonly [string, string, (stack: SpeechStack) => void]>([
    ['subscription_id', 'guid', (stack) => provider(stack).addOverride('subscription_id', 'wrong')],
    ['tenant_id', 'guid', (stack) => provider(stack).addOverride('tenant_id', 'wrong')],
    [
      'metric',
      'unknown-log-category',
      (stack) => setting(stack, { enabledLog: [], enabledMetric: [{ category: 'Metrics' }] }),
    ],
    [
      'enabled_log.category_group',
      'unknown-log-category',
      (stack) => setting(stack, { enabledLog: [{ categoryGroup: 'everything' }] }),
    ],
  ])('%s that is wrong is told', (property, code, add) => {
    const errors = synthesisErrors(add);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(new RegExp(`\\.${property}\`.*\\[${code}\\]$`, 's'));
  });

  it('is in a region as people read it, or in none', () => {
    expect(synthesisErrors((stack) => relocate(stack, 'West Europe'))).toEqual([]);
    expect(synthesisErrors((stack) => relocate(stack, 'global'))).toEqual([]);
    expect(synthesisErrors((stack) => relocate(stack, 'westeurpoe'))).toEqual([
      expect.stringContaining('azurerm_resource_group.'),
    ]);
  });

  it('is in a region that is too new to be known, where the stack says so', () => {
    const app = Testing.app({ outdir: tmpdir() });
    const stack = new SpeechStack(app, 'dev', { ...dev, allowUnlistedLocation: true });
    relocate(stack, 'westeurope2');
    expect(stack.node.findAll().flatMap((construct) => construct.node.validate())).toEqual([]);
  });

  it('is not told again of resources where the environment is', () => {
    const app = Testing.app({ outdir: tmpdir() });
    const stack = new SpeechStack(app, 'dev', { ...dev, storage: {}, location: 'westeurpoe' });
    expect(stack.node.findAll().flatMap((construct) => construct.node.validate())).toEqual([
      expect.stringContaining('`location`'),
    ]);
  });
});

function provider(stack: SpeechStack): { addOverride(path: string, value: unknown): void } {
  const found = stack.allProviders().find(({ terraformResourceType }) => terraformResourceType === 'azurerm');
  if (found === undefined) throw new Error('no provider');
  return found;
}

function relocate(stack: SpeechStack, location: string): void {
  stack.addOverride('resource.azurerm_resource_group.foundation_resource-group_F37DAC08.location', location);
}

function setting(stack: SpeechStack, what: object): void {
  new MonitorDiagnosticSetting(stack, 'd', { name: 'd', targetResourceId: stack.account.id, ...what });
}
