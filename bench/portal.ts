import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { startBrowser, withoutBrowser } from '../test/browser/open-page.ts';
import { builtApp } from '../test/browser/open-portal.ts';
import { testToken } from '../test/portal/portal-on.ts';
import { type PortalSizes, type PortalWorld, startPortalWorld } from './portal-world.ts';

/**
 * What the portal costs a browser (Debian's `chromium`, without windows) where there is much to show: when something is painted, when the rows of a
 * list are there, and how long an interaction takes until the frame after the list has changed, beside plain tables of the same rows, in turns; the
 * median of several times. Then the JavaScript that the browser has loaded, and its heap while it is told as many changes as in an hour, as quickly as it
 * can show them. Fails above the bounds. `node bench/portal.ts [times]`, of which 0 leaves out the times.
 */
const bounds = { paintedMilliseconds: 1000, interactionMilliseconds: 100, scriptKilobytes: 120, heapRatio: 1.2 };
const sizes: PortalSizes = { datasets: 500, runs: 1000, utterances: 10_000 };
const times = Number(process.argv[2] ?? 5);
/**
 * An hour of a portal in which something happens all the time: it tells that runs have changed each second at most (`run-watch.ts`), and that objects
 * have each five seconds (`start-portal.ts`, with the embedded emulator).
 */
const hour = { changes: 3600, changesForEachOfObjects: 5, looks: [0.1, 0.5, 1] };

interface List {
  readonly name: keyof PortalSizes;
  /** The rows of the portal's list. */
  readonly rows: string;
  /** What else is done in the portal, when the list has been filtered. */
  readonly also: Interaction & { readonly name: string };
}

/** A key, and an expression that has another value when the page has done what the key is for; undefined means that it has not. */
interface Interaction {
  readonly key: string;
  readonly event: 'input' | 'keydown';
  readonly seen: string;
}

const opensRow = { key: 'Enter', event: 'keydown', seen: `document.querySelector('h1')?.textContent` } as const;
const lists: readonly List[] = [
  { name: 'datasets', rows: '.long-table .row', also: { ...opensRow, name: 'open a row' } },
  { name: 'runs', rows: '.long-table .row', also: { ...opensRow, name: 'open a row' } },
  {
    name: 'utterances',
    rows: '.utterance',
    also: {
      name: 'next error (n)',
      key: 'n',
      event: 'keydown',
      seen: `document.querySelector('.utterance[aria-current]')?.textContent`,
    },
  },
];
const filters: Interaction = { key: '7', event: 'input', seen: `document.querySelector('output').textContent` };
const firstPaint = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime`;

if (withoutBrowser !== undefined) throw new Error(withoutBrowser);
const appFolder = await builtApp();
const world = await startPortalWorld(sizes, appFolder);
const browser = await startBrowser();
try {
  console.log(`${times} times, milliseconds; x: how many times the table. Load of the machine: ${loadNow()}\n`);
  console.log(`${''.padEnd(18)}${''.padEnd(20)}  portal   table`);
  let scripts: readonly string[] = [];
  for (const list of lists) {
    // The first time also starts what all use, and reads what the portal keeps.
    const { scripts: loaded } = await usePortal(list);
    if (loaded.length > scripts.length) scripts = loaded;
    const own: Cost[] = [];
    const table: Cost[] = [];
    for (let time = 0; time < times; time += 1) {
      own.push((await usePortal(list)).cost);
      table.push(await useTable(list));
    }
    for (const what of new Set(own.flatMap((cost) => Object.keys(cost)))) {
      const [took, beside] = [own, table].map((costs) => median(costs.map((cost) => cost[what] ?? Number.NaN)));
      print({ list: list.name, what, took: took!, beside: beside! });
    }
  }
  const kilobytes = await gzippedKilobytes(scripts);
  console.log(`\nJavaScript of the first load, gzip: ${kilobytes.toFixed(1)} KB in ${scripts.length} files`);
  if (kilobytes > bounds.scriptKilobytes) fail(`more than ${bounds.scriptKilobytes} KB of JavaScript`);
  const heap = await heapWhileRunsChange(world);
  for (const { changes, megabytes, nodes, listeners } of heap)
    console.log(`After ${changes} changes: ${megabytes.toFixed(2)} MB of heap, ${nodes} nodes, ${listeners} listeners`);
  const growth = heap.at(-1)!.megabytes / heap[0]!.megabytes;
  console.log(`Heap after the hour: ${growth.toFixed(2)} x what it was after ${heap[0]?.changes} changes`);
  if (growth > bounds.heapRatio) fail(`the heap grows to more than ${bounds.heapRatio} times`);
  console.log(`Load of the machine: ${loadNow()}`);
} finally {
  await browser.close();
  await world.close();
}

/** Milliseconds by what was done. */
type Cost = Readonly<Record<string, number>>;

async function usePortal({ name, rows, also }: List): Promise<{ readonly cost: Cost; readonly scripts: string[] }> {
  const page = await openAt(`${world.portal.url}${world.paths[name]}#${testToken}`);
  const shown = await whenShown(page, rows);
  const scripts = await page.evaluate<string[]>(
    `performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.endsWith('.js'))`,
  );
  await page.locator('input[type=search]').focus();
  const filtered = await timed(page, filters);
  await page.locator(rows).first().focus();
  const cost = { ...shown, 'filter by a letter': filtered, [also.name]: await timed(page, also) };
  await page.context().close();
  return { cost, scripts };
}

