import { describe, expect, it } from 'vitest';
import { all, build, inDev, only, synthesise } from '../synthesise.ts';

const subscription = '00000000-0000-0000-0000-000000000001';
const id = `/subscriptions/${subscription}/resourceGroups/rg-shared/providers/Microsoft.CognitiveServices/accounts/Shared-Speech`;
const read = 'data.azurerm_cognitive_account.account';

describe('an account that somebody else manages', () => {
  const stack = synthesise(`
account: { existing: ${id}, custom-subdomain: shared }
storage: {}
monitoring: { alert-emails: [ann@contoso.example] }
deploy-identity: { github: { repository: contoso/calls, owner-id: 1, repository-id: 2, branches: [main] } }
private-endpoints: { hub: { address-space: [10.20.0.0/24], subnet-prefix: 10.20.0.0/27 } }
custom-speech: { endpoints: { line: { locale: en-US } } }`);

  it('is read and never made, and everything else stands on it', () => {
    expect(all(stack, 'azurerm_cognitive_account')).toEqual([]);
    expect(stack.data?.['azurerm_cognitive_account']?.['account']).toMatchObject({
      name: 'Shared-Speech',
      resource_group_name: 'rg-shared',
    });
    expect(only(stack, 'azurerm_private_endpoint')).toMatchObject({
      private_service_connection: { private_connection_resource_id: `\${${read}.id}` },
    });
    const grants = all(stack, 'azurerm_role_assignment');
    expect(grants.map(({ scope }) => scope)).toContain(`\${${read}.id}`);
    expect(grants.map(({ principal_id: principal }) => principal)).toContain(`\${${read}.identity[0].principal_id}`);
    expect(stack.output).toMatchObject({
      'speechops-endpoint': { value: 'https://shared.cognitiveservices.azure.com' },
      'account-id': { value: `\${${read}.id}` },
      'account-name': { value: `\${${read}.name}` },
      'resource-group': { value: `\${${read}.resource_group_name}` },
    });
  });

  it('takes the objects inside it along where another takes its place', () => {
    const kept = Object.entries(stack.resource['terraform_data'] ?? {}).find(([, { input }]) => isAbout(input));
    expect(stack.resource['customspeech_endpoint']?.['line']).toMatchObject({
      lifecycle: { replace_triggered_by: [`terraform_data.${kept?.[0]}`] },
    });
  });

  it('is refused at the plan where it has no endpoints, another host, or no identity for the storage', () => {
    const conditions = (settings: string): readonly string[] => {
      const account = synthesise(settings).data?.['azurerm_cognitive_account']?.['account'];
      const lifecycle = account?.['lifecycle'] as
        | { readonly postcondition: readonly { condition: string }[] }
        | undefined;
      return (lifecycle?.postcondition ?? []).map(({ condition }) => condition);
    };
    const [kind, host, identity, ...more] = conditions(`account: { existing: ${id} }\nstorage: {}`);
    expect(kind).toContain('self.sku_name == "S0"');
    expect(host).toBe(
      '${trimsuffix(lower(self.endpoint), "/") == "https://shared-speech.cognitiveservices.azure.com"}',
    );
    expect(identity).toBe('${try(self.identity[0].principal_id, "") != ""}');
    expect(more).toEqual([]);
    expect(conditions(`account: { existing: ${id} }`)).toHaveLength(2);
  });

  it('is in the subscription in which Terraform looks for it, in whatever letters', () => {
    const upper = id.replace(subscription, 'ABCDEF00-0000-0000-0000-000000000001');
    const { diagnostics } = build(
      inDev(`subscription: abcdef00-0000-0000-0000-000000000001\naccount: { existing: ${upper} }`),
    );
    expect(diagnostics).toEqual([]);
  });

  it('has nothing set that whoever manages it sets', () => {
    const { diagnostics } = build(
      inDev(`
account: { existing: ${id}, ip-rules: [203.0.113.7], prevent-destroy: true }
byos-storage: {}
delete-lock: {}
purge-on-destroy: false
deploy-identity: { may-purge: true, github: { repository: contoso/calls, owner-id: 1, repository-id: 2, branches: [main] } }`),
    );
    expect(diagnostics.map(({ code, line, message }) => [code, line, /`[\w.-]+`/.exec(message)?.[0]])).toEqual([
      ['existing-account', 5, '`ip-rules`'],
      ['existing-account', 5, '`prevent-destroy`'],
      ['existing-account', 6, '`byos-storage`'],
      ['existing-account', 7, '`delete-lock`'],
      ['existing-account', 9, '`deploy-identity.may-purge`'],
    ]);
    expect(build(inDev(`account: { existing: ${id} }\ndelete-lock: { on: resource-group }`)).diagnostics).toEqual([]);
  });

  it('inherits nothing about the account of another environment, and the rest with its name where it is told', () => {
    const dev = `name: calls
environments:
  dev:
    location: westeurope
    account: { name: other, custom-subdomain: other, ip-rules: [203.0.113.7], prevent-destroy: true }
    delete-lock: {}
  prod:
    extends: dev
`;
    const told = build(`${dev}    account: { existing: ${id} }\n`).diagnostics;
    expect(told).toMatchObject([
      {
        code: 'existing-account',
        line: 6,
        message: expect.stringMatching(/ \(in `prod`, which inherits it\)$/),
        hint: expect.stringContaining('`enabled: false`'),
      },
    ]);
    const { diagnostics, stacks } = build(
      `${dev}    account: { existing: ${id} }\n    delete-lock: { enabled: false }\n`,
    );
    expect(diagnostics).toEqual([]);
    const [, prod] = stacks;
    expect(prod?.account.subdomain).toBe('Shared-Speech');
  });

  it('has a host that its name makes, or a subdomain that is written', () => {
    const named = (name: string, settings = ''): readonly string[] =>
      build(inDev(`account: { existing: ${id.replace('Shared-Speech', name)}${settings} }`)).diagnostics.map(
        ({ code }) => code,
      );
    expect(named('Shared-Speech')).toEqual([]);
    expect(named('Shared_Speech')).toEqual(['existing-subdomain']);
    expect(named('shared.speech')).toEqual(['existing-subdomain']);
    expect(named('Shared_Speech', ', custom-subdomain: shared')).toEqual([]);
  });

  it('may have storage of its own, where content is logged', () => {
    const logged = synthesise(
      `account: { existing: ${id} }\ncustom-speech: { endpoints: { line: { locale: en-US, content-logging: true } } }`,
    );
    expect(only(logged, 'customspeech_endpoint')).toMatchObject({ content_logging_enabled: true });
  });

  it('may be shared by environments', () => {
    const both = `name: calls
environments:
  one: { location: westeurope, account: { existing: ${id} } }
  two: { location: westeurope, account: { existing: ${id} } }
`;
    expect(build(both).diagnostics).toEqual([]);
  });

  describe('that environments share', () => {
    const person = '00000000-0000-0000-0000-000000000002';
    const told = (dev: string, test: string): readonly (readonly [code: string, value: string | undefined])[] => {
      const text = `name: calls
environments:
  dev: { location: westeurope, account: { existing: ${id} }, ${dev} }
  test: { extends: dev, ${test} }
`;
      return build(text).diagnostics.map(({ code, line, message }) => {
        expect(message.endsWith(' (in `test`, which inherits it)')).toBe(line === 3);
        return [code, /`([^`]+)` for `/.exec(message)?.[1]];
      });
    };
    const same = 'same-in-two-environments';
    const grants = `role-grants: { app: { role: Cognitive Services Speech User, principal: ${person} } }`;
    const objects =
      'custom-speech: { projects: { calls: { locale: en-US } }, endpoints: { line: { name: Line, locale: en-US } } }';

    it('gets a grant once, by whatever name or scope', () => {
      expect(told(grants, 'tags: {}')).toEqual([[same, 'Cognitive Services Speech User']]);
      const role = 'f2dc8367-1007-4938-bd23-fe263f013447';
      const byId = `role-grants: { app: { enabled: false }, other: { role: ${role}, principal: ${person}, scope: ${id.toLowerCase()} } }`;
      expect(told(grants, byId)).toEqual([[same, role]]);
      expect(told(grants, 'role-grants: { app: { enabled: false } }')).toEqual([]);
      expect(told(grants, `role-grants: { app: { principal: ${person.replace('2', '3')} } }`)).toEqual([]);
      expect(told(grants.replace(' } }', ', on: resource-group } }'), 'tags: {}')).toEqual([]);
      const group = 'resource-group: rg-shared, create-resource-group: false';
      expect(told(`${grants.replace(' } }', ', on: resource-group } }')}, ${group}`, 'tags: {}')).toHaveLength(1);
    });

    it('has a project or an endpoint of one name once', () => {
      expect(told(objects, 'tags: {}')).toEqual([
        [same, 'calls'],
        [same, 'Line'],
      ]);
      const renamed = 'custom-speech: { projects: { calls: { name: c } }, endpoints: { line: { name: line } } }';
      expect(told(objects, renamed)).toEqual([]);
      const emulated = objects.replace('{ projects', '{ emulator: "http://127.0.0.1:7270", projects');
      expect(told(emulated, 'tags: {}')).toEqual([]);
    });

    it('has the setting of monitoring once, and two accounts of one name have two', () => {
      const monitoring = 'monitoring: { alert-emails: [ann@contoso.example] }';
      expect(told(monitoring, 'tags: {}')).toEqual([[same, 'speechops']]);
      expect(told(monitoring, 'monitoring: { enabled: false }')).toEqual([]);
      expect(told(monitoring, `account: { existing: ${id.replace('rg-shared', 'rg-other')} }`)).toEqual([]);
    });

    it('is locked once with a resource group that is shared, too', () => {
      const lock = 'delete-lock: { on: resource-group }';
      const group = 'resource-group: rg-shared, create-resource-group: false';
      expect(told(`${lock}, ${group}`, 'tags: {}')).toEqual([[same, 'lock-Shared-Speech']]);
      expect(told(lock, 'tags: {}')).toEqual([]);
    });
  });

  it('is told once where two environments make it', () => {
    const dev = inDev(`account: { name: speech, ip-rules: [203.0.113.7] }
resource-group: rg-shared
create-resource-group: false
custom-speech: { projects: { calls: { locale: en-US } } }`);
    expect(build(`${dev}  prod: { extends: dev }\n`).diagnostics).toMatchObject([
      { code: 'same-in-two-environments', message: expect.stringContaining('`account.name`') },
    ]);
  });
});

function isAbout(input: unknown): boolean {
  return JSON.stringify(input) === JSON.stringify({ account: id });
}
