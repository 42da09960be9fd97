// The X.509 library's container of dependencies needs it, and says so by throwing when it is loaded first.
// oxlint-disable-next-line import/no-unassigned-import -- it changes what Reflect is
import 'reflect-metadata';
import { BasicConstraintsExtension, SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

export interface Certificate {
  /** PEM, for the server. */
  readonly certificate: Buffer;
  readonly key: Buffer;
  /** The certificate's DER in base64 without padding, as the handshake line carries it. */
  readonly handshake: string;
}

/**
 * A self-signed certificate for `localhost` that lives as long as this process. Terraform trusts exactly this one, because
 * it comes with the handshake, so it also is its own authority.
 */
export async function createCertificate(): Promise<Certificate> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    // Clocks of a host and its containers may differ a little.
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 30 * 86_400_000),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
    ],
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    certificate: Buffer.from(certificate.toString('pem')),
    key: Buffer.from(`-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`),
    handshake: Buffer.from(certificate.rawData).toString('base64').replace(/=+$/, ''),
  };
}
