// The X.509 library's container of dependencies needs it, and says so by throwing when it is loaded first.
// oxlint-disable-next-line import/no-unassigned-import -- it changes what Reflect is
import 'reflect-metadata';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  type JsonGeneralName,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface Certificate {
  /** PEM: for the server, and for clients to trust. */
  readonly certificate: string;
  /** PEM; never leaves the process. */
  readonly key: string;
}

/** A self-signed certificate for loopback and these hosts (NAME or NAME:PORT), good for 30 days. */
export async function makeCertificate(hosts: readonly string[]): Promise<Certificate> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const names = hosts.map((place) => place.replace(/:\d+$/, ''));
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=SpeechOps emulator',
    notBefore: new Date(Date.now() - 3600_000),
    notAfter: new Date(Date.now() + 30 * 86_400_000),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      // Clients that are told to trust it take it for an authority.
      new BasicConstraintsExtension(true, undefined, true),
      new SubjectAlternativeNameExtension(['localhost', '127.0.0.1', '[::1]', ...names].map(subjectOf)),
    ],
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    certificate: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
  };
}

function subjectOf(name: string): JsonGeneralName {
  const bare = name.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? { type: 'dns', value: bare } : { type: 'ip', value: bare };
}
