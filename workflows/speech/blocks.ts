import { type Block, sendBlocks } from '../blocks/send-blocks.ts';
import { DataError, type SendProgress, ServiceError } from '../engine/ports.ts';
import { longestBackOffMilliseconds, RepeatPauses } from '../engine/retries/repeat-pauses.ts';
import { pauseAfter } from '../engine/retries/unanswered.ts';
import type { Dataset } from '../plan/speech-entities.ts';
import { type CollectionKind, json, readEntity, type SpeechService } from './collections.ts';
import { idOf, resourceUrl } from './references.ts';
import { isJsonObject, readJson } from './service-answer.ts';

/**
 * Uploads content in blocks, some at a time, and commits them. Blocks of an earlier attempt are not sent again, and a dataset whose
 * content was committed before is left as it is, so this may be repeated from the start. URLs are built from the id: the
 * definition's own example of the block links is broken (it has the api-version twice).
 */
export async function uploadContent(
  service: SpeechService,
  kind: CollectionKind,
  upload: {
    readonly reference: string;
    readonly content: AsyncIterable<Uint8Array>;
    readonly onProgress?: ((progress: SendProgress) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const { content, onProgress, signal } = upload;
  const id = idOf(upload.reference);
  const purpose = `upload the content of ${kind.noun} ${id}`;
  const dataset = { service, kind, id, path: `${kind.path}/${id}`, purpose, signal };
  // A committed dataset stays NotStarted for a moment.
  if (await isTaken(dataset)) return;
  const { committed, uncommitted: kept } = await listBlocks(dataset);
  if (committed.length > 0) return;
  const put = async (name: string, bytes: Uint8Array, ended: AbortSignal): Promise<void> => {
    await service.send({
      method: 'PUT',
      url: resourceUrl(service.endpoint, `${dataset.path}/blocks`, { blockid: name }),
      purpose,
      repetition: 'always',
      body: { type: 'application/octet-stream', content: bytes },
      read: () => ({ value: undefined }),
      signal: ended,
    });
  };
  const blocks = await sendBlocks(content, { kept, put }, { onProgress, signal });
  if (blocks.length === 0) throw new DataError(`Cannot ${purpose}: it is empty`);
  await commit(dataset, blocks);
}

interface UploadedDataset {
  readonly service: SpeechService;
  readonly kind: CollectionKind;
  readonly id: string;
  /** Below `/speechtotext`. */
  readonly path: string;
  readonly purpose: string;
  readonly signal: AbortSignal | undefined;
}

/** Committing twice is a conflict, so a commit that was not confirmed is looked up before it is repeated. */
async function commit(dataset: UploadedDataset, blocks: readonly Block[]): Promise<void> {
  const { service, path, purpose, signal } = dataset;
  const { sleep } = service;
  const pauses = new RepeatPauses({
    firstMilliseconds: service.retryDelayMilliseconds,
    longestMilliseconds: longestBackOffMilliseconds,
    patienceMilliseconds: service.patienceMilliseconds,
  });
  for (let retryCount = 0; ; retryCount += 1) {
    try {
      await service.send({
        method: 'POST',
        url: resourceUrl(service.endpoint, `${path}/blocks:commit`),
        purpose,
        repetition: 'when-not-acted',
        body: json(blocks.map(({ name }) => ({ kind: 'Latest', id: name }))),
        read: () => ({ value: undefined }),
        signal,
      });
      return;
    } catch (error) {
      const isUnsure = error instanceof ServiceError && (error.outcome === 'unknown' || error.status === 409);
      if (!isUnsure) throw error;
      if ((await isTaken(dataset)) || areEqual((await listBlocks(dataset)).committed, blocks)) return;
      if (error.outcome === 'refused' || retryCount >= service.maxRetries) throw error;
      const milliseconds = pauses.afterFailure(error.retryAfterSeconds);
      if (milliseconds === undefined) throw error;
      await pauseAfter(error, { milliseconds, sleep, signal });
    }
  }
}

/** Whether the service has begun to import the dataset: it waits for content as long as it is NotStarted. */
async function isTaken({ service, kind, id, path, purpose, signal }: UploadedDataset): Promise<boolean> {
  const { value } = await readEntity<Dataset>(service, kind, { reference: id, signal });
  if (value) return value.status !== 'NotStarted';
  throw new ServiceError(`Cannot ${purpose}: it does not exist`, {
    method: 'GET',
    path: resourceUrl(service.endpoint, path).pathname,
    status: 404,
    code: 'NotFound',
    attempts: 1,
    outcome: 'refused',
  });
}

/** The blocks that the service has of a dataset. */
interface ListedBlocks {
  readonly committed: readonly Block[];
  readonly uncommitted: readonly Block[];
}

async function listBlocks(dataset: UploadedDataset): Promise<ListedBlocks> {
  const { service, path, purpose, signal } = dataset;
  const answer = await service.send({
    method: 'GET',
    url: resourceUrl(service.endpoint, `${path}/blocks`),
    purpose,
    repetition: 'always',
    read: readBlocks,
    signal,
  });
  return answer.value;
}

function readBlocks(text: string): { readonly value: ListedBlocks } | undefined {
  const answer = readJson(text);
  if (!isJsonObject(answer)) return undefined;
  const committed = blocksIn(answer['committedBlocks']);
  const uncommitted = blocksIn(answer['uncommittedBlocks']);
  return committed === undefined || uncommitted === undefined ? undefined : { value: { committed, uncommitted } };
}

/** The service writes null for no blocks, too. */
function blocksIn(listed: unknown): readonly Block[] | undefined {
  const blocks = listed ?? [];
  if (!Array.isArray(blocks)) return undefined;
  return blocks.filter(isJsonObject).map(({ name, size }) => ({ name: String(name), size: Number(size) }));
}

function areEqual(some: readonly Block[], others: readonly Block[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ name, size }, index) => name === others[index]?.name && size === others[index]?.size)
  );
}
