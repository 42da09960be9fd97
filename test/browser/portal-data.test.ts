import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ResourceSource } from '../../portal/server/sources.ts';
import { createFakeWorld } from '../workflows/steps/fake-world.ts';
import { acousticZip, recordings, wavOf } from '../emulator/acoustic-zip.ts';
import { craftZip } from '../emulator/ingest/craft-zip.ts';
import { idOf } from '../emulator/client.ts';
import { startEmulatorResource } from '../portal/emulator-resource.ts';
import { until } from '../until.ts';
import { startTestPortal } from '../portal/start-test-portal.ts';
import { startBrowser, withoutBrowser } from './open-page.ts';
import { builtApp, openPortal } from './open-portal.ts';
import { lastingTurn } from '../portal/fake-resource.ts';

if (withoutBrowser !== undefined) console.log(withoutBrowser);

describe.skipIf(withoutBrowser !== undefined)('the Data tab', () => {
  let browser: Browser;
  let appFolder: string;
  beforeAll(async () => {
    appFolder = await builtApp();
    browser = await startBrowser();
  });
  afterAll(async () => await browser?.close());

  /** A test set, the text that a model was trained with, and the model. */
  async function started() {
    const { emulator, resource } = await startEmulatorResource();
    const clips = recordings('visit', ['the patient sleeps', 'the nurse comes now', 'good morning doctor']);
    const test = await emulator.dataset({ kind: 'Acoustic', displayName: 'ward test' }, acousticZip(clips));
    const text = await emulator.text(['the nurse comes now', 'a bell \u0007 rings'], { displayName: 'ward text' });
    const model = await emulator.model([text], { displayName: 'ward model' });
    const portal = await startTestPortal({ appFolder, sources: { resources: [resource] } });
    return { portal, emulator, clips, test, text, model };
  }

  it('finds a dataset, opens it and plays a line, from the keyboard alone', async () => {
    const { portal } = await started();
    const { page, said } = await openPortal(browser, portal);
    await page.getByRole('searchbox', { name: 'Find' }).fill('test');
    await page.getByText('1 of 2 datasets').waitFor();
    expect(new URL(page.url()).searchParams.get('find')).toBe('test');
    await page.locator('.long-table .row').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'ward test' }).waitFor();
    await page.locator('.long-table .row').first().focus();
    await page.keyboard.press('ArrowDown');
    await focused(page, 1);
    await page.keyboard.press('Enter');
    const region = page.getByRole('region', { name: 'Open line' });
    await region.getByText('the nurse comes now').waitFor();
    expect(new URL(page.url()).searchParams.get('line')).toBe('2');
    await page.keyboard.press(' ');
    await played(page);
    // The waveform is drawn into a place of its own, and takes no style that the policy of the page refuses.
    await until(
      async () => await page.evaluate<boolean>(`document.querySelector('.waveform > div')?.shadowRoot != null`),
    );
    expect(said).toEqual([]);
  });

  it('shows a line at its address, and seeks in its recording', async () => {
    const { portal, test } = await started();
    const { page } = await openPortal(browser, portal, { path: `/east/data/${idOf(test.self)}/content?line=3` });
    await page.getByRole('region', { name: 'Open line' }).getByText('good morning doctor').waitFor();
    const seconds = await page.evaluate(`(async () => {
      const audio = document.querySelector('audio');
      if (audio.readyState === 0) await new Promise((resolve) => audio.addEventListener('loadedmetadata', resolve));
      audio.currentTime = audio.duration / 2;
      await new Promise((resolve) => audio.addEventListener('seeked', resolve));
      return audio.currentTime;
    })()`);
    expect(seconds).toBeGreaterThan(0);
  });

  it('shows words, what was trained with, and rejected lines with their reason', async () => {
    const { portal, test, text } = await started();
    const { page, said } = await openPortal(browser, portal, { path: `/east/data/${idOf(test.self)}/shared` });
    const shared = page.getByRole('group', { name: 'Lines in the training data' });
    await shared.getByText('the nurse comes now').waitFor();
    expect(await page.locator('.words').innerText()).toContain('patient');
    await page.getByRole('link', { name: 'Words' }).click();
    await page.getByText('How long the lines are').waitFor();
    await page.goto(`${portal.url}/east/data/${idOf(text.self)}/rejected`);
    await page.getByRole('table', { name: 'Rejected lines' }).getByText('line 2').waitFor();
    expect(said).toEqual([]);
  });

  it('shows hostile names, transcripts and recordings as nothing but odd', async () => {
    const { emulator, resource } = await startEmulatorResource();
    const [clip] = recordings('visit', ['the patient sleeps']);
    if (clip === undefined) throw new Error('there is a recording');
    const hostile = '<img src=x onerror="document.title=1">\u202Egnp.\u0000';
    const name = `"><script>document.title=1</script>&%2e%2e#?.wav`;
    const zip = craftZip([
      { name, content: wavOf(clip) },
      { name: 'html.wav', content: Buffer.from('<html><script>document.title=1</script>') },
      {
        name: 'trans.txt',
        content: Buffer.from(`\uFEFF${name}\t<b onclick=x>the patient</b> \u202Esleeps\nhtml.wav\tno sound\n`),
      },
    ]);
    const dataset = await emulator.dataset({ kind: 'Acoustic', displayName: hostile.replace('\u0000', '') }, zip);
    const portal = await startTestPortal({ appFolder, sources: { resources: [resource] } });
    const { page, said } = await openPortal(browser, portal);
    const row = page.locator('.long-table .row');
    await row.waitFor();
    expect(await row.innerText()).toContain('<img src=x onerror="document.title=1">\\u202Egnp.');
    await page.goto(`${portal.url}/east/data/${idOf(dataset.self)}/content?line=1`);
    await page
      .getByRole('region', { name: 'Open line' })
      .getByText('<b onclick=x>the patient</b> \\u202Esleeps')
      .waitFor();
    await page.keyboard.press(' ');
    await played(page);
    await page.locator('.long-table .row', { hasText: 'no sound' }).click();
    await page.getByText('No waveform: the browser cannot decode this recording').waitFor();
    expect(await page.title()).toBe('Data · SpeechOps');
    expect(await page.locator('main img, main script, main b').count()).toBe(0);
    expect(said).toEqual([]);
  });

  it('lists 500 datasets with those in view in the document', async () => {
    const { ports } = createFakeWorld();
    for (let number = 0; number < 500; number += 1)
      await ports.speech.datasets.create({ displayName: `set ${number}`, locale: 'en-US', kind: 'Language' });
    const resource: ResourceSource = {
      id: 'east',
      name: 'east',
      endpoint: 'embedded-emulator',
      borrow: async (act) => await act(ports, lastingTurn),
    };
    const portal = await startTestPortal({ appFolder, sources: { resources: [resource] } });
    const { page } = await openPortal(browser, portal);
    await page.getByText('500 datasets').waitFor();
    expect(await page.getByRole('table', { name: 'Datasets' }).getAttribute('aria-rowcount')).toBe('501');
    expect(await page.locator('.long-table .row').count()).toBeLessThan(80);
    await page.locator('.long-table .row').first().focus();
    await page.keyboard.press('End');
    await focused(page, 499);
  });

  it('says what to do where there is nothing, and why there is no answer', async () => {
    const { emulator, resource } = await startEmulatorResource();
    const portal = await startTestPortal({ appFolder, sources: { resources: [resource] } });
    const { page } = await openPortal(browser, portal);
    await page.getByText('This Speech resource has no datasets.').waitFor();
    await page.getByText('No pipeline names data of this resource.').waitFor();
    await page.goto(`${portal.url}/east/data/none`);
    await page.getByRole('alert').getByText('There is no such dataset any more').waitFor();
    const { self } = await emulator.create('/datasets', { displayName: 'new', locale: 'en-US', kind: 'Language' });
    await portal.ask('refresh', { method: 'POST' });
    await page.goto(`${portal.url}/east/data/${idOf(self)}`);
    await page.getByRole('alert').getByText('it is NotStarted').waitFor();
  });

  it('has no serious fault of accessibility, in both colour schemes, wide and narrow', async () => {
    const { portal, test } = await started();
    const at = `/east/data/${idOf(test.self)}`;
    const pages: readonly (readonly [path: string, text: string])[] = [
      ['/east/data', 'In a file, not uploaded yet'],
      [`${at}/content?line=1`, 'the patient sleeps'],
      [`${at}/words`, 'How long the lines are'],
      [`${at}/shared`, 'Compared with'],
      [`${at}/rejected`, 'The service has taken every line.'],
    ];
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 360],
    ] as const) {
      const { page } = await openPortal(browser, portal, { colorScheme, viewport: { width, height: 900 } });
      for (const [path, text] of pages) {
        await page.goto(`${portal.url}${path}`);
        await page.getByText(text).first().waitFor({ state: 'attached' });
        expect(await seriousFaults(page), `${path} ${colorScheme}`).toEqual([]);
        const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
        expect(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
      }
    }
  });
});

/** Resolves when a row of a table has the focus. */
async function focused(page: Page, row: number): Promise<void> {
  await until(
    async () => await page.evaluate<boolean>(`document.activeElement?.getAttribute('data-row') === '${row}'`),
  );
}

/** Resolves when some of the recording has been played. */
async function played(page: Page): Promise<void> {
  await until(async () => await page.evaluate<boolean>(`document.querySelector('audio')?.played.length > 0`));
}

async function seriousFaults(page: Page): Promise<readonly string[]> {
  // The policy of the page lets no other script in.
  return await page.evaluate(`${axe.source}; axe.run().then(({ violations }) => violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);
}
