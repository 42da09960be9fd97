import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Measured } from '../../portal/api/testing.ts';
import type { ResultsSet } from '../../schemas/types.gen.ts';
import { startClient } from '../emulator/client.ts';
import { emulatedResource } from '../portal/emulated-resource.ts';
import { startTestPortal, type TestPortal } from '../portal/start-test-portal.ts';
import { testedModels, type TestedModels } from '../portal/tested-models.ts';
import { startBrowser, withoutBrowser } from './open-page.ts';
import { builtApp, openPortal } from './open-portal.ts';

if (withoutBrowser !== undefined) console.log(withoutBrowser);

/** Other work of the machine may make it slow. */
function patiently<T>(look: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(look, { timeout: 60_000 });
}

/** The script of a page by which a key is typed where the focus is. */
const typed = `const typed = (key) =>
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));`;

const hostile = '<img src=x onerror=alert(1)>\u202Eevil';

describe.skipIf(withoutBrowser !== undefined)('the tab Testing', () => {
  let browser: Browser;
  let appFolder: string;
  beforeAll(async () => {
    browser = await startBrowser();
    appFolder = await builtApp();
  });
  afterAll(async () => await browser?.close());

  let tested: TestedModels;
  let folder: string;
  let portal: TestPortal;
  let place: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'speechops-tab-'));
    onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
    tested = await testedModels(await startClient(), { displayName: hostile, speakers: ['<b>ann<b>', 'bob'] });
    execFileSync('git', ['init', '-q'], { cwd: folder });
    await writeFile(path.join(folder, 'trans.txt'), tested.transcript);
    portal = await startTestPortal({
      appFolder,
      sources: {
        resources: [emulatedResource(tested.client)],
        repository: {
          root: folder,
          runsFolder: path.join(folder, 'runs'),
          git: async (args) => execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }),
        },
      },
    });
    place = `/emulator/testing/${tested.first}`;
  });

  async function open(at = place): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
    return await openPortal(browser, portal, { path: at });
  }

  /** The fragment is the token's place when a page is first opened. */
  async function goTo(page: Page, fragment: string): Promise<void> {
    await page.evaluate(`location.hash = ${JSON.stringify(fragment)}`);
  }

  const ids = async (page: Page): Promise<readonly string[]> =>
    await page.locator('.utterance header > a').allInnerTexts();
  const current = (page: Page) => page.locator('.utterance[aria-current]');

  it('leads from the list to an evaluation, by the keyboard alone', async () => {
    const { page, said } = await open('/emulator/testing');
    await page.getByRole('row').nth(1).waitFor();
    expect(await page.getByRole('row').nth(1).innerText()).toContain('\\u202Eevil');
    await page.getByRole('row').nth(1).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/emulator/testing/*');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await patiently(async () => await page.locator('.utterance').count()).toBeGreaterThan(2);
    expect(said).toEqual([]);
  });

  it('hears each key as soon as there is something that it is for', async () => {
    const { page } = await open('/emulator/testing');
    const rows = page.getByRole('row');
    await rows.nth(2).waitFor();
    const second = await rows.nth(2).getByRole('link').first().getAttribute('href');
    await rows.nth(1).focus();
    await page.evaluate(`{
      ${typed}
      new MutationObserver((_changes, observer) => {
        if (document.querySelector('.utterance') === null) return;
        observer.disconnect();
        typed('n');
      }).observe(document.body, { childList: true, subtree: true });
      // Nothing is painted in between.
      typed('ArrowDown');
      typed('Enter');
    }`);
    await page.waitForURL(`**${second}*`);
    await current(page).waitFor();
    await page.evaluate(`(async () => {
      ${typed}
      const painted = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      typed('e');
      await null;
      typed('Escape');
      await null;
      typed('e');
      await painted();
      await painted();
    })()`);
    expect(await page.locator('.editor textarea').evaluate((field) => field.matches(':focus'))).toBe(true);
  });

  it('goes to errors by n and p, plays by space, and keeps the place in the address', async () => {
    const { page, said } = await open();
    const asked: string[] = [];
    await page.route('**/audio/**', async (route) => {
      asked.push(route.request().url());
      await route.fulfill({ contentType: 'audio/wav', body: silence() });
    });
    await page.locator('.utterance').first().waitFor();
    const all = await ids(page);
    await page.keyboard.press('n');
    await patiently(async () => await current(page).count()).toBe(1);
    expect(await current(page).locator('header a').innerText()).toBe(all[0]);
    await page.keyboard.press('n');
    await patiently(async () => await current(page).locator('header a').innerText()).toBe(all[1]);
    await page.keyboard.press(' ');
    await patiently(() => asked.length).toBeGreaterThan(0);
    expect(asked[0]).toContain(encodeURIComponent(all[1] ?? ''));
    await page.keyboard.press('p');
    await patiently(async () => await current(page).locator('header a').innerText()).toBe(all[0]);
    const address = new URL(page.url());
    expect(new URLSearchParams(address.hash.slice(1)).get('at')).toBe(all[0]);
    const again = await page.context().newPage();
    await again.goto(address.href);
    await current(again).waitFor();
    expect(await current(again).locator('header a').innerText()).toBe(all[0]);
    expect(said).toEqual([]);
  });

  it('filters by kind of error, speaker and word, and by what a picture leads to', async () => {
    const { page } = await open();
    await page.locator('.utterance').first().waitFor();
    const measured = (await (await portal.ask(`resources/emulator/evaluations/${tested.first}`)).json()) as Measured;
    const { utterances } = measured.set as ResultsSet;
    const found = async (): Promise<string> => await page.locator('.utterances-part output').innerText();
    await page.getByLabel('deleted').check();
    const deleted = utterances.filter(({ recognised }) => recognised.operations.includes('D')).length;
    await patiently(found).toBe(`${deleted === 12 ? '' : `${deleted} of `}12 utterances`);
    await page.getByRole('button', { name: 'Show all' }).first().click();
    await page.getByLabel('Group').selectOption({ index: 1 });
    await patiently(found).toBe('6 of 12 utterances');
    const right = utterances.filter(({ recognised }) => !/[SDI]/.test(recognised.operations)).length;
    await page.evaluate(
      "document.querySelector('.histogram a').dispatchEvent(new MouseEvent('click', { bubbles: true }))",
    );
    if (right > 0) await patiently(found).toBe(`${right} of 12 utterances`);
    await page.keyboard.press('/');
    expect(await page.evaluate("document.activeElement.getAttribute('type')")).toBe('search');
  });

  it('has a third model beside two, and the least certain recordings first', async () => {
    const { page } = await open();
    await page.locator('.utterance').first().waitFor();
    await page.getByLabel('Beside them').selectOption({ label: 'Everyday words' });
    await patiently(async () => await page.locator('.utterance').first().locator('small').allInnerTexts()).toEqual(
      expect.arrayContaining(['A', 'B', 'C']),
    );
    expect(new URL(page.url()).searchParams.get('with')).toBe(tested.second);
    await page.locator('.models select').first().selectOption({ label: 'Everyday words' });
    await patiently(async () => await page.locator('.rates tbody tr').first().innerText()).toContain('Everyday words');
    await page.getByRole('button', { name: 'Label queue' }).click();
    const { search } = new URL(page.url());
    const answer = await portal.ask(`resources/emulator/evaluations/${tested.first}${search}`);
    const { uncertainty, set } = (await answer.json()) as Measured;
    const [least] = (set as ResultsSet).utterances.toSorted((one, other) => of(other.id) - of(one.id));
    function of(id: string): number {
      return uncertainty[(set as ResultsSet).utterances.findIndex((one) => one.id === id)] ?? 0;
    }
    await patiently(async () => (await ids(page))[0]).toBe(least?.id);
  });

  it('corrects a reference by the keyboard, shows the rates by it, and writes it into the file', async () => {
    const { page, said } = await open();
    await page.locator('.utterance').first().waitFor();
    await page.keyboard.press('n');
    await current(page).waitFor();
    const id = await current(page).locator('header a').innerText();
    await page.keyboard.press('e');
    const field = page.getByRole('textbox', { name: 'What is said in' });
    const reference = await field.inputValue();
    await field.fill('something else <i>');
    await page.keyboard.press('Escape');
    await field.waitFor({ state: 'detached' });
    // What is typed right after the key is for the field, and not for the page: it has the focus as soon as it is there.
    await page.evaluate(`new MutationObserver(() => {
      const field = document.querySelector('.editor textarea');
      if (field !== null) globalThis.focusedAtOnce ??= document.activeElement === field;
    }).observe(document.body, { childList: true, subtree: true })`);
    await page.keyboard.press('e');
    await field.waitFor();
    expect(await page.evaluate('globalThis.focusedAtOnce')).toBe(true);
    expect(await field.inputValue()).toBe(reference);
    await page.keyboard.press('Escape');
    expect(await page.locator('.corrections').count()).toBe(0);
    await page.keyboard.press('e');
    await field.fill('something else <i>');
    await page.keyboard.press('Enter');
    const panel = page.locator('.corrections');
    await panel.getByText('1 correction').waitFor();
    await panel.getByText('→').first().waitFor();
    await panel.getByText('The patch', { exact: true }).click();
    expect(await panel.locator('pre').innerText()).toContain(`+${id}\tsomething else <i>`.replace('\t', ' '));
    await page.reload();
    await panel.getByText('1 correction').waitFor();
    await panel.getByRole('button', { name: 'Write into trans.txt' }).click();
    await panel.getByText('1 line of trans.txt written').waitFor();
    await page.locator('.utterance', { hasText: id }).getByText('written into the file').waitFor();
    expect(await readFile(path.join(folder, 'trans.txt'), 'utf8')).toContain(`${id}\tsomething else <i>\n`);
    expect(said).toEqual([]);
  });

  it('accepts by keys, once it was played or asked again, the words on which all models agree, and rejects them', async () => {
    const { page } = await open();
    const agreed = page.locator('.utterance', { has: page.locator('.agreed') });
    await agreed.first().click();
    expect(await agreed.first().innerText()).toContain('The reference with the words on which all models agree:');
    const id = await agreed.first().locator('header > a').innerText();
    // How many of the others are in the document depends on what is in view.
    const row = page.locator('.utterance', { has: page.getByRole('link', { name: id, exact: true }) });
    const offered = async (): Promise<number> => await row.locator('.agreed').count();
    expect([await row.count(), await offered()]).toEqual([1, 1]);
    await page.keyboard.press('a');
    // Nothing was played yet: the key asks once more.
    await page.getByText('You have not played it').waitFor();
    expect(await page.locator('.corrections').count()).toBe(0);
    await page.keyboard.press('a');
    await page.locator('.corrections').getByText('1 correction').waitFor();
    await patiently(offered).toBe(0);
    await page.keyboard.press('r');
    await patiently(offered).toBe(1);
    await page.keyboard.press('r');
    await row.getByText('reference is right').waitFor();
    expect(await offered()).toBe(0);
  });

  it('keeps few of 10,000 utterances in the document, whichever are in view', async () => {
    const { page, said } = await open('/emulator/testing');
    await page.route('**/api/resources/emulator/evaluations/*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: manyOf((await response.json()) as Measured) });
    });
    await page.getByRole('link', { name: 'Ward against base' }).click();
    await page.getByText('10,000 utterances', { exact: true }).waitFor();
    expect(await page.locator('.utterance').count()).toBeLessThan(40);
    await page.locator('.listed').evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await patiently(async () => Number(await page.locator('.utterance').last().getAttribute('aria-posinset'))).toBe(
      10_000,
    );
    expect(await page.locator('.utterance').count()).toBeLessThan(40);
    await page.getByRole('searchbox').fill('0007777');
    await page.getByText('1 of 10,000 utterances').waitFor();
    expect(said).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has nothing that axe finds, in %s, narrow and wide', async (colorScheme) => {
    for (const width of [360, 1280]) {
      const { page, said } = await openPortal(browser, portal, {
        path: place,
        colorScheme,
        viewport: { width, height: 900 },
      });
      await page.locator('.utterance').first().waitFor();
      await page.keyboard.press('e');
      await page.evaluate(axe.source);
      // The controls of a player are the browser's.
      const { violations } = await page.evaluate(
        async () => await (globalThis as unknown as { axe: typeof axe }).axe.run({ exclude: ['audio'] }),
      );
      expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(said).toEqual([]);
      await page.context().close();
    }
  });

  it('says what each key does', async () => {
    const { page } = await open();
    await page.locator('.utterance').first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('play the recording').waitFor();
    await page.keyboard.press('Escape');
    await patiently(async () => await page.getByRole('dialog').count()).toBe(0);
    await goTo(page, '#set=another&text=nothing');
    await patiently(async () => await page.locator('.utterance').count()).toBeGreaterThan(2);
  });
});

function manyOf(measured: Measured): Measured {
  const set = measured.set as ResultsSet;
  const at = Array.from({ length: 10_000 }, (_, index) => index % set.utterances.length);
  return {
    ...measured,
    set: {
      ...set,
      utterances: at.map((one, index) => ({
        ...set.utterances[one],
        id: `call-${String(index).padStart(7, '0')}.wav`,
      })),
    },
    written: at.map((one) => measured.written[one] ?? ''),
    uncertainty: at.map((one) => measured.uncertainty[one] ?? 0),
  };
}

/** A tenth of a second. */
function silence(): Buffer {
  const wav = Buffer.alloc(44 + 3200);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(16_000, 24);
  wav.writeUInt32LE(32_000, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(3200, 40);
  return wav;
}
