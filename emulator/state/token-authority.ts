import type { CryptoKey, JSONWebKeySet } from 'jose';

/** The tenant of Entra ID that the account belongs to. */
export const tenantId = '00000000-0000-4000-8000-00000000000a';

/** An authority beside the emulator's own, whose tokens are taken, too. */
export interface TrustedIssuer {
  /** The `iss` of its tokens, exactly. */
  readonly issuer: string;
  /** Its public keys. */
  readonly keys: JSONWebKeySet;
}

interface KeyPair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** What a token is good for. */
export type Audience = 'speech' | 'management' | 'recognition' | 'storage';

/** `aud` of tokens, by what they are good for: hosts of Azure's global, China and US Government clouds. */
const audiences: Readonly<Record<Audience, readonly string[]>> = {
  speech: ['com', 'cn', 'us'].map((cloud) => `https://cognitiveservices.azure.${cloud}`),
  management: [
    'https://management.azure.com',
    'https://management.core.windows.net',
    'https://management.chinacloudapi.cn',
    'https://management.core.chinacloudapi.cn',
    'https://management.usgovcloudapi.net',
    'https://management.core.usgovcloudapi.net',
  ],
  recognition: ['urn:ms.speechservices'],
  storage: ['https://storage.azure.com'],
};

/** What a resource name of a scope stands for, without a slash at its end; undefined when nothing here has that name. */
export function audienceOf(resource: string): Audience | undefined {
  const name = resource.replace(/\/+$/, '');
  return (['speech', 'management', 'storage'] as const).find((audience) => audiences[audience].includes(name));
}

/**
 * Issues and checks tokens as Entra ID does: signed with RS256, for one audience, by one tenant, for an hour. Its key lives as long
 * as the process. Tokens expire by the machine's clock, because clients renew them by theirs.
 */
export class TokenAuthority {
  #made: Promise<KeyPair> | undefined;
  readonly #trusted: TrustedIssuer | undefined;

  constructor(trusted: TrustedIssuer | undefined) {
    this.#trusted = trusted;
  }

  /** Made when it is wanted. */
  get #keys(): Promise<KeyPair> {
    return (this.#made ??= jose().then(async ({ generateKeyPair }) => await generateKeyPair(algorithm)));
  }

  /** The public keys, as `jwks_uri` of an authority answers them. */
  async publicKeys(): Promise<JSONWebKeySet> {
    const { exportJWK } = await jose();
    return { keys: [{ ...(await exportJWK((await this.#keys).publicKey)), kid: keyId, use: 'sig', alg: algorithm }] };
  }

  /** A token of Entra ID for a client of the tenant, for {@link tokenSeconds}. `origin` is where the authority was asked. */
  async signIn(of: {
    readonly origin: string;
    readonly tenant: string;
    readonly clientId: string;
    readonly resource: string;
  }): Promise<string> {
    const { origin, tenant, clientId, resource } = of;
    return await this.#sign(
      { tid: tenant, appid: clientId, oid: clientId, idtyp: 'app', ver: '1.0' },
      { issuer: `${origin}/${tenant}/v2.0`, audience: resource, seconds: tokenSeconds },
    );
  }

  /** A token for a client that has the key: good for recognition alone, and for ten minutes. */
  async issueForRecognition(region: string): Promise<string> {
    return await this.#sign(
      { region },
      { issuer: recognitionIssuer, audience: audiences.recognition[0] ?? '', seconds: recognitionTokenSeconds },
    );
  }

  /** Why the token is not taken for any of these audiences, a sentence; undefined when it is taken. */
  async refusalOf(token: string, wanted: readonly Audience[]): Promise<string | undefined> {
    const { createLocalJWKSet, decodeJwt, errors, jwtVerify } = await jose();
    const issuer = attempt(() => decodeJwt(token).iss);
    if (issuer === undefined) return 'The access token is not a signed JSON Web Token.';
    const isTrusted = issuer === this.#trusted?.issuer;
    const [, tenant] = /^https?:\/\/[^/]+\/([^/]+)\/v2\.0$/.exec(issuer) ?? [];
    if (!isTrusted && tenant !== undefined && tenant !== tenantId)
      return 'Token tenant does not match resource tenant.';
    if (!isTrusted && tenant === undefined && issuer !== recognitionIssuer)
      return 'The access token is from the wrong issuer.';
    try {
      const keys = createLocalJWKSet(isTrusted && this.#trusted ? this.#trusted.keys : await this.publicKeys());
      const audience = wanted.flatMap((each) => audiences[each].flatMap((name) => [name, `${name}/`]));
      await jwtVerify(token, keys, { issuer, audience, algorithms: [algorithm], clockTolerance: toleranceSeconds });
      return undefined;
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'The access token has expired.';
      if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud')
        return 'The access token has the wrong audience.';
      return 'The signature of the access token is not valid.';
    }
  }

  async #sign(
    claims: Readonly<Record<string, string>>,
    of: { readonly issuer: string; readonly audience: string; readonly seconds: number },
  ): Promise<string> {
    const { SignJWT } = await jose();
    return await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: algorithm, kid: keyId, typ: 'JWT' })
      .setIssuer(of.issuer)
      .setAudience(of.audience)
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime(`${of.seconds}s`)
      .sign((await this.#keys).privateKey);
  }
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** Loaded when the first token is asked for or shown: most clients have the key of the resource. */
async function jose(): Promise<typeof import('jose')> {
  return await import('jose');
}

/** As long as tokens of Entra ID live, at least (Microsoft Learn: "Configurable token lifetimes": 60 to 90 minutes). */
export const tokenSeconds = 3600;
/** "Access tokens are valid for 10 minutes" (Microsoft Learn: "Speech to text REST API for short audio"). */
const recognitionTokenSeconds = 600;
const toleranceSeconds = 60;
const algorithm = 'RS256';
const keyId = 'emulator';
const recognitionIssuer = 'urn:ms.cognitiveservices';
