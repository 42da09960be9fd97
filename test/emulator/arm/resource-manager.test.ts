import { CognitiveServicesManagementClient } from '@azure/arm-cognitiveservices';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startEmulator, type Emulator } from '../../../emulator/start-emulator.ts';
import { controlEmulator } from '../control-emulator.ts';

const subscriptionId = '11111111-2222-4333-8444-555555555555';
let emulator: Emulator;

beforeEach(async () => {
  emulator = await startEmulator({ account: { subscriptionId, resourceGroup: 'Speech', name: 'ward' }, key: 'a-key' });
});

afterEach(async () => await emulator.close());

/** Microsoft's client, which signs nothing over plain HTTP: the token is added behind its back. */
function client(): CognitiveServicesManagementClient {
  const made = new CognitiveServicesManagementClient({ getToken: async () => null }, subscriptionId, {
    endpoint: emulator.url,
    allowInsecureConnection: true,
  });
  made.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
  made.pipeline.addPolicy({
    name: 'token',
    sendRequest(request, next) {
      request.headers.set('Authorization', `Bearer ${emulator.managementToken}`);
      return next(request);
    },
  });
  return made;
}

async function change(account: object): Promise<Response> {
  return await controlEmulator(emulator, '/account', { body: account });
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('the resource manager of the emulator', () => {
  it('shows the account, its keys and its deployments to the client of Microsoft', async () => {
    const { accounts, deployments, deletedAccounts } = client();
    const account = await accounts.get('speech', 'WARD');
    expect(account).toMatchObject({
      id: emulator.resourceId,
      kind: 'SpeechServices',
      sku: { name: 'S0' },
      properties: { endpoint: `${emulator.url}/`, provisioningState: 'Succeeded', customSubDomainName: 'emulator' },
    });
    expect((await all(accounts.list())).map(({ name }) => name)).toEqual(['ward']);
    expect((await all(accounts.listByResourceGroup('speech'))).map(({ name }) => name)).toEqual(['ward']);
    expect(await accounts.listKeys('speech', 'ward')).toMatchObject({ key1: 'a-key', key2: 'a-key' });
    expect(await all(deployments.list('speech', 'ward'))).toEqual([]);
    expect(await all(deletedAccounts.list())).toEqual([]);
  });

  it('gives the keys to nobody without its token, which is another one in each emulator', async () => {
    const other = await startEmulator();
    onTestFinished(async () => await other.close());
    expect(other.managementToken).not.toBe(emulator.managementToken);
    for (const token of ['any', 'local', 'a-key', other.managementToken]) {
      const answer = await fetch(`${emulator.url}${emulator.resourceId}/listKeys?api-version=2025-09-01`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toContain('"key1"');
    }
  });

  it('lists a deleted account as deleted, and no data plane is left', async () => {
    expect((await change({ isDeleted: true })).status).toBe(200);
    await expect(client().accounts.get('speech', 'ward')).rejects.toMatchObject({
      statusCode: 404,
      code: 'ResourceNotFound',
    });
    expect((await all(client().deletedAccounts.list())).map(({ name }) => name)).toEqual(['ward']);
    const projects = `${emulator.url}/speechtotext/projects?api-version=2025-10-15`;
    const answer = await fetch(projects, { headers: { 'Ocp-Apim-Subscription-Key': 'a-key' } });
    expect(answer.status).toBe(404);
  });

  it('hands out no keys, and takes none, when local authentication is off', async () => {
    await change({ disableLocalAuth: true });
    await expect(client().accounts.listKeys('speech', 'ward')).rejects.toMatchObject({ statusCode: 400 });
    const projects = `${emulator.url}/speechtotext/projects?api-version=2025-10-15`;
    const answer = await fetch(projects, { headers: { 'Ocp-Apim-Subscription-Key': 'a-key' } });
    expect(answer.status).toBe(403);
  });

  it('tells what the caller may do, as it was told itself', async () => {
    const ask = async (): Promise<Response> =>
      await fetch(
        `${emulator.url}${emulator.resourceId}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`,
        { headers: { Authorization: `Bearer ${emulator.managementToken}` } },
      );
    const [given] = ((await (await ask()).json()) as { value: readonly object[] }).value;
    expect(given).toMatchObject({ dataActions: ['Microsoft.CognitiveServices/accounts/SpeechServices/*'] });
    const reader = { actions: ['*/read'], notActions: [], dataActions: [], notDataActions: [] };
    expect((await change({ permissions: [reader] })).status).toBe(200);
    expect(await (await ask()).json()).toEqual({ value: [reader] });
    await change({ permissions: null });
    const refused = await ask();
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ error: { code: 'AuthorizationFailed' } });
    expect((await change({ permissions: [{ dataActions: ['*'] }] })).status).toBe(400);
  });

  it.each([
    ['without a token', undefined, '?api-version=2025-09-01', 401, 'AuthenticationFailed'],
    ['with the token of somebody else', 'any', '?api-version=2025-09-01', 401, 'InvalidAuthenticationToken'],
    ['with the key as token', 'a-key', '?api-version=2025-09-01', 401, 'InvalidAuthenticationToken'],
    ['without a version', 'its own', '', 400, 'MissingApiVersionParameter'],
  ])('refuses a request %s', async (_, token, query, status, code) => {
    const headers = { Authorization: `Bearer ${token === 'its own' ? emulator.managementToken : token}` };
    const answer = await fetch(`${emulator.url}${emulator.resourceId}${query}`, token === undefined ? {} : { headers });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ error: { code } });
  });

  it('says what the control API does not take', async () => {
    const answer = await change({ sku: 'F0' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: expect.stringContaining('sku cannot be changed') as string });
  });
});
