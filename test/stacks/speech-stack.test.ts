import { tmpdir } from 'node:os';
import { TerraformVariable, Testing } from 'cdktf';
import { describe, expect, it } from 'vitest';
import packageFile from '../../package.json' with { type: 'json' };
import { RoleGrant } from '../../stacks/constructs/role-grant.ts';
import { SpeechAccount } from '../../stacks/constructs/speech-account.ts';
import { lockedProviders } from '../../stacks/locked-providers.ts';
import { SpeechStack } from '../../stacks/speech-stack.ts';
import { all, build, inDev, only, synthesise, type Synthesised } from './synthesise.ts';

describe('the version of azurerm', () => {
  it('is that of the bindings, or the one that is wanted, which the lock file has, too', () => {
    const versionOf = (settings: string): unknown => {
      const [stack] = build(inDev(settings)).stacks;
      return stack && lockedProviders(stack);
    };
    expect(versionOf('storage: {}')).toEqual({ 'hashicorp/azurerm': '4.55.0' });
    expect(versionOf('azurerm-version: 4.81.0')).toEqual({ 'hashicorp/azurerm': '4.81.0' });
  });

  it.each(['~> 4.55', '4.54.0', '5.2.0'])('is not %s', (version) => {
    const { diagnostics } = build(inDev(`account: { ip-rules: [203.0.113.7] }\nazurerm-version: "${version}"`));
    expect(diagnostics.map(({ code }) => code)).toEqual(['azurerm-version']);
  });
});

describe('the package', () => {
  it('takes cdktn and its classes of azurerm under the names of cdktf', () => {
    const { peerDependencies } = packageFile;
    expect(peerDependencies).toMatchObject({
      cdktf: '^0.21.0 || ^0.24.0',
      '@cdktf/provider-azurerm': '^14.23.1 || ^16.1.0',
    });
  });
});

describe('names of storage accounts that are not given', () => {
  const namesOf = (workload: string): readonly unknown[] => {
    const settings = 'storage: {}\nbyos-storage: {}\naccount: { ip-rules: [203.0.113.7] }';
    const { stacks, printed } = build(inDev(settings).replace('name: calls', `name: ${workload}`));
    expect(printed).toBe('');
    const [stack] = stacks;
    if (stack === undefined) throw new Error('no stack');
    return all(JSON.parse(Testing.synth(stack)) as Synthesised, 'azurerm_storage_account').map(({ name }) => name);
  };

  it('stay what they are when Azure takes them', () => {
    expect(namesOf('calls')).toEqual(['stcallsdevbyos', 'stcallsdev']);
  });

  it('are cut when they are too long, and stay apart', () => {
    const one = namesOf('clinic-dictation-north');
    const other = namesOf('clinic-dictation-nord');
    expect(new Set([...one, ...other]).size).toBe(4);
    for (const name of [...one, ...other]) expect(name).toMatch(/^(?=.{24}$)stclinic[a-z0-9]+$/);
  });
});

