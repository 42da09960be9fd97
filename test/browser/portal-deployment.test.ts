import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { encodeWav } from '../../portal/app/tabs/deployment/encode-wav.ts';
import { deployedWorld } from '../portal/deployed-world.ts';
import { startTestPortal } from '../portal/start-test-portal.ts';
import { startBrowser, withoutBrowser } from './open-page.ts';
import { builtApp, openPortal } from './open-portal.ts';
import { seriousFaults } from './serious-faults.ts';

if (withoutBrowser !== undefined) console.log(withoutBrowser);

describe.skipIf(withoutBrowser !== undefined)('the Deployment tab', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser({ args: ['--use-fake-device-for-media-stream'] });
  });
  afterAll(async () => await browser?.close());

  async function open(
    path: string,
    options: Parameters<typeof openPortal>[2] & { readonly readOnly?: boolean } = {},
  ): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
    const { readOnly = false, ...others } = options;
    const portal = await startTestPortal({ readOnly, sources: await deployedWorld(), appFolder: await builtApp() });
    const opened = await openPortal(browser, portal, { path: `/contoso/${path}`, ...others });
    await opened.page.locator('main h1, main .empty').first().waitFor({ state: 'attached' });
    return opened;
  }

  it('has a card for each endpoint, which leads to its history and those who use it', async () => {
    const { page, said } = await open('deployment');
    const card = page.getByRole('article', { name: 'line', exact: true });
    expect(await card.innerText()).toMatch(/✓ proved.*2026-08-15 in 75 days/s);
    expect(await card.innerText()).toContain('Then it answers with the newest base model, base-2026');
    await card.getByRole('link', { name: 'line' }).press('Enter');
    await page.getByRole('heading', { name: 'line', level: 1 }).waitFor();
    expect(page.url()).toMatch(/\/contoso\/deployment\/id-of-line$/);
    const text = await page.locator('main').innerText();
    expect(text).toContain('It has the model that is served');
    expect(text).toMatch(/recorded by [0-9a-f]{8} Release <b>calls<\/b>, Ada/);
    expect(text).toMatch(/a copy of <img src=x onerror=alert\(1\)>.* of https:\/\/west/s);
    expect(text).toContain('src/client.ts:1');
    expect(await page.getByRole('img', { name: 'What line has served' }).isVisible()).toBe(true);
    expect(said).toEqual([]);
  });

  it('says what answers in place of an expired model, where it is tried, too, and leads to the way out', async () => {
    const { page, said } = await open('deployment');
    await page.locator('details.clock summary').press('Enter');
    await page.getByRole('button', { name: '+ 180 days' }).press('Enter');
    const card = page.getByRole('article', { name: 'line', exact: true });
    await card.getByText('because calls expired on 2026-08-15').waitFor();
    const text = await card.innerText();
    expect(text).toContain('Answers now: base-2026');
    expect(text).not.toContain('✓ proved');
    await page.keyboard.press('Escape');
    expect(await page.locator('details.clock[open]').count()).toBe(0);
    await page.getByRole('link', { name: 'Try it' }).click();
    expect(await page.locator('.toolbar select').first().innerText()).toContain('line (en-US), base-2026');
    await page.goBack();
    await card.getByRole('link', { name: 'Train it on the newest base model' }).click();
    await page.getByRole('region', { name: 'The change' }).waitFor();
    expect(said).toEqual([]);
  });

  it('opens each tab without moving what was there', async () => {
    const { page } = await open('deployment');
    await page.evaluate(`{
      window.shifts = [];
      new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value)))
        .observe({ type: 'layout-shift', buffered: false });
    }`);
    for (const [tab, seen] of [
      ['Data', '.data'],
      ['Testing', '.long-table, .empty'],
      ['Training', '.training .long-table'],
      ['Runs', '.runs'],
      ['Deployment', '.deployment .cards'],
    ] as const) {
      await page.getByRole('navigation', { name: 'Tabs' }).getByRole('link', { name: tab }).click();
      await page.locator(seen).first().waitFor();
      const shifted = (await page.evaluate('window.shifts.splice(0).reduce((sum, one) => sum + one, 0)')) as number;
      expect([tab, shifted < 0.02]).toEqual([tab, true]);
    }
  });

  it('says that a part of the page cannot be loaded any more, and that an unknown resource is none', async () => {
    const { page } = await open('deployment');
    await page.route('**/assets/**', async (route) => await route.abort());
    await page.getByRole('link', { name: 'Training' }).click();
    await page.getByText('This part of the page cannot be loaded').waitFor();
    await page.unroute('**/assets/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Custom models' }).waitFor();
    await page.goto(`${new URL(page.url()).origin}/nowhere/training`);
    await page.getByText('There is no Speech resource nowhere here').waitFor();
  });

  it('has both models hear a file, and shows how they differ', async () => {
    const { page, said } = await open('deployment/try');
    await page.getByLabel('Beside it').selectOption('id-of-second');
    const wav = Buffer.from(encodeWav(new Float32Array(16_000)));
    await page.getByLabel('or a file').setInputFiles({ name: '<b>a.wav', mimeType: 'audio/wav', buffer: wav });
    await page.getByText('Call the Doctor Smyth.').waitFor();
    expect(page.url()).toMatch(/try\?endpoint=id-of-line&other=id-of-second$/);
    expect(await page.locator('.utterances del').allInnerTexts()).toEqual(['smith', 'struck out']);
    expect(await page.locator('.utterances ins').allInnerTexts()).toEqual(['the', 'smyth', 'underlined']);
    expect(await page.locator('main').innerText()).toContain('<b>a.wav, as it is.');
    const noAudio = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('no audio') };
    await page.getByLabel('or a file').setInputFiles(noAudio);
    await page.getByText('the browser cannot play a.txt').waitFor();
    const tooLong = Buffer.from(encodeWav(new Float32Array(16_000 * 290)));
    await page.getByLabel('or a file').setInputFiles({ name: 'call.wav', mimeType: 'audio/wav', buffer: tooLong });
    await page.getByText('of at most a minute: call.wav lasts 4 min 50 s').waitFor();
    const folder = await mkdtemp(join(tmpdir(), 'speechops-try-'));
    onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
    const tooLarge = join(folder, 'day.mp3');
    await writeFile(tooLarge, '');
    await truncate(tooLarge, 41 * 2 ** 20);
    await page.getByLabel('or a file').setInputFiles(tooLarge);
    await page.getByText('of at most a minute: day.mp3 is of 41 MB').waitFor();
    expect(said).toEqual([]);
  });

  it('has what is spoken recognised', async () => {
    const { page, said } = await open('deployment/try', { permissions: ['microphone'] });
    await page.getByRole('button', { name: 'Record' }).press('Enter');
    // A second of it at least: the button tells others soon.
    await page.getByRole('button', { name: /Stop \([1-9]\d* s\)/ }).press('Enter');
    await page.getByText('answer after 0.50 s').waitFor();
    expect(await page.locator('main').innerText()).toContain('From the microphone, as 16 kHz mono.');
    expect(said).toEqual([]);
  });

  it('asks for the microphone once, and lets it go where the person has left before it is given', async () => {
    const { page } = await open('deployment/try', { permissions: ['microphone'] });
    await page.evaluate(`{
      const give = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      globalThis.given = [];
      navigator.mediaDevices.getUserMedia = (wanted) => {
        const answer = new Promise((resolve) => (globalThis.allow = resolve)).then(() => give(wanted));
        globalThis.given.push(answer);
        return answer;
      };
    }`);
    const record = page.getByRole('button', { name: 'Record' });
    await record.press('Enter');
    await page.getByRole('button', { name: 'Allow the microphone' }).press('Enter');
    await page.evaluate('globalThis.allow()');
    await page.getByRole('button', { name: /Stop \([1-9]\d* s\)/ }).press('Enter');
    await page.getByText('answer after 0.50 s').waitFor();
    expect(await page.evaluate('globalThis.given.length')).toBe(1);

    await record.press('Enter');
    await page.getByRole('button', { name: 'Allow the microphone' }).waitFor();
    await page.getByRole('link', { name: 'Deployment' }).first().click();
    await page.locator('button.record').waitFor({ state: 'detached' });
    await page.evaluate('globalThis.allow()');
    const states = 'globalThis.given[1].then((stream) => stream.getTracks().map(({ readyState }) => readyState))';
    await expect.poll(async () => await page.evaluate(states), { timeout: 60_000 }).toEqual(['ended']);
  });

  it.each([
    ['no sound', 'new Blob([])'],
    ['sound that cannot be played', "new Blob(['no'])"],
    ['a moment of sound', 'new Blob([globalThis.moment])'],
  ])('says what to do where the recorder gives %s, as when it is stopped at once', async (_, given) => {
    const { page } = await open('deployment/try', { permissions: ['microphone'] });
    const moment = [...encodeWav(new Float32Array(1000))].join(',');
    await page.evaluate(`{
      globalThis.moment = new Uint8Array([${moment}]);
      const listen = MediaRecorder.prototype.addEventListener;
      MediaRecorder.prototype.addEventListener = function (name, hear, ...others) {
        const heard = name === 'dataavailable' ? () => hear({ data: ${given} }) : hear;
        listen.call(this, name, heard, ...others);
      };
    }`);
    await page.getByRole('button', { name: 'Record' }).press('Enter');
    await page.getByRole('button', { name: 'Stop' }).press('Enter');
    await page.getByText('Record again, and stop once you have spoken').waitFor();
    await page.getByRole('button', { name: 'Record' }).waitFor();
  });

  it('says what to do where the microphone is refused, and that a read-only portal sends nothing', async () => {
    const { page } = await open('deployment/try', { permissions: [] });
    await page.getByRole('button', { name: 'Record' }).press('Enter');
    await page.getByText('Allow the microphone beside the address').waitFor();
    const { page: readOnly } = await open('deployment/try', { readOnly: true });
    expect(await readOnly.locator('main').innerText()).toContain('This portal is read-only');
    expect(await readOnly.getByRole('button', { name: 'Record' }).count()).toBe(0);
  });

  it.each([['deployment'], ['deployment/id-of-line'], ['deployment/id-of-second'], ['deployment/try']])(
    'shows hostile names of %s as texts, accessibly, in both colour schemes and on a telephone',
    async (path) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page, said } = await open(path, {
          colorScheme,
          viewport: { width: 360, height: 740 },
          bypassCSP: true,
        });
        await page.locator('main h1').first().waitFor({ state: 'attached' });
        expect(await page.locator('img').count()).toBe(0);
        if (path !== 'deployment/id-of-line') expect(await page.locator('main').innerText()).toContain('\\u202E');
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
        expect(await seriousFaults(page)).toEqual([]);
        expect(said).toEqual([]);
      }
    },
  );
});
