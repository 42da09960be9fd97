import { tmpdir } from 'node:os';
import { CognitiveAccount } from '@cdktf/provider-azurerm/lib/cognitive-account/index.js';
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting/index.js';
import { PrivateEndpoint } from '@cdktf/provider-azurerm/lib/private-endpoint/index.js';
import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment/index.js';
import { Subnet } from '@cdktf/provider-azurerm/lib/subnet/index.js';
import { VirtualNetwork } from '@cdktf/provider-azurerm/lib/virtual-network/index.js';
import { TerraformOutput, Testing } from 'cdktf';
import type { GuardCode } from '../../../stacks/guards/guard-catalogue.ts';
import { SpeechStack } from '../../../stacks/speech-stack.ts';

interface RawCase {
  readonly code: GuardCode;
  readonly name: string;
  readonly add: (stack: SpeechStack) => void;
}

/** What a stack says of something that was added to it: nothing when all is right. */
export function synthesisErrors(add: (stack: SpeechStack) => void): readonly string[] {
  const app = Testing.app({ fakeCdktfJsonPath: false, outdir: tmpdir() });
  const stack = new SpeechStack(app, 'dev', {
    workload: 'calls',
    location: 'westeurope',
    account: { ipRules: ['203.0.113.7'] },
  });
  add(stack);
  return stack.node.findAll().flatMap((construct) => construct.node.validate());
}

const base = { location: 'westeurope', resourceGroupName: 'g' };
const person = '00000000-0000-0000-0000-000000000002';
const subnetId =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/n/subnets/s';
const storageAccountId = subnetId.replace(/Microsoft.Network.*/, 'Microsoft.Storage/storageAccounts/mine');
const identityId = subnetId.replace(/Microsoft.Network.*/, 'Microsoft.ManagedIdentity/userAssignedIdentities/i');

/** Each of these passes `terraform validate`. */
export const rawCases: readonly RawCase[] = [
  { code: 'free-sku', name: 'an account', add: (stack) => account(stack, { skuName: 'F0' }) },
  { code: 'subdomain', name: 'an account', add: (stack) => account(stack, { customSubdomainName: 'Speech' }) },
  { code: 'raw-subdomain', name: 'an account', add: withoutSubdomain },
  {
    code: 'ip-rule',
    name: 'an account',
    add: (stack) => account(stack, { networkAcls: { defaultAction: 'Deny', ipRules: ['203.0.113.7', '10.1.2.3'] } }),
  },
  {
    code: 'raw-system-identity',
    name: 'an account without identity',
    add: (stack) => account(stack, { storage: [{ storageAccountId }] }),
  },
  {
    code: 'raw-system-identity',
    name: 'an account with an identity of the user',
    add: (stack) =>
      account(stack, {
        storage: [{ storageAccountId }],
        identity: { type: 'UserAssigned', identityIds: [identityId] },
      }),
  },
  {
    code: 'raw-bypass',
    name: 'an account',
    add: (stack) => account(stack, { networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices' } }),
  },
  { code: 'unknown-location', name: 'an account', add: (stack) => account(stack, { location: 'koreasouth' }) },
  { code: 'unknown-region', name: 'a network', add: (stack) => void network(stack, '10.0.0.0/24', 'West Eurpoe') },
  { code: 'raw-throttling', name: 'an account', add: (stack) => account(stack, { dynamicThrottlingEnabled: true }) },
  {
    code: 'raw-identity-ids',
    name: 'an account',
    add: (stack) => account(stack, { identity: { type: 'UserAssigned' } }),
  },
  {
    code: 'raw-throttling',
    name: 'an override',
    add: (stack) => stack.account.resource.addOverride('dynamic_throttling_enabled', true),
  },
  { code: 'raw-subresource', name: 'an endpoint', add: (stack) => endpoint(stack, { subresourceNames: ['speech'] }) },
  {
    code: 'manual-without-message',
    name: 'an endpoint',
    add: (stack) => endpoint(stack, { isManualConnection: true }),
  },
  {
    code: 'unknown-role',
    name: 'an assignment',
    add: (stack) => assignment(stack, { roleDefinitionName: 'Cognitive Service Speech User' }),
  },
  { code: 'guid', name: 'an assignment', add: (stack) => assignment(stack, { principalId: 'speech-team' }) },
  { code: 'unknown-log-category', name: 'a setting', add: (stack) => setting(stack, [{ category: 'Audits' }]) },
  {
    code: 'category-and-group',
    name: 'a setting',
    add: (stack) => setting(stack, [{ category: 'Audit' }, { categoryGroup: 'allLogs' }]),
  },
  { code: 'cidr', name: 'a network', add: (stack) => void network(stack, '10.0.0.0/33') },
  {
    code: 'subnet-outside-network',
    name: 'a subnet',
    add: (stack) => {
      const { name } = network(stack, '10.0.0.0/24');
      const rest = { name: 's', resourceGroupName: 'g', virtualNetworkName: name };
      new Subnet(stack, 's', { ...rest, addressPrefixes: ['10.1.0.0/27'] });
    },
  },
  {
    code: 'secret-output',
    name: 'an output',
    add: (stack) => void new TerraformOutput(stack, 'key', { value: stack.account.resource.primaryAccessKey }),
  },
];

/** An account that is added with storage of its own and nothing wrong. */
export function soundAccount(stack: SpeechStack): void {
  const identity = { type: 'SystemAssigned, UserAssigned', identityIds: [identityId] };
  account(stack, {
    storage: [{ storageAccountId }],
    identity,
    networkAcls: { defaultAction: 'Deny', ipRules: ['203.0.113.7'] },
  });
}

function withoutSubdomain({ account: { resource } }: SpeechStack): void {
  if (resource instanceof CognitiveAccount) resource.resetCustomSubdomainName();
}

function account(stack: SpeechStack, settings: Partial<ConstructorParameters<typeof CognitiveAccount>[2]>): void {
  const usual = { kind: 'SpeechServices', skuName: 'S0', customSubdomainName: 'other' };
  new CognitiveAccount(stack, 'other', { ...base, name: 'other', ...usual, ...settings });
}

function endpoint(stack: SpeechStack, settings: object): void {
  const connection = { name: 'c', isManualConnection: false, privateConnectionResourceId: stack.account.id };
  const privateServiceConnection = { ...connection, subresourceNames: ['account'], ...settings };
  new PrivateEndpoint(stack, 'e', { ...base, name: 'e', subnetId, privateServiceConnection });
}

function assignment(stack: SpeechStack, settings: object): void {
  new RoleAssignment(stack, 'a', { scope: stack.account.id, principalId: person, ...settings });
}

function setting(
  stack: SpeechStack,
  enabledLog: readonly { readonly category?: string; readonly categoryGroup?: string }[],
): void {
  new MonitorDiagnosticSetting(stack, 'd', {
    name: 'd',
    targetResourceId: stack.account.id,
    enabledLog: [...enabledLog],
  });
}

function network(stack: SpeechStack, space: string, location = base.location): VirtualNetwork {
  return new VirtualNetwork(stack, 'n', { ...base, location, name: 'n', addressSpace: [space] });
}
