import { isJsonObject, type Json, type JsonObject, memberAt, refusal } from '../answer.ts';
import { keyOf } from '../resource-id.ts';
import type { AzureView, KeptObject, ResourceType } from '../resource-types.ts';

const endpoints = 'Microsoft.Network/privateEndpoints';
const links = 'Microsoft.Network/privateDnsZones/virtualNetworkLinks';

/** Networks, private endpoints and the names under which they are found. */
export const networkTypes: Readonly<Record<string, ResourceType>> = {
  'Microsoft.Network/virtualNetworks': {
    isLocated: true,
    pace: 'operation',
    // Subnets are objects of their own.
    filled: (network) => ({ ...network, properties: { ...propertiesOf(network), subnets: undefined } }),
    shown: (network, { all }) => {
      const subnets = all('Microsoft.Network/virtualNetworks/subnets').filter(
        ({ id }) => keyOf(id.parent) === keyOf(String(network['id'])),
      );
      return { ...network, properties: { ...propertiesOf(network), subnets: subnets.map(({ body }) => body) } };
    },
  },
  'Microsoft.Network/virtualNetworks/subnets': {
    pace: 'operation',
    filled: (subnet) => ({
      ...subnet,
      properties: {
        privateEndpointNetworkPolicies: 'Disabled',
        privateLinkServiceNetworkPolicies: 'Enabled',
        ...propertiesOf(subnet),
      },
    }),
    keeping({ path, name }, { all }) {
      const user = all(endpoints).find(({ body }) => keyOf(subnetOf(body)) === keyOf(path));
      if (user === undefined) return undefined;
      const message = `Subnet ${name} is in use by ${user.id.path} and cannot be deleted. In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet.`;
      return refusal(400, 'InUseSubnetCannotBeDeleted', message);
    },
  },
  'Microsoft.Network/privateDnsZones': {
    isLocated: true,
    pace: 'accepted',
    filled: (zone) => ({
      ...zone,
      properties: { numberOfRecordSets: 1, maxNumberOfRecordSets: 25_000, ...propertiesOf(zone) },
    }),
    keeping({ path }, { all }) {
      if (all(links).every(({ id }) => keyOf(id.parent) !== keyOf(path))) return undefined;
      const message = 'Can not delete resource before nested resources are deleted.';
      return refusal(409, 'CannotDeleteResource', message);
    },
  },
  'Microsoft.Network/privateDnsZones/SOA': {
    found({ parent, path, name }, { find }) {
      if (name !== '@' || find(parent) === undefined) return undefined;
      const soaRecord = {
        host: 'azureprivatedns.net',
        email: 'azureprivatedns-host.microsoft.com',
        expireTime: 2_419_200,
        minimumTtl: 10,
        refreshTime: 3600,
        retryTime: 300,
        serialNumber: 1,
      };
      const fqdn = `${parent.split('/').at(-1)}.`;
      return {
        id: path,
        name: '@',
        type: 'Microsoft.Network/privateDnsZones/SOA',
        properties: { fqdn, ttl: 3600, soaRecord },
      };
    },
  },
  [links]: {
    isLocated: true,
    pace: 'accepted',
    filled: (link) => ({ ...link, properties: { ...propertiesOf(link), virtualNetworkLinkState: 'Completed' } }),
  },
  [endpoints]: {
    isLocated: true,
    pace: 'operation',
    filled: (endpoint, { id, before, find, all }) => {
      const connections = [memberAt(endpoint, 'properties/privateLinkServiceConnections') ?? []].flat().map(approved);
      const nic = `${id.path.replace(/\/privateEndpoints\/.*/i, '')}/networkInterfaces/${id.name}.nic`;
      return {
        ...endpoint,
        properties: {
          ...propertiesOf(endpoint),
          privateLinkServiceConnections: connections,
          networkInterfaces: [{ id: nic }],
          customDnsConfigs: [
            {
              fqdn: hostOf(endpoint, { find }),
              ipAddresses: [addressOf({ body: before ?? {} }) ?? nextAddress(endpoint, { find, all })],
            },
          ],
        },
      };
    },
    refusal(endpoint, { id, find }) {
      const missing = [subnetOf(endpoint), ...targetsOf(endpoint)]
        .filter((one) => keyOf(one).startsWith(`/subscriptions/${id.subscription}/`))
        .find((one) => find(one) === undefined);
      if (missing !== undefined) {
        const message = `Resource ${missing} referenced by resource ${id.path} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`;
        return refusal(400, 'InvalidResourceReference', message);
      }
      const busy = targetsOf(endpoint)
        .map(find)
        .find((one) => one?.isSettled === false);
      if (busy === undefined) return undefined;
      const message = `Call to ${busy.id.type} failed. Error message: Account ${busy.id.path} in state Accepted.`;
      return refusal(400, 'AccountProvisioningStateInvalid', message);
    },
  },
  'Microsoft.Network/privateEndpoints/privateDnsZoneGroups': { pace: 'operation' },
  'Microsoft.Network/networkInterfaces': {
    found({ path }, { all }) {
      const owner = all(endpoints).find(({ body }) => nicsOf(body).some((nic) => keyOf(nic) === keyOf(path)));
      if (owner === undefined) return undefined;
      const privateIPAddress = addressOf(owner) ?? null;
      return {
        id: path,
        name: path.split('/').at(-1),
        type: 'Microsoft.Network/networkInterfaces',
        location: owner.body['location'],
        properties: { ipConfigurations: [{ name: 'private', properties: { privateIPAddress } }] },
      };
    },
  },
  'Microsoft.Network/applicationSecurityGroups': { isLocated: true, pace: 'operation' },
};

