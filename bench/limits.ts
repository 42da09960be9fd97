import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { limitsCases } from './limits-cases.ts';

/**
 * What pipelines cost that make much work of little text: `lint`, and `plan` on the embedded emulator, each in a process of
 * its own. Prints the CPU, the start of the process included, and the peak memory of every case at 250 kB, 500 kB and 1 MB,
 * and how the CPU grows from the one size to the next, beyond what a pipeline of one step costs. Fails when a case takes more
 * memory than the bound, or more CPU than a pipeline of one step and the bound together.
 * `node bench/limits.ts [part of a case's name]`
 */
const bounds = { cpuSeconds: 1, megabytes: 300 };
const sizes = [250_000, 500_000, 1_000_000];
const root = path.join(import.meta.dirname, '..');
const [wanted = ''] = process.argv.slice(2);

interface Cost {
  readonly cpuSeconds: number;
  readonly memoryMegabytes: number;
  /** The first diagnostic; `ok` without one. */
  readonly outcome: string;
}

const folder = await mkdtemp(path.join(tmpdir(), 'speechops-limits-'));
try {
  const file = path.join(folder, 'pipeline.yaml');
  await writeFile(file, limitsCases['one step']?.(0) ?? '');
  // The first processes fill the cache of compiled modules.
  for (const command of ['lint', 'plan'] as const) await cost(command, file);
  const start = { lint: await cost('lint', file), plan: await cost('plan', file) };
  const excesses: string[] = [];
  for (const [name, text] of Object.entries(limitsCases).filter(([one]) => one.includes(wanted))) {
    for (const command of ['lint', 'plan'] as const) {
      const costs: Cost[] = [];
      for (const size of sizes) {
        await writeFile(file, text(size));
        costs.push(await cost(command, file));
      }
      console.log(
        `${`${command} ${name}`.padEnd(50)} ${costs.map((one) => told(one)).join('  ')}  x ${growth(costs, start[command])}`,
      );
      const { cpuSeconds, megabytes } = bounds;
      const least = start[command].cpuSeconds;
      if (costs.some((one) => one.cpuSeconds - least > cpuSeconds || one.memoryMegabytes > megabytes))
        excesses.push(`${command} ${name}`);
    }
  }
  for (const excess of excesses) console.error(`above the bound: ${excess}`);
  process.exitCode = excesses.length > 0 ? 1 : 0;
} finally {
  await rm(folder, { recursive: true, force: true });
}

function told({ cpuSeconds, memoryMegabytes, outcome }: Cost): string {
  return `${cpuSeconds.toFixed(2)} s ${memoryMegabytes.toFixed(0).padStart(3)} MB ${outcome.padEnd(20)}`;
}

/** From size to size; only between sizes that end alike, because what is refused early costs nothing. */
function growth(costs: readonly Cost[], start: Cost): string {
  return costs
    .slice(1)
    .map((one, index) => {
      const before = costs[index];
      if (before === undefined || before.outcome !== one.outcome) return '-';
      const least = 0.02;
      return (
        Math.max(one.cpuSeconds - start.cpuSeconds, least) / Math.max(before.cpuSeconds - start.cpuSeconds, least)
      ).toFixed(1);
    })
    .join(' x ');
}

async function cost(command: 'lint' | 'plan', file: string): Promise<Cost> {
  const usage = path.join(folder, 'usage.json');
  const program = ['--import', path.join(root, 'bench', 'usage-at-exit.js'), path.join(root, 'bin', 'speechops.js')];
  const args = command === 'lint' ? ['lint', file, '--format', 'json'] : ['plan', file, '--emulator'];
  const printed = await new Promise<string>((resolve, reject) => {
    const env = { ...process.env, USAGE_FILE: usage };
    execFile(
      process.execPath,
      [...program, ...args],
      { cwd: folder, env, maxBuffer: 2 ** 28 },
      (error, stdout, stderr) => {
        if (error?.code === 0 || error?.code === 1 || error === null) resolve(`${stdout}${stderr}`);
        else reject(new Error(`${command} of ${file} ended with ${String(error.code ?? error.signal)}: ${stderr}`));
      },
    );
  });
  const outcome = /"code": "([a-z-]+)"/.exec(printed)?.[1] ?? /\[([a-z]+(?:-[a-z]+)+)\]$/m.exec(printed)?.[1] ?? 'ok';
  const { cpuSeconds, memoryMegabytes } = JSON.parse(await readFile(usage, 'utf8')) as Cost;
  return { cpuSeconds, memoryMegabytes, outcome };
}
