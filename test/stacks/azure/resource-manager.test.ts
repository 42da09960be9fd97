import { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
import { ClientSecretCredential } from '@azure/identity';
import { describe, expect, it } from 'vitest';
import { type JsonObject, memberAt } from './answer.ts';
import { ask, type Asked, signIn } from './ask.ts';
import { type Azure, deployer, startAzure, tenants } from './start-azure.ts';

const version = 'api-version=2024-10-01';
const account = { location: 'westeurope', kind: 'SpeechServices', sku: { name: 'S0' }, properties: {} };

/** Azure, with somebody signed in, providers registered, and a resource group `g`. */
async function opened(options: Parameters<typeof startAzure>[0] = {}): Promise<{
  readonly azure: Azure;
  readonly group: string;
  readonly send: (method: string, path: string, body?: JsonObject) => Promise<Asked>;
}> {
  const azure = await startAzure(options);
  const token = String((await signIn(azure)).body['access_token']);
  const subscription = `/subscriptions/${azure.arm.subscription}`;
  const send = async (method: string, path: string, body?: JsonObject): Promise<Asked> =>
    await ask(azure, `${path}?${version}`, { method, token, ...(body === undefined ? {} : { body }) });
  for (const namespace of ['CognitiveServices', 'Storage', 'Network', 'ManagedIdentity'])
    await send('POST', `${subscription}/providers/Microsoft.${namespace}/register`);
  const group = `${subscription}/resourceGroups/g`;
  await send('PUT', group, { location: 'westeurope' });
  return { azure, group, send };
}

describe('the stand-in for Azure Resource Manager', () => {
  it('is to the client of Microsoft what Azure is: made, deleted, kept, and purged', async () => {
    const { azure } = await opened({ looks: 2 });
    await using _ = azure;
    const options = {
      authorityHost: azure.origin,
      disableInstanceDiscovery: true,
      tlsOptions: { ca: azure.certificate },
    };
    const credential = new ClientSecretCredential(tenants.home, deployer.clientId, deployer.secret, options);
    const { accounts, deletedAccounts } = new CognitiveServicesManagementClient(credential, azure.arm.subscription, {
      endpoint: azure.origin,
      tlsOptions: { ca: azure.certificate },
    });
    const settings = {
      ...account,
      properties: { customSubDomainName: 'ward' },
      identity: { type: 'SystemAssigned' as const },
    };
    const made = await accounts.beginCreateAndWait('g', 'ward', settings, { updateIntervalInMs: 1 });
    expect(made).toMatchObject({
      properties: { provisioningState: 'Succeeded', endpoint: 'https://ward.cognitiveservices.azure.com/' },
      identity: { principalId: expect.stringMatching(/^[0-9a-f-]{36}$/), tenantId: tenants.home },
    });
    expect(await accounts.listKeys('g', 'ward')).toEqual({
      key1: expect.stringMatching(/^[0-9a-f]{32}$/),
      key2: expect.anything(),
    });
    const changed = await accounts.beginUpdateAndWait(
      'g',
      'ward',
      { properties: { disableLocalAuth: true } },
      { updateIntervalInMs: 1 },
    );
    expect(changed).toMatchObject({
      identity: made.identity,
      properties: { disableLocalAuth: true, customSubDomainName: 'ward' },
    });
    await expect(accounts.listKeys('g', 'ward')).rejects.toThrow(/disableLocalAuth is set to be true/);
    await accounts.beginDeleteAndWait('g', 'ward', { updateIntervalInMs: 1 });
    await expect(accounts.get('g', 'ward')).rejects.toMatchObject({ code: 'ResourceNotFound' });
    await expect(accounts.beginCreateAndWait('g', 'ward', settings)).rejects.toMatchObject({
      code: 'FlagMustBeSetForRestore',
    });
    await expect(accounts.beginCreateAndWait('g', 'other', settings)).rejects.toMatchObject({
      code: 'CustomDomainInUse',
    });
    expect(await deletedAccounts.get('westeurope', 'g', 'ward')).toMatchObject({ name: 'ward' });
    await deletedAccounts.beginPurgeAndWait('westeurope', 'g', 'ward', { updateIntervalInMs: 1 });
    expect(
      (await accounts.beginCreateAndWait('g', 'ward', settings, { updateIntervalInMs: 1 })).identity?.principalId,
    ).not.toBe(made.identity?.principalId);
    expect(azure.unknown).toEqual([]);
  });

  it('answers in Azure’s words what it does not take', async () => {
    const { azure, group, send } = await opened();
    await using _ = azure;
    const providers = `${group}/providers`;
    const subscription = `/subscriptions/${azure.arm.subscription}`;
    const vnet = `${providers}/Microsoft.Network/virtualNetworks/v`;
    const identity = `${providers}/Microsoft.ManagedIdentity/userAssignedIdentities/i`;
    const storage = `${providers}/Microsoft.Storage/storageAccounts`;
    await send('PUT', identity, { location: 'westeurope' });
    await send('PUT', `${providers}/Microsoft.CognitiveServices/accounts/a`, account);
    const refused: readonly (readonly [string, number, Promise<Asked>])[] = [
      ['SubscriptionNotFound', 404, send('GET', '/subscriptions/00000000-0000-4000-8000-00000000000f')],
      [
        'MissingApiVersionParameter',
        400,
        ask(azure, group, { token: String((await signIn(azure)).body['access_token']) }),
      ],
      ['ResourceGroupNotFound', 404, send('GET', `${subscription}/resourceGroups/h`)],
      ['ResourceGroupNotFound', 404, send('PUT', vnet.replace('/g/', '/h/'), { location: 'westeurope' })],
      ['ResourceNotFound', 404, send('GET', vnet)],
      ['ParentResourceNotFound', 404, send('PUT', `${vnet}/subnets/s`, { properties: {} })],
      ['LocationRequired', 400, send('PUT', vnet, {})],
      [
        'MissingSubscriptionRegistration',
        409,
        send('PUT', `${providers}/Microsoft.Insights/actionGroups/a`, { location: 'Global' }),
      ],
      ['AccountNameInvalid', 400, send('PUT', `${storage}/Not_a_name`, { location: 'westeurope' })],
      [
        'RoleDefinitionDoesNotExist',
        400,
        send('PUT', `${identity}/providers/Microsoft.Authorization/roleAssignments/r`, {
          properties: { roleDefinitionId: 'x', principalId: 'y' },
        }),
      ],
      [
        'InvalidResourceReference',
        400,
        send('PUT', `${providers}/Microsoft.Network/privateEndpoints/p`, {
          location: 'westeurope',
          properties: { subnet: { id: `${vnet}/subnets/s` } },
        }),
      ],
      // The PUT has made it, and no GET has looked yet.
      [
        'AccountProvisioningStateInvalid',
        400,
        send('PUT', `${providers}/Microsoft.Network/privateEndpoints/p`, {
          location: 'westeurope',
          properties: {
            subnet: { id: '/subscriptions/other/s' },
            privateLinkServiceConnections: [
              {
                name: 'c',
                properties: { privateLinkServiceId: `${providers}/Microsoft.CognitiveServices/accounts/a` },
              },
            ],
          },
        }),
      ],
      ['RequestConflict', 409, send('PUT', `${providers}/Microsoft.CognitiveServices/accounts/a`, account)],
    ];
    for (const [code, status, asked] of refused) {
      expect({ code, asked: await asked }).toMatchObject({ code, asked: { status, body: { error: { code } } } });
    }
    expect(azure.unknown).toEqual([]);
    expect(await send('GET', `${providers}/Microsoft.Compute/virtualMachines/m`)).toMatchObject({
      status: 404,
      body: { error: { code: 'InvalidResourceType' } },
    });
    expect(azure.unknown).toEqual([`GET ${providers}/Microsoft.Compute/virtualMachines/m`]);
  });

  it('answers with the statuses that azurerm takes, which calls anything else a failure', async () => {
    const { azure, group, send } = await opened();
    await using _ = azure;
    const subscription = `/subscriptions/${azure.arm.subscription}`;
    for (const namespace of ['Insights', 'OperationalInsights'])
      await send('POST', `${subscription}/providers/Microsoft.${namespace}/register`);
    const role = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/00000000-0000-4000-8000-00000000000d`;
    const storage = `${group}/providers/Microsoft.Storage/storageAccounts/speech`;
    const insights = `${group}/providers/Microsoft.Insights`;
    const located = { location: 'westeurope', properties: {} };
    const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i`;
    // What the methods of hashicorp/go-azure-sdk expect, as azurerm 4.55 has them; twice, because a second PUT is a change.
    const taken: readonly (readonly [string, JsonObject, readonly number[]])[] = [
      [`${group}/providers/Microsoft.CognitiveServices/accounts/a`, account, [200, 201, 202]],
      [storage, located, [200, 202]],
      [`${storage}/blobServices/default`, { properties: { isVersioningEnabled: true } }, [200]],
      [`${storage}/blobServices/default/containers/c`, { properties: {} }, [200, 201]],
      [`${storage}/managementPolicies/default`, { properties: {} }, [200]],
      [`${insights}/metricAlerts/m`, located, [200]],
      [`${insights}/actionGroups/g`, located, [200, 201]],
      [`${insights}/scheduledQueryRules/q`, located, [200, 201]],
      [`${storage}/providers/Microsoft.Insights/diagnosticSettings/d`, { properties: {} }, [200]],
      [`${group}/providers/Microsoft.OperationalInsights/workspaces/w`, located, [200, 201, 202]],
      [`${group}/providers/Microsoft.Network/virtualNetworks/v`, located, [200, 201]],
      [`${group}/providers/Microsoft.Network/privateDnsZones/z`, located, [200, 201, 202]],
      [identity, located, [200, 201]],
      [role, { properties: { roleName: 'Purger' } }, [201]],
      [`${identity}/providers/Microsoft.Authorization/locks/l`, { properties: { level: 'CanNotDelete' } }, [200, 201]],
      [`${group}/providers/Microsoft.Consumption/budgets/b`, { properties: {} }, [200, 201]],
    ];
    for (const [path, body, statuses] of [...taken, ...taken]) {
      const { status } = await send('PUT', path, body);
      expect({ path, status }).toEqual({ path, status: expect.toBeOneOf([...statuses]) });
      await untilSettled(send, path);
    }
    expect((await send('DELETE', storage)).status).toBe(200);
    expect((await send('GET', storage)).status).toBe(404);
    expect(azure.unknown).toEqual([]);
  });

  it('keeps what is locked, and the network of an endpoint', async () => {
    const { azure, group, send } = await opened({ looks: 0 });
    await using _ = azure;
    const vnet = `${group}/providers/Microsoft.Network/virtualNetworks/v`;
    const endpoint = `${group}/providers/Microsoft.Network/privateEndpoints/p`;
    const speech = `${group}/providers/Microsoft.CognitiveServices/accounts/a`;
    await send('PUT', vnet, {
      location: 'westeurope',
      properties: { addressSpace: { addressPrefixes: ['10.0.0.0/24'] } },
    });
    await send('PUT', `${vnet}/subnets/s`, { properties: { addressPrefixes: ['10.0.0.32/27'] } });
    await send('PUT', speech, { ...account, properties: { customSubDomainName: 'ward' } });
    const connection = { name: 'c', properties: { privateLinkServiceId: speech, groupIds: ['account'] } };
    await send('PUT', endpoint, {
      location: 'westeurope',
      properties: { subnet: { id: `${vnet}/subnets/s` }, privateLinkServiceConnections: [connection] },
    });
    const { body } = await send('GET', endpoint);
    expect(body).toMatchObject({
      properties: {
        customDnsConfigs: [{ fqdn: 'ward.cognitiveservices.azure.com', ipAddresses: ['10.0.0.36'] }],
        privateLinkServiceConnections: [{ properties: { privateLinkServiceConnectionState: { status: 'Approved' } } }],
      },
    });
    const [nic] = ((body['properties'] as JsonObject)['networkInterfaces'] ?? []) as readonly JsonObject[];
    expect(await send('GET', String(nic?.['id']))).toMatchObject({
      body: { properties: { ipConfigurations: [{ properties: { privateIPAddress: '10.0.0.36' } }] } },
    });
    expect(await send('GET', vnet)).toMatchObject({ body: { properties: { subnets: [{ name: 's' }] } } });
    expect(await send('DELETE', `${vnet}/subnets/s`)).toMatchObject({
      status: 400,
      body: { error: { code: 'InUseSubnetCannotBeDeleted' } },
    });

    const lock = `${speech}/providers/Microsoft.Authorization/locks/keep`;
    await send('PUT', lock, { properties: { level: 'CanNotDelete' } });
    for (const path of [speech, group]) {
      expect(await send('DELETE', path)).toMatchObject({
        status: 409,
        body: { error: { code: 'ScopeLocked', message: expect.stringContaining(speech) } },
      });
    }
    expect(await send('DELETE', lock)).toMatchObject({ status: 200 });
    expect(await send('DELETE', group)).toMatchObject({ status: 200 });
    expect(azure.arm.ids).toEqual([]);
    expect(azure.arm.view.deleted.map(({ id }) => id.name)).toEqual(['a']);
  });
});

/** Looks as often as it takes until no change of the object is under way. */
async function untilSettled(send: (method: string, path: string) => Promise<Asked>, path: string): Promise<void> {
  const { body } = await send('GET', path);
  const state = memberAt(body, 'properties/provisioningState');
  if (state !== undefined && state !== 'Succeeded') await untilSettled(send, path);
}
