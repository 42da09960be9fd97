import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResultsSet } from '../../schemas/types.gen.ts';
import { reportHtml } from '../../workflows/report/html/report-html.ts';
import { alternatingResults } from '../workflows/report/html/alternating-results.ts';
import { sampleResults } from '../workflows/report/html/sample-results.ts';
import { openPage, startBrowser, withoutBrowser } from './open-page.ts';

if (withoutBrowser !== undefined) console.log(withoutBrowser);

describe.skipIf(withoutBrowser !== undefined)('report.html in a browser', () => {
  const sample = sampleResults();
  const [measured] = sample.sets as [ResultsSet];
  const set = { ...measured, utterances: measured.utterances.map((one) => ({ ...one, audio: 'silence.wav' })) };
  const results = { ...sample, sets: [set] };
  let browser: Browser;
  let folder: string;
  let file: string;
  /** The same with three utterances that are not stable. */
  let noisyFile: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'report-html-'));
    file = path.join(folder, 'report.html');
    await writeFile(file, reportHtml(results));
    noisyFile = path.join(folder, 'noisy.html');
    const noisy = {
      ...set,
      noise: { evaluations: 3, unstable: 3, sentence: '3 recordings differed' },
      utterances: set.utterances.map((one, index) => (index > 2 && index < 6 ? { ...one, unstable: true } : one)),
    };
    await writeFile(noisyFile, reportHtml({ ...sample, sets: [noisy] }));
    await writeFile(path.join(folder, 'silence.wav'), silence());
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('has the verdict and the worst utterances without scripts', async () => {
    const { page, said } = await openPage(browser, { file, javaScriptEnabled: false });
    expect(await page.locator('h1').innerText()).toContain(results.verdict.sentence);
    expect(await page.locator('.utterances > li').count()).toBe(200);
    expect(await page.locator('.utterances audio').first().isVisible()).toBe(true);
    expect(await page.locator('.toolbar').count()).toBe(0);
    expect(said).toEqual([]);
  });

  it('has all utterances with scripts, worst first', async () => {
    const { page, said } = await openPage(browser, { file });
    await page.locator('.toolbar').waitFor();
    expect(await found(page)).toBe(`${set.utterances.length} utterances`);
    const errors = await errorsShown(page);
    expect(errors).toEqual(errors.toSorted((one, other) => other - one));
    expect(errors[0]).toBe(Math.max(...set.utterances.map(({ recognised }) => errorsOf(recognised.operations))));
    await page.getByRole('button', { name: 'Show more' }).click();
    expect(await page.locator('.utterances > li').count()).toBe(100);
    expect(said).toEqual([]);
  });

  it('filters by kinds of errors, by the other model, by group and by text, and sorts', async () => {
    const { page, said } = await openPage(browser, { file });
    await page.getByLabel('deleted').check();
    const deleted = set.utterances.filter(({ recognised }) => recognised.operations.includes('D'));
    expect(await found(page)).toBe(`${deleted.length} of ${set.utterances.length} utterances`);
    await page.getByLabel('Compared with B').selectOption('more errors');
    const worse = deleted.filter(
      ({ recognised, against }) => errorsOf(recognised.operations) > errorsOf(against?.operations ?? ''),
    );
    expect(await found(page)).toBe(`${worse.length} of ${set.utterances.length} utterances`);
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByLabel('Group').selectOption('nurse-1');
    expect(await found(page)).toBe(`40 of ${set.utterances.length} utterances`);
    await page.getByLabel('Order').selectOption('by id');
    const ids = await page.locator('.utterances header a').allInnerTexts();
    expect(ids).toEqual(ids.toSorted());
    expect(ids.every((id) => id.startsWith('nurse-1'))).toBe(true);
    await page.getByLabel('Search').fill('HEPARIN');
    for (const text of await page.locator('.utterances > li').allInnerTexts()) expect(text).toContain('heparin');
    expect(said).toEqual([]);
  });

  it('leads from the noise of a set to the utterances that are not stable', async () => {
    const unstable = set.utterances.slice(3, 6).map(({ id }) => id);
    const { page, said } = await openPage(browser, { file: noisyFile });
    await page.getByRole('link', { name: 'show them' }).click();
    expect(await found(page)).toBe(`3 of ${set.utterances.length} utterances`);
    expect((await page.locator('.utterances header a').allInnerTexts()).toSorted()).toEqual(unstable.toSorted());
    expect(await page.locator('.utterances').innerText()).toContain('not stable');
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await found(page)).toBe(`${set.utterances.length} utterances`);
    expect(said).toEqual([]);
  });

  it('is used by keyboard alone', async () => {
    const { page } = await openPage(browser, { file });
    await page.getByLabel('Search').focus();
    await page.keyboard.type('ibuprofen');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    const wanted = set.utterances.filter(
      ({ recognised, reference, against }) =>
        recognised.operations.includes('S') &&
        [reference, recognised.text, against?.text ?? ''].some((text) => text.includes('ibuprofen')),
    );
    expect(await found(page)).toBe(`${wanted.length} of ${set.utterances.length} utterances`);
  });

  it('keeps what is chosen in the address', async () => {
    const { page } = await openPage(browser, { file });
    await page.getByRole('checkbox', { name: 'inserted' }).check();
    await page.getByLabel('Search').fill('ward four');
    const shown = await found(page);
    const again = await openPage(browser, { file, fragment: new URL(page.url()).hash });
    expect(await found(again.page)).toBe(shown);
    expect(await again.page.getByLabel('Search').inputValue()).toBe('ward four');
    expect(await again.page.getByRole('checkbox', { name: 'inserted' }).isChecked()).toBe(true);
  });

  it('leads from a word, a circle and an id to utterances', async () => {
    const { page, said } = await openPage(browser, { file });
    await page.locator('.toolbar').waitFor();
    await page.getByRole('link', { name: 'amoxicillin' }).first().click();
    for (const text of await page.locator('.utterances > li').allInnerTexts()) expect(text).toContain('amoxicillin');
    const circle = page.locator('.scatter a[aria-label*="A 0, B 2"]');
    const [, times] = /^(\d+) /.exec((await circle.getAttribute('aria-label')) ?? '') ?? [];
    await circle.click();
    expect(await found(page)).toBe(`${times} of ${set.utterances.length} utterances`);
    const id = page.locator('.utterances header a').first();
    const name = await id.innerText();
    await id.click();
    expect(await page.locator('.utterances header a').allInnerTexts()).toEqual([name]);
    expect(await page.locator('.toolbar').isVisible()).toBe(true);
    expect(said).toEqual([]);
  });

  it('shows with scripts what it shows without of a model that takes another way through an alternation', async () => {
    const alternating = path.join(folder, 'alternating.html');
    await writeFile(alternating, reportHtml(alternatingResults()));
    const shown = await Promise.all(
      [true, false].map(async (javaScriptEnabled) => {
        const { page } = await openPage(browser, { file: alternating, javaScriptEnabled });
        await page.locator(javaScriptEnabled ? '.toolbar' : '.utterances').waitFor();
        return await page.locator('.utterances > li').innerHTML();
      }),
    );
    expect(shown[0]).toContain('now we (uh) home <ins>us</ins> again');
    expect(shown[0]).toBe(shown[1]);
  });

  it('plays audio from beside it, one recording at a time', async () => {
    const { page, said } = await openPage(browser, { file });
    await page.locator('.toolbar').waitFor();
    const play = async (index: number): Promise<void> =>
      await page
        .locator('audio')
        .nth(index)
        .evaluate(async (audio) => await (audio as unknown as { play(): Promise<void> }).play());
    const isPaused = async (index: number): Promise<boolean> =>
      await page
        .locator('audio')
        .nth(index)
        .evaluate((audio) => (audio as unknown as { readonly paused: boolean }).paused);
    await play(0);
    expect(await isPaused(0)).toBe(false);
    await play(1);
    expect([await isPaused(0), await isPaused(1)]).toEqual([true, false]);
    expect(said).toEqual([]);
  });

  it('is printed without what cannot be used on paper', async () => {
    const { page } = await openPage(browser, { file, colorScheme: 'dark' });
    await page.locator('.toolbar').waitFor();
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('.toolbar').isVisible()).toBe(false);
    expect(await page.locator('audio').first().isVisible()).toBe(false);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(252, 252, 251)');
  });

  it.each(['light', 'dark'] as const)('can be read by everybody when it is %s', async (colorScheme) => {
    const { page } = await openPage(browser, { file, colorScheme });
    await page.locator('.toolbar').waitFor();
    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as {
      readonly violations: readonly {
        readonly id: string;
        readonly impact: string;
        readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
      }[];
    };
    const serious = violations.filter(({ impact }) => ['serious', 'critical'].includes(impact));
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`)).toEqual([]);
  });

  it('is as wide as a telephone', async () => {
    const { page } = await openPage(browser, { file, viewport: { width: 360, height: 740 } });
    await page.locator('.toolbar').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    // What is drawn over time is read there, too, and scrolls.
    const drawn = await page.locator('.swap svg.wide').boundingBox();
    expect(drawn?.width).toBe(900);
    const word = page.getByRole('link', { name: 'furosemide' }).first();
    expect((await word.boundingBox())?.height).toBeLessThan(30);
  });
});

async function found(page: Page): Promise<string> {
  return await page.locator('.toolbar output').innerText();
}

async function errorsShown(page: Page): Promise<readonly number[]> {
  const texts = await page.locator('.utterances header').allInnerTexts();
  return texts.map((text) => Number(/A (\d+) error/.exec(text)?.[1]));
}

function errorsOf(operations: string): number {
  return operations.replaceAll('C', '').length;
}

/** A minute of nothing: 16-bit PCM of 8 kHz. */
function silence(): Buffer {
  const samples = Buffer.alloc(60 * 16_000);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(16_000, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}
