import { setTimeout } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunsSource } from '../../portal/server/sources.ts';
import { createFakeWorld } from '../workflows/steps/fake-world.ts';
import { fakeResource } from '../portal/fake-resource.ts';
import { noRuns } from '../portal/portal-on.ts';
import { startTestPortal } from '../portal/start-test-portal.ts';
import { startBrowser, withoutBrowser } from './open-page.ts';
import { builtApp, openPortal } from './open-portal.ts';

if (withoutBrowser !== undefined) console.log(withoutBrowser);

describe.skipIf(withoutBrowser !== undefined)('changes that a page hears of', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(async () => await browser?.close());

  it('cost no connection while nobody sees the page, and are asked for when somebody does', async () => {
    const resource = fakeResource(createFakeWorld().ports);
    const portal = await startTestPortal({ appFolder: await builtApp(), sources: { resources: [resource] } });
    const { page } = await openPortal(browser, portal);
    const isEvents = (one: { url(): string }): boolean => one.url().endsWith('/api/events');
    // Leaving the first page ends its stream of events. The test waits for the stream that the second page opens.
    await page.goto('about:blank');
    const opened = page.waitForResponse(isEvents);
    await page.goto(portal.url);
    await opened;
    const letGo = page.waitForEvent('requestfailed', isEvents);
    await page.evaluate(shown(false));
    await letGo;
    expect(await page.getByText('The portal does not answer').count()).toBe(0);
    const again = Promise.all([page.waitForResponse(isEvents), page.waitForResponse(/\/api\/overview$/)]);
    await page.evaluate(shown(true));
    await again;
  });

  it('are shown also where they come faster than the portal answers', async () => {
    let changes = 0;
    let asked = 0;
    let mostAtOnce = 0;
    let answered = 0;
    const runs: RunsSource = {
      ...noRuns,
      // Each look, one a second, finds that something has changed.
      version: async () => String((changes += 1)),
      async borrow(act) {
        asked += 1;
        mostAtOnce = Math.max(mostAtOnce, asked);
        await setTimeout(2500);
        asked -= 1;
        answered += 1;
        return await noRuns.borrow(act);
      },
    };
    const resource = fakeResource(createFakeWorld().ports);
    const portal = await startTestPortal({ appFolder: await builtApp(), sources: { resources: [resource], runs } });
    const { page } = await openPortal(browser, portal, { path: `/${resource.id}/runs` });
    await page.getByText('No runs here yet.').waitFor();
    const before = answered;
    await expect.poll(() => answered, { timeout: 60_000 }).toBeGreaterThan(before + 2);
    // The header asks, too, for the questions that wait.
    expect(mostAtOnce).toBeLessThanOrEqual(2);
  });
});

/** As a browser tells a page that it is covered, or not any more. */
function shown(isShown: boolean): string {
  return `Object.defineProperty(document, 'hidden', { value: ${!isShown}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'));`;
}
