import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { BlobServiceClient, type BlockBlobClient } from '@azure/storage-blob';
import { startCountingProxy } from '../test/azurite/counting-proxy.ts';
import { startAzurite } from '../test/azurite/start-azurite.ts';
import { createDatasetStorage } from '../workflows/azure/dataset-storage.ts';
import { mostAtOnce } from '../workflows/blocks/send-blocks.ts';
import { blockBytes } from '../workflows/blocks/cut-blocks.ts';
import { createLocalData } from '../workflows/data/local-data.ts';

/** What one process does, and tells of itself at its end. */
interface Cost {
  /** To know what the data are, which decides whether anything is sent. */
  readonly digestSeconds: number;
  readonly seconds: number;
  readonly megabytes: number;
}

type Program = 'upload' | 'uploadFile';

/** Of what is sent, however often the process is killed; of a small file what may be under way counts more. */
const mostSent = 1.15;
const kills = [1 / 3, 2 / 3];

/**
 * How a file gets through Azure Storage's emulator with `via: storage`, beside `uploadFile` of `@azure/storage-blob` with as many blocks at a
 * time: at one go, and with the process killed (-9) on the way, twice. Counts the bytes that leave the processes. False where
 * more are sent again than may be.
 */
export async function compareUploads(zip: string): Promise<boolean> {
  await using azurite = await startAzurite();
  const { size } = await stat(zip);
  const digest = await sha256(createReadStream(zip));
  await containerAt(azurite.port).create();
  let isWithin = true;
  for (const program of ['upload', 'uploadFile'] as const) {
    for (const killedAt of [[], kills]) {
      await using proxy = await startCountingProxy(azurite.port);
      const blob = `${program}-${killedAt.length}`;
      const args = [import.meta.filename, program, zip, String(proxy.port), blob];
      for (const share of killedAt) await killWhen(start(args), () => proxy.sent() > share * size);
      const cost = await costOf(start(args));
      const stored = await containerAt(azurite.port).getBlobClient(blob).download();
      if ((await sha256(stored.readableStreamBody ?? [])) !== digest) throw new Error(`${blob} is not what was sent`);
      await containerAt(azurite.port).deleteBlob(blob);
      const times = proxy.sent() / size;
      const how = killedAt.length === 0 ? 'at one go' : `killed ${killedAt.length} times`;
      console.log(
        `${program.padEnd(12)} ${how.padEnd(15)} sent x ${times.toFixed(2)}  ${cost.seconds.toFixed(1)} s after ${cost.digestSeconds.toFixed(1)} s for the digest  ${cost.megabytes.toFixed(0)} MB at most`,
      );
      const most = Math.max(mostSent * size, size + 1.01 * killedAt.length * mostAtOnce * blockBytes + 2 ** 20);
      if (program === 'upload' && proxy.sent() > most) isWithin = false;
    }
  }
  console.log(`\nat most x ${mostSent} is to be sent of an upload that is killed`);
  return isWithin;
}

if (import.meta.main) {
  const [program = 'upload', zip = '', port = '', blob = ''] = process.argv.slice(2);
  const cost = await send(program as Program, { zip, port: Number(port), blob });
  console.log(JSON.stringify(cost));
}

interface Sending {
  readonly zip: string;
  readonly port: number;
  readonly blob: string;
}

async function send(program: Program, { zip, port, blob }: Sending): Promise<Cost> {
  const begun = performance.now();
  const data = createLocalData({ roots: [path.dirname(zip)] });
  const digest = program === 'upload' ? (await data.describe(zip, 'AudioFiles')).digest : undefined;
  const digested = performance.now();
  if (digest === undefined) await withLibrary(containerAt(port).getBlockBlobClient(blob), zip);
  else {
    const credential = async (): Promise<never> => await Promise.reject(new Error('http takes no token'));
    const storage = createDatasetStorage({ credential, isLocal: true });
    await storage.store({ container: containerAt(port).url, name: blob }, data.content(zip, 'AudioFiles', { digest }));
  }
  // What the system calls the most memory of a process includes its parent's at its start, so Linux is asked for its own.
  const [, kilobytes] = /VmHWM:\s+(\d+)/.exec(await readFile('/proc/self/status', 'utf8').catch(() => '')) ?? [];
  return {
    digestSeconds: (digested - begun) / 1000,
    seconds: (performance.now() - digested) / 1000,
    megabytes: Number(kilobytes ?? process.resourceUsage().maxRSS) / 1000,
  };
}

async function withLibrary(target: BlockBlobClient, file: string): Promise<void> {
  await target.uploadFile(file, { blockSize: blockBytes, concurrency: mostAtOnce, maxSingleShotSize: blockBytes });
}

function containerAt(port: number) {
  const { credential } = BlobServiceClient.fromConnectionString('UseDevelopmentStorage=true');
  const account = new BlobServiceClient(`http://127.0.0.1:${port}/devstoreaccount1`, credential);
  return account.getContainerClient('datasets');
}

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function costOf(child: ChildProcess): Promise<Cost> {
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout ?? []) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Cost;
}

async function killWhen(child: ChildProcess, isThere: () => boolean): Promise<void> {
  const ended = once(child, 'exit');
  while (!isThere()) {
    if (child.exitCode !== null) throw new Error(`The upload ended with ${child.exitCode} before it was killed`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  child.kill('SIGKILL');
  await ended;
}

async function sha256(content: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of content) hash.update(chunk);
  return hash.digest('hex');
}
