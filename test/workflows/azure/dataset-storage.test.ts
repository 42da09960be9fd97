import { randomBytes } from 'node:crypto';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { TokenCredential } from '@azure/core-auth';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificate } from '../../../emulator/server/certificate.ts';
import { createDatasetStorage } from '../../../workflows/azure/dataset-storage.ts';
import { type SendProgress, ServiceError } from '../../../workflows/engine/ports.ts';
import { type Azurite, startAzurite } from '../../azurite/start-azurite.ts';

const block = 8 * 2 ** 20;

describe.each(['https, with a token', 'http, with the key of development'])('a container over %s', (way) => {
  const isSecure = way.startsWith('https');
  const certificates = getCACertificates('default');
  let azurite: Azurite;
  let container: string;
  let sent: string[];

  beforeAll(async () => {
    const tls = isSecure ? await makeCertificate([]) : undefined;
    if (tls !== undefined) setDefaultCACertificates([...certificates, tls.certificate]);
    azurite = await startAzurite(tls === undefined ? {} : { tls });
    container = `${azurite.account}/datasets`;
    if (isSecure) await new BlobServiceClient(azurite.account, identity()).createContainer('datasets');
    else await development(azurite.account).createContainer('datasets');
  });
  afterAll(async () => {
    setDefaultCACertificates([...certificates]);
    await azurite[Symbol.asyncDispose]();
  });

  const storage = (credential = async () => identity()) => {
    sent = [];
    return createDatasetStorage({ credential, isLocal: true, beforeSending: async () => void sent.push('asked') });
  };

  it('keeps what is stored, and lets whoever has the signed URL read this one blob', async () => {
    const content = randomBytes(2 * block + 5);
    const blob = { container, name: 'speechops/one.zip' };
    const progress: SendProgress[] = [];
    const stored = await storage().store(blob, chunksOf(content), { onProgress: (now) => progress.push(now) });
    expect(stored).toBe('stored');
    expect(progress.at(-1)).toEqual({ there: content.byteLength, sent: content.byteLength });
    // Before each block and the commit of them.
    expect(sent).toHaveLength(4);
    const url = new URL(await storage().signedUrl(blob));
    expect((await read(url)).body.equals(content)).toBe(true);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ sr: 'b', sp: 'r' });
    expect(url.searchParams.has('skoid')).toBe(isSecure);
    const hours = (Date.parse(url.searchParams.get('se') ?? '') - Date.now()) / 3_600_000;
    expect(Math.round(hours)).toBe(48);
    expect((await read(new URL(`${container}/${blob.name}`))).status).toBeGreaterThanOrEqual(400);
    expect((await read(new URL(url.href.replace('one.zip', 'two.zip')))).status).toBe(403);
  });

  it('leaves a blob as it is that is there, and does not read the content', async () => {
    const blob = { container, name: 'speechops/there.txt' };
    await storage().store(blob, chunksOf(Buffer.from('first')));
    const second = unreadable();
    expect(await storage().store(blob, second)).toBe('was-there');
    expect((await read(new URL(await storage().signedUrl(blob)))).body.toString()).toBe('first');
  });

  it('sends only the blocks that an interrupted attempt has not', async () => {
    const content = randomBytes(3 * block + 7);
    const blob = { container, name: 'speechops/resumed.zip' };
    const broken = new Error('The process ends');
    const { promise: isSent, resolve } = Promise.withResolvers<void>();
    const first = storage().store(blob, failingAfter(content.subarray(0, 2 * block), { isSent, error: broken }), {
      onProgress: ({ there }) => (there === 2 * block ? resolve() : undefined),
    });
    await expect(first).rejects.toBe(broken);
    const progress: SendProgress[] = [];
    await storage().store(blob, chunksOf(content), { onProgress: (now) => progress.push(now) });
    expect(progress.at(-1)).toEqual({ there: content.byteLength, sent: block + 7 });
    expect((await read(new URL(await storage().signedUrl(blob)))).body.equals(content)).toBe(true);
  });

  it('does not write a blob that it may not write any more', async () => {
    const taken = new Error('The run was taken over');
    const other = createDatasetStorage({
      credential: async () => identity(),
      isLocal: true,
      beforeSending: async () => await Promise.reject(taken),
    });
    const blob = { container, name: 'speechops/taken.txt' };
    await expect(other.store(blob, chunksOf(Buffer.from('text')))).rejects.toBe(taken);
    expect(await storage().store(blob, chunksOf(Buffer.from('text')))).toBe('stored');
  });

  it('says what to do where the container is not there', async () => {
    const missing = { container: `${azurite.account}/elsewhere`, name: 'speechops/one.txt' };
    const failed = storage().store(missing, chunksOf(Buffer.from('text')));
    await expect(failed).rejects.toBeInstanceOf(ServiceError);
    await expect(failed).rejects.toThrow(
      /^Cannot store a dataset in devstoreaccount1\/elsewhere: it answered 404 \[ContainerNotFound\] \(what to do: make the container/,
    );
  });

  it('rejects with the reason of the signal', async () => {
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const stored = storage().store(
      { container, name: 'speechops/aborted.zip' },
      hanging(() => controller.abort(reason)),
      {
        signal: controller.signal,
      },
    );
    await expect(stored).rejects.toBe(reason);
  });
});

