import { expect, it } from 'vitest';
import { type Client, pathOf, startClient } from './client.ts';
import { wardNotes } from './recognition/spoken-texts.ts';

const endpoint = { displayName: 'e', locale: 'en-US', properties: { loggingEnabled: true } };

it('endpoints log where the account has storage of its own, and nowhere else', async () => {
  const client = await startClient();
  expect((await client.post('/endpoints', endpoint)).body.innerError.code).toBe('EndpointLoggingNotSupported');
  const account = (await client.control('POST', '/account', { byos: true })).body;
  expect(account.properties.userOwnedStorage[0].resourceId).toContain('/Microsoft.Storage/storageAccounts/');
  const { self, properties } = await client.create('/endpoints', endpoint);
  expect(properties.loggingEnabled).toBe(true);
  await client.finished(self);
  const off = await client.patch(self, { properties: { contentLoggingEnabled: false } });
  expect(off.body.properties.loggingEnabled).toBe(false);
  expect((await client.patch(self, { displayName: 'f' })).body.properties.loggingEnabled).toBe(false);
});

it('files of storage of its own have no signature, and are read with a token for storage', async () => {
  const client = await startClient();
  await client.control('POST', '/account', { byos: true });
  const dataset = await client.text(wardNotes);
  const path = `${pathOf(dataset.self)}/files`;
  const asked = await client.get(path, { query: { sasLifetimeMinutes: 5 } });
  expect(asked.body.innerError.code).toBe('InvalidSasValidityDuration');
  const [report] = (await client.get(path)).body.values;
  const { contentUrl } = report.links;
  expect(contentUrl).not.toContain('?');
  const refused = await fetch(contentUrl);
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toContain('https://storage.azure.com');
  const read = async (resource: string): Promise<Response> =>
    await fetch(contentUrl, { headers: { authorization: `Bearer ${await tokenFor(client, resource)}` } });
  expect((await read('https://cognitiveservices.azure.com')).status).toBe(401);
  const answer = await read('https://storage.azure.com');
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual([]);
});

async function tokenFor({ emulator }: Client, resource: string): Promise<string> {
  const answer = await fetch(`${emulator.url}/${emulator.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'c',
      client_secret: emulator.managementToken,
      scope: `${resource}/.default`,
    }),
  });
  return ((await answer.json()) as { readonly access_token: string }).access_token;
}
