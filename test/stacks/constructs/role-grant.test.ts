import { describe, expect, it } from 'vitest';
import { all, build, inDev, synthesise } from '../synthesise.ts';

const subnet =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub/subnets/speech';
const person = '00000000-0000-0000-0000-000000000002';

describe('role grants', () => {
  it('use the ids of roles, in the subscription of what they are for', () => {
    const scope = '/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/other';
    const stack = synthesise(`
role-grants:
  runner: { role: Cognitive Services Speech Contributor, principal: ${person} }
  reader: { role: Reader, principal: ${person}, scope: ${scope}, principal-type: Group, condition: "@Resource[a]" }
  service: { role: Reader, principal: ${person}, principal-type: ServicePrincipal, skip-principal-check: true }`);
    const [reader, runner, service] = all(stack, 'azurerm_role_assignment');
    expect(runner).toMatchObject({
      scope: '${azurerm_cognitive_account.account.id}',
      principal_id: person,
      role_definition_id:
        '/subscriptions/${element(split("/", azurerm_cognitive_account.account.id), 2)}/providers/Microsoft.Authorization/roleDefinitions/0e75ca1e-0464-4b4d-8b93-68208a576181',
    });
    expect(runner).not.toHaveProperty('role_definition_name');
    expect(runner).toMatchObject({ skip_service_principal_aad_check: false });
    expect(service).toMatchObject({
      principal_type: 'ServicePrincipal',
      skip_service_principal_aad_check: true,
    });
    expect(reader).toMatchObject({
      scope,
      principal_type: 'Group',
      condition: '@Resource[a]',
      condition_version: '2.0',
      role_definition_id:
        '/subscriptions/00000000-0000-0000-0000-000000000009/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7',
    });
  });

  it('name a role as Azure answers: with a subscription, unless there is one already', () => {
    const tail = '/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c';
    const scope = '/subscriptions/00000000-0000-0000-0000-000000000009';
    const theirs = `/subscriptions/00000000-0000-0000-0000-000000000008${tail}`;
    const stack = synthesise(`
role-grants:
  one: { role: ${tail}, principal: ${person}, scope: ${scope} }
  two: { role: ${theirs}, principal: ${person.replace('2', '3')}, scope: ${scope} }`);
    const ids = all(stack, 'azurerm_role_assignment').map(({ role_definition_id: id }) => id);
    expect(ids).toEqual([`${scope}${tail}`, theirs]);
  });

  it('are told that they reach no private endpoints of the storage, but by their ids', () => {
    const { diagnostics } = build(
      inDev(`
account: { ip-rules: [203.0.113.7] }
role-grants:
  one: { role: Reader, principal: ${person}, on: private-endpoints }
  two: { role: Reader, principal: ${person}, on: private-endpoints, endpoint: hub }
storage: { private-endpoints: { hub: { subnet-id: ${subnet} } } }`),
    );
    const told = { code: 'role-target', hint: expect.stringContaining('`scope`') };
    expect(diagnostics).toMatchObject([
      { ...told, message: expect.stringContaining('of the account') },
      { ...told, message: expect.stringContaining('`hub`') },
    ]);
  });

  it('reach everything that the stack makes', () => {
    const grants = ['account', 'storage', 'byos-storage', 'private-endpoints', 'resource-group'].map(
      (on, index) => `  g${index}: { role: Reader, principal: ${person}, on: ${on} }`,
    );
    const stack = synthesise(
      `role-grants:\n${grants.join('\n')}\nstorage: {}\nbyos-storage: {}\nprivate-endpoints: { main: { subnet-id: ${subnet} } }`,
    );
    const scopes = all(stack, 'azurerm_role_assignment')
      .filter(({ principal_id: principal }) => principal === person)
      .map(({ scope }) => String(scope).split('.')[0]);
    expect(scopes).toEqual([
      '${azurerm_cognitive_account',
      '${azurerm_storage_account',
      '${azurerm_storage_account',
      '${azurerm_private_endpoint',
      '${azurerm_resource_group',
    ]);
  });
});
