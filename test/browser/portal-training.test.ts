import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployedWorld } from '../portal/deployed-world.ts';
import { startTestPortal } from '../portal/start-test-portal.ts';
import { startBrowser, withoutBrowser } from './open-page.ts';
import { builtApp, openPortal } from './open-portal.ts';
import { seriousFaults } from './serious-faults.ts';

if (withoutBrowser !== undefined) console.log(withoutBrowser);

describe.skipIf(withoutBrowser !== undefined)('the Training tab', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => await browser?.close());

  async function open(
    path: string,
    options: Parameters<typeof openPortal>[2] = {},
  ): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
    const portal = await startTestPortal({ sources: await deployedWorld(), appFolder: await builtApp() });
    const opened = await openPortal(browser, portal, { path: `/contoso/${path}`, ...options });
    await opened.page.locator('main h1').first().waitFor({ state: 'attached' });
    return opened;
  }

  it('has models and base models, from which the keyboard leads to one and to two beside each other', async () => {
    const { page, said } = await open('training');
    const models = page.getByRole('table', { name: 'Custom models' });
    expect(await models.getByRole('row').count()).toBe(4);
    expect(await models.innerText()).toContain('in 75 days');
    expect(await page.getByRole('table', { name: 'Base models' }).getByRole('row').count()).toBe(4);
    await models.getByRole('row').nth(1).focus();
    const focused = models.locator('[role=row]:focus').filter({ hasText: 'base-2025' });
    while ((await focused.count()) === 0) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'calls', level: 1 }).waitFor();
    expect(page.url()).toContain('/contoso/training/calls');
    expect(await page.locator('main').innerText()).toMatch(
      /Newer base model base-2026: measured 1\.2 points better than the present base model\s+\(10\.3 % against 11\.5 %\)/,
    );
    expect(await page.locator('svg.lineage').isVisible()).toBe(true);
    await page.getByLabel('Compare with').selectOption('hostile');
    const compared = page.locator('.comparison-table');
    await compared.waitFor();
    expect(page.url()).toMatch(/\/contoso\/training\/calls\?with=hostile$/);
    // One of them has data, the other none.
    expect(await compared.innerText()).toMatch(/data\s+text\s+none\s+differs/);
    expect(await compared.getByRole('link', { name: 'text' }).getAttribute('href')).toBe('/contoso/data/text');
    expect(await compared.innerText()).toMatch(/rate on calls\s+8\.0 %\s+7\.2 %\s+−0\.80 points/);
    expect(said).toEqual([]);
  });

  it('has a page of a base model, which what was trained on it leads to', async () => {
    const { page, said } = await open('training/calls');
    await page.locator('dl.facts').getByRole('link', { name: 'base-2025' }).click();
    await page.waitForURL('**/contoso/training/base/base-2025');
    await page.getByRole('heading', { name: 'base-2025 base model', level: 1 }).waitFor();
    const text = await page.locator('main').innerText();
    expect(text).toMatch(/Locale\s+en-US\s+Released\s+2025-01-01\s+Adapted with\s+Acoustic, Language/);
    expect(text).toMatch(/Recognises until 2028-01-15/);
    expect(await page.getByRole('link', { name: 'calls', exact: true }).getAttribute('href')).toBe(
      '/contoso/training/calls',
    );
    const asCode = page.getByRole('region', { name: 'a step that trains on it' });
    expect(await asCode.innerText()).toContain('base-model: base/base-2025');
    await page.getByLabel('Have it served by').selectOption({ label: 'line' });
    await page.getByRole('region', { name: 'The change' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(said).toEqual([]);
  });

  it('has all that is essential in view on a telephone, where rows have lines in place of columns', async () => {
    const { page } = await open('training', { viewport: { width: 360, height: 740 } });
    const row = page.getByRole('table', { name: 'Custom models' }).getByRole('row').filter({ hasText: 'base-2025' });
    expect(await row.innerText()).toMatch(
      /calls\s+trained in 10 min.*base-2025 \+ text.*until 2026-08-15 in 75 days\s+on line/s,
    );
    const wide = await page.evaluate<number>(
      "[...document.querySelectorAll('.long-table, .long-table *')].filter((one) => one.scrollWidth > one.clientWidth && ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)).length",
    );
    expect(wide).toBe(0);
  });

  it('keeps the locale in the address, and says what is not there any more', async () => {
    const { page } = await open('training?locale=de-DE');
    expect(await page.getByRole('table', { name: 'Base models' }).getByRole('row').count()).toBe(2);
    await page.getByLabel('Locale').selectOption('');
    await page.getByRole('table', { name: 'Custom models' }).waitFor();
    const { page: other } = await open('training').then(async (opened) => {
      await opened.page.goto(`${new URL(opened.page.url()).origin}/contoso/training/gone`);
      return opened;
    });
    await other.getByText('This model is not there any more').waitFor();
  });

  it('watches things expire while the clock of the emulator is moved on', async () => {
    const { page } = await open('training');
    const models = page.getByRole('table', { name: 'Custom models' });
    await page.locator('details.clock summary').focus();
    await page.locator('details.clock summary').press('Enter');
    await page.getByRole('button', { name: '+ 180 days' }).press('Enter');
    await models.getByText('expired').waitFor();
    await page.getByText('It is 2026-11-28 now.').waitFor();
  });

  it.each([['training'], ['training/hostile'], ['training/failed'], ['training/calls?with=hostile']])(
    'shows hostile names of %s as texts, accessibly, in both colour schemes and on a telephone',
    async (path) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page, said } = await open(path, {
          colorScheme,
          viewport: { width: 360, height: 740 },
          bypassCSP: true,
        });
        await page.locator('.panel:not(details *), .comparison-table, .long-table').first().waitFor();
        expect(await page.locator('img').count()).toBe(0);
        expect(await page.locator('main').innerText()).toContain('\\u202E');
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
        expect(await seriousFaults(page)).toEqual([]);
        expect(said).toEqual([]);
      }
    },
  );
});
