import { describe, expect, test } from 'vitest';
import { DataError, ServiceError } from '../../../workflows/engine/ports.ts';
import { blockBytes } from '../../../workflows/speech/blocks.ts';
import { dataset, ids, notFound } from './answers.ts';
import { clientOf, type ReceivedRequest, type Reply, rejectionOf, startScriptedService } from './scripted-service.ts';

const path = `/speechtotext/datasets/${ids.dataset}`;
const waiting: Reply = { body: { ...dataset, status: 'NotStarted' } };
const running: Reply = { body: { ...dataset, status: 'Running' } };
const stored: Reply = { status: 201 };
const failing: Reply = { status: 500, body: { code: 'InternalServerError', message: 'Oops' } };
const conflict: Reply = { status: 409, body: { code: 'Conflict', message: 'The blocks are committed.' } };
const blocksOf = (...sizes: readonly number[]) => ({
  body: {
    committedBlocks: sizes.map((size, index) => ({ name: Buffer.from(`00000${index}`).toString('base64'), size })),
    uncommittedBlocks: null,
  },
});

const fresh: readonly Reply[] = [waiting, blocksOf()];

describe('uploadContent', () => {
  test('cuts chunks of any size into blocks of 8 MiB and commits them in order', async () => {
    await using service = await startScriptedService(...fresh, stored, stored, stored, { status: 200 });
    const progress: number[] = [];
    expect(blockBytes).toBe(8 * 2 ** 20);
    const content = chunksOf(3, blockBytes - 5, 0, blockBytes + 7, 1, 2);
    await clientOf(service).datasets.uploadContent(dataset.self, content, { onBlock: (bytes) => progress.push(bytes) });
    const puts = service.requests.slice(2, 5);
    expect(puts.map(({ body }) => body.byteLength)).toEqual([blockBytes, blockBytes, 8]);
    expect(progress).toEqual([blockBytes, 2 * blockBytes, 2 * blockBytes + 8]);
    expect(puts.map(idOfBlock)).toEqual(['MDAwMDAw', 'MDAwMDAx', 'MDAwMDAy']);
    expect(puts.map(({ method, url, headers }) => [method, url.split('?')[0], headers['content-type']])).toEqual(
      puts.map(() => ['PUT', `${path}/blocks`, 'application/octet-stream']),
    );
    const sent = Buffer.concat(puts.map(({ body }) => body));
    expect(sent.equals(bytesFrom(0, 2 * blockBytes + 8))).toBe(true);
    expect(service.calls().at(-1)).toBe(`POST ${path}/blocks:commit`);
    expect(JSON.parse(service.last().body.toString())).toEqual(
      ['MDAwMDAw', 'MDAwMDAx', 'MDAwMDAy'].map((id) => ({ kind: 'Latest', id })),
    );
  });

  test('repeats a block whose answer was lost, with the same id', async () => {
    await using service = await startScriptedService(...fresh, 'cut', { status: 503 }, stored, { status: 200 });
    await clientOf(service).datasets.uploadContent(ids.dataset, chunksOf(10));
    expect(service.requests.slice(2, 5).map(idOfBlock)).toEqual(['MDAwMDAw', 'MDAwMDAw', 'MDAwMDAw']);
    expect(service.requests.slice(2, 5).map(({ body }) => body.byteLength)).toEqual([10, 10, 10]);
  });

  test('leaves a dataset alone that no longer waits for content', async () => {
    await using service = await startScriptedService(running);
    await clientOf(service).datasets.uploadContent(ids.dataset, chunksOf(10));
    expect(service.calls()).toEqual([`GET ${path}`]);
  });

  test('leaves a dataset alone whose content was committed, though its import has not begun', async () => {
    await using service = await startScriptedService(waiting, blocksOf(20));
    await clientOf(service).datasets.uploadContent(ids.dataset, chunksOf(10));
    expect(service.calls()).toEqual([`GET ${path}`, `GET ${path}/blocks`]);
  });

  test.each([
    ['was lost, when the dataset has gone on', 'cut', [running]],
    ['is a server error, when the dataset has gone on', failing, [running]],
    ['is a conflict, when the dataset has gone on', conflict, [running]],
    ['was lost, when the same blocks are committed', 'cut', [waiting, blocksOf(10)]],
    ['is a conflict, when the same blocks are committed', conflict, [waiting, blocksOf(10)]],
  ] satisfies [string, Reply, Reply[]][])('is done after a commit that %s', async (_, reply, looks) => {
    await using service = await startScriptedService(...fresh, stored, reply, ...looks);
    await clientOf(service).datasets.uploadContent(ids.dataset, chunksOf(10));
    expect(service.requests).toHaveLength(4 + looks.length);
  });

  test('commits again when a lost commit has not arrived', async () => {
    const looks = [waiting, blocksOf()];
    await using service = await startScriptedService(...fresh, stored, 'cut', ...looks, failing, ...looks, {
      status: 200,
    });
    await clientOf(service).datasets.uploadContent(ids.dataset, chunksOf(10));
    expect(service.calls().filter((call) => call.endsWith(':commit'))).toHaveLength(3);
  });

  test('outlasts half a minute without an answer to the commit', async () => {
    let now = 0;
    const reply = (): Reply => (now < 30_000 ? failing : { status: 200 });
    const again = Array.from({ length: 30 }, () => [reply, waiting, blocksOf()]).flat();
    await using service = await startScriptedService(...fresh, stored, ...again);
    const sleep = async (milliseconds: number): Promise<void> => void (now += milliseconds);
    await clientOf(service, { sleep, retryDelayMilliseconds: 100 }).datasets.uploadContent(ids.dataset, chunksOf(10));
    expect(service.calls().at(-1)).toMatch(/:commit$/);
  });

  test.each([
    ['more blocks', blocksOf(10, 10)],
    ['a block of another size', blocksOf(11)],
    ['a block of another name', { body: { committedBlocks: [{ name: 'other', size: 10 }], uncommittedBlocks: null } }],
  ])('fails when %s than these are committed', async (_, committed) => {
    await using service = await startScriptedService(...fresh, stored, conflict, waiting, committed);
    const error = await rejectionOf(clientOf(service).datasets.uploadContent(ids.dataset, chunksOf(10)));
    expect(error).toMatchObject({ status: 409, code: 'Conflict', outcome: 'refused' });
    expect(String(error)).toContain(`Cannot upload the content of dataset ${ids.dataset}`);
  });

  test('gives up when no commit arrives', async () => {
    const again = [failing, waiting, blocksOf()];
    await using service = await startScriptedService(...fresh, stored, ...again, ...again, ...again);
    const client = clientOf(service, { maxRetries: 2 });
    const error = await rejectionOf(client.datasets.uploadContent(ids.dataset, chunksOf(10)));
    expect(error).toMatchObject({ status: 500, outcome: 'unknown' });
    expect(service.calls().filter((call) => call.endsWith(':commit'))).toHaveLength(3);
  });

  test('refuses empty content', async () => {
    await using service = await startScriptedService(...fresh);
    const error = await rejectionOf(clientOf(service).datasets.uploadContent(ids.dataset, chunksOf(0, 0)));
    expect(error).toBeInstanceOf(DataError);
    expect(String(error)).toContain('it is empty');
    expect(service.requests).toHaveLength(2);
  });

  test('fails when the dataset does not exist', async () => {
    await using service = await startScriptedService({ status: 404, body: notFound });
    const error = await rejectionOf(clientOf(service).datasets.uploadContent(ids.dataset, chunksOf(1)));
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ status: 404, code: 'NotFound' });
  });

  test('passes on what the source throws, and closes a source that it leaves', async () => {
    await using service = await startScriptedService(...fresh, ...fresh, { status: 400 });
    const { datasets } = clientOf(service);
    const broken = new DataError('The file has gone');
    expect(await rejectionOf(datasets.uploadContent(ids.dataset, failAfter(broken)))).toBe(broken);
    const closed: string[] = [];
    expect(await rejectionOf(datasets.uploadContent(ids.dataset, noting(closed)))).toMatchObject({ status: 400 });
    await expect.poll(() => closed).toEqual(['closed']);
  });

  test('rejects with the reason of the signal while the source hangs', async () => {
    await using service = await startScriptedService(...fresh);
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const content = hang(() => controller.abort(reason));
    const pending = clientOf(service).datasets.uploadContent(ids.dataset, content, { signal: controller.signal });
    expect(await rejectionOf(pending)).toBe(reason);
  });
});

function idOfBlock({ url }: ReceivedRequest): string | null {
  return new URL(url, 'http://localhost').searchParams.get('blockid');
}

/** Chunks of these sizes; the byte at position n of all is n modulo 251. */
async function* chunksOf(...sizes: readonly number[]): AsyncGenerator<Uint8Array, void, void> {
  let position = 0;
  for (const size of sizes) {
    yield bytesFrom(position, size);
    position += size;
  }
}

function bytesFrom(position: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < size; index += 1) bytes[index] = (position + index) % 251;
  return bytes;
}

async function* failAfter(error: Error): AsyncGenerator<Uint8Array, void, void> {
  yield new Uint8Array(1);
  throw error;
}

async function* noting(closed: string[]): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield new Uint8Array(blockBytes);
    yield new Uint8Array(1);
  } finally {
    closed.push('closed');
  }
}

async function* hang(onStart: () => void): AsyncGenerator<Uint8Array, void, void> {
  yield new Uint8Array(1);
  onStart();
  await new Promise(() => {});
}
