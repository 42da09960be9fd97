import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { appFolder } from '../../portal/server/build-app.ts';
import { until } from '../until.ts';

/** The built page of the portal, for `startTestPortal`. It is built once after each change of its sources. */
export async function builtApp(): Promise<string> {
  return await appFolder({ tell: () => undefined });
}

/**
 * A page of a portal in a browser of its own, until the test ends, opened as a person opens it, with the token in the address; and what
 * its console says, which should be nothing. `path` is behind the address, and begins with `/`; `before` is done to the page before it is
 * opened. A token of no letters is none.
 */
export async function openPortal(
  browser: Browser,
  portal: { readonly url: string; readonly token: string },
  {
    path = '/',
    before,
    ...options
  }: BrowserContextOptions & { readonly path?: string; readonly before?: (page: Page) => Promise<unknown> } = {},
): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  // A machine that does much else takes long.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  onTestFinished(async () => {
    // What a test does to a request may be under way, and would fail the whole run of tests when the page is gone.
    if (!page.isClosed()) await page.unrouteAll({ behavior: 'ignoreErrors' });
    // A page that stays open asks its portal again and again, which is gone by then.
    await context.close();
  });
  const said: string[] = [];
  page.on('console', (message) => said.push(`${message.text()} ${message.location().url}`.trim()));
  page.on('response', (response) => {
    // A browser says that there was a fault, and not which.
    if (response.status() < 500) return;
    void response.text().then(
      (text) => said.push(`${response.url()} answers ${text}`),
      () => undefined,
    );
  });
  page.on('pageerror', (error) => said.push(error.message));
  await before?.(page);
  await page.goto(`${portal.url}${path}#${portal.token}`);
  // The page has the token alone until then: who leaves it earlier than any person could has nothing.
  if (portal.token !== '') await until(async () => await page.evaluate<boolean>("'speechops-key' in localStorage"));
  return { page, said };
}
