import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import type { ResultsDocument, ResultsSet } from '../schemas/types.gen.ts';
import { openPage, startBrowser, withoutBrowser } from '../test/browser/open-page.ts';
import { sampleResults } from '../test/workflows/report/html/sample-results.ts';
import { unrepetitiveUtterances } from '../test/workflows/report/html/unrepetitive-utterances.ts';
import { reportHtml } from '../workflows/report/html/report-html.ts';

/**
 * What report.html costs a browser (Debian's `chromium`, without windows): its size, the time until something is painted, and until the script
 * shows all utterances. Two models on utterances whose words do not repeat, beside a plain table of the same texts without a script, in
 * turns; the median of several times. Fails when the page is larger or later than the bounds. `node bench/report.ts [utterances]`
 */
const bounds = { megabytes: 2, paintedMilliseconds: 1000 };
const utterances = Number(process.argv[2] ?? 10_000);
const times = 7;
const firstPaint = `performance.getEntriesByName('first-contentful-paint')[0]?.startTime`;

if (withoutBrowser !== undefined) throw new Error(withoutBrowser);
const sample = sampleResults();
const results = {
  ...sample,
  sets: sample.sets.map((set) => ({
    ...set,
    utterances: unrepetitiveUtterances({ utterances, words: 12, errors: 0.1 }),
  })),
};
const pages = { 'report.html': reportHtml(results), 'a plain table': plainTable(results) };
const names = Object.keys(pages) as (keyof typeof pages)[];
const folder = await mkdtemp(path.join(tmpdir(), 'speechops-report-'));
const browser = await startBrowser();
try {
  for (const name of names) await writeFile(fileOf(name), pages[name]);
  const seen = new Map(names.map((name): [string, Seen[]] => [name, []]));
  // The first page also starts what all of them use.
  await open(browser, 'a plain table');
  for (let time = 0; time < times; time += 1) for (const name of names) seen.get(name)?.push(await open(browser, name));
  const [own, table] = names.map((name) => ({
    megabytes: Buffer.byteLength(pages[name]) / 1_000_000,
    painted: median((seen.get(name) ?? []).map(({ painted }) => painted)),
    ready: median((seen.get(name) ?? []).map(({ ready }) => ready)),
  })) as [Cost, Cost];
  console.log(`${utterances} utterances, milliseconds; x: how many times the table.\n`);
  console.log(`                     MB     painted               ready`);
  for (const [name, cost] of [
    ['report.html', own],
    ['a plain table', table],
  ] as const) {
    const beside = (what: 'painted' | 'ready'): string =>
      `${cost[what].toFixed(0).padStart(6)} (${(cost[what] / table[what]).toFixed(2)} x)`;
    console.log(
      `${name.padEnd(16)} ${cost.megabytes.toFixed(2).padStart(6)}  ${beside('painted')}     ${beside('ready')}`,
    );
  }
  if (own.megabytes > bounds.megabytes) fail(`the page has more than ${bounds.megabytes} MB`);
  if (own.painted > bounds.paintedMilliseconds) fail(`it is painted after more than ${bounds.paintedMilliseconds} ms`);
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
}

interface Seen {
  /** Milliseconds from the start of the navigation until something is on the screen. */
  readonly painted: number;
  /** And until it can be used: the toolbar is there, or where there is none the page is read. */
  readonly ready: number;
}

interface Cost extends Seen {
  readonly megabytes: number;
}

async function open(from: Browser, name: keyof typeof pages): Promise<Seen> {
  const { page } = await openPage(from, { file: fileOf(name) });
  await page.waitForFunction(firstPaint);
  const hasScript = name === 'report.html';
  // Playwright evaluates this in the page in each frame, so that the time has no way from the browser to this process in it.
  const ready = await page.waitForFunction(
    hasScript
      ? `document.querySelector('.toolbar') && document.querySelector('.utterances > li') && performance.now()`
      : `performance.getEntriesByType('navigation')[0].domComplete`,
  );
  const whenReady = Number(await ready.jsonValue());
  const whenPainted = Number(await page.evaluate(firstPaint));
  await page.context().close();
  return { painted: whenPainted, ready: whenReady };
}

/** A page of one table, as quickly written as can be. */
function plainTable({ sets }: ResultsDocument): string {
  const [{ utterances: rows }] = sets as [ResultsSet];
  const cells = rows.map(({ id, reference, recognised, against }) =>
    [id, reference, recognised.text, against?.text ?? ''].map((text) => `<td>${text}</td>`).join(''),
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Table</title><table>${cells.map((row) => `<tr>${row}</tr>`).join('\n')}</table></html>`;
}

function fileOf(name: string): string {
  return path.join(folder, `${name.replaceAll(/\W/g, '-')}.html`);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function fail(why: string): void {
  console.error(`above the bound: ${why}`);
  process.exitCode = 1;
}
