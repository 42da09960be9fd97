import { parseArgs } from 'node:util';
import type { FuzzFailure } from './fuzz-lane.ts';
import { type ListedLane, lanes } from './lanes.ts';

const usage = `Usage: npm run fuzz [-- [--lane NAME]… [--seed N] [--count N] [--minutes M]]

Draws documents of each lane, seeded, and hands them to the part of the program that reads them. Prints a table, and what goes wrong with
the command that repeats it. Exit status: 0 nothing went wrong, 1 something did, 2 wrong usage.

  --lane NAME   only this lane, repeatable: ${lanes.map(({ name }) => name).join(', ')}
  --seed N      of the first document, the next one has N + 1 (default 1)
  --count N     documents of each lane (default: those of the gate)
  --minutes M   go on in each lane for so long in place of a count
`;

interface Wanted {
  readonly lanes: readonly ListedLane[];
  readonly seed: number;
  readonly count: number | undefined;
  readonly minutes: number | undefined;
}

interface LaneResult {
  readonly lane: ListedLane;
  readonly documents: number;
  readonly failures: readonly FuzzFailure[];
  readonly seconds: number;
  /** Milliseconds of the slowest document; undefined where the lane does not tell. */
  readonly slowest: number | undefined;
  /** Of the whole process, in bytes. */
  readonly peakMemory: number;
}

/** More than this at any moment is a failure of its own: what is read is small. */
const mostMemory = 1.5 * 2 ** 30;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(usage);
    return 0;
  }
  const wanted = wantedOf(args);
  if (typeof wanted === 'string') {
    process.stderr.write(`error: ${wanted}\n\n${usage}`);
    return 2;
  }
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const results: LaneResult[] = [];
  for (const lane of wanted.lanes) {
    if (!stop.signal.aborted) results.push(await run(lane, { ...wanted, signal: stop.signal }));
  }
  process.stdout.write(tableOf(results));
  for (const { lane, failures } of results) for (const failure of failures) process.stdout.write(tell(lane, failure));
  const fat = results.filter(({ peakMemory }) => peakMemory > mostMemory);
  for (const { lane, peakMemory } of fat)
    process.stdout.write(
      `\n${lane.name}: ${megabytes(peakMemory)} of memory, at most ${megabytes(mostMemory)} are allowed\n`,
    );
  return fat.length > 0 || results.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

function wantedOf(args: readonly string[]): Wanted | string {
  const number = { type: 'string' } as const;
  const options = { lane: { type: 'string', multiple: true }, seed: number, count: number, minutes: number } as const;
  try {
    const { values } = parseArgs({ args: [...args], options });
    const named = values.lane === undefined ? lanes : lanes.filter(({ name }) => values.lane?.includes(name));
    if (values.lane?.some((name) => lanes.every((lane) => lane.name !== name)))
      return `Name lanes of the list: got ${values.lane.join(', ')}`;
    const [seed = 1, count, minutes] = [values.seed, values.count, values.minutes].map((text) =>
      text === undefined ? undefined : Number(text),
    );
    const isSound = [seed, count, minutes].every(
      (value) => value === undefined || (Number.isFinite(value) && value >= 0),
    );
    if (!isSound || !Number.isSafeInteger(seed)) return 'Give numbers: --seed and --count whole ones';
    return { lanes: named, seed, count, minutes };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function run(lane: ListedLane, options: Wanted & { readonly signal: AbortSignal }): Promise<LaneResult> {
  const { seed, minutes, signal: stopped } = options;
  const batch = minutes === undefined ? (options.count ?? lane.gateCount) : 1_000_000_000;
  const signal = minutes === undefined ? stopped : AbortSignal.any([stopped, AbortSignal.timeout(minutes * 60_000)]);
  const start = performance.now();
  let documents = 0;
  let slowest: number | undefined;
  let peakMemory = 0;
  let said = start;
  const onDocument = (milliseconds: number): void => {
    documents += 1;
    slowest = Math.max(slowest ?? 0, milliseconds);
    if (documents % 16 === 0) peakMemory = Math.max(peakMemory, process.memoryUsage.rss());
    if (performance.now() - said < 5000) return;
    said = performance.now();
    process.stderr.write(`${lane.name}: ${documents} documents after ${Math.round((said - start) / 1000)} s\n`);
  };
  process.stderr.write(`${lane.name}: from seed ${seed}\n`);
  const failures = await lane.fuzz({ seed, count: batch, signal, onDocument });
  return {
    lane,
    documents: slowest === undefined ? batch : documents,
    failures,
    seconds: (performance.now() - start) / 1000,
    slowest,
    peakMemory: Math.max(peakMemory, process.memoryUsage.rss()),
  };
}

function tableOf(results: readonly LaneResult[]): string {
  const rows = results.map(({ lane, documents, failures, seconds, slowest, peakMemory }) => [
    lane.name,
    String(documents),
    String(failures.length),
    `${seconds.toFixed(1)} s`,
    slowest === undefined ? '' : `${slowest.toFixed(0)} ms`,
    megabytes(peakMemory),
  ]);
  const table = [['lane', 'documents', 'failures', 'time', 'slowest', 'peak memory'], ...rows];
  return table
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(16) : cell.padStart(at === 5 ? 13 : 11))).join(''))
    .map((line) => `${line}\n`)
    .join('');
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}

function tell({ name }: ListedLane, { seed, count = 1, input, problem }: FuzzFailure): string {
  const shown = input.length > 4000 ? `${input.slice(0, 4000)}… (${input.length} characters)` : input;
  return `\n${name}: ${problem}\n  input: ${shown}\n  again: npm run fuzz -- --lane ${name} --seed ${seed} --count ${count}\n`;
}

process.exitCode = await main(process.argv.slice(2));
