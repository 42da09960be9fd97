import { parseArgs } from 'node:util';
import { redeployments, type Redeployment } from '../emulator/state/redeployment.ts';
import { swapControls } from './swap-controls.ts';
import { oneShots, type SwapCounts, swapWhileCalling } from './swap-while-calling.ts';
import { openSwapWorld } from './swap-world.ts';

/**
 * What callers of an endpoint notice of swaps, and whether a swap says that the new model serves before it does: streams and single
 * recognitions with Microsoft's client go on while the model is changed again and again, under each way of redeployment. Fails when
 * anything is noticed, and when a control, in which something goes wrong, does not show it.
 */
const help = `Usage: npm run bench:swap -- [swaps] [streams] [--markdown] [--only NAME]...

Changes the model of an endpoint again and again (100 times) under each way of redeployment, while streams in real time (20) and
${oneShots} single recognitions at a time go on with Microsoft's client, and counts what they notice. Then something goes wrong in each of the
controls, which has to be noticed. Takes about 15 minutes; exits 1 when callers notice a swap, or a control is not noticed.

  --markdown   print the results as Markdown; progress goes to stderr
  --only NAME  measure this only, and may be repeated: ${redeployments.join(', ')};
               ${Object.keys(swapControls).join(', ')}
  --help       print this`;

const columns = [
  'redeployment',
  'swaps',
  'went back',
  'proved too early',
  'streams',
  'phrases',
  'lost',
  'drops',
  'single recognitions',
  'failures',
  'p50',
  'p95',
] as const;
const widths = columns.map((column) => Math.max(7, column.length + (column === 'redeployment' ? 2 : 0)));

const { values, positionals } = readArguments();
const [swaps, streams] = [countIn(positionals[0], 100), countIn(positionals[1], 20)];
if (values.help) console.log(help);
else process.exitCode = (await bench()) ? 0 : 1;

/** Whether callers noticed nothing and each control was noticed. */
async function bench(): Promise<boolean> {
  const isWanted = (name: string): boolean => values.only.length === 0 || values.only.includes(name);
  const measured = redeployments.filter(isWanted);
  const controls = Object.entries(swapControls).filter(([name]) => isWanted(name));
  let isGood = true;
  if (measured.length > 0) {
    console.log(
      `Swaps: ${swaps}; streams at a time, in real time: ${streams}; single recognitions at a time: ${oneShots}\n`,
    );
    printHead(columns);
  }
  for (const redeployment of measured) {
    const counts = await measure(redeployment);
    printRow(cellsOf(redeployment, counts), widths);
    for (const reason of [...counts.reasons, counts.firstFailure]) if (reason !== '') progress(`  ${reason}`);
    isGood &&= isClean(counts);
  }
  if (measured.length > 0 && controls.length > 0) console.log('');
  if (controls.length > 0) printHead(['control', 'noticed by']);
  for (const [name, { title, run }] of controls) {
    progress(`${name} ...`);
    const world = await openSwapWorld('at-once');
    try {
      const noticed = await run(world);
      printRow([title, noticed ?? 'NOT NOTICED']);
      isGood &&= noticed !== undefined;
    } finally {
      await world.close();
    }
  }
  return isGood;
}

async function measure(redeployment: Redeployment): Promise<SwapCounts> {
  const begun = performance.now();
  const world = await openSwapWorld(redeployment);
  try {
    return await swapWhileCalling(world, {
      swaps,
      streams,
      meanwhile(count) {
        if (count % Math.ceil(swaps / 10) === 0)
          progress(
            `${redeployment}: ${count} of ${swaps} swaps after ${Math.round((performance.now() - begun) / 1000)} s`,
          );
      },
    });
  } finally {
    await world.close();
  }
}

function isClean({ refused, tooEarly, spoken, phrases, drops, failures }: SwapCounts): boolean {
  return refused + tooEarly + drops + failures === 0 && spoken === phrases;
}

function cellsOf(name: Redeployment, counts: SwapCounts): readonly string[] {
  const { swaps: swapped, refused, tooEarly, streams: ended, spoken, phrases, drops, failures, p50, p95 } = counts;
  const numbers = [swapped, refused, tooEarly, ended, spoken, spoken - phrases, drops, counts.oneShots, failures];
  return [name, ...numbers.map(String), `${p50} ms`, `${p95} ms`];
}

function printHead(cells: readonly string[]): void {
  printRow(cells, cells === columns ? widths : undefined);
  if (values.markdown) console.log(`|${cells.map(() => '---|').join('')}`);
}

/** Cells in columns of these widths, numbers on the right; without widths one after the other. */
function printRow(cells: readonly string[], columnWidths?: readonly number[]): void {
  if (values.markdown) console.log(`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  else if (columnWidths === undefined) console.log(cells.join(': '));
  else {
    const [first = 0, ...others] = columnWidths;
    const numbers = others.map((width, index) => (cells[index + 1] ?? '').padStart(width));
    console.log([(cells[0] ?? '').padEnd(first), ...numbers].join('  '));
  }
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

function readArguments() {
  const options = {
    markdown: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] as string[] },
    help: { type: 'boolean', default: false },
  } as const;
  try {
    const read = parseArgs({ allowPositionals: true, options });
    const names = [...redeployments, ...Object.keys(swapControls)];
    const unknown = read.values.only.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`Unknown name ${unknown}: allowed are ${names.join(', ')}`);
    return read;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}

function countIn(text: string | undefined, otherwise: number): number {
  const count = Number(text ?? otherwise);
  if (Number.isInteger(count) && count > 0) return count;
  console.error(`Give the number of swaps or streams as a whole number from 1: it is ${text}`);
  process.exit(2);
}