describe('a dataset storage', () => {
  const storage = createDatasetStorage({ credential: async () => identity(), isLocal: false });

  it('sends nothing to this machine for a Speech resource that is elsewhere', async () => {
    const blob = { container: 'http://127.0.0.1:10000/devstoreaccount1/datasets', name: 'a' };
    await expect(storage.store(blob, unreadable())).rejects.toThrow(
      'the Speech resource cannot fetch anything from this machine',
    );
  });

  it('signs in to no host but one of Azure Storage', async () => {
    const blob = { container: 'https://contoso.com/datasets', name: 'a' };
    await expect(storage.store(blob, unreadable())).rejects.toThrow(
      'Correct the container https://contoso.com/datasets',
    );
  });

  it('says why nobody is signed in', async () => {
    const nobody = createDatasetStorage({
      credential: async () => ({
        getToken: async () => {
          throw Object.assign(new Error('no az login'), { name: 'CredentialUnavailableError' });
        },
      }),
      isLocal: false,
    });
    const blob = { container: 'https://account.blob.core.windows.net/datasets', name: 'a' };
    await expect(nobody.store(blob, unreadable())).rejects.toThrow(
      'Cannot store a dataset in account/datasets: no identity is signed in to Azure here',
    );
  });
});

/** An identity of the tenant that Azurite takes: it looks at the claims alone. */
function identity(): TokenCredential {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    aud: 'https://storage.azure.com',
    iss: 'https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/',
    iat: now - 60,
    nbf: now - 60,
    exp: now + 3600,
    oid: '23657296-5cd5-45b0-a809-d972a7f4dfe1',
    tid: 'dd0d0df1-06c3-436c-8034-4b9a153097ce',
  };
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${Buffer.from('no signature').toString('base64url')}`;
  return { getToken: async () => ({ token, expiresOnTimestamp: (now + 3600) * 1000 }) };
}

function development(account: string): BlobServiceClient {
  const { credential } = BlobServiceClient.fromConnectionString('UseDevelopmentStorage=true');
  return new BlobServiceClient(account, credential);
}

async function read(url: URL): Promise<{ readonly status: number; readonly body: Buffer }> {
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  return await new Promise((resolve, reject) => {
    get(url, { agent: false }, async (response) => {
      const chunks = (await response.toArray()) as Buffer[];
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
    }).on('error', reject);
  });
}

async function* chunksOf(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < content.byteLength; from += 100_000) yield content.subarray(from, from + 100_000);
}

async function* failingAfter(
  content: Uint8Array,
  { isSent, error }: { readonly isSent: Promise<void>; readonly error: Error },
): AsyncGenerator<Uint8Array> {
  yield* chunksOf(content);
  await isSent;
  throw error;
}

async function* unreadable(): AsyncGenerator<Uint8Array> {
  yield await Promise.reject(new Error('The content is not to be read'));
}

async function* hanging(onStart: () => void): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1);
  onStart();
  await new Promise(() => undefined);
}
