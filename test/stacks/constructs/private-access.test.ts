import { tmpdir } from 'node:os';
import { Testing } from 'cdktf';
import { describe, expect, it } from 'vitest';
import { PrivateAccess } from '../../../stacks/constructs/private-access.ts';
import { PrivateDns } from '../../../stacks/constructs/private-dns.ts';
import { SpeechAccount } from '../../../stacks/constructs/speech-account.ts';
import { SpeechStack } from '../../../stacks/speech-stack.ts';
import { all, build, inDev, only, synthesise, type Synthesised } from '../synthesise.ts';

const subnet =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/hub/subnets/speech';
const zone =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/net/providers/Microsoft.Network/privateDnsZones/privatelink.cognitiveservices.azure.com';
const place = { location: 'westeurope' };

describe('private endpoints', () => {
  it('come with network, DNS zone and link', () => {
    const stack = synthesise(
      'private-endpoints: { main: { address-space: [10.20.0.0/24], subnet-prefix: 10.20.0.0/27, private-ip-address: 10.20.0.4 } }',
    );
    const endpoint = only(stack, 'azurerm_private_endpoint');
    expect(endpoint).toMatchObject({
      private_service_connection: {
        subresource_names: ['account'],
        is_manual_connection: false,
        private_connection_resource_id: '${azurerm_cognitive_account.account.id}',
      },
      private_dns_zone_group: { name: 'default', private_dns_zone_ids: ['${azurerm_private_dns_zone.private-dns.id}'] },
      ip_configuration: [{ private_ip_address: '10.20.0.4', subresource_name: 'account' }],
    });
    expect(only(stack, 'azurerm_virtual_network')['address_space']).toEqual(['10.20.0.0/24']);
    expect(only(stack, 'azurerm_subnet')['address_prefixes']).toEqual(['10.20.0.0/27']);
    expect(only(stack, 'azurerm_private_dns_zone')['name']).toBe('privatelink.cognitiveservices.azure.com');
    expect(only(stack, 'azurerm_private_dns_zone_virtual_network_link')['virtual_network_id']).toMatch(
      /^\$\{azurerm_virtual_network\./,
    );
  });

  it('are made one after the other, after everything else that changes the account', () => {
    const stack = synthesise(`
monitoring: { alert-emails: [a@contoso.example] }
customer-managed-key:
  key-vault-id: /subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/k/providers/Microsoft.KeyVault/vaults/v
  key-name: speech
  key-version: 0123456789abcdef0123456789abcdef
  encrypt-account: true
private-endpoints: { first: { subnet-id: ${subnet} }, second: { subnet-id: ${subnet}, manage-dns: false } }`);
    const [first, second] = Object.entries(stack.resource['azurerm_private_endpoint'] ?? {});
    const waits = (first?.[1]['depends_on'] ?? []) as readonly string[];
    for (const type of ['cognitive_account', 'monitor_diagnostic_setting', 'cognitive_account_customer_managed_key']) {
      expect(
        waits.some((address) => address.startsWith(`azurerm_${type}.`)),
        type,
      ).toBe(true);
    }
    expect(second?.[1]['depends_on']).toEqual([`azurerm_private_endpoint.${first?.[0]}`]);
  });

  it('of several accounts share one zone, and link a network once', () => {
    const stack = new SpeechStack(Testing.app({ outdir: tmpdir() }), 'dev', { workload: 'calls', ...place });
    const base = { ...place, resourceGroupName: 'g' };
    const dns = new PrivateDns(stack, 'zone', { ...base, zone: stack.account.hosts.privateZone });
    const other = new SpeechAccount(stack, 'other', { ...base, name: 'other', publicAccess: false });
    new PrivateAccess(stack, 'first', {
      ...base,
      name: 'first',
      subnetId: subnet,
      target: stack.account.privateTarget,
      dns,
    });
    new PrivateAccess(stack, 'second', { ...base, name: 'second', subnetId: subnet, target: other.privateTarget, dns });
    const synthesised = JSON.parse(Testing.synth(stack, true)) as Synthesised;
    expect(only(synthesised, 'azurerm_private_dns_zone_virtual_network_link')['virtual_network_id']).toBe(
      subnet.replace('/subnets/speech', ''),
    );
  });

  it('lead to the blobs of the dataset storage, which can be closed to the internet', () => {
    const stack = synthesise(`
storage: { public-access: false, private-endpoints: { hub: { subnet-id: ${subnet}, private-ip-address: 10.20.0.4, lock: {} } } }
private-endpoints: { hub: { subnet-id: ${subnet} } }`);
    expect(only(stack, 'azurerm_storage_account')['public_network_access_enabled']).toBe(false);
    const [account, blobs] = all(stack, 'azurerm_private_endpoint');
    expect(account).toMatchObject({ name: 'pep-calls-dev-hub' });
    expect(blobs).toMatchObject({
      name: 'pep-stcallsdev-hub',
      private_service_connection: {
        subresource_names: ['blob'],
        private_connection_resource_id: '${azurerm_storage_account.storage.id}',
      },
      private_dns_zone_group: { private_dns_zone_ids: ['${azurerm_private_dns_zone.storage-private-dns.id}'] },
      ip_configuration: [{ subresource_name: 'blob', member_name: 'blob' }],
    });
    const zones = all(stack, 'azurerm_private_dns_zone').map(({ name }) => name);
    expect(zones).toEqual(['privatelink.cognitiveservices.azure.com', 'privatelink.blob.core.windows.net']);
    expect(only(stack, 'azurerm_management_lock')['scope']).toMatch(/^\$\{azurerm_private_endpoint\.storage_/);
    expect(Object.keys(stack.output)).toEqual(
      expect.arrayContaining(['private-address-hub', 'storage-private-address-hub']),
    );
  });

  it.each([
    ['that is made', `first: { subnet-id: ${subnet} }`, `second: { subnet-id: ${subnet} }`, 'second'],
    [
      'by its id',
      `first: { subnet-id: ${subnet}, dns-zone-ids: [${zone}] }`,
      `second: { subnet-id: ${subnet}, dns-zone-ids: [${zone.replace('/net/', '/other/')}, ${zone.toLowerCase()}] }`,
      zone.toLowerCase(),
    ],
  ])('do not overwrite the record of each other in a zone %s', (_, first, second, at) => {
    const text = inDev(`private-endpoints:\n  ${first}\n  ${second}`);
    const { diagnostics } = build(text);
    expect(diagnostics).toMatchObject([{ code: 'same-dns-zone', severity: 'error', line: 7 }]);
    const column = diagnostics[0]?.column ?? 1;
    expect((text.split('\n')[6] ?? '').slice(column - 1).startsWith(at)).toBe(true);
    expect(build(text.replace(/(second: \{ subnet-id: \S+?)(,.*)? \}/, '$1, manage-dns: false }')).diagnostics).toEqual(
      [],
    );
  });

  it('use existing zones, or leave DNS to somebody else', () => {
    const stack = synthesise(`
private-endpoints:
  zones: { subnet-id: ${subnet}, dns-zone-ids: [${zone}], dns-zone-group-name: speech }
  policy: { subnet-id: ${subnet}, manage-dns: false, manual-connection: true, request-message: Please }`);
    const [policy, zones] = all(stack, 'azurerm_private_endpoint');
    expect(zones).toMatchObject({ private_dns_zone_group: { name: 'speech', private_dns_zone_ids: [zone] } });
    expect(policy).not.toHaveProperty('private_dns_zone_group');
    expect(policy).toMatchObject({
      private_service_connection: { is_manual_connection: true, request_message: 'Please' },
    });
    expect(all(stack, 'azurerm_private_dns_zone')).toEqual([]);
  });

  it('in networks of their own are told where the networks have addresses in common', () => {
    const made = (range: string): string => `{ address-space: [${range}], subnet-prefix: ${range}, manage-dns: false }`;
    const told = (settings: string): readonly unknown[] =>
      build(inDev(settings)).diagnostics.map(({ code, severity, line, column }) => [code, severity, line, column]);
    const warned = (line: number, column: number): readonly unknown[] => [
      'overlapping-networks',
      'warning',
      line,
      column,
    ];
    const main = `private-endpoints: { main: ${made('10.30.0.0/24')}`;
    expect(told(`${main} }\nstorage: { private-endpoints: { hub: ${made('10.30.0.0/24')} } }`)).toEqual([
      warned(6, 60),
    ]);
    expect(told(`${main} }\nstorage: { private-endpoints: { hub: ${made('10.31.0.0/24')} } }`)).toEqual([]);
    expect(told(`${main}, more: ${made('10.30.0.128/25')} }`)).toMatchObject([
      ['overlapping-networks', 'warning', 5, 139],
    ]);
    expect(told(`${main}, more: { subnet-id: ${subnet} } }`).flat()).not.toContain('overlapping-networks');
  });

  it('have tags of their own beside those of the environment, as does a network that is made', () => {
    const stack = synthesise(`
tags: { team: speech, owner: speech }
private-endpoints:
  made: { address-space: [10.20.0.0/24], subnet-prefix: 10.20.0.0/27, tags: { owner: net, zone: a } }
  plain: { subnet-id: ${subnet}, manage-dns: false }`);
    const tags = { team: 'speech', owner: 'net', zone: 'a' };
    expect(all(stack, 'azurerm_private_endpoint').map((endpoint) => endpoint['tags'])).toEqual([
      tags,
      { team: 'speech', owner: 'speech' },
    ]);
    expect(only(stack, 'azurerm_virtual_network')['tags']).toEqual(tags);
    expect(only(stack, 'azurerm_private_dns_zone')['tags']).toEqual({ team: 'speech', owner: 'speech' });
  });

  it('have roles each, or one of them by its name', () => {
    const stack = (more: string): string => `
private-endpoints:
  first: { subnet-id: ${subnet} }
  second: { subnet-id: ${subnet}, manage-dns: false }
role-grants: { networkers: { role: Reader, principal: 00000000-0000-0000-0000-000000000002, on: private-endpoints${more} } }`;
    const scopes = (more: string): readonly unknown[] =>
      all(synthesise(stack(more)), 'azurerm_role_assignment').map(({ scope }) => scope);
    const [, second] = Object.keys(synthesise(stack('')).resource['azurerm_private_endpoint'] ?? {});
    expect(scopes('')).toHaveLength(2);
    expect(scopes(', endpoint: second')).toEqual([`\${azurerm_private_endpoint.${second}.id}`]);
    const { diagnostics } = build(inDev(stack(', endpoint: third')));
    expect(diagnostics.map(({ code, line, message }) => [code, line, message])).toEqual([
      ['role-target', 8, expect.stringContaining('Cannot use `third` for `role-grants.networkers.endpoint`')],
    ]);
  });

  it('are locked one by one, after all that is on them and before the environment is', () => {
    const stack = synthesise(`
private-endpoints:
  first: { subnet-id: ${subnet}, lock: {} }
  second: { subnet-id: ${subnet}, manage-dns: false, lock: { name: keep, level: ReadOnly, notes: Ask the network team } }
  third: { subnet-id: ${subnet}, manage-dns: false, lock: { enabled: false } }
role-grants: { networkers: { role: Reader, principal: 00000000-0000-0000-0000-000000000002, on: private-endpoints } }
delete-lock: {}`);
    const { 'delete-lock': whole, ...locks } = stack.resource['azurerm_management_lock'] ?? {};
    const [first, second] = Object.keys(stack.resource['azurerm_private_endpoint'] ?? {});
    expect(Object.values(locks)).toMatchObject([
      {
        name: 'lock-pep-calls-dev-first',
        scope: `\${azurerm_private_endpoint.${first}.id}`,
        lock_level: 'CanNotDelete',
        notes: expect.stringContaining('endpoint'),
      },
      {
        name: 'keep',
        scope: `\${azurerm_private_endpoint.${second}.id}`,
        lock_level: 'ReadOnly',
        notes: 'Ask the network team',
      },
    ]);
    // Terraform destroys in the opposite order: the lock before what it is on, and before the roles there.
    const grants = Object.keys(stack.resource['azurerm_role_assignment'] ?? {}).filter((name) =>
      /networkers/.test(name),
    );
    expect(grants).toHaveLength(3);
    for (const { depends_on: after } of Object.values(locks)) {
      expect(after).toEqual(
        expect.arrayContaining([
          `azurerm_private_endpoint.${first}`,
          `azurerm_private_endpoint.${second}`,
          ...grants.map((name) => `azurerm_role_assignment.${name}`),
        ]),
      );
    }
    expect(whole?.['depends_on']).toEqual(
      expect.arrayContaining(Object.keys(locks).map((name) => `azurerm_management_lock.${name}`)),
    );
  });

  it('warn of a lock that refuses changes, where it is written', () => {
    const { diagnostics } = build(
      inDev(`private-endpoints:\n  main:\n    subnet-id: ${subnet}\n    lock:\n      level: ReadOnly`),
    );
    expect(diagnostics).toMatchObject([{ code: 'read-only-lock', severity: 'warning', line: 9, column: 18 }]);
  });
});
