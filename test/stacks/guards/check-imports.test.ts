import { Testing } from 'cdktf';
import { describe, expect, it } from 'vitest';
import { tellFault } from '../../../stacks/guards/fault.ts';
import { checkImports } from '../../../stacks/guards/check-imports.ts';
import { everything } from '../everything.ts';
import { build, inDev, type Synthesised } from '../synthesise.ts';

const subscription = '00000000-0000-0000-0000-000000000001';
const group = `/subscriptions/${subscription}/resourceGroups/rg-calls-dev`;
const account = `${group}/providers/Microsoft.CognitiveServices/accounts/calls-dev`;

describe('ids of what a stack takes over', () => {
  it('are known for everything that a stack makes in Azure and in the account', () => {
    const [stack] = build(everything).stacks;
    if (stack === undefined) throw new Error('no stack');
    const synthesised = JSON.parse(Testing.synth(stack)) as Synthesised;
    const told = (imports: Readonly<Record<string, string>>): readonly string[] =>
      checkImports(imports, { stack: synthesised, subscription: undefined }).map((found) => tellFault(found).message);
    const addresses = Object.entries(synthesised.resource)
      .filter(([type]) => type !== 'terraform_data')
      .flatMap(([type, byName]) => Object.keys(byName).map((name) => `${type}.${name}`));
    expect(addresses.length).toBeGreaterThan(40);
    for (const address of addresses) {
      const [message = ''] = told({ [address]: 'wrong' });
      const form = /makes there, `(.*)`$/.exec(message)?.[1] ?? '';
      expect(form, address).toMatch(address.startsWith('azurerm_') ? /^(\/subscriptions\/|<scope>\/)/ : /^<\w+-uuid>$/);
      expect(form, address).not.toContain('${');
      const id = form
        .replaceAll(/<(subscription|[a-z-]*uuid)>/g, subscription)
        .replaceAll('<scope>', `/subscriptions/${subscription}`);
      expect(id, address).not.toContain('<');
      expect(told({ [address]: id }), address).toEqual([]);
      expect(told({ [address]: `${id}|more` }), address).toHaveLength(1);
    }
  });

  it('have the names and the group that the stack has, in any case, and the subscription where it is said', () => {
    const told = (id: string, settings = ''): readonly (string | undefined)[] =>
      build(
        inDev(
          `account: { ip-rules: [203.0.113.7] }\n${settings}\nimport: { azurerm_cognitive_account.account: ${id} }`,
        ),
      ).diagnostics.map(({ code, hint }) => `${code} ${hint?.slice(0, 28) ?? ''}`);
    const withHint = 'import-id To take this object over, wr';
    expect(told(account)).toEqual([]);
    expect(told(account.replace('rg-calls-dev', 'RG-Calls-Dev'))).toEqual([]);
    expect(told(account.replace('rg-calls-dev', 'rg-other'))).toEqual([withHint]);
    expect(told(account.replace('accounts/calls-dev', 'accounts/other'))).toEqual([withHint]);
    expect(told(account.replace('resourceGroups', 'resourcegroups'))).toEqual(['import-id ']);
    expect(told('calls-dev')).toEqual(['import-id ']);
    expect(told(account, `subscription: ${subscription}`)).toEqual([]);
    expect(told(account, `subscription: ${subscription.replace('1', '9')}`)).toEqual([withHint]);
    expect(told(account, 'create-resource-group: false')).toEqual([]);
    expect(told(account, 'create-resource-group: false\nresource-group: theirs')).toEqual([withHint]);
  });

  it('are those of Custom Speech objects, or where they are', () => {
    const told = (id: string): readonly string[] =>
      build(
        inDev(
          `account: { ip-rules: [203.0.113.7] }\ncustom-speech: { endpoints: { line: { locale: en-US } } }\nimport: { customspeech_endpoint.line: ${id} }`,
        ),
      ).diagnostics.map(({ code }) => code);
    expect(told(subscription)).toEqual([]);
    expect(told(`https://westeurope.api.cognitive.microsoft.com/speechtotext/endpoints/${subscription}`)).toEqual([]);
    expect(told('foo')).toEqual(['import-id']);
    expect(told(`https://westeurope.api.cognitive.microsoft.com/speechtotext/models/${subscription}`)).toEqual([
      'import-id',
    ]);
  });

  it('are the same for what Azure keeps in one object, and are told at their addresses as they are written', () => {
    const storage = `${group}/providers/Microsoft.Storage/storageAccounts/stcallsdev`;
    const byos = `${storage}byos`;
    const text = inDev(`account: { ip-rules: [203.0.113.7] }
byos-storage: {}
import:
  azurerm_storage_account.byos-storage: ${byos}
  azurerm_storage_account_network_rules.byos-storage_network-rules_D856F818: ${byos}`);
    expect(build(text).diagnostics).toEqual([]);
    const misspelled = text.replace('D856F818', 'D856F81');
    expect(build(misspelled).diagnostics).toMatchObject([{ code: 'import-address', line: 9, column: 7 }]);
    const prod = `  prod: { extends: dev, account: { name: prod }, resource-group: rg-p, byos-storage: { name: stcallsdevprod }, import: { azurerm_resource_group.foundation_resource-group_F37DAC08: ${group} } }`;
    const both = text.replace(
      /import:[^]*$/,
      `import: { azurerm_resource_group.foundation_resource-group_F37DAC08: ${group} }\n${prod}\n`,
    );
    expect(build(both).diagnostics.map(({ code, message }) => [code, / for `([^`]+)`/.exec(message)?.[1]])).toEqual([
      ['import-id', 'import.azurerm_resource_group.foundation_resource-group_F37DAC08'],
      ['same-in-two-environments', 'import.azurerm_resource_group.foundation_resource-group_F37DAC08'],
    ]);
  });
});
