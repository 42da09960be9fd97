import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { skipWithout } from '../skip-without.ts';

const executablePath = (process.env['PATH'] ?? '')
  .split(path.delimiter)
  .map((folder) => path.join(folder, 'chromium'))
  .find((file) => existsSync(file));

/** What stands beside tests that need a browser; undefined where there is one. */
export const withoutBrowser = skipWithout({
  isThere: executablePath !== undefined,
  name: 'Chromium',
  install: "Install Debian's package chromium, so that there is a `chromium` on the PATH",
});

/** A browser without windows. `args`: what else it is started with. */
export async function startBrowser({ args = [] }: { readonly args?: readonly string[] } = {}): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return await chromium.launch({
    executablePath: executablePath ?? '',
    args: [
      // Chromium has no sandbox for root, and plays what nobody has clicked at with this alone.
      ...(isRoot ? ['--no-sandbox'] : []),
      '--autoplay-policy=no-user-gesture-required',
      ...args,
    ],
  });
}

/** A page of a file, and what its console says, which should be nothing. */
export async function openPage(
  browser: Browser,
  { file, fragment = '', ...options }: BrowserContextOptions & { readonly file: string; readonly fragment?: string },
): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  // A machine that does much else takes long.
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('requestfailed', (request) => said.push(`${request.url()} was not loaded`));
  await page.goto(`file://${file}${fragment}`);
  return { page, said };
}
