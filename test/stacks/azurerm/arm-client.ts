import { setTimeout as wait } from 'node:timers/promises';
import { type Json, type JsonObject, isJsonObject, memberAt } from '../azure/answer.ts';

/** Azure Resource Manager, as a provider that has signed in sees it. */
export class ArmClient {
  readonly subscription: string;
  readonly tenant: string;
  readonly #origin: string;
  readonly #token: string;

  private constructor(of: {
    readonly subscription: string;
    readonly tenant: string;
    readonly origin: string;
    readonly token: string;
  }) {
    this.subscription = of.subscription;
    this.tenant = of.tenant;
    this.#origin = of.origin;
    this.#token = of.token;
  }

  /**
   * Signs in as azurerm does: asks the host for the addresses of its cloud, and Entra there for a token, with ARM_OIDC_TOKEN when
   * ARM_USE_OIDC says so and ARM_CLIENT_SECRET otherwise. Then it registers the resource providers that it needs.
   */
  static async signIn(
    env: NodeJS.ProcessEnv,
    of: { readonly host: string; readonly subscription: string },
  ): Promise<ArmClient> {
    const metadata = await json(await fetch(`https://${of.host}/metadata/endpoints?api-version=2022-09-01`));
    const origin = String(metadata['resourceManager']);
    const tenant = env['ARM_TENANT_ID'] ?? '';
    const login = `${String(memberAt(metadata, 'authentication/loginEndpoint'))}/${tenant}/oauth2/v2.0/token`;
    const proof: Readonly<Record<string, string>> =
      env['ARM_USE_OIDC'] === 'true'
        ? {
            client_assertion: env['ARM_OIDC_TOKEN'] ?? '',
            client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          }
        : { client_secret: env['ARM_CLIENT_SECRET'] ?? '' };
    const form = {
      grant_type: 'client_credentials',
      client_id: env['ARM_CLIENT_ID'] ?? '',
      scope: `${origin}/.default`,
      ...proof,
    };
    const response = await fetch(login, { method: 'POST', body: new URLSearchParams(form) });
    const answer = await json(response);
    if (!response.ok)
      throw new Error(
        `clientCredentialsToken: received HTTP status ${response.status} with response: ${String(answer['error_description'])}`,
      );
    const { subscription } = of;
    const client = new ArmClient({ subscription, tenant, origin, token: String(answer['access_token']) });
    await client.#register();
    return client;
  }

  async get(id: string): Promise<JsonObject | undefined> {
    const { status, body } = await this.#ask('GET', id);
    return status === 404 ? undefined : body;
  }

  /** Puts the body there, waits until that is done, and answers what is there then. */
  async put(id: string, body: JsonObject): Promise<JsonObject> {
    await this.#over(id, await this.#ask('PUT', id, body));
    const made = await this.get(id);
    if (made === undefined) throw new Error(`Look at the stand-in: ${id} was made and is not there`);
    return made;
  }

  /** The same with a part of a body. */
  async patch(id: string, body: JsonObject): Promise<JsonObject> {
    await this.#over(id, await this.#ask('PATCH', id, body));
    return (await this.get(id)) ?? {};
  }

  /** Waits until the object is gone. */
  async delete(id: string): Promise<void> {
    await this.#ask('DELETE', id);
    while ((await this.get(id)) !== undefined) await wait(pollMilliseconds);
  }

  async post(path: string): Promise<JsonObject> {
    return (await this.#ask('POST', path)).body;
  }

  /** As azurerm does by default, so that nothing fails for want of it. */
  async #register(): Promise<void> {
    const providers = `/subscriptions/${this.subscription}/providers`;
    const { value } = (await this.#ask('GET', providers)).body;
    for (const provider of (value ?? []) as readonly JsonObject[]) {
      if (provider['registrationState'] !== 'Registered')
        await this.post(`${providers}/${String(provider['namespace'])}/register`);
    }
  }

  async #over(id: string, answer: Answered): Promise<void> {
    const operation = answer.headers.get('azure-asyncoperation') ?? answer.headers.get('location');
    let isOver = operation === null && isSettled(answer.body);
    while (!isOver) {
      await wait(pollMilliseconds);
      const { status, body } = await this.#ask('GET', operation === null ? id : new URL(operation).pathname);
      isOver = operation === null ? isSettled(body) : status !== 202 && body['status'] !== 'InProgress';
    }
  }

  async #ask(method: string, path: string, body?: JsonObject): Promise<Answered> {
    const response = await fetch(`${this.#origin}${path}?api-version=2024-01-01`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await json(response);
    const { status, statusText, headers } = response;
    if (response.ok || (method === 'GET' && status === 404)) return { status, headers, body: answer };
    const [code, message] = ['code', 'message'].map((name) => memberAt(answer, `error/${name}`));
    throw new Error(
      `unexpected status ${status} (${status} ${statusText}) with error: ${String(code)}: ${String(message)}`,
    );
  }
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
}

const pollMilliseconds = 10;

function isSettled(body: JsonObject): boolean {
  const state = memberAt(body, 'properties/provisioningState');
  return state === undefined || state === 'Succeeded';
}

async function json(response: Response): Promise<JsonObject> {
  const text = await response.text();
  const value = text === '' ? {} : (JSON.parse(text) as Json);
  return isJsonObject(value) ? value : {};
}
