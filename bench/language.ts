import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmulator } from '../emulator/index.ts';

/**
 * What large pipelines without a fault cost: `lint` and `plan` of 1,000, 10,000 and 50,000 steps, the last as five files, because a
 * text of a pipeline has at most 1 MiB. Beside them, in the same rounds, what the program takes to start (`--help`) and what js-yaml
 * alone takes for the same texts. Growth is the CPU of a step beyond the start, against that of fewer steps: 1 is linear. Plans ask an emulator in the process of the benchmark. Each case is a process of its own; the least CPU of its rounds counts, the start included.
 * Says what 10,000 steps may take, and whether they do. Fails when they take more CPU or memory, or the CPU beyond the start grows faster
 * than the steps. The bound of CPU is for a machine that does nothing else.
 * `node bench/language.ts [--markdown] [--rounds 5] [--package] [--program DIRECTORY]`: measures the sources, which Node strips of their types, or the package that `npm run build`
 * made, which is what users have and what the bounds of CPU are for; another tree is measured in alternation with it. `npm run bench:language` builds and measures the package.
 */
const bounds = { cpuSeconds: { lint: 1, plan: 1.2 }, megabytes: 250, growth: 1.5 };
/** One step says what a command takes to start. */
const sizes = [1, 1000, 10_000, 50_000];
const stepsInFile = 10_000;
const root = path.join(import.meta.dirname, '..');
const rounds = Number(optionAfter('--rounds') ?? 5);
const other = optionAfter('--program');
interface Cost {
  readonly cpuSeconds: number;
  readonly memoryMegabytes: number;
}

interface Case {
  readonly name: string;
  readonly steps: number;
  readonly args: readonly string[];
}

const emulator = await startEmulator();
const folder = await mkdtemp(path.join(tmpdir(), 'speechops-language-'));
try {
  const isPackage = process.argv.includes('--package');
  const trees = [
    { name: '', folder: isPackage ? await unpacked() : root },
    ...(other === undefined ? [] : [{ name: ' (other)', folder: path.resolve(other) }]),
  ];
  console.log(isPackage ? `the package, built ${await builtAt()}` : `the sources in ${root}`);
  const cases: Case[] = [];
  for (const { name, folder: tree } of trees)
    cases.push({ name: `--help${name}`, steps: 0, args: [path.join(tree, 'bin', 'speechops.js'), '--help'] });
  for (const steps of sizes) {
    const files = await writePipelines(steps);
    const parse =
      "import { readFileSync } from 'node:fs'; import { load } from 'js-yaml'; for (const file of process.argv.slice(1)) load(readFileSync(file, 'utf8'));";
    cases.push({ name: 'js-yaml', steps, args: ['--input-type=module', '--eval', parse, ...files] });
    for (const command of ['lint', 'plan'])
      for (const { name, folder: tree } of trees)
        cases.push({
          name: `${command}${name}`,
          steps,
          args: [path.join(tree, 'bin', 'speechops.js'), command, ...files],
        });
  }
  const costs = new Map<Case, Cost>();
  // The first round fills the cache of compiled modules.
  for (let round = 0; round <= rounds; round += 1)
    for (const one of cases) {
      const cost = await run(one);
      if (round > 0) costs.set(one, least(cost, costs.get(one)));
    }
  print(cases, costs);
} finally {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
}

