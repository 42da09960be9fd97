import { unlessAborted } from '../time/sleep.ts';
import { DataError, ServiceError } from '../engine/ports.ts';
import { longestBackOffMilliseconds, RepeatPauses } from '../engine/repeat-pauses.ts';
import { pauseAfter } from '../engine/unanswered.ts';
import type { Dataset } from '../plan/speech-entities.ts';
import { type CollectionKind, json, readEntity, type SpeechService } from './collections.ts';
import { idOf, resourceUrl } from './references.ts';
import { isJsonObject, readJson } from './service-answer.ts';

/** The largest block that the service takes (Speech-to-text REST API 2025-10-15 definition, Datasets_UploadBlock). */
export const blockBytes = 8 * 1024 * 1024;

/**
 * Uploads content in blocks and commits them. A dataset whose content was committed before is left as it is, so this may be
 * repeated from the start. URLs are built from the id: the definition's own example of the block links is broken (it has the
 * api-version twice).
 */
export async function uploadContent(
  service: SpeechService,
  kind: CollectionKind,
  upload: {
    readonly reference: string;
    readonly content: AsyncIterable<Uint8Array>;
    readonly onBlock?: ((bytesSoFar: number) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<void> {
  const { content, onBlock, signal } = upload;
  const id = idOf(upload.reference);
  const purpose = `upload the content of ${kind.noun} ${id}`;
  const dataset = { service, kind, id, path: `${kind.path}/${id}`, purpose, signal };
  // A committed dataset stays NotStarted for a moment.
  if ((await isTaken(dataset)) || (await committedBlocks(dataset)).length > 0) return;
  const blocks: Block[] = [];
  let bytesSoFar = 0;
  for await (const bytes of toBlocks(content, signal)) {
    const name = blockName(blocks.length);
    await service.send({
      method: 'PUT',
      url: resourceUrl(service.endpoint, `${dataset.path}/blocks`, { blockid: name }),
      purpose,
      repetition: 'always',
      body: { type: 'application/octet-stream', content: bytes },
      read: () => ({ value: undefined }),
      signal,
    });
    blocks.push({ name, size: bytes.byteLength });
    bytesSoFar += bytes.byteLength;
    onBlock?.(bytesSoFar);
  }
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

interface Block {
  readonly name: string;
  readonly size: number;
}

/** Position as base64 of six digits: the same for the same block on every try, and of equal length as the API demands. */
function blockName(index: number): string {
  return Buffer.from(String(index).padStart(6, '0')).toString('base64');
}

/** Cuts a stream of chunks of any size into full blocks and a last shorter one. A block is valid until the next is taken. */
async function* toBlocks(
  content: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const block = new Uint8Array(blockBytes);
  let used = 0;
  const chunks = content[Symbol.asyncIterator]();
  try {
    while (true) {
      const chunk = await unlessAborted(chunks.next(), signal);
      if (chunk.done) break;
      let rest = chunk.value;
      while (rest.byteLength > 0) {
        const taken = rest.subarray(0, blockBytes - used);
        block.set(taken, used);
        used += taken.byteLength;
        rest = rest.subarray(taken.byteLength);
        if (used === blockBytes) {
          yield block;
          used = 0;
        }
      }
    }
    if (used > 0) yield block.subarray(0, used);
  } finally {
    // Not awaited: a source that hangs would otherwise hold back an abort. What it says on closing is of no use any more.
    chunks.return?.().catch(() => undefined);
  }
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
      if ((await isTaken(dataset)) || areEqual(await committedBlocks(dataset), blocks)) return;
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

async function committedBlocks({ service, path, purpose, signal }: UploadedDataset): Promise<readonly Block[]> {
  const answer = await service.send({
    method: 'GET',
    url: resourceUrl(service.endpoint, `${path}/blocks`),
    purpose,
    repetition: 'always',
    read: readCommittedBlocks,
    signal,
  });
  return answer.value;
}

function readCommittedBlocks(text: string): { readonly value: readonly Block[] } | undefined {
  const answer = readJson(text);
  if (!isJsonObject(answer)) return undefined;
  const { committedBlocks: blocks = [] } = answer;
  if (!Array.isArray(blocks)) return undefined;
  return { value: blocks.filter(isJsonObject).map(({ name, size }) => ({ name: String(name), size: Number(size) })) };
}

function areEqual(some: readonly Block[], others: readonly Block[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ name, size }, index) => name === others[index]?.name && size === others[index]?.size)
  );
}
