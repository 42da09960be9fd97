import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/start-emulator.ts';
import { controlEmulator } from '../control-emulator.ts';

const speech = 'https://cognitiveservices.azure.com';
const issuer = 'https://login.test/contoso/v2.0';
const { privateKey, publicKey } = await generateKeyPair('RS256');
const { privateKey: otherKey } = await generateKeyPair('RS256');

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({
    trustedIssuer: { issuer, keys: { keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: 'RS256' }] } },
  });
});
afterEach(async () => await emulator.close());

/** A token of the authority that the test holds. */
async function token(
  of: { readonly aud?: string; readonly iss?: string; readonly exp?: number; readonly key?: CryptoKey } = {},
): Promise<string> {
  const { aud = speech, iss = issuer, exp = Math.floor(Date.now() / 1000) + 600, key = privateKey } = of;
  return await new SignJWT({})
    .setProtectedHeader({ alg: 'RS256', kid: 'test' })
    .setIssuer(iss)
    .setAudience(aud)
    .setExpirationTime(exp)
    .sign(key);
}

/** What each door answers: the status, and what is said when it is none of success. */
async function doors(headers: Readonly<Record<string, string>>): Promise<readonly (readonly [number, string])[]> {
  const projects = fetch(`${emulator.url}/speechtotext/projects?api-version=2025-10-15`, { headers });
  // The emulator tells a client that it lets in that there is no audio.
  const recognition = fetch(`${emulator.url}/speech/recognition/conversation/cognitiveservices/v1?language=en-US`, {
    method: 'POST',
    headers,
  });
  return await Promise.all(
    [projects, recognition].map(async (asked) => {
      const answer = await asked;
      return [answer.status, await answer.text()] as const;
    }),
  );
}

async function statuses(headers: Readonly<Record<string, string>>): Promise<readonly number[]> {
  return (await doors(headers)).map(([status]) => status);
}

const bearer = (given: string): Readonly<Record<string, string>> => ({ Authorization: `Bearer ${given}` });
const letIn = [200, 400];
const both = (answer: unknown): readonly unknown[] => [answer, answer];

describe('a token of Entra ID', () => {
  it('opens both doors, with keys on and with keys off', async () => {
    for (const disableLocalAuth of [false, true]) {
      await controlEmulator(emulator, '/account', { body: { disableLocalAuth } });
      expect(await statuses(bearer(await token()))).toEqual(letIn);
      expect(await statuses(bearer(await token({ aud: `${speech}/` })))).toEqual(letIn);
      expect(await statuses(bearer(`aad#${emulator.resourceId}#${await token()}`))).toEqual(letIn);
    }
    expect(await statuses({ 'Ocp-Apim-Subscription-Key': emulator.key })).toEqual([403, 403]);
  });

  it.each([
    ['for Azure Resource Manager', async () => await token({ aud: 'https://management.azure.com' }), 'wrong audience'],
    ['of another issuer', async () => await token({ iss: 'https://login.test/fabrikam' }), 'wrong issuer'],
    [
      'of another tenant',
      async () => await token({ iss: 'https://login.test/fabrikam/v2.0' }),
      'tenant does not match resource tenant',
    ],
    ['that another key has signed', async () => await token({ key: otherKey }), 'signature of the access token'],
    ['that has expired', async () => await token({ exp: Math.floor(Date.now() / 1000) - 120 }), 'has expired'],
    ['of another resource', async () => `aad#/subscriptions/x/accounts/y#${await token()}`, 'no bearer token of this'],
    ['that is none', async () => 'local-key', 'not a signed JSON Web Token'],
    ['with nothing in it', async () => 'a.b.c', 'not a signed JSON Web Token'],
  ])('%s opens none', async (_what, make, why) => {
    for (const [status, body] of await doors(bearer(await make()))) {
      expect(status).toBe(401);
      expect(body).toContain(why);
    }
  });

  it('opens none where the account has no subdomain of its own, or no role gives anything of Speech', async () => {
    const given = bearer(await token());
    await controlEmulator(emulator, '/account', { body: { customSubDomainName: null } });
    expect(await doors(given)).toEqual(both([400, expect.stringContaining('custom subdomain')]));
    const reader = { actions: ['*/read'], notActions: [], dataActions: [], notDataActions: [] };
    await controlEmulator(emulator, '/account', { body: { customSubDomainName: 'ward', permissions: [reader] } });
    expect(await doors(given)).toEqual(both([401, expect.stringContaining('PermissionDenied')]));
  });

  it('is had for the emulator’s own token as client secret, by clients of its tenant', async () => {
    const own = await signIn();
    expect(await statuses(bearer(own.access_token))).toEqual(letIn);
    const arm = `${emulator.url}${emulator.resourceId}?api-version=2025-09-01`;
    expect((await fetch(arm, { headers: bearer(own.access_token) })).status).toBe(401);
    const { access_token: ofManagement } = await signIn({ scope: 'https://management.azure.com/.default' });
    expect((await fetch(arm, { headers: bearer(ofManagement) })).status).toBe(200);
    expect(await statuses(bearer((await signIn({ tenant: 'fabrikam' })).access_token))).toEqual([401, 401]);
  });

  it.each([
    [{ client_secret: 'a guess' }, 401, 'AADSTS7000215'],
    [{ scope: 'https://graph.example/.default' }, 400, 'AADSTS500011'],
    [{ grant_type: 'password' }, 400, 'AADSTS70003'],
    [{ client_id: '' }, 400, 'AADSTS900144'],
  ])('is not had with %j', async (form, status, said) => {
    expect(await signIn({ form })).toMatchObject({ status, error_description: expect.stringContaining(said) });
  });

  /** What the authority of the emulator answers to a client with its secret. */
  async function signIn({
    tenant = emulator.tenantId,
    scope = `${speech}/.default`,
    form = {},
  }: {
    readonly tenant?: string;
    readonly scope?: string;
    readonly form?: Readonly<Record<string, string>>;
  } = {}): Promise<{ readonly status: number; readonly access_token: string }> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'a-client',
      client_secret: emulator.managementToken,
      scope,
      ...form,
    });
    const answer = await fetch(`${emulator.url}/${tenant}/oauth2/v2.0/token`, { method: 'POST', body });
    return { status: answer.status, ...((await answer.json()) as { readonly access_token: string }) };
  }
});

describe('a token of issueToken', () => {
  async function issue(headers: Readonly<Record<string, string>>): Promise<Response> {
    return await fetch(`${emulator.url}/sts/v1.0/issueToken`, { method: 'POST', headers });
  }

  it('opens recognition, and not the control plane', async () => {
    const answer = await issue({ 'Ocp-Apim-Subscription-Key': emulator.key });
    expect(answer.status).toBe(200);
    expect(await statuses(bearer(await answer.text()))).toEqual([401, 400]);
  });

  it('is for who has the key, where keys are on', async () => {
    expect((await issue({ 'Ocp-Apim-Subscription-Key': 'a guess' })).status).toBe(401);
    await controlEmulator(emulator, '/account', { body: { disableLocalAuth: true } });
    expect((await issue({ 'Ocp-Apim-Subscription-Key': emulator.key })).status).toBe(403);
  });
});
