import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type Portal, type PortalOptions, startPortal } from '../../portal/server/start-portal.ts';
import { createLocalData } from '../../workflows/data/local-data.ts';
import type { PortalSources } from '../../portal/server/sources.ts';

/** A portal on a free port, which ends with the test, and how to ask it. */
export interface TestPortal extends Portal {
  readonly token: string;
  /** Asks below `/api/` with the token. */
  ask(url: string, init?: RequestInit): Promise<Response>;
}

/** The token of every test's portal. */
export const testToken = 'a-token-of-a-test-0123456789';

/** Starts a portal on these sources; what is absent of them is empty. Its page is a stand-in: browser tests build the real one. */
export async function startTestPortal({
  sources = {},
  ...options
}: Partial<Omit<PortalOptions, 'sources'>> & {
  readonly sources?: Partial<Omit<PortalSources, 'repository'>> & {
    readonly repository?: Partial<PortalSources['repository']>;
  };
} = {}): Promise<TestPortal> {
  const portal = await startPortal({
    token: testToken,
    port: 0,
    readOnly: false,
    allowedHosts: [],
    person: 'Ada',
    program: '0.0.0',
    ...options,
    appFolder: options.appFolder ?? (await standInApp()),
    sources: { resources: [], runs: noRuns, ...sources, repository: { ...noRepository, ...sources.repository } },
  });
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

/** A repository that has nothing. */
export const noRepository: PortalSources['repository'] = {
  root: '/nowhere/repository',
  runsFolder: '/nowhere/repository/.speechops/runs',
  reviewHost: async () => ({ fault: 'There is no host here' }),
  git: async () => {
    throw new Error('There is no Git here');
  },
  pipelines: async () => [],
  data: createLocalData({ roots: [] }),
};

const noRuns: PortalSources['runs'] = {
  borrow: async () => {
    throw new Error('There are no runs here');
  },
  version: async () => '',
  start: async () => ({}),
};

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