describe('lock, budget and state', () => {
  it('locks when everything else is there', () => {
    const stack = synthesise('delete-lock: { on: resource-group }\nstorage: {}');
    const lock = only(stack, 'azurerm_management_lock');
    expect(lock).toMatchObject({
      lock_level: 'CanNotDelete',
      scope: expect.stringContaining('azurerm_resource_group'),
    });
    expect(lock['depends_on']).toContain('azurerm_storage_account.storage');
  });

  it('starts the budget in the month of the plan, and never moves it', () => {
    const stack = synthesise('budget: { amount: 400, emails: [a@contoso.example] }');
    expect(only(stack, 'azurerm_consumption_budget_resource_group')).toMatchObject({
      amount: 400,
      time_period: { start_date: '${formatdate("YYYY-MM-\'01T00:00:00Z\'", plantimestamp())}' },
      lifecycle: { ignore_changes: ['time_period'] },
    });
    const told = { operator: 'GreaterThan', contact_emails: ['a@contoso.example'] };
    expect(only(stack, 'azurerm_consumption_budget_resource_group')['notification']).toMatchObject([
      { ...told, threshold: 80, threshold_type: 'Actual' },
      { ...told, threshold: 100, threshold_type: 'Actual' },
      { ...told, threshold: 100, threshold_type: 'Forecasted' },
    ]);
  });

  it('signs in to storage with Entra ID, for its keys are off', () => {
    const stack = synthesise('storage: {}');
    expect(stack.provider.azurerm).toMatchObject([
      { storage_use_azuread: true, features: [{ storage: [{ data_plane_available: false }] }] },
    ]);
    expect(only(stack, 'azurerm_storage_account')).toMatchObject({ shared_access_key_enabled: false });
  });

  it('gives locks and private endpoints names that Azure takes, whatever the account is called', () => {
    const account = `${'a'.repeat(63)}.`;
    const stack = synthesise(`
account: { name: ${account}, custom-subdomain: calls }
delete-lock: {}
private-endpoints:
  main: { address-space: [10.20.0.0/24], subnet-prefix: 10.20.0.0/27 }
  more: { address-space: [10.21.0.0/24], subnet-prefix: 10.21.0.0/27, manage-dns: false }`);
    expect(only(stack, 'azurerm_management_lock')['name']).toBe(`lock-${'a'.repeat(63)}`);
    const names = all(stack, 'azurerm_private_endpoint').map(({ name }) => String(name));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^pep-a{53}-[0-9a-f]{6}$/);
    expect(all(stack, 'azurerm_virtual_network').map(({ name }) => name)).toEqual(names);
  });

  it('keeps state in a file, or in a blob that is reached with Entra ID', () => {
    expect(synthesise('').terraform.backend['local']?.['path']).toMatch(/^\.\.\/.*terraform\.dev\.tfstate$/);
    const remote = synthesise('backend: { kind: azurerm, storage-account: contosostate }').terraform.backend;
    expect(remote).toEqual({
      azurerm: {
        storage_account_name: 'contosostate',
        container_name: 'tfstate',
        key: 'calls/dev.tfstate',
        use_azuread_auth: true,
        environment: 'public',
      },
    });
  });

  it.each([
    ['{ kind: hcp, organization: contoso', 'terraform.contoso.example'],
    ['{ kind: gitlab, project: contoso/speech', 'gitlab.contoso.example'],
  ])('says what a host of %s is like', (backend, example) => {
    const { diagnostics } = build(
      inDev(`account: { ip-rules: [203.0.113.7] }\nbackend: ${backend}, host: "https://x" }`),
    );
    expect(diagnostics).toMatchObject([{ code: 'backend-name', message: expect.stringContaining(example) }]);
  });

  it("keeps state in a workspace of HCP Terraform, also of a host of one's own", () => {
    const { terraform } = synthesise('backend: { kind: hcp, organization: contoso }');
    expect(terraform).toMatchObject({ cloud: { organization: 'contoso', workspaces: { name: 'calls-dev' } } });
    expect(terraform.backend).toBeUndefined();
    const own = synthesise('backend: { kind: hcp, organization: contoso, key: speech, host: tfe.contoso.example }');
    expect(own.terraform).toMatchObject({
      cloud: { organization: 'contoso', hostname: 'tfe.contoso.example', workspaces: { name: 'speech' } },
    });
  });

  it('keeps state with a project of GitLab, locked while it is in use', () => {
    const state = 'https://gitlab.com/api/v4/projects/contoso%2Fspeech/terraform/state/calls-dev';
    expect(synthesise('backend: { kind: gitlab, project: contoso/speech }').terraform.backend).toEqual({
      http: {
        address: state,
        lock_address: `${state}/lock`,
        lock_method: 'POST',
        unlock_address: `${state}/lock`,
        unlock_method: 'DELETE',
        retry_wait_min: 5,
      },
    });
    const own = synthesise('backend: { kind: gitlab, project: "42", key: speech, host: git.contoso.example }');
    const address = 'https://git.contoso.example/api/v4/projects/42/terraform/state/speech';
    expect(own.terraform.backend['http']).toMatchObject({ address });
  });

  it('takes over what is there already, in that environment alone', () => {
    const subscription = '00000000-0000-0000-0000-000000000001';
    const id = `/subscriptions/${subscription}/resourceGroups/RG-calls-dev/providers/Microsoft.CognitiveServices/accounts/calls-dev`;
    const project = '4f3c0000-0000-0000-0000-000000000001';
    const imports = { to: 'azurerm_cognitive_account.account', id };
    const importing = `import: { ${imports.to}: ${id}, customspeech_project.calls: ${project} }`;
    const stack = synthesise(`custom-speech: { projects: { calls: { locale: en-US } } }\n${importing}`);
    expect(stack).toHaveProperty('import', [imports, { to: 'customspeech_project.calls', id: project }]);
    const both = build(
      `name: calls\nenvironments:\n  dev: { location: westeurope, account: { ip-rules: [203.0.113.7] }, import: { ${imports.to}: ${id} } }\n  prod: { extends: dev, resource-group: rg-p, account: { name: prod } }\n`,
    );
    expect(both.printed).toBe('');
    expect(both.stacks.map((each) => JSON.parse(Testing.synth(each)).import)).toEqual([[imports], undefined]);
  });

  it('uses a resource group that exists, and leaves deleted accounts unpurged, when it is told to', () => {
    const stack = synthesise('create-resource-group: false\nresource-group: theirs\npurge-on-destroy: false');
    expect(stack.data?.['azurerm_resource_group']).toMatchObject({
      [Object.keys(stack.data?.['azurerm_resource_group'] ?? {})[0] ?? '']: { name: 'theirs' },
    });
    expect(stack.resource['azurerm_resource_group']).toBeUndefined();
    expect(JSON.stringify(stack.provider)).toContain('"purge_soft_delete_on_destroy":false');
  });
});

