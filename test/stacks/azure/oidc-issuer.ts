import { type CryptoKey, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

/** Who gives tokens to jobs of CI, as GitHub does: signed with its own key. Entra knows its public key and no more. */
export class OidcIssuer {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  readonly #keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };

  private constructor(issuer: string, keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey }) {
    this.issuer = issuer;
    this.#keys = keys;
  }

  static async create(issuer = 'https://token.actions.githubusercontent.com'): Promise<OidcIssuer> {
    return new OidcIssuer(issuer, await generateKeyPair(algorithm));
  }

  get publicKey(): CryptoKey {
    return this.#keys.publicKey;
  }

  /** What a job has as ARM_OIDC_TOKEN. */
  async token({
    subject,
    audience = 'api://AzureADTokenExchange',
    seconds = 300,
    ...claims
  }: {
    readonly subject: string;
    readonly audience?: string;
    readonly seconds?: number;
  } & JWTPayload): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return await new SignJWT(claims)
      .setProtectedHeader({ alg: algorithm, typ: 'JWT', kid: 'ci' })
      .setIssuer(this.issuer)
      .setSubject(subject)
      .setAudience(audience)
      .setIssuedAt(Math.min(now, now + seconds))
      .setExpirationTime(now + seconds)
      .sign(this.#keys.privateKey);
  }
}

const algorithm = 'RS256';