function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}

function subnetOf(endpoint: JsonObject): string {
  return String(memberAt(endpoint, 'properties/subnet/id'));
}

function targetsOf(endpoint: JsonObject): readonly string[] {
  const connections = [memberAt(endpoint, 'properties/privateLinkServiceConnections') ?? []].flat();
  return connections.map((one) => String(memberAt(one as Json, 'properties/privateLinkServiceId')));
}

function approved(connection: Json): Json {
  if (!isJsonObject(connection)) return connection;
  const state = { status: 'Approved', description: 'Auto-Approved', actionsRequired: 'None' };
  return {
    ...connection,
    properties: {
      ...propertiesOf(connection),
      privateLinkServiceConnectionState: state,
      provisioningState: 'Succeeded',
    },
  };
}

function hostOf(endpoint: JsonObject, { find }: Pick<AzureView, 'find'>): string {
  const [target = ''] = targetsOf(endpoint);
  const { body = {} } = find(target) ?? {};
  const subdomain = memberAt(body, 'properties/customSubDomainName');
  return subdomain === undefined
    ? `${target.split('/').at(-1)}.blob.core.windows.net`
    : `${String(subdomain)}.cognitiveservices.azure.com`;
}

/** Azure keeps the first four addresses of a subnet for itself. */
function nextAddress(endpoint: JsonObject, { find, all }: Pick<AzureView, 'find' | 'all'>): string {
  const { body = {} } = find(subnetOf(endpoint)) ?? {};
  const [prefix = '10.0.0.0/24'] = [
    memberAt(body, 'properties/addressPrefixes') ?? memberAt(body, 'properties/addressPrefix') ?? [],
  ].flat();
  const start = String(prefix).replace(/\/.*/, '').split('.').map(Number);
  const taken = new Set(all(endpoints).map(addressOf));
  const addresses = Array.from({ length: 250 }, (_, index) =>
    [...start.slice(0, 3), (start[3] ?? 0) + 4 + index].join('.'),
  );
  return addresses.find((address) => !taken.has(address)) ?? '';
}

function addressOf({ body }: Pick<KeptObject, 'body'>): string | undefined {
  const [config] = [memberAt(body, 'properties/customDnsConfigs') ?? []].flat();
  const [address] = [memberAt(config as Json | undefined, 'ipAddresses') ?? []].flat();
  return typeof address === 'string' ? address : undefined;
}

function nicsOf(endpoint: JsonObject): readonly string[] {
  return [memberAt(endpoint, 'properties/networkInterfaces') ?? []]
    .flat()
    .map((nic) => String(memberAt(nic as Json, 'id')));
}