function optionAfter(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** The built package as npm installs it: without the sources, which its program would start in their place. */
async function unpacked(): Promise<string> {
  await builtAt();
  const place = path.join(folder, 'package');
  await mkdir(place);
  for (const part of ['bin', 'dist', 'package.json'])
    await cp(path.join(root, part), path.join(place, part), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(place, 'node_modules'));
  return place;
}

async function builtAt(): Promise<string> {
  const notices = await stat(path.join(root, 'dist', 'THIRD-PARTY-NOTICES.txt')).catch(() => undefined);
  if (notices === undefined) throw new Error('Run `npm run build` first: there is no package in dist/');
  return notices.mtime.toISOString();
}

/** Files of at most 10,000 steps each, of about 95 characters: a chain in which every step has an expression. */
async function writePipelines(steps: number): Promise<readonly string[]> {
  const files: string[] = [];
  for (let written = 0; written < steps; written += stepsInFile) {
    const count = Math.min(stepsInFile, steps - written);
    const lines = Array.from({ length: count }, (_, n) => {
      const needs = n === 0 ? '' : ` needs: [s${n - 1}],`;
      return `  - { id: s${n}, uses: approve,${needs} with: { message: "Put \${{ run.id }} live?" } }\n`;
    });
    const file = path.join(folder, `${steps}-${files.length}.yaml`);
    await writeFile(file, `name: large-${files.length}\nlocale: en-US\nsteps:\n${lines.join('')}`);
    files.push(file);
  }
  return files;
}

async function run({ args, name }: Case): Promise<Cost> {
  const usage = path.join(folder, 'usage.json');
  const importing = ['--import', path.join(root, 'bench', 'usage-at-exit.js')];
  await new Promise<void>((resolve, reject) => {
    const env = { ...process.env, USAGE_FILE: usage, SPEECHOPS_ENDPOINT: emulator.url, SPEECHOPS_KEY: emulator.key };
    // js-yaml is found from here.
    const cwd = name === 'js-yaml' ? root : folder;
    execFile(process.execPath, [...importing, ...args], { cwd, env, maxBuffer: 2 ** 28 }, (error, _, stderr) => {
      if (error === null) resolve();
      else reject(new Error(`${name} ended with ${String(error.code ?? error.signal)}: ${stderr.slice(0, 2000)}`));
    });
  });
  return JSON.parse(await readFile(usage, 'utf8')) as Cost;
}

function least(one: Cost, two: Cost | undefined): Cost {
  return {
    cpuSeconds: Math.min(one.cpuSeconds, two?.cpuSeconds ?? Infinity),
    memoryMegabytes: Math.max(one.memoryMegabytes, two?.memoryMegabytes ?? 0),
  };
}

function print(cases: readonly Case[], costs: ReadonlyMap<Case, Cost>): void {
  const isMarkdown = process.argv.includes('--markdown');
  const row = (cells: readonly string[]): string =>
    isMarkdown
      ? `| ${cells.join(' | ')} |`
      : cells.map((cell, index) => (index === 0 ? cell.padEnd(16) : cell.padStart(12))).join('');
  console.log(row(['', 'steps', 'CPU', 'memory', 'growth']));
  if (isMarkdown) console.log('|---|--:|--:|--:|--:|');
  const start = (name: string): number =>
    cases.flatMap((one) => (one.name === name && one.steps === 1 ? [costs.get(one)?.cpuSeconds ?? 0] : []))[0] ?? 0;
  for (const one of cases) {
    const cost = costs.get(one);
    if (cost === undefined) continue;
    const { name, steps } = one;
    const before = cases.findLast((fewer) => fewer.name === name && fewer.steps < steps && fewer.steps > 1);
    const growth = before === undefined ? undefined : growthOf(one, before);
    const shown = growth === undefined ? '' : `${growth.toFixed(2)} x`;
    const { cpuSeconds, memoryMegabytes } = cost;
    console.log(row([name, String(steps), `${cpuSeconds.toFixed(2)} s`, `${memoryMegabytes.toFixed(0)} MB`, shown]));
    if (name !== 'lint' && name !== 'plan') continue;
    if (growth !== undefined && growth > bounds.growth)
      fail(`${name} of ${steps} steps grows faster than the steps: ${shown}`);
    if (steps <= stepsInFile && memoryMegabytes > bounds.megabytes)
      fail(`${name} of ${steps} steps takes more than ${bounds.megabytes} MB`);
  }
  for (const name of ['lint', 'plan'] as const) {
    const bound = bounds.cpuSeconds[name];
    const of = cases.find((one) => one.name === name && one.steps === stepsInFile);
    const cpuSeconds = (of && costs.get(of)?.cpuSeconds) ?? Infinity;
    const told = `${name} of ${stepsInFile} steps takes ${cpuSeconds.toFixed(2)} s of CPU, the bound is ${bound.toFixed(1)} s`;
    if (cpuSeconds <= bound) console.log(told);
    else fail(told);
  }

  function growthOf(more: Case, fewer: Case): number {
    const [a, b] = [more, fewer].map(
      (one) => Math.max((costs.get(one)?.cpuSeconds ?? 0) - start(one.name), 0.02) / one.steps,
    );
    return (a ?? 0) / (b ?? 1);
  }
}

function fail(reason: string): void {
  console.error(`above the bound: ${reason}`);
  process.exitCode = 1;
}
