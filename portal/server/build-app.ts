import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { pageStyle } from '../../workflows/report/html/page-style.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * The folder of the built page: in the package beside this file's room, in a clone built from its sources when they have changed since,
 * which takes some seconds and is told.
 */
export async function appFolder({ tell }: { readonly tell: (message: string) => void }): Promise<string> {
  const packed = path.join(here, '..', 'app-files');
  if (existsSync(path.join(packed, 'index.html'))) return packed;
  const root = path.join(here, '..', '..');
  const built = path.join(root, 'node_modules', '.cache', 'speechops-portal', await digestOfSources(root));
  if (existsSync(path.join(built, 'index.html'))) return built;
  tell('Building the page, once after each change of its sources (some seconds)');
  const unfinished = `${built}.${process.pid}`;
  await buildApp(unfinished);
  await rename(unfinished, built).catch(async (error: unknown) => {
    // Another process has built the same meanwhile.
    if (!existsSync(path.join(built, 'index.html'))) throw error;
    await rm(unfinished, { recursive: true, force: true });
  });
  return built;
}

/** Builds the page into a folder. */
export async function buildApp(outDir: string): Promise<void> {
  const { build } = await import('vite');
  const root = path.join(here, '..', 'app');
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    base: '/',
    resolve: { dedupe: ['preact'] },
    plugins: [
      {
        name: 'report-style',
        resolveId: (id: string) => (id === 'virtual:report.css' ? `\0${id}` : undefined),
        load: (id: string) => (id === '\0virtual:report.css' ? pageStyle : undefined),
      },
    ],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      // A page that loads nothing of elsewhere has no data in addresses, either.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // How long plugins take on a slow machine is nothing to those who wait for the page.
      rolldownOptions: { checks: { bundlerTimings: false } },
    },
  });
}

/** All that a built page is made of: the sources that may go into it, and the versions of the packages. */
async function digestOfSources(root: string): Promise<string> {
  const files = [
    ...globSync('portal/{app,api}/**/*.{ts,css,html}', { cwd: root }),
    ...globSync('workflows/{report/html,document,evidence,scoring}/**/*.ts', { cwd: root }),
    'package-lock.json',
    'portal/server/build-app.ts',
  ].toSorted();
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`${file}\0`);
    hash.update(await readFile(path.join(root, file)).catch(() => ''));
  }
  return hash.digest('hex').slice(0, 16);
}
