import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { purgeAccount } from '../../../stacks/cdktf/purge-account.ts';

const account = { subscription: '11111111-2222-4333-8444-555555555555', resourceGroup: 'rg-dev', name: 'speech' };
const inSubscription = `/subscriptions/${account.subscription}/providers/Microsoft.CognitiveServices`;

it('purges an account that was deleted, in the region where it was', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const place = `${request.method} ${request.url?.replace(/\?.*/, '')}`;
    asked.push(place);
    const deleted = `${inSubscription}/locations/westeurope/resourceGroups/rg-dev/deletedAccounts/speech`;
    const isList = place === `GET ${inSubscription}/deletedAccounts`;
    const body = isList
      ? { value: [{ id: deleted, name: 'speech', location: 'westeurope' }] }
      : { error: { code: 'ResourceNotFound', message: 'gone' } };
    response.writeHead(isList ? 200 : request.method === 'DELETE' ? 204 : 404, { 'content-type': 'application/json' });
    response.end(request.method === 'DELETE' ? undefined : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const managementEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await purgeAccount(account, { credential: { getToken: async () => null }, managementEndpoint });
  expect(asked.at(-1)).toBe(
    `DELETE ${inSubscription}/locations/westeurope/resourceGroups/rg-dev/deletedAccounts/speech`,
  );
});
