import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { SpeechStack } from '../../stacks/speech-stack.ts';
import { hasTerraform } from './provider/terraform.ts';
import { SampleStack } from './sample-stack.ts';
import { StackWorld } from './stack-world.ts';

interface Mistake {
  readonly kind: string;
  readonly place: string;
  readonly change: (part: Record<string, unknown>) => void;
  readonly said: RegExp;
}

const account = 'resource.azurerm_cognitive_account.account';

const foundByValidate: readonly Mistake[] = [
  {
    kind: 'an argument that does not exist',
    place: account,
    change: (part) => (part['custom_subdomain'] = 'speech'),
    said: /Extraneous JSON object property.*custom_subdomain/s,
  },
  {
    kind: 'an argument that is missing',
    place: account,
    change: (part) => delete part['kind'],
    said: /Missing required argument.*"kind" is required/s,
  },
  {
    kind: 'a text in place of a list',
    place: account,
    change: (part) => (part['fqdns'] = 'example.org'),
    said: /Incorrect attribute value type.*list of string required/s,
  },
  {
    kind: 'a word in place of a number',
    place: 'resource.azurerm_consumption_budget_resource_group.budget',
    change: (part) => (part['amount'] = 'plenty'),
    said: /Incorrect attribute value type.*number is required/s,
  },
  {
    kind: 'an argument that only Azure sets',
    place: account,
    change: (part) => (part['endpoint'] = 'https://example.org'),
    said: /Leave endpoint out.*The provider sets it/s,
  },
  {
    kind: 'a block that does not exist',
    place: account,
    change: (part) => (part['network_rules'] = { default_action: 'Deny' }),
    said: /Extraneous JSON object property.*network_rules/s,
  },
  {
    kind: 'a block that is missing',
    place: 'resource.azurerm_private_endpoint.private',
    change: (part) => delete part['private_service_connection'],
    said: /Insufficient private_service_connection blocks/,
  },
  {
    kind: 'more blocks than there may be',
    place: account,
    change: (part) => (part['identity'] = [{ type: 'SystemAssigned' }, { type: 'SystemAssigned' }]),
    said: /Too many identity blocks/,
  },
  {
    kind: 'an argument that is missing in a block of a block',
    place: 'resource.azurerm_monitor_metric_alert.errors.criteria.0.dimension.0',
    change: (part) => delete part['operator'],
    said: /Missing required argument.*"operator" is required/s,
  },
  {
    kind: 'an argument that does not exist in a set of blocks',
    place: 'resource.azurerm_monitor_diagnostic_setting.diagnostics.enabled_log.0',
    change: (part) => (part['name'] = 'Audit'),
    said: /Extraneous JSON object property.*"name"/s,
  },
  {
    kind: 'a reference to a resource that does not exist',
    place: 'resource.azurerm_storage_container.datasets',
    change: (part) => (part['storage_account_id'] = '${azurerm_storage_account.other.id}'),
    said: /Reference to undeclared resource/,
  },
  {
    kind: 'a reference to an attribute that does not exist',
    place: 'resource.azurerm_storage_container.datasets',
    change: (part) => (part['storage_account_id'] = '${azurerm_storage_account.storage.resource_id}'),
    said: /Unsupported attribute.*resource_id/s,
  },
  {
    kind: 'resources that wait for each other',
    place: 'resource.azurerm_resource_group.group',
    change: (part) => (part['location'] = '${azurerm_virtual_network.network.location}'),
    said: /Cycle:/,
  },
  {
    kind: 'a type of resource that does not exist',
    place: 'resource',
    change: (part) => (part['azurerm_speech_account'] = { speech: { name: 'speech' } }),
    said: /Invalid resource type.*azurerm_speech_account/s,
  },
  {
    kind: 'a feature that does not exist',
    place: 'provider.azurerm.0.features.0',
    change: (part) => (part['speech'] = [{}]),
    said: /Extraneous JSON object property.*speech/s,
  },
];

