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
 * its console says, which should be nothing. `path` is behind the address, and begins with `/`. A token of no letters is none.
 */
export async function openPortal(
  browser: Browser,
  portal: { readonly url: string; readonly token: string },
  { path = '/', ...options }: BrowserContextOptions & { readonly path?: string } = {},
): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  // A page that stays open asks its portal again and again, which is gone by then.
  onTestFinished(async () => await context.close());
  // A machine that does much else takes long.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
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
  await page.goto(`${portal.url}${path}#${portal.token}`);
  // The page has the token alone until then: who leaves it earlier than any person could has nothing.
  if (portal.token !== '') await until(async () => await page.evaluate<boolean>("'speechops-key' in localStorage"));
  return { page, said };
}
