import { ClientAssertionCredential, ClientSecretCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ask, signIn } from './ask.ts';
import { OidcIssuer } from './oidc-issuer.ts';
import { type Azure, deployer, startAzure, tenants } from './start-azure.ts';

let azure: Azure;
const { clientId, secret, federatedCredentials } = deployer;
const [{ subject }] = federatedCredentials;

beforeAll(async () => {
  azure = await startAzure();
});

afterAll(async () => {
  await azure[Symbol.asyncDispose]();
});

describe('the stand-in for Entra ID', () => {
  it('lets in the client library of Microsoft, with a secret and with a token of GitHub', async () => {
    const options = {
      authorityHost: azure.origin,
      disableInstanceDiscovery: true,
      tlsOptions: { ca: azure.certificate },
    };
    const credentials = [
      new ClientSecretCredential(tenants.home, clientId, secret, options),
      new ClientAssertionCredential(tenants.home, clientId, async () => await azure.github.token({ subject }), options),
    ];
    for (const credential of credentials) {
      const { token } = await credential.getToken('https://management.azure.com/.default');
      const { status } = await ask(azure, '/subscriptions?api-version=2022-12-01', { token });
      expect(status).toBe(200);
    }
  });

  it('says in Entra’s words why it lets nobody in', async () => {
    const stranger = await OidcIssuer.create();
    const refused = {
      AADSTS7000215: { client_secret: 'wrong' },
      AADSTS700016: { client_id: tenants.other },
      AADSTS500011: { scope: 'https://example.org/.default' },
      AADSTS70003: { grant_type: 'password' },
      AADSTS900144: { scope: '' },
      AADSTS50027: { client_assertion: 'no.token' },
      AADSTS700213: { client_assertion: await azure.github.token({ subject: subject.replace('main', 'Main') }) },
      AADSTS700212: { client_assertion: await azure.github.token({ subject, audience: 'https://github.com/contoso' }) },
      AADSTS700024: { client_assertion: await azure.github.token({ subject, seconds: -60 }) },
      AADSTS700211: { client_assertion: await (await OidcIssuer.create('https://gitlab.com')).token({ subject }) },
      // Signed with another key than the issuer's.
      AADSTS5000224: { client_assertion: await stranger.token({ subject }) },
    };
    for (const [code, form] of Object.entries(refused)) {
      const { status, body } = await signIn(azure, form);
      expect({ code, status, said: body['error_description'] }).toEqual({
        code,
        status: expect.toBeOneOf([400, 401]),
        said: expect.stringMatching(new RegExp(`^${code}: .* Trace ID: .* Timestamp: `)),
      });
      expect(body['error_codes']).toEqual([Number(code.slice('AADSTS'.length))]);
    }
    const unknown = await signIn(azure, {}, 'contoso.example');
    expect(unknown.body['error_description']).toMatch(/^AADSTS90002: Tenant 'contoso.example' not found/);
  });

  it('gives tokens that Azure Resource Manager takes for one tenant, one audience and an hour alone', async () => {
    onTestFinished(() => {
      azure.entra.tokenSeconds = 3599;
    });
    const path = `/subscriptions/${azure.arm.subscription}?api-version=2022-12-01`;
    const tokens = {
      InvalidAuthenticationTokenTenant: await signIn(azure, {}, tenants.other),
      InvalidAuthenticationTokenAudience: await signIn(azure, { scope: 'https://graph.microsoft.com/.default' }),
    };
    azure.entra.tokenSeconds = -1;
    const all = { ...tokens, ExpiredAuthenticationToken: await signIn(azure) };
    for (const [code, { body }] of Object.entries(all)) {
      const token = String(body['access_token']);
      expect(await ask(azure, path, { token })).toMatchObject({ status: 401, body: { error: { code } } });
    }
    expect(await ask(azure, path)).toMatchObject({ status: 401, body: { error: { code: 'AuthenticationFailed' } } });
    const other = await OidcIssuer.create('https://sts.windows.net/');
    const token = await other.token({ subject, audience: 'https://management.azure.com' });
    expect(await ask(azure, path, { token })).toMatchObject({
      body: { error: { code: 'InvalidAuthenticationToken' } },
    });
  });
});