const foundByPlan: readonly Mistake[] = [
  // Terraform does not validate an empty configuration of a provider.
  {
    kind: 'a provider without features',
    place: 'provider.azurerm.0',
    change: (part) => delete part['features'],
    said: /Insufficient features blocks/,
  },
  {
    kind: 'a number of resources that is known only after the apply',
    place: 'resource.azurerm_storage_container.datasets',
    change: (part) => (part['count'] = '${length(azurerm_cognitive_account.account.id)}'),
    said: /Invalid count argument/,
  },
  {
    kind: 'a secret in an output for everybody',
    place: 'output.key',
    change: (part) => delete part['sensitive'],
    said: /Output refers to sensitive values/,
  },
  {
    kind: 'an id in the wrong place',
    place: 'resource.azurerm_role_assignment.read-datasets',
    change: (part) => (part['principal_id'] = '${azurerm_cognitive_account.account.identity[1].principal_id}'),
    said: /Invalid index/,
  },
];

describe.skipIf(!hasTerraform)('a stack with Terraform and the stand-in for azurerm', { timeout: 300_000 }, () => {
  it('is created, then has nothing to do, and goes as it came', async () => {
    await using world = await StackWorld.open((app) => new SampleStack(app, 'dev'));
    await world.must('validate');
    expect(await world.plan()).toMatchObject({ code: 2, output: expect.stringContaining('Plan: 18 to add') });
    await world.apply();
    expect(await world.outputs()).toEqual({
      'account-id': expect.stringMatching(
        /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/speech-test\/providers\/Microsoft\.CognitiveServices\/accounts\/speech-test$/,
      ),
      endpoint: 'https://speech-test.cognitiveservices.azure.com/',
      key: expect.stringMatching(/^[0-9a-f]{64}$/),
      tenant: expect.stringMatching(guid),
      blobs: 'https://speechtest.blob.core.windows.net/',
      'private-address': expect.stringMatching(/^10\.0\.0\.\d+$/),
    });
    const state = await world.state();
    const { identity } = state['azurerm_cognitive_account.account'] as {
      identity: readonly { principal_id: string }[];
    };
    expect(identity).toMatchObject([{ principal_id: expect.stringMatching(guid), type: 'SystemAssigned' }]);
    expect(state['azurerm_role_assignment.read-datasets']).toMatchObject({ principal_id: identity[0]?.principal_id });
    expect(await world.plan()).toMatchObject({ code: 0 });
    expect(await world.must('destroy', '-auto-approve')).toContain('18 destroyed');
    expect(await world.state()).toEqual({});
  });

  it('leaves the keys of one’s own where they are, which Azure shows on the accounts, too', async () => {
    const customerManagedKey = {
      keyVaultId: `${group}/providers/Microsoft.KeyVault/vaults/v`,
      keyName: 'speech',
      keyVersion: '0123456789abcdef0123456789abcdef',
      encryptAccount: true,
    };
    await using world = await StackWorld.open(
      (app) =>
        new SpeechStack(app, 'dev', {
          workload: 'calls',
          location: 'westeurope',
          account: { ipRules: ['203.0.113.7'] },
          storage: {},
          customerManagedKey,
        }),
    );
    await world.apply();
    await world.must('refresh');
    const { 'azurerm_cognitive_account.account': speech, 'azurerm_storage_account.storage': storage } =
      await world.state();
    const key = `https://v.vault.azure.net/keys/speech/${customerManagedKey.keyVersion}`;
    expect(speech).toMatchObject({ customer_managed_key: [{ key_vault_key_id: key }] });
    expect(storage).toMatchObject({ customer_managed_key: [{ key_vault_key_id: expect.stringContaining('speech') }] });
    expect(await world.plan()).toMatchObject({ code: 0 });
  });

  it('gives storage a key of a Managed HSM as it does one of a key vault', async () => {
    const stackWith =
      (store: { readonly keyVaultId: string } | { readonly managedHsmId: string }) =>
      (app: Construct): SpeechStack =>
        new SpeechStack(app, 'dev', {
          workload: 'calls',
          location: 'westeurope',
          account: { ipRules: ['203.0.113.7'] },
          storage: {},
          customerManagedKey: { ...store, keyName: 'speech' },
        });
    await using world = await StackWorld.open(
      stackWith({ keyVaultId: `${group}/providers/Microsoft.KeyVault/vaults/v` }),
    );
    await world.apply();
    await world.rebuild(stackWith({ managedHsmId: `${group}/providers/Microsoft.KeyVault/managedHSMs/h` }));
    expect(await world.apply()).toContain('1 added, 1 changed, 1 destroyed');
    await world.must('refresh');
    const state = await world.state();
    const managed_hsm_key_id = 'https://h.managedhsm.azure.net/keys/speech';
    expect(state['azurerm_storage_account.storage']).toMatchObject({ customer_managed_key: [{ managed_hsm_key_id }] });
    const access = Object.entries(state).find(([address]) => address.includes('hsm-access'))?.[1];
    expect(access).toMatchObject({ name: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) });
    expect(await world.plan()).toMatchObject({ code: 0 });
  });

  it('changes in place what may change and makes anew what may not', async () => {
    await using world = await StackWorld.open((app) => new SampleStack(app, 'dev'));
    await world.apply();
    const before = await world.state();
    const acls = { defaultAction: 'Allow', ipRules: [], virtualNetworkRules: [{ subnetId: 'a' }, { subnetId: 'b' }] };
    await world.rebuild(
      (app) => new SampleStack(app, 'dev', { account: { networkAcls: acls, fqdns: ['example.org'] } }),
    );
    expect(await world.apply()).toContain('0 added, 1 changed, 0 destroyed');
    const after = await world.state();
    const address = 'azurerm_cognitive_account.account';
    expect(after[address]).toMatchObject({
      id: before[address]?.['id'],
      identity: before[address]?.['identity'],
      fqdns: ['example.org'],
      network_acls: [{ default_action: 'Allow', virtual_network_rules: [{ subnet_id: 'a' }, { subnet_id: 'b' }] }],
    });
    expect(await world.plan()).toMatchObject({ code: 0 });
    await world.rebuild((app) => new SampleStack(app, 'dev', { account: { customSubdomainName: 'other' } }));
    const { output } = await world.plan();
    expect(output).toMatch(/custom_subdomain_name += "speech-test" -> "other" # forces replacement/);
    // In a block of another resource, which names the account.
    expect(output).toMatch(/private_connection_resource_id += ".*" -> \(known after apply\) # forces replacement/);
  });

  it('is refused when there is a mistake in it', async () => {
    await using world = await StackWorld.open((app) => new SampleStack(app, 'dev'));
    const missed: string[] = [];
    for (const [command, mistakes] of [['validate', foundByValidate] as const, ['plan', foundByPlan] as const]) {
      for (const { kind, place, change, said } of mistakes) {
        await world.edit(place, change);
        const { code, output } = await world.run(command);
        if (code !== 1 || !said.test(output)) missed.push(`${kind}: ${code}\n${output}`);
      }
    }
    expect(missed).toEqual([]);
  });

  it('is not planned without a subscription', async () => {
    await using world = await StackWorld.open((app) => new SampleStack(app, 'dev'), {
      env: { ARM_SUBSCRIPTION_ID: '' },
    });
    const { code, output } = await world.plan();
    expect(code).toBe(1);
    expect(output).toContain('Set subscription_id, or ARM_SUBSCRIPTION_ID');
  });

  it('has the address and the key of an emulator when that is said', async () => {
    const env = { SPEECHOPS_STANDIN_ENDPOINT: 'http://127.0.0.1:1', SPEECHOPS_STANDIN_KEY: 'a-key' };
    await using world = await StackWorld.open((app) => new SampleStack(app, 'dev'), { env });
    await world.apply('-target=azurerm_cognitive_account.account');
    expect(await world.outputs()).toMatchObject({ endpoint: 'http://127.0.0.1:1', key: 'a-key' });
  });

  it('shows no key of an account that takes none', async () => {
    const props = { account: { localAuthEnabled: false } };
    await using world = await StackWorld.open((app) => new SampleStack(app, 'dev', props));
    await world.apply('-target=azurerm_cognitive_account.account');
    expect(await world.outputs()).toMatchObject({ key: '' });
  });
});

const group = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/k';

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/;
