import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { createCertificate } from '../../../stacks/provider/plugin/certificate.ts';
import { type Answer, type Json, memberAt, type Question, refusal } from './answer.ts';
import { metadataEndpoints } from './endpoints.ts';
import { type Application, Entra, type FederatedCredential } from './entra.ts';
import { OidcIssuer } from './oidc-issuer.ts';
import { keyOf } from './resource-id.ts';
import { ResourceManager } from './resource-manager.ts';
import type { AzureSettings } from './resource-types.ts';

/** The tenant of the subscription, and another one. */
export const tenants = {
  home: '7d0c5f3a-5b0e-4d9c-8a0c-1c8c6f0e9a01',
  other: '7d0c5f3a-5b0e-4d9c-8a0c-1c8c6f0e9a02',
} as const;

/** An app registration that owns the subscription, and is known in both tenants. */
export const deployer = {
  clientId: '2f4c4d9e-8f43-4a0b-9d5e-3a1f5b7c9d01',
  objectId: '2f4c4d9e-8f43-4a0b-9d5e-3a1f5b7c9d02',
  tenants: [tenants.home, tenants.other],
  secret: 'not-a-secret~of-tests',
  federatedCredentials: [
    {
      issuer: 'https://token.actions.githubusercontent.com',
      subject: 'repo:contoso@1001/infrastructure@2002001:ref:refs/heads/main',
      audiences: ['api://AzureADTokenExchange'],
    },
  ] as const,
} satisfies Application;

export interface Azure extends AsyncDisposable {
  /** `https://localhost:PORT`. */
  readonly origin: string;
  /** A file of whom clients have to trust, for SSL_CERT_FILE. */
  readonly certificateFile: string;
  /** What signs a provider in, with the token of a job of CI. */
  signedIn(token?: string): Promise<Readonly<Record<string, string>>>;
  readonly certificate: string;
  readonly entra: Entra;
  readonly arm: ResourceManager;
  /** Who gives tokens to CI; Entra has its public key. */
  readonly github: OidcIssuer;
  readonly requests: readonly AskedRequest[];
  /** Requests for which there is no route: a test that wants none compares with the empty list. */
  readonly unknown: readonly string[];
}

export interface AskedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** Starts a stand-in for Entra ID and Azure Resource Manager on a free port of loopback, with a certificate of its own. */
export async function startAzure(
  options: AzureSettings & {
    readonly subscription?: string;
    /** How often somebody who asks sees that a change is still under way. @default 1 */
    readonly looks?: number;
  } = {},
): Promise<Azure> {
  const { subscription = '00000000-0000-4000-8000-000000000000', looks = 1, ...settings } = options;
  const { certificate, key } = await createCertificate();
  const requests: AskedRequest[] = [];
  const unknown: string[] = [];
  const server = createServer({ cert: certificate, key });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  const github = await OidcIssuer.create();
  const arm = new ResourceManager({
    subscription,
    tenant: tenants.home,
    origin,
    settings,
    owners: [deployer.objectId],
    looks,
  });
  const applications = (): readonly Application[] => [deployer, ...identitiesIn(arm)];
  const entra = await Entra.create({ origin, applications, issuers: [github] });
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const question = await questionOf(request, origin);
    const { method, path: asked } = question;
    const answer = await answerOf(question, { origin, entra, arm, unknown });
    requests.push({ method, path: asked, status: answer.status });
    response.writeHead(answer.status, {
      ...(answer.body === undefined
        ? { 'content-length': '0' }
        : { 'content-type': 'application/json; charset=utf-8' }),
      ...answer.headers,
    });
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-azure-'));
  const certificateFile = path.join(folder, 'certificate.pem');
  await writeFile(certificateFile, certificate);
  return {
    origin,
    certificateFile,
    certificate: certificate.toString(),
    signedIn: async (token) => ({
      ARM_METADATA_HOSTNAME: new URL(origin).host,
      SSL_CERT_FILE: certificateFile,
      ARM_SUBSCRIPTION_ID: subscription,
      ARM_TENANT_ID: tenants.home,
      ARM_CLIENT_ID: deployer.clientId,
      ARM_USE_OIDC: 'true',
      ARM_OIDC_TOKEN: token ?? (await github.token({ subject: deployer.federatedCredentials[0].subject })),
    }),
    entra,
    arm,
    github,
    requests,
    unknown,
    async [Symbol.asyncDispose]() {
      await closed(server);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** User-assigned identities sign in with what their federated credentials trust. */
function identitiesIn(arm: ResourceManager): readonly Application[] {
  const type = 'Microsoft.ManagedIdentity/userAssignedIdentities';
  const credentials = arm.view.all(`${type}/federatedIdentityCredentials`);
  return arm.view.all(type).map(({ id, body }) => ({
    clientId: String(memberAt(body, 'properties/clientId')),
    objectId: String(memberAt(body, 'properties/principalId')),
    tenants: [arm.tenant],
    federatedCredentials: credentials
      .filter((one) => keyOf(one.id.parent) === keyOf(id.path))
      .map((one) => one.body['properties'] as Json as unknown as FederatedCredential),
  }));
}

async function questionOf(request: IncomingMessage, origin: string): Promise<Question> {
  // azurerm asks for locations with two slashes at the start.
  const url = new URL(`${origin}/${(request.url ?? '').replace(/^\/+/, '')}`);
  const body = await text(request);
  return {
    method: request.method ?? 'GET',
    path: decodeURIComponent(url.pathname).replace(/(?<=.)\/+$/, ''),
    query: url.searchParams,
    authorization: request.headers.authorization,
    body,
  };
}

async function answerOf(
  question: Question,
  of: { readonly origin: string; readonly entra: Entra; readonly arm: ResourceManager; readonly unknown: string[] },
): Promise<Answer> {
  const { method, path: asked, query } = question;
  if (method === 'GET' && asked === '/metadata/endpoints' && query.get('api-version') === '2022-09-01')
    return { status: 200, body: metadataEndpoints(of.origin) };
  // Where a cloud's locations are, which azurerm looks for and can do without.
  if (method === 'GET' && asked === '/metadata/endpoints') return { status: 200, body: { cloudEndpoint: {} } };
  const fromEntra = keyOf(asked).startsWith('/subscriptions') ? undefined : await of.entra.answer(question);
  if (fromEntra !== undefined) return fromEntra;
  const caller = await of.entra.callerOf(question.authorization);
  if ('code' in caller) {
    const { body } = refusal(401, caller.code, caller.message);
    return {
      status: 401,
      headers: { 'www-authenticate': 'Bearer authorization_uri="https://login.windows.net/"' },
      body: body ?? {},
    };
  }
  const answer = of.arm.answer(question, caller);
  if (answer !== undefined) return answer;
  of.unknown.push(`${method} ${asked}`);
  return refusal(404, 'InvalidResourceType', `The resource type could not be found for '${method} ${asked}'.`);
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
