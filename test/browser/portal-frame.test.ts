import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployedWorld } from '../portal/deployed-world.ts';
import { startTestPortal } from '../portal/start-test-portal.ts';
import { startBrowser, withoutBrowser } from './open-page.ts';
import { builtApp, openPortal } from './open-portal.ts';

if (withoutBrowser !== undefined) console.log(withoutBrowser);

describe.skipIf(withoutBrowser !== undefined)('what stands around all tabs', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => await browser?.close());

  it.each([
    { width: 1280, most: 56, whose: 'header .whose' },
    { width: 360, most: 90, whose: 'footer.whose' },
  ])('is a row at 1280 pixels and two at 360, with all that it tells: $width', async ({ width, most, whose }) => {
    const portal = await startTestPortal({ sources: await deployedWorld(), appFolder: await builtApp() });
    const options = { path: '/contoso/deployment', viewport: { width, height: 740 } };
    const { page, said } = await openPortal(browser, portal, options);
    await page.getByRole('article').first().waitFor();
    expect(await page.evaluate<number>("document.querySelector('header.frame').offsetHeight")).toBeLessThan(most);
    for (const name of ['Data', 'Testing', 'Training', 'Deployment', 'Runs'])
      expect(await page.getByRole('navigation', { name: 'Tabs' }).getByRole('link', { name }).isVisible()).toBe(true);
    expect(await page.locator(whose).innerText()).toContain('you are Ada');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(said).toEqual([]);
  });

  it.each([1280, 900, 360])('has its tabs where they stay before anything is known: %d', async (width) => {
    const portal = await startTestPortal({ sources: await deployedWorld(), appFolder: await builtApp() });
    const options = { path: '/contoso/deployment', viewport: { width, height: 740 } };
    const { page } = await openPortal(browser, portal, options);
    const isMeasured = Promise.withResolvers<void>();
    await page.route('**/api/overview', async (route) => {
      await isMeasured.promise;
      await route.continue();
    });
    await page.reload();
    const names = page.getByRole('navigation', { name: 'Tabs' }).locator('a');
    await names.first().waitFor();
    const places = async (): Promise<readonly unknown[]> =>
      await Promise.all((await names.all()).map(async (name) => await name.boundingBox()));
    const before = await places();
    isMeasured.resolve();
    await page.getByRole('article').first().waitFor();
    expect(await places()).toEqual(before);
    const [last, clock] = [await names.last().boundingBox(), await page.locator('header details.clock').boundingBox()];
    const isBeside = (last?.x ?? 0) + (last?.width ?? 0) <= (clock?.x ?? 0);
    expect(isBeside || (clock?.y ?? 0) + (clock?.height ?? 0) <= (last?.y ?? 0)).toBe(true);
  });

  it('marks the times that are by the clock of the emulator, and writes all in one way', async () => {
    const portal = await startTestPortal({ sources: await deployedWorld(), appFolder: await builtApp() });
    const { page } = await openPortal(browser, portal, { path: '/contoso/deployment', timezoneId: 'America/New_York' });
    const since = page.getByRole('article', { name: 'line', exact: true }).locator('time').first();
    await since.waitFor();
    const marks = await page.evaluate<readonly string[]>(
      "[...document.querySelectorAll('.card time.of-service, summary time')].map((one) => getComputedStyle(one, '::before').content)",
    );
    expect(marks.length).toBeGreaterThan(1);
    for (const mark of marks) expect(mark).toContain('◷');
    for (const time of [since, page.locator('details.clock summary time')]) {
      expect(await time.innerText()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d$/);
      expect(await time.getAttribute('title')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    }
    await page.locator('details.clock summary').press('Enter');
    await page.getByText('these times bear the mark').waitFor();
  });
});
