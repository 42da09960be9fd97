import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import yazl from 'yazl';
import { type Emulator, startEmulator } from '../../emulator/start-emulator.ts';
import { createSpeechClient } from '../../workflows/speech/speech-client.ts';
import { type CountingProxy, startCountingProxy } from '../azurite/counting-proxy.ts';
import { type Azurite, startAzurite } from '../azurite/start-azurite.ts';
import type { UploadOnce } from '../azurite/upload-once.ts';
import { makeWav } from '../emulator/recognition/make-wav.ts';

const block = 8 * 2 ** 20;
const program = path.join(import.meta.dirname, '..', 'azurite', 'upload-once.ts');

/** Uploads of some tens of megabytes, of which the process is killed twice on the way. */
describe('an upload whose process is killed', () => {
  let folder: string;
  let zip: Buffer;
  let emulator: Emulator;
  let azurite: Azurite;
  let proxy: CountingProxy;

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-uploads-')));
    await makeZip(path.join(folder, 'calls.zip'), { recordings: 30 });
    zip = await readFile(path.join(folder, 'calls.zip'));
    emulator = await startEmulator({ speed: 1000 });
    azurite = await startAzurite();
    proxy = await startCountingProxy(azurite.port);
    await storageAt(azurite.port).createContainer('datasets');
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await azurite[Symbol.asyncDispose]();
    await emulator.close();
    await rm(folder, { recursive: true });
  });

  const client = () => createSpeechClient({ endpoint: emulator.url, credential: { key: emulator.key } });
  const argumentsOf = (more: Pick<UploadOnce, 'via' | 'container'>): readonly string[] => [
    program,
    JSON.stringify({ endpoint: emulator.url, key: emulator.key, folder, ...more } satisfies UploadOnce),
  ];

  it('goes through storage as one that was not, and sends little more than the data have', async () => {
    const container = `http://127.0.0.1:${proxy.port}/devstoreaccount1/datasets`;
    const args = argumentsOf({ via: 'storage', container });
    for (const share of [1 / 3, 2 / 3]) await killWhen(args, () => proxy.sent() > share * zip.byteLength);
    const { stdout } = await promisify(execFile)(process.execPath, [...args]);
    expect(stdout).toMatch(/were there from an earlier attempt/);
    // What was under way when a process was killed is sent again: four blocks at most.
    expect(proxy.sent()).toBeLessThan(zip.byteLength + 2 * 4 * block);
    const sent = proxy.sent();
    const datasets = (await client().datasets.list()).filter(({ contentUrl }) => contentUrl !== undefined);
    expect(datasets.map(({ status }) => status)).toEqual(['Succeeded']);
    expect(new URL(datasets[0]?.contentUrl ?? '').searchParams.get('sp')).toBe('r');
    const blobs = await namesIn(azurite.port);
    expect(blobs).toEqual([`speechops/${datasets[0]?.customProperties?.['speechops-digest']}.zip`]);
    const stored = await storageAt(azurite.port)
      .getContainerClient('datasets')
      .getBlobClient(blobs[0] ?? '')
      .downloadToBuffer();
    expect(sha256(stored)).toBe(sha256(zip));
    // The same again sends nothing.
    const again = await promisify(execFile)(process.execPath, [...args]);
    expect(JSON.parse(again.stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ kind: 'reused' });
    expect(proxy.sent() - sent).toBe(0);
  });

  it('goes by blocks as one that was not, and sends no block again that had arrived', async () => {
    for (const dataset of await client().datasets.list()) await client().datasets.delete(dataset.self);
    await control('POST', 'faults', { operation: 'Datasets_UploadBlock', kind: 'slow', delayMilliseconds: 300 });
    const before = await arrived();
    const args = argumentsOf({ via: 'blocks' });
    for (const blocks of [1, 5]) await killWhen(args, async () => (await arrived()) - before >= blocks);
    await control('DELETE', 'faults');
    const left = await arrived();
    const { stdout } = await promisify(execFile)(process.execPath, [...args]);
    expect(stdout).toMatch(/were there from an earlier attempt/);
    const all = Math.ceil(zip.byteLength / block);
    expect(left - before).toBeLessThan(all);
    expect((await arrived()) - before).toBeLessThanOrEqual(all + 2 * 4);
    const datasets = await client().datasets.list();
    expect(datasets.map(({ status, contentUrl }) => [status, contentUrl])).toEqual([['Succeeded', undefined]]);
    const files = await client().datasets.files(datasets[0]?.self ?? '');
    const audio = files.find(({ kind }) => kind === 'Audio');
    const content = await fetch(audio?.links?.contentUrl ?? '');
    expect(sha256(Buffer.from(await content.arrayBuffer()))).toBe(sha256(zip));
  });

  async function control(method: string, what: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${emulator.url}/_emulator/${what}`, {
      method,
      headers: { 'Ocp-Apim-Subscription-Key': emulator.key, 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** How many blocks the service has taken. */
  async function arrived(): Promise<number> {
    const { operations } = (await control('GET', 'requests')) as {
      readonly operations: Readonly<Record<string, Readonly<Record<string, number>>>>;
    };
    return operations['Datasets_UploadBlock']?.['201'] ?? 0;
  }
});

/** Kills the process as soon as it is so far; fails when it has ended before. */
async function killWhen(args: readonly string[], isThere: () => boolean | Promise<boolean>): Promise<void> {
  const child = spawn(process.execPath, [...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  while (!(await isThere())) {
    if (child.exitCode !== null) throw new Error(`The upload ended with ${child.exitCode} before it was killed`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  child.kill('SIGKILL');
  const [, signal] = (await ended) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
}

/** Noise, which no zip makes smaller: a recording has 2 MB. */
async function makeZip(file: string, { recordings }: { readonly recordings: number }): Promise<void> {
  const zip = new yazl.ZipFile();
  for (let index = 0; index < recordings; index += 1) {
    const noise = randomBytes(2_000_000);
    zip.addBuffer(makeWav(new Int16Array(noise.buffer, noise.byteOffset, noise.byteLength / 2)), `call-${index}.wav`);
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}

function storageAt(port: number): BlobServiceClient {
  const { credential } = BlobServiceClient.fromConnectionString('UseDevelopmentStorage=true');
  return new BlobServiceClient(`http://127.0.0.1:${port}/devstoreaccount1`, credential);
}

async function namesIn(port: number): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of storageAt(port).getContainerClient('datasets').listBlobsFlat()) names.push(name);
  return names;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