describe('in TypeScript', () => {
  it('fails at synthesis with every fault at once, in the words of the properties', () => {
    const app = Testing.app({ fakeCdktfJsonPath: false, outdir: tmpdir() });
    const account = { sku: 'F0', customSubdomain: 'Calls', ipRules: ['10.0.0.1'] };
    new SpeechStack(app, 'dev', { workload: 'calls', location: 'westeurpoe', account, subscription: 'mine' });
    for (const word of ['`sku`', '`customSubdomain`', '`ipRules[0]`', '`location`', '`subscription`'])
      expect(() => app.synth()).toThrow(word);
  });

  it('lets references through, of which nothing is known before Terraform runs', () => {
    const stack = new SpeechStack(Testing.app({ outdir: tmpdir() }), 'dev', {
      workload: 'calls',
      location: 'westeurope',
      account: { ipRules: ['203.0.113.7'] },
    });
    const variable = new TerraformVariable(stack, 'given', { type: 'string' }).stringValue;
    const account = new SpeechAccount(stack, 'second', {
      name: variable,
      location: variable,
      resourceGroupName: variable,
      ipRules: [variable],
      identityIds: [variable],
    });
    new RoleGrant(stack, 'grant', { role: variable, principal: variable, scope: account.id });
    expect(JSON.parse(Testing.synth(stack, true))).toMatchObject({
      resource: { azurerm_cognitive_account: { second: { name: '${var.given}', location: '${var.given}' } } },
    });
  });
});

describe('what is inside the account', () => {
  const settings = `
account: { ip-rules: [203.0.113.7] }
role-grants: { deployers: { role: Cognitive Services Speech Contributor, principal: 00000000-0000-0000-0000-000000000002 } }
custom-speech:
  projects: { ward: { name: Ward, locale: en-US, enabled: true } }
  endpoints:
    ward-en: { name: ward, locale: en-US, project: ward, description: The ward's, prevent-destroy: true }
    ward-de: { locale: de-DE }`;

  it('is made at the host of the account, after everything that lets it in', () => {
    const stack = synthesise(settings);
    const endpoint = 'https://calls-dev.cognitiveservices.azure.com';
    expect(stack.provider.customspeech).toEqual([{ endpoint, key: '' }]);
    const grant = Object.keys(stack.resource['azurerm_role_assignment'] ?? {})[0];
    const depends_on = expect.arrayContaining([
      `azurerm_role_assignment.${grant}`,
      'azurerm_cognitive_account.account',
    ]);
    expect(stack.data).toMatchObject({
      customspeech_base_model: { 'en-US': { locale: 'en-US', depends_on }, 'de-DE': { locale: 'de-DE', depends_on } },
    });
    const { '//': _, ...project } = only(stack, 'customspeech_project');
    const lifecycle = { replace_triggered_by: ['azurerm_cognitive_account.account.id'] };
    expect(project).toEqual({ display_name: 'Ward', locale: 'en-US', lifecycle, depends_on });
    expect(stack.resource['customspeech_endpoint']).toMatchObject({
      'ward-en': {
        display_name: 'ward',
        locale: 'en-US',
        description: "The ward's",
        project: '${customspeech_project.ward.self}',
        model: '${data.customspeech_base_model.en-US.self}',
        content_logging_enabled: false,
        lifecycle: { ...lifecycle, ignore_changes: ['model'], prevent_destroy: true },
        depends_on,
      },
      'ward-de': { display_name: 'ward-de', locale: 'de-DE', model: '${data.customspeech_base_model.de-DE.self}' },
    });
    expect(stack.output['endpoint-id-ward-en']).toEqual({ value: '${customspeech_endpoint.ward-en.id}' });
  });

  it('is made through the tenant of the environment', () => {
    const tenant = '00000000-0000-4000-8000-000000000003';
    const { azurerm, customspeech } = synthesise(`tenant: ${tenant}${settings}`).provider;
    expect([azurerm, customspeech]).toMatchObject([[{ tenant_id: tenant }], [{ tenant_id: tenant }]]);
  });

  it('takes the key of the environment only where there are keys', () => {
    const keys = settings.replace('account: {', 'account: { key-auth: true,');
    expect(synthesise(keys).provider.customspeech).toEqual([
      { endpoint: 'https://calls-dev.cognitiveservices.azure.com' },
    ]);
    const emulator = 'http://127.0.0.1:7270';
    const emulated = settings.replace('custom-speech:', `custom-speech:\n  emulator: ${emulator}`);
    expect(synthesise(emulated).provider.customspeech).toEqual([{ endpoint: emulator }]);
  });

  it('keeps the provider as long as there is the section, for what has to be deleted', () => {
    const bare = synthesise('custom-speech: { endpoints: { ward: { locale: en-US, enabled: false } } }');
    expect(bare.provider).toHaveProperty('customspeech');
    expect(bare.resource).not.toHaveProperty('customspeech_endpoint');
    expect(JSON.stringify(synthesise(''))).not.toContain('customspeech');
  });
});

