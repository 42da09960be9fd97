import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { JsonObject } from './answer.ts';
import { type Azure, deployer, tenants } from './start-azure.ts';

export interface Asked {
  readonly status: number;
  readonly body: JsonObject;
}

/** Sends a request to the stand-in as somebody with curl does. An object is sent as JSON, a form as a form. */
export async function ask(
  { origin, certificate }: Azure,
  target: string,
  of: { readonly method?: string; readonly body?: JsonObject | URLSearchParams; readonly token?: string } = {},
): Promise<Asked> {
  const { method = 'GET', body, token } = of;
  const isForm = body instanceof URLSearchParams;
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined
      ? {}
      : { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json' }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<Asked>();
  request(new URL(target, origin), { method, headers, ca: certificate }, async (response) => {
    const answer = await text(response);
    resolve({ status: response.statusCode ?? 0, body: answer === '' ? {} : (JSON.parse(answer) as JsonObject) });
  })
    .on('error', reject)
    .end(body === undefined ? undefined : isForm ? body.toString() : JSON.stringify(body));
  return await promise;
}

/** What Entra answers to somebody who signs in, as the owner with the secret where nothing else is said. */
export async function signIn(
  azure: Azure,
  form: Readonly<Record<string, string>> = {},
  tenant: string = tenants.home,
): Promise<Asked> {
  const proof = 'client_assertion' in form || 'client_secret' in form ? {} : { client_secret: deployer.secret };
  const kind =
    'client_assertion' in form
      ? { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }
      : {};
  const { clientId: client_id } = deployer;
  const whole = {
    grant_type: 'client_credentials',
    client_id,
    scope: `${azure.origin}/.default`,
    ...proof,
    ...kind,
    ...form,
  };
  return await ask(azure, `/${tenant}/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams(whole) });
}
