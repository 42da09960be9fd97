import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { Portal } from '../../portal/server/start-portal.ts';
import { type PortalOn, startPortalOn, testToken } from './portal-on.ts';

/** A portal on a free port, which ends with the test, and how to ask it. */
export interface TestPortal extends Portal {
  readonly token: string;
  /** Asks below `/api/` with the token. */
  ask(url: string, init?: RequestInit): Promise<Response>;
}

/** Starts a portal on these sources; what is absent of them is empty. Its page is a stand-in: browser tests build the real one. */
export async function startTestPortal(
  options: Omit<PortalOn, 'appFolder'> & Partial<Pick<PortalOn, 'appFolder'>> = {},
): Promise<TestPortal> {
  const portal = await startPortalOn({ ...options, appFolder: options.appFolder ?? (await standInApp()) });
  onTestFinished(async () => await portal.close());
  const authorization = `Bearer ${options.token ?? testToken}`;
  return {
    ...portal,
    token: options.token ?? testToken,
    ask: async (url, init = {}) =>
      await fetch(`${portal.url}/api/${url}`, {
        ...init,
        headers: { authorization, ...(init.headers as Record<string, string> | undefined) },
      }),
  };
}

async function standInApp(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-portal-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  await mkdir(path.join(folder, 'assets'));
  await writeFile(path.join(folder, 'assets', 'page.js'), '/* the page */');
  await writeFile(
    path.join(folder, 'index.html'),
    '<!doctype html><meta name="style-nonce" content="__STYLE_NONCE__"><script type="module" src="/assets/page.js"></script>',
  );
  return folder;
}
