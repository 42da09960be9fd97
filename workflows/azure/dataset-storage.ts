import type { BlockBlobClient, ContainerClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import type { TokenCredential } from '@azure/core-auth';
import { sendBlocks } from '../blocks/send-blocks.ts';
import { type BlobPlace, DataError, type StoragePort } from '../engine/ports.ts';
import { parseContainer, shownContainer, type StorageContainer } from '../plan/data/storage-container.ts';
import { storageFailure } from './storage-failure.ts';

export interface DatasetStorageOptions {
  /** The identity that may write to the container. Asked for when something is stored. */
  readonly credential: () => Promise<TokenCredential>;
  /** Whether an emulator of Azure Storage on this machine may be used: where the Speech resource is on this machine, too. */
  readonly isLocal: boolean;
  /** Awaited before each request that changes something; what it rejects with is what the change fails with. */
  readonly beforeSending?: () => Promise<void>;
}

/**
 * Containers of Azure Storage, written to with Entra ID. A URL for the service is signed with a key that Entra ID gives (user
 * delegation): it reads one blob for two days. An emulator of Azure Storage over http, which takes no tokens, is written to with its
 * well-known account and key.
 */
export function createDatasetStorage(options: DatasetStorageOptions): StoragePort {
  // One client, and one token, for each container.
  const opened = new Map<string, Promise<Opened>>();
  const containerOf = async (url: string): Promise<Opened> => {
    const open = opened.get(url) ?? openContainer(url, options);
    opened.set(url, open);
    // Who has signed in meanwhile is let in.
    open.catch(() => opened.delete(url));
    return await open;
  };
  return {
    async store(blob, content, { onProgress, signal } = {}) {
      const { client, beforeSending } = { ...(await containerOf(blob.container)), ...options };
      const target = client.getBlockBlobClient(blob.name);
      const explained = explainer(`store a dataset in ${shownContainer(blob.container)}`, signal);
      if (await explained(async () => await target.exists(abortedBy(signal)))) return 'was-there';
      const kept = await explained(async () => await keptBlocks(target, signal));
      const put = async (name: string, bytes: Uint8Array, ended: AbortSignal): Promise<void> => {
        await beforeSending?.();
        await explained(async () => await target.stageBlock(name, bytes, bytes.byteLength, abortedBy(ended)));
      };
      const blocks = await sendBlocks(content, { kept, put }, { onProgress, signal });
      if (blocks.length === 0) throw new DataError('Cannot store a dataset: it is empty');
      await beforeSending?.();
      const names = blocks.map(({ name }) => name);
      await explained(async () => await target.commitBlockList([...names], abortedBy(signal)));
      return 'stored';
    },

    async signedUrl(blob, { signal } = {}) {
      const { client, place, key } = await containerOf(blob.container);
      const explained = explainer(`sign a URL of ${shownContainer(blob.container)}`, signal);
      return await explained(async () => await sign(blob, { client, place, key, signal }));
    },
  };
}

interface Opened {
  readonly client: ContainerClient;
  readonly place: StorageContainer;
  /** Of an emulator; undefined where Entra ID signs in. */
  readonly key: StorageSharedKeyCredential | undefined;
}

async function openContainer(url: string, { credential, isLocal }: DatasetStorageOptions): Promise<Opened> {
  const place = parseContainer(url);
  if ('fault' in place) throw new DataError(`Correct the container ${url}: ${place.fault}`);
  if (place.isLocal && !isLocal)
    throw new DataError(
      `Name a container of Azure Storage in place of ${url}: the Speech resource cannot fetch anything from this machine`,
    );
  // A large package, and most commands store nothing.
  const { BlobServiceClient, ContainerClient, StorageSharedKeyCredential } = await import('@azure/storage-blob');
  if (!url.startsWith('http:'))
    return { client: new ContainerClient(url, await credential(), clientOptions), place, key: undefined };
  const { credential: key } = BlobServiceClient.fromConnectionString('UseDevelopmentStorage=true');
  if (!(key instanceof StorageSharedKeyCredential)) throw new Error('The development account has no key');
  return { client: new ContainerClient(url, key, clientOptions), place, key };
}

/** A step repeats for up to an hour what is not answered, and says so; the library is to give up sooner. */
const clientOptions = {
  retryOptions: { maxTries: 3, retryDelayInMs: 500, maxRetryDelayInMs: 5000, tryTimeoutInMs: 120_000 },
  userAgentOptions: { userAgentPrefix: 'speechops' },
};

async function keptBlocks(
  target: BlockBlobClient,
  signal: AbortSignal | undefined,
): Promise<readonly { readonly name: string; readonly size: number }[]> {
  try {
    const { uncommittedBlocks = [] } = await target.getBlockList('uncommitted', abortedBy(signal));
    return uncommittedBlocks;
  } catch (error) {
    // Nothing was begun.
    if ((error as { readonly statusCode?: number }).statusCode === 404 && codeOf(error) === 'BlobNotFound') return [];
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as { readonly code?: string }).code;
}

async function sign(
  { name: blobName }: BlobPlace,
  { client, place, key, signal }: Opened & { readonly signal: AbortSignal | undefined },
): Promise<string> {
  const { BlobSASPermissions, BlobServiceClient, generateBlobSASQueryParameters, SASProtocol } =
    await import('@azure/storage-blob');
  const now = Date.now();
  // Clocks differ by some minutes.
  const startsOn = new Date(now - 15 * 60_000);
  const expiresOn = new Date(now + signedHours * 3_600_000);
  const values = {
    containerName: place.container,
    blobName,
    permissions: BlobSASPermissions.parse('r'),
    startsOn,
    expiresOn,
    protocol: place.isLocal ? SASProtocol.HttpsAndHttp : SASProtocol.Https,
  };
  const blob = client.getBlockBlobClient(blobName);
  if (key !== undefined) return `${blob.url}?${generateBlobSASQueryParameters(values, key).toString()}`;
  const service = new BlobServiceClient(place.serviceUrl, client.credential as TokenCredential, clientOptions);
  const userKey = await service.getUserDelegationKey(startsOn, expiresOn, abortedBy(signal));
  return `${blob.url}?${generateBlobSASQueryParameters(values, userKey, place.account).toString()}`;
}

/** The service may let an import wait for hours; a key of Entra ID lives for seven days at most. */
const signedHours = 48;

/** Turns what the library throws into what a step can tell apart. */
function explainer(purpose: string, signal: AbortSignal | undefined): <T>(act: () => Promise<T>) => Promise<T> {
  return async (act) => {
    try {
      return await act();
    } catch (error) {
      signal?.throwIfAborted();
      throw storageFailure(error, purpose);
    }
  };
}

function abortedBy(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