async function useTable({ name }: List): Promise<Cost> {
  const page = await openAt(`${world.tables}/${name}`);
  const shown = await whenShown(page, 'tr:last-child');
  await page.locator('input').focus();
  const cost = { ...shown, 'filter by a letter': await timed(page, filters) };
  await page.context().close();
  return cost;
}

async function openAt(address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.goto(address, { waitUntil: 'commit' });
  return page;
}

/** Since the start of the navigation. The page looks by itself in each frame, so that the time has no way from the browser to here in it. */
async function whenShown(page: Page, rows: string): Promise<Cost> {
  const [painted = Number.NaN, ready = Number.NaN] = await page.evaluate<number[]>(`new Promise((resolve) => {
    let ready;
    const look = () => {
      if (document.querySelector('${rows}')) ready ??= performance.now();
      const painted = ${firstPaint};
      if (ready === undefined || painted === undefined) requestAnimationFrame(look);
      else resolve([painted, ready]);
    };
    look();
  })`);
  return { painted, 'rows shown': ready };
}

/** From the event of a key until the frame after the page has done what it is for. */
async function timed(page: Page, { key, event, seen }: Interaction): Promise<number> {
  await page.evaluate(`globalThis.timed = new Promise((resolve) => addEventListener('${event}', ({ timeStamp }) => {
    const before = ${seen};
    const look = () => {
      const now = ${seen};
      if (now === undefined || now === before) requestAnimationFrame(look);
      else requestAnimationFrame(() => resolve(performance.now() - timeStamp));
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true })), undefined`);
  await page.keyboard.press(key);
  return await page.evaluate<number>('globalThis.timed');
}

interface Heap {
  readonly changes: number;
  /** Of JavaScript's heap, after its garbage has been collected. */
  readonly megabytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** At the looks of the hour. Each change is told when the page shows the one before. */
async function heapWhileRunsChange({ portal, paths }: PortalWorld): Promise<readonly Heap[]> {
  const page = await openAt(`${portal.url}${paths.runs}#${testToken}`);
  await whenShown(page, '.long-table .row');
  const inspector = await page.context().newCDPSession(page);
  const after = async (turns: number): Promise<Heap> => {
    await page.evaluate(`(async () => {
      const row = () => document.querySelector('.long-table .row').textContent;
      for (let turn = Number(/turn (\\d+)/.exec(row())?.[1] ?? 0) + 1; turn <= ${turns}; turn += 1) {
        const headers = { authorization: 'Bearer ${testToken}' };
        const answer = await fetch('/api/runs/run-0/cancel', { method: 'POST', headers });
        // The browser keeps an answer until the bench has read it.
        const said = await answer.text();
        if (!answer.ok) throw new Error(said);
        if (turn % ${hour.changesForEachOfObjects} === 0)
          await (await fetch('/api/refresh', { method: 'POST', headers })).text();
        while (!row().includes('turn ' + String(turn).padStart(4, '0'))) await new Promise(requestAnimationFrame);
      }
    })()`);
    await inspector.send('HeapProfiler.collectGarbage');
    const { usedSize } = await inspector.send('Runtime.getHeapUsage');
    const { nodes, jsEventListeners: listeners } = await inspector.send('Memory.getDOMCounters');
    return { changes: turns, megabytes: usedSize / 1_000_000, nodes, listeners };
  };
  const heap: Heap[] = [];
  for (const part of hour.looks) heap.push(await after(hour.changes * part));
  await page.context().close();
  return heap;
}

async function gzippedKilobytes(addresses: readonly string[]): Promise<number> {
  const files = addresses.map((address) => path.join(appFolder, new URL(address).pathname));
  const sizesOf = await Promise.all(files.map(async (file) => gzipSync(await readFile(file)).byteLength));
  return sizesOf.reduce((sum, size) => sum + size, 0) / 1000;
}

function print(of: {
  readonly list: keyof PortalSizes;
  readonly what: string;
  readonly took: number;
  readonly beside: number;
}): void {
  const { list, what, took, beside } = of;
  const besideText = Number.isNaN(beside)
    ? '       -'
    : `${beside.toFixed(0).padStart(8)} (${(took / beside).toFixed(2)} x)`;
  console.log(`${`${sizes[list]} ${list}`.padEnd(18)}${what.padEnd(20)}${took.toFixed(0).padStart(8)}${besideText}`);
  if (what === 'painted' && took > bounds.paintedMilliseconds)
    fail(`${list} are painted after more than ${bounds.paintedMilliseconds} ms`);
  if (what !== 'painted' && what !== 'rows shown' && took > bounds.interactionMilliseconds)
    fail(`in ${list}, ${what} takes more than ${bounds.interactionMilliseconds} ms`);
}

function loadNow(): string {
  return loadavg()
    .map((load) => load.toFixed(1))
    .join(' ');
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function fail(why: string): void {
  console.error(`above the bound: ${why}`);
  process.exitCode = 1;
}
