import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs, promisify } from 'node:util';
import yazl from 'yazl';
import { createDraws } from '../test/fuzz/draws.ts';
import { speechLike } from '../test/data-sets/speech-like.ts';
import { compareUploads } from './data-upload.ts';

/**
 * How fast `speechops data check` checks recordings in a zip, beside reading and inflating the same zip with yauzl alone, and in how much
 * memory: each in a process of its own, in turns, the quickest of several rounds. The zip is made of something like speech, the same for the same
 * size. Fails where the check has less than half of yauzl's speed, or takes 200 MB or more. Then how the zip is uploaded, see `data-upload.ts`.
 * `node bench/data.ts [--bytes 2GB] [--rounds 3]`
 */
const { values } = parseArgs({
  options: {
    bytes: { type: 'string', default: '300MB' },
    rounds: { type: 'string', default: '3' },
  },
});
const sampleRate = 16_000;
const bounds = { speed: 0.5, megabytes: 200 };
const usageAtExit = path.join(import.meta.dirname, 'usage-at-exit.js');

interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
}

await compare();

async function compare(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-data-'));
  try {
    const zip = path.join(folder, 'recordings.zip');
    const made = await makeZip(zip, bytesOf(values.bytes));
    const { size } = await stat(zip);
    console.log(`${made.files} recordings, ${megabytes(made.bytes)} MB, in a zip of ${megabytes(size)} MB\n`);
    const costs: Record<'yauzl' | 'check', Cost[]> = { yauzl: [], check: [] };
    for (let round = 0; round < Number(values.rounds); round += 1)
      for (const what of ['yauzl', 'check'] as const) costs[what].push(await costOf(what, zip));
    const yauzlAlone = told('yauzl alone', costs.yauzl, made.bytes);
    const checked = told('check', costs.check, made.bytes);
    const speed = yauzlAlone.seconds / checked.seconds;
    console.log(`\nx ${speed.toFixed(2)} of the speed of yauzl alone (at least ${bounds.speed})`);
    if (speed < bounds.speed || checked.megabytes >= bounds.megabytes) process.exitCode = 1;
    console.log('');
    if (!(await compareUploads(zip))) process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Prints the quickest round, and the most memory of all. */
function told(what: string, costs: readonly Cost[], bytes: number): Cost {
  const seconds = Math.min(...costs.map((cost) => cost.seconds));
  const cpuSeconds = Math.min(...costs.map((cost) => cost.cpuSeconds));
  const most = Math.max(...costs.map((cost) => cost.megabytes));
  const speed = bytes / seconds / 1e6;
  console.log(
    `${what.padEnd(12)} ${seconds.toFixed(2)} s  ${cpuSeconds.toFixed(2)} s of CPU  ${speed.toFixed(0)} MB/s  ${most.toFixed(0)} MB at most`,
  );
  return { seconds, cpuSeconds, megabytes: most };
}

async function costOf(what: 'yauzl' | 'check', zip: string): Promise<Cost> {
  const usage = path.join(path.dirname(zip), 'usage.json');
  const args = what === 'yauzl' ? [path.join(import.meta.dirname, 'inflate-zip.ts'), zip] : checkOf(zip);
  const start = performance.now();
  await promisify(execFile)(process.execPath, ['--import', usageAtExit, ...args], {
    env: { ...process.env, USAGE_FILE: usage },
  });
  const seconds = (performance.now() - start) / 1000;
  const used = JSON.parse(await readFile(usage, 'utf8')) as { cpuSeconds: number; memoryMegabytes: number };
  return { seconds, cpuSeconds: used.cpuSeconds, megabytes: (used.memoryMegabytes * 1024) / 1000 };
}

/** As people call it: a process that is refused something fails. */
function checkOf(zip: string): readonly string[] {
  const program = path.join(import.meta.dirname, '../bin/speechops.js');
  return [program, 'data', 'check', zip, '--kind', 'AudioFiles', '--locale', 'en-US'];
}

/** Recordings of 3 to 12 s: pieces of a minute of something like speech, each as loud as it is, with noise of its own. */
async function makeZip(file: string, bytes: number): Promise<{ readonly files: number; readonly bytes: number }> {
  const spoken = speechLike({ voice: 1, frames: 60 * sampleRate, sampleRate });
  const draws = createDraws(1);
  const zip = new yazl.ZipFile();
  const written = pipeline(zip.outputStream, createWriteStream(file));
  let made = 0;
  let files = 0;
  while (made < bytes) {
    const frames = (3 + draws.below(10)) * sampleRate;
    const recording = recordingOf({ spoken, from: draws.below(spoken.length - frames), frames, seed: files });
    files += 1;
    made += recording.length;
    // One after the other, so that they are not all in memory.
    const { promise, resolve } = Promise.withResolvers<void>();
    zip.addReadStreamLazy(`call-${files}.wav`, { size: recording.length, compressionLevel: 1 }, (give) => {
      give(null, Readable.from([recording]));
      resolve();
    });
    await promise;
  }
  zip.end();
  await written;
  return { files, bytes: made };
}

interface Piece {
  readonly spoken: Float64Array;
  readonly from: number;
  readonly frames: number;
  readonly seed: number;
}

function recordingOf({ spoken, from, frames, seed }: Piece): Buffer {
  const wav = Buffer.alloc(44 + 2 * frames);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + 2 * frames, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(sampleRate, 24);
  wav.writeUInt32LE(2 * sampleRate, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(2 * frames, 40);
  const loud = 6000 + (seed % 7) * 2000;
  let noise = seed + 1;
  for (let at = 0; at < frames; at += 1) {
    noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) | 0;
    wav.writeInt16LE(Math.round(loud * spoken[from + at]! + (noise >> 26)), 44 + 2 * at);
  }
  return wav;
}

function bytesOf(text: string): number {
  const [, count, unit = ''] = /^(\d+)(MB|GB)?$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`Give --bytes as 300MB or 2GB: ${text} is neither`);
  return Number(count) * ({ MB: 1e6, GB: 1e9 }[unit] ?? 1);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