describe('names that Azure has once', () => {
  const subnet =
    '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/n/providers/Microsoft.Network/virtualNetworks/n/subnets/s';
  const zone = subnet.replace(/virtualNetworks.*/, 'privateDnsZones/privatelink.cognitiveservices.azure.com');
  const shared = 'resource-group: shared\ncreate-resource-group: false';
  const logs = subnet.replace(/Microsoft.Network.*/, 'Microsoft.Storage/storageAccounts/logs');

  it('are told when two environments make the same private DNS zone in a resource group', () => {
    const dev = inDev(`${shared}\nprivate-endpoints: { main: { subnet-id: ${subnet} } }`);
    expect(build(`${dev}  prod: { extends: dev }\n`).diagnostics).toMatchObject([
      { code: 'same-in-two-environments', message: expect.stringContaining('dns-zone-ids') },
    ]);
    const other = `prod: { extends: dev, private-endpoints: { main: { dns-zone-ids: [${zone}] } } }`;
    expect(build(`${dev}  ${other}\n`).diagnostics).toEqual([]);
  });

  it('are told when two private endpoints of a resource group have the same name', () => {
    const second = `second: { subnet-id: ${subnet}, manage-dns: false, name: Calls-in }`;
    const endpoints = `private-endpoints:\n  first: { subnet-id: ${subnet}, name: calls-in }\n  ${second}`;
    expect(build(inDev(endpoints)).diagnostics).toMatchObject([
      { code: 'same-in-environment', line: 7, message: expect.stringContaining('`private-endpoints.first.name`') },
    ]);
    expect(build(inDev(`${endpoints.slice(0, -2)}, resource-group: other }`)).diagnostics).toEqual([]);
    const taken = endpoints.replace('name: Calls-in', 'name: pep-calls-dev-first').replace(', name: calls-in', '');
    expect(build(inDev(taken)).diagnostics).toMatchObject([{ code: 'same-in-environment' }]);
  });

  it('are told when a diagnostic setting is called like that of monitoring', () => {
    const setting = (name: string): string =>
      `diagnostic-settings: { siem: { name: ${name}, storage-account-id: ${logs} } }\nmonitoring: { alert-emails: [a@b.example] }`;
    const codes = (name: string): readonly string[] =>
      build(inDev(`account: { ip-rules: [203.0.113.7] }\n${setting(name)}`)).diagnostics.map(({ code }) => code);
    expect(codes('SpeechOps')).toEqual(['same-in-environment']);
    expect(codes('siem')).toEqual([]);
  });

  it('are those of roles, which environments with an identity of the same name do not share', () => {
    const identity =
      'deploy-identity: { name: deployer, may-purge: true, github: { repository: a/b, by-name: true, branches: [main] } }';
    const { stacks } = build(`${inDev(identity)}  prod: { extends: dev }\n`);
    const names = stacks.map((stack) => {
      const synthesised = JSON.parse(Testing.synth(stack, true)) as Synthesised;
      return only(synthesised, 'azurerm_role_definition')['name'];
    });
    expect(names).toEqual([
      'Speech account purger (deployer, calls-dev)',
      'Speech account purger (deployer, calls-prod)',
    ]);
  });
});
