import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { diagnoseAccount } from '../../../workflows/azure/diagnose-account.ts';
import { findSpeechAccount } from '../../../workflows/azure/speech-account.ts';

const id =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/ward';
const notFound = "The Resource 'accounts/ward' was not found.";
const notAllowed = 'The client does not have authorization to list deleted accounts.';

describe('an account that Azure does not find', () => {
  let manager: Server;
  let managementEndpoint: string;

  beforeEach(async () => {
    manager = createServer((request, response) => {
      const isList = request.url?.includes('/deletedAccounts') === true;
      const error = isList
        ? { code: 'AuthorizationFailed', message: notAllowed }
        : { code: 'ResourceNotFound', message: notFound };
      response.writeHead(isList ? 403 : 404, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
    });
    await new Promise<void>((resolve) => manager.listen(0, '127.0.0.1', resolve));
    managementEndpoint = `http://127.0.0.1:${(manager.address() as AddressInfo).port}`;
  });
  afterEach(() => void manager.close());

  const credential = { getToken: async () => ({ token: 't', expiresOnTimestamp: Date.now() + 3_600_000 }) };

  it('may have been deleted where the caller may not list deleted ones, and that is said', async () => {
    const finding = await findSpeechAccount(id, { credential, managementEndpoint });
    expect(finding).toEqual({ kind: 'missing', reason: notFound, unseen: notAllowed });
    expect(diagnoseAccount(finding, { signIn: 'entra' })).toEqual([
      {
        level: 'problem',
        code: 'missing',
        message: `Check the resource id: ${notFound}; it may also have been deleted less than 48 hours ago, which could not be looked up (${notAllowed})`,
      },
    ]);
  });
});
