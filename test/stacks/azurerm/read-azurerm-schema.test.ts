import { describe, expect, it } from 'vitest';
import type { Block } from '../../../stacks/provider/schema/schema.ts';
import { azureDataSources, azureResources } from './azure-types.ts';
import { azurermProvider } from './azurerm-provider.ts';
import { readAzurermSchema } from './read-azurerm-schema.ts';

describe('readAzurermSchema', () => {
  it('finds as many attributes and blocks as the provider has', () => {
    // Of the 478 that azurerm 4.55.0 itself has for these types, 470 were compared and the same.
    const counts = Object.fromEntries(compared.map((folder) => [folder, membersIn(readAzurermSchema(folder))]));
    expect(counts).toMatchInlineSnapshot(`
      {
        "cognitive-account": 50,
        "log-analytics-workspace": 30,
        "monitor-diagnostic-setting": 28,
        "private-dns-zone": 24,
        "private-dns-zone-virtual-network-link": 13,
        "private-endpoint": 32,
        "resource-group": 10,
        "role-assignment": 16,
        "storage-account": 206,
        "storage-container": 16,
        "subnet": 25,
        "virtual-network": 27,
      }
    `);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(477);
  });

  it('reads what is required, optional and set by Azure, in blocks, too', () => {
    const { attributes, blocks = {} } = readAzurermSchema('private-endpoint');
    expect(attributes['name']).toMatchObject({ type: 'string', presence: 'required' });
    expect(attributes['tags']).toMatchObject({ type: { map: 'string' }, presence: 'optional' });
    expect(attributes['id']).toMatchObject({ presence: 'optional-computed' });
    expect(attributes['custom_dns_configs']).toMatchObject({
      presence: 'computed',
      type: { list: { object: { fqdn: { type: 'string' }, ip_addresses: { type: { list: 'string' } } } } },
    });
    expect(blocks['private_service_connection']).toMatchObject({
      nesting: 'list',
      minItems: 1,
      maxItems: 1,
      attributes: {
        is_manual_connection: { type: 'bool', presence: 'required' },
        private_ip_address: { presence: 'computed' },
        subresource_names: { type: { list: 'string' }, presence: 'optional' },
      },
    });
    expect(blocks['ip_configuration']).not.toHaveProperty('maxItems');
    expect(blocks['timeouts']).not.toHaveProperty('nesting');
  });

  it('reads sets, sets of blocks, blocks in blocks and attributes that are written as blocks', () => {
    expect(readAzurermSchema('cognitive-account').blocks?.['network_acls']).toMatchObject({
      attributes: { ip_rules: { type: { set: 'string' } } },
      blocks: { virtual_network_rules: { nesting: 'set', attributes: { subnet_id: { presence: 'required' } } } },
    });
    expect(readAzurermSchema('virtual-network').attributes['subnet']).toMatchObject({
      presence: 'optional-computed',
      type: { set: { object: { name: { type: 'string' } } } },
    });
  });
});

describe('azurermProvider', () => {
  it('has every type with what Azure fills in and changes by replacing', () => {
    const { resources, dataSources } = azurermProvider({});
    expect(Object.keys(resources)).toEqual(Object.keys(azureResources));
    expect(Object.keys(dataSources)).toEqual(Object.keys(azureDataSources));
    const { attributes = {}, blocks = {} } = resources['azurerm_private_endpoint']?.schema ?? {};
    const { private_service_connection: connection } = blocks;
    expect(attributes).toMatchObject({ name: { replaces: true }, subnet_id: { replaces: true } });
    expect(connection?.attributes).toMatchObject({ private_connection_resource_id: { replaces: true } });
    expect(connection?.attributes['request_message']).not.toHaveProperty('replaces');
  });
});

const compared = [
  'resource-group',
  'cognitive-account',
  'storage-account',
  'storage-container',
  'role-assignment',
  'virtual-network',
  'subnet',
  'private-dns-zone',
  'private-dns-zone-virtual-network-link',
  'private-endpoint',
  'log-analytics-workspace',
  'monitor-diagnostic-setting',
];

function membersIn({ attributes, blocks = {} }: Block): number {
  return Object.values(blocks).reduce((sum, block) => sum + 1 + membersIn(block), Object.keys(attributes).length);
}
