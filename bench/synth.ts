import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/**
 * What a synthesis costs: our app, which imports each class of the azurerm provider from its own file, beside the same
 * app with the provider's classes imported from the root of the package, in turns. Fails when ours is not the cheaper one.
 * `node bench/synth.ts [rounds]`
 */
const run = promisify(execFile);
const root = path.join(import.meta.dirname, '..');
const rounds = Number(process.argv[2] ?? 5);
const variants = {
  'deep imports': [],
  'root imports': ['--import', path.join(import.meta.dirname, 'synth-root.ts')],
} as const;

interface Cost {
  readonly cpuSeconds: number;
  readonly memoryMegabytes: number;
}

const folder = await mkdtemp(path.join(tmpdir(), 'speechops-synth-'));
try {
  const costs: Record<keyof typeof variants, Cost[]> = { 'deep imports': [], 'root imports': [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, flags] of Object.entries(variants) as [keyof typeof variants, readonly string[]][]) {
      const cost = await synthesis(flags);
      // The first round fills the file cache.
      if (round > 0) costs[name].push(cost);
    }
  }
  const [ours, theirs] = [median(costs['deep imports']), median(costs['root imports'])];
  for (const [name, { cpuSeconds, memoryMegabytes }] of [
    ['deep imports', ours] as const,
    ['root imports', theirs] as const,
  ]) {
    console.log(`${name}: ${cpuSeconds.toFixed(2)} s of CPU, ${memoryMegabytes.toFixed(0)} MB`);
  }
  const isCheaper = ours.cpuSeconds < theirs.cpuSeconds && ours.memoryMegabytes < theirs.memoryMegabytes;
  const factor = `${(theirs.cpuSeconds / ours.cpuSeconds).toFixed(1)} times the CPU`;
  const memory = `${(theirs.memoryMegabytes / ours.memoryMegabytes).toFixed(1)} times the memory`;
  console.log(`root imports cost ${factor} and ${memory} (medians of ${rounds} rounds)`);
  process.exitCode = isCheaper ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function synthesis(flags: readonly string[]): Promise<Cost> {
  const usage = path.join(folder, 'usage.json');
  const preload = ['--import', path.join(import.meta.dirname, 'usage-at-exit.js')];
  await run(process.execPath, [...preload, ...flags, path.join(root, 'stacks', 'main.ts')], {
    cwd: root,
    env: { ...process.env, CDKTF_OUTDIR: path.join(folder, 'out'), USAGE_FILE: usage },
  });
  return JSON.parse(await readFile(usage, 'utf8')) as Cost;
}

function median(costs: readonly Cost[]): Cost {
  const middle = (name: keyof Cost): number =>
    costs.map((cost) => cost[name]).toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? Number.NaN;
  return { cpuSeconds: middle('cpuSeconds'), memoryMegabytes: middle('memoryMegabytes') };
}
