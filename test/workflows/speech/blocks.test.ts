import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { sendBlocks } from '../../../workflows/blocks/send-blocks.ts';
import { DataError, type SendProgress, ServiceError } from '../../../workflows/engine/ports.ts';
import { blockBytes } from '../../../workflows/blocks/cut-blocks.ts';
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
    committedBlocks: sizes.map((size, index) => ({ name: nameOf(index, bytesFrom(10 * index, 10)), size })),
    uncommittedBlocks: null,
  },
});

const fresh: readonly Reply[] = [waiting, blocksOf()];

describe('uploadContent', () => {
  test('cuts chunks of any size into blocks of 8 MiB and commits them in order', async () => {
    await using service = await startScriptedService(...fresh, stored, stored, stored, { status: 200 });
    const progress: SendProgress[] = [];
    expect(blockBytes).toBe(8 * 2 ** 20);
    const content = chunksOf(3, blockBytes - 5, 0, blockBytes + 7, 1, 2);
    await clientOf(service).datasets.uploadContent(dataset.self, content, { onProgress: (now) => progress.push(now) });
    const puts = service.requests.slice(2, 5).toSorted((one, other) => placeOf(one) - placeOf(other));
    expect(puts.map(({ body }) => body.byteLength)).toEqual([blockBytes, blockBytes, 8]);
    expect(progress.at(-1)).toEqual({ there: 2 * blockBytes + 8, sent: 2 * blockBytes + 8 });
    const names = puts.map(({ body }, index) => nameOf(index, body));
    expect(puts.map(idOfBlock)).toEqual(names);
    expect(names.every((name) => Buffer.from(name, 'base64').length <= 64)).toBe(true);
    expect(puts.map(({ method, url, headers }) => [method, url.split('?')[0], headers['content-type']])).toEqual(
      puts.map(() => ['PUT', `${path}/blocks`, 'application/octet-stream']),
    );
    const sent = Buffer.concat(puts.map(({ body }) => body));
    expect(sent.equals(bytesFrom(0, 2 * blockBytes + 8))).toBe(true);
    expect(service.calls().at(-1)).toBe(`POST ${path}/blocks:commit`);
    expect(JSON.parse(service.last().body.toString())).toEqual(names.map((id) => ({ kind: 'Latest', id })));
  });

  test('repeats a block whose answer was lost, with the same id', async () => {
    await using service = await startScriptedService(...fresh, 'cut', { status: 503 }, stored, { status: 200 });
    await clientOf(service).datasets.uploadContent(ids.dataset, chunksOf(10));
    const name = nameOf(0, bytesFrom(0, 10));
    expect(service.requests.slice(2, 5).map(idOfBlock)).toEqual([name, name, name]);
    expect(service.requests.slice(2, 5).map(({ body }) => body.byteLength)).toEqual([10, 10, 10]);
  });

  test('sends no block again that an earlier attempt has left, and commits it with the others', async () => {
    const left = (name: string, size: number): Reply => ({
      body: { committedBlocks: null, uncommittedBlocks: [{ name, size }] },
    });
    const all = bytesFrom(0, blockBytes + 5);
    const [first, last] = [nameOf(0, all.subarray(0, blockBytes)), nameOf(1, all.subarray(blockBytes))];
    await using service = await startScriptedService(waiting, left(first, blockBytes), stored, { status: 200 });
    const progress: SendProgress[] = [];
    await clientOf(service).datasets.uploadContent(ids.dataset, chunksOf(blockBytes + 5), {
      onProgress: (now) => progress.push(now),
    });
    expect(service.calls()).toHaveLength(4);
    expect(service.requests.slice(2, 3).map(idOfBlock)).toEqual([last]);
    expect(progress.at(-1)).toEqual({ there: blockBytes + 5, sent: 5 });
    expect(JSON.parse(service.last().body.toString())).toEqual([first, last].map((id) => ({ kind: 'Latest', id })));
  });

  test.each([
    ['with other content', nameOf(0, bytesFrom(1, 10)), 10],
    ['of another size', nameOf(0, bytesFrom(0, 10)), 9],
  ])('sends a block again that was left %s', async (_, name, size) => {
    const left: Reply = { body: { committedBlocks: [], uncommittedBlocks: [{ name, size }] } };
    await using service = await startScriptedService(waiting, left, stored, { status: 200 });
    await clientOf(service).datasets.uploadContent(ids.dataset, chunksOf(10));
    expect(service.requests.slice(2, 3).map(idOfBlock)).toEqual([nameOf(0, bytesFrom(0, 10))]);
  });

  test('names blocks as long as those that somebody else has left, and takes none of these for its own', async () => {
    const left: Reply = { body: { committedBlocks: [], uncommittedBlocks: [{ name: 'MDAwMDAw', size: 10 }] } };
    await using service = await startScriptedService(waiting, left, stored, { status: 200 });
    await clientOf(service).datasets.uploadContent(ids.dataset, chunksOf(10));
    expect(service.requests.slice(2, 3).map(idOfBlock)).toEqual(['MDAwMDAw']);
  });

  test('has several blocks under way at a time, and never more than four', async () => {
    let underWay = 0;
    let most = 0;
    let sent = 0;
    await sendBlocks(
      chunksOf(9 * blockBytes),
      {
        kept: [],
        async put() {
          underWay += 1;
          most = Math.max(most, underWay);
          await setImmediate();
          sent += 1;
          underWay -= 1;
        },
      },
      {},
    );
    expect([most, sent]).toEqual([4, 9]);
  });

  test('ends the other blocks when one fails, and rejects with the reason of that one', async () => {
    const refused = new Error('refused');
    const ended: unknown[] = [];
    let puts = 0;
    const put = async (_name: string, _bytes: Uint8Array, signal: AbortSignal): Promise<void> => {
      puts += 1;
      if (puts === 2) throw refused;
      if (!signal.aborted) await once(signal, 'abort');
      ended.push(signal.reason);
      throw signal.reason;
    };
    expect(await rejectionOf(sendBlocks(chunksOf(9 * blockBytes), { kept: [], put }, {}))).toBe(refused);
    expect(ended.every((reason) => reason === refused)).toBe(true);
    expect(puts).toBeLessThanOrEqual(4);
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
    await using service = await startScriptedService(...fresh, ...fresh, { status: 400 }, { status: 400 });
    const { datasets } = clientOf(service);
    const broken = new DataError('The file has gone');
    expect(await rejectionOf(datasets.uploadContent(ids.dataset, failAfter(broken)))).toBe(broken);
    const closed: string[] = [];
    expect(await rejectionOf(datasets.uploadContent(ids.dataset, noting(closed)))).toMatchObject({ status: 400 });
    await expect.poll(() => closed, { timeout: 60_000 }).toEqual(['closed']);
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

/** The place of a block, and the beginning of the digest of what it holds. */
function nameOf(index: number, bytes: Uint8Array): string {
  const digest = createHash('sha256').update(bytes).digest('hex');
  return Buffer.from(`00000${index}-${digest.slice(0, 32)}`).toString('base64');
}

function placeOf(request: ReceivedRequest): number {
  return Number(
    Buffer.from(idOfBlock(request) ?? '', 'base64')
      .toString()
      .slice(0, 6),
  );
}

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
