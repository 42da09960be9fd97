import { randomUUID } from 'node:crypto';
import {
  type CryptoKey,
  decodeJwt,
  errors,
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import type { Answer, Json, JsonObject, Question } from './answer.ts';
import { isAudience, managementAudiences, withoutSlash } from './endpoints.ts';
import type { OidcIssuer } from './oidc-issuer.ts';

/** Somebody who signs in: an app registration, or a user-assigned identity. */
export interface Application {
  readonly clientId: string;
  /** Of its service principal, which roles are given to. */
  readonly objectId: string;
  readonly tenants: readonly string[];
  readonly secret?: string;
  readonly federatedCredentials?: readonly FederatedCredential[];
}

export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** Who sends a request to Azure Resource Manager. */
export interface Caller {
  readonly tenant: string;
  readonly objectId: string;
}

/**
 * The part of Entra ID by which a program signs in (OAuth 2.0 client credentials, v2.0): with a secret, or with a token of an issuer
 * that a federated credential names. It refuses in Entra's words, with Entra's codes.
 */
export class Entra {
  readonly #origin: string;
  readonly #applications: () => readonly Application[];
  readonly #issuers: readonly OidcIssuer[];
  readonly #keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
  /** How long tokens that it gives from now on are good for; less than nothing for tokens that have expired. */
  tokenSeconds = 3599;

  private constructor(
    of: {
      readonly origin: string;
      readonly applications: () => readonly Application[];
      readonly issuers: readonly OidcIssuer[];
    },
    keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey },
  ) {
    this.#origin = of.origin;
    this.#applications = of.applications;
    this.#issuers = of.issuers;
    this.#keys = keys;
  }

  static async create(of: {
    /** Where the stand-in listens. */
    readonly origin: string;
    /** All that can sign in, asked anew each time. */
    readonly applications: () => readonly Application[];
    /** Whose keys Entra could fetch. */
    readonly issuers: readonly OidcIssuer[];
  }): Promise<Entra> {
    return new Entra(of, await generateKeyPair(algorithm));
  }

  /** Undefined when the path is none of Entra's. */
  async answer({ method, path, body }: Question): Promise<Answer | undefined> {
    const [, tenant = '', route] = /^\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const isKnown = /^(v2\.0\/\.well-known\/openid-configuration|discovery\/v2\.0\/keys|oauth2\/v2\.0\/token)$/;
    if (route === undefined || !isKnown.test(route)) return undefined;
    if (!this.#applications().some(({ tenants }) => tenants.includes(tenant))) return refused(noTenant(tenant));
    if (route.startsWith('v2.0')) return { status: 200, body: this.#metadata(tenant) };
    if (route.startsWith('discovery')) return { status: 200, body: await this.#publicKeys() };
    if (method !== 'POST') return refused({ status: 405, error: 'invalid_request', text: noPost });
    return await this.#token(new URLSearchParams(body), tenant);
  }

  /** Who sends a request with this `Authorization`; refuses as Azure Resource Manager does. */
  async callerOf(
    authorization: string | undefined,
  ): Promise<Caller | { readonly code: string; readonly message: string }> {
    const [, token] = /^Bearer (\S+)$/i.exec(authorization ?? '') ?? [];
    if (token === undefined)
      return { code: 'AuthenticationFailed', message: "Authentication failed. The 'Authorization' header is missing." };
    try {
      const options = { audience: managementAudiences(this.#origin).flatMap((audience) => [audience, `${audience}/`]) };
      const { payload } = await jwtVerify(token, this.#keys.publicKey, options);
      return { tenant: String(payload['tid']), objectId: String(payload['oid']) };
    } catch (error) {
      return notTaken(error, token);
    }
  }

  #metadata(tenant: string): JsonObject {
    const base = `${this.#origin}/${tenant}`;
    return {
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: [algorithm],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    };
  }

  async #publicKeys(): Promise<JsonObject> {
    const key = (await exportJWK(this.#keys.publicKey)) as JsonObject;
    return { keys: [{ ...key, kid: 'entra', use: 'sig', alg: algorithm }] };
  }

  async #token(form: URLSearchParams, tenant: string): Promise<Answer> {
    for (const name of ['grant_type', 'client_id', 'scope']) {
      const text = `AADSTS900144: The request body must contain the following parameter: '${name}'.`;
      if (!form.get(name)) return refused({ status: 400, error: 'invalid_request', text });
    }
    const [kind, clientId, scope] = ['grant_type', 'client_id', 'scope'].map((name) => form.get(name) ?? '') as [
      string,
      string,
      string,
    ];
    if (kind !== 'client_credentials') {
      const text = `AADSTS70003: The app requested an unsupported grant type '${kind}'.`;
      return refused({ status: 400, error: 'unsupported_grant_type', text });
    }
    const application = this.#applications().find((one) => one.clientId === clientId && one.tenants.includes(tenant));
    if (application === undefined)
      return refused({ status: 400, error: 'unauthorized_client', text: noApplication(clientId, tenant) });
    const why = await this.#refusalOf(application, form);
    if (why !== undefined) return refused({ status: 401, error: 'invalid_client', text: why });
    const [, resource = ''] = /^(\S+)\/\.default$/.exec(scope) ?? [];
    if (!isAudience(resource, this.#origin)) {
      const text = `AADSTS500011: The resource principal named ${resource || scope} was not found in the tenant named ${tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`;
      return refused({ status: 400, error: 'invalid_resource', text });
    }
    const access_token = await this.#sign(application, { tenant, audience: withoutSlash(resource) });
    const expires_in = this.tokenSeconds;
    return { status: 200, body: { token_type: 'Bearer', expires_in, ext_expires_in: expires_in, access_token } };
  }

  /** Why an application is not let in. */
  async #refusalOf(
    { clientId, secret, federatedCredentials = [] }: Application,
    form: URLSearchParams,
  ): Promise<string | undefined> {
    const assertion = form.get('client_assertion');
    if (assertion !== null) {
      if (form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
        return "AADSTS900144: The request body must contain the following parameter: 'client_assertion_type'.";
      return await this.#refusalOfAssertion(assertion, federatedCredentials);
    }
    const given = form.get('client_secret');
    if (given === null)
      return "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    if (secret !== undefined && given === secret) return undefined;
    return `AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`;
  }

  async #refusalOfAssertion(
    assertion: string,
    credentials: readonly FederatedCredential[],
  ): Promise<string | undefined> {
    let claims: JWTPayload;
    try {
      claims = decodeJwt(assertion);
    } catch {
      return 'AADSTS50027: JWT token is invalid or malformed.';
    }
    const { iss = '', sub = '', aud = [] } = claims;
    const audiences = [aud].flat();
    const ofIssuer = credentials.filter(({ issuer }) => issuer === iss);
    if (ofIssuer.length === 0) return noMatch('AADSTS700211', 'issuer', iss);
    const issuer = this.#issuers.find((one) => one.issuer === iss);
    if (issuer === undefined)
      return `AADSTS50166: Request to External OIDC endpoint failed: ${iss}/.well-known/openid-configuration.`;
    try {
      await jwtVerify(assertion, issuer.publicKey);
    } catch (error) {
      if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed)
        return `AADSTS700024: Client assertion is not within its valid time range. Current time: ${new Date().toISOString()}, expiry time of assertion ${new Date((claims.exp ?? 0) * 1000).toISOString()}.`;
      return 'AADSTS5000224: Signature validation of the client assertion failed: no key of the issuer has made it.';
    }
    // Compared with regard to case since 2025.
    const ofSubject = ofIssuer.filter(({ subject }) => subject === sub);
    if (ofSubject.length === 0) return noMatch('AADSTS700213', 'subject', sub);
    if (ofSubject.some((credential) => credential.audiences.some((one) => audiences.includes(one)))) return undefined;
    return noMatch('AADSTS700212', 'audience', audiences.join(', '));
  }

  async #sign(
    { clientId, objectId }: Application,
    of: { readonly tenant: string; readonly audience: string },
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return await new SignJWT({ tid: of.tenant, appid: clientId, oid: objectId, idtyp: 'app', ver: '1.0' })
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: 'entra' })
      .setIssuer(issuerOf(of.tenant))
      .setSubject(objectId)
      .setAudience(of.audience)
      .setIssuedAt(now)
      .setExpirationTime(now + this.tokenSeconds)
      .sign(this.#keys.privateKey);
  }
}

/** The `iss` of tokens of a tenant. */
export function issuerOf(tenant: string): string {
  return `https://sts.windows.net/${tenant}/`;
}

const algorithm = 'RS256';
const noPost = 'AADSTS900561: The endpoint only accepts POST requests. Received a GET request.';

function noTenant(tenant: string): Refused {
  const text = `AADSTS90002: Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`;
  return { status: 400, error: 'invalid_request', text };
}

function noApplication(clientId: string, tenant: string): string {
  return `AADSTS700016: Application with identifier '${clientId}' was not found in the directory '${tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`;
}

function noMatch(code: string, what: string, given: string): string {
  return `${code}: No matching federated identity record found for presented assertion ${what} '${given}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation`;
}

interface Refused {
  readonly status: number;
  readonly error: string;
  readonly text: string;
}

function refused({ status, error, text }: Refused): Answer {
  const timestamp = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  const [trace_id, correlation_id] = [randomUUID(), randomUUID()];
  const error_description = `${text} Trace ID: ${trace_id} Correlation ID: ${correlation_id} Timestamp: ${timestamp}`;
  const error_codes: Json = [Number(/^AADSTS(\d+)/.exec(text)?.[1])];
  return { status, body: { error, error_description, error_codes, timestamp, trace_id, correlation_id } };
}

function notTaken(error: unknown, token: string): { readonly code: string; readonly message: string } {
  if (error instanceof errors.JWTExpired) {
    const expiry = new Date((decodeJwt(token).exp ?? 0) * 1000).toLocaleString('en-US', { timeZone: 'UTC' });
    const now = new Date().toLocaleString('en-US', { timeZone: 'UTC' });
    const message = `The access token expiry UTC time '${expiry}' is earlier than current UTC time '${now}'.`;
    return { code: 'ExpiredAuthenticationToken', message };
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') {
    const given = [decodeJwt(token).aud ?? ''].flat().join(', ');
    const message = `The access token has been obtained for wrong audience or resource '${given}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.azure.com/'.`;
    return { code: 'InvalidAuthenticationTokenAudience', message };
  }
  return { code: 'InvalidAuthenticationToken', message: 'The access token is invalid.' };
}
