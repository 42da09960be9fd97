import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { appFolder } from '../../portal/server/build-app.ts';

/** The built page of the portal, for `startTestPortal`. It is built once after each change of its sources. */
export async function builtApp(): Promise<string> {
  return await appFolder({ tell: () => undefined });
}

/**
 * A page of a portal in a browser of its own, opened as a person opens it, with the token in the address; and what its console says,
 * which should be nothing. `path` is behind the address, and begins with `/`.
 */
export async function openPortal(
  browser: Browser,
  portal: { readonly url: string; readonly token: string },
  { path = '/', ...options }: BrowserContextOptions & { readonly path?: string } = {},
): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
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
  const exchanged = page.waitForResponse('**/api/session', { timeout: 5000 }).then(
    async (answer) => await answer.finished(),
    () => null,
  );
  await page.goto(`${portal.url}${path}#${portal.token}`);
  // The page has the token alone until then: who leaves it earlier than any person could has nothing.
  await exchanged;
  for (let tries = 0; tries < 20 && !(await page.evaluate<boolean>("'speechops-key' in localStorage")); tries += 1)
    await page.waitForTimeout(50);
  return { page, said };
}
