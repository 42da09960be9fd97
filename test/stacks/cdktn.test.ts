import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipWithout } from '../skip-without.ts';

const root = path.join(import.meta.dirname, '../..');
const successor = installedSuccessor();
const withoutSuccessor = skipWithout({
  isThere: 'folder' in successor,
  name: 'cdktn',
  install: `Let npm install ${'trouble' in successor ? successor.trouble : ''}`,
});
if (withoutSuccessor !== undefined) console.warn(withoutSuccessor);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'speechops-cdktn-'));
});

afterAll(async () => await rm(folder, { recursive: true, force: true }));

describe.skipIf(withoutSuccessor !== undefined)(
  'a move from cdktf to its successor cdktn',
  { timeout: 300_000 },
  () => {
    it('is a rename of the imports: the stacks are the same, but for versions', async () => {
      const project = path.join(folder, 'renamed');
      await copyRenamed(project, 'folder' in successor ? successor.folder : '');
      const ours = await synthesised(path.join(root, 'stacks', 'main.ts'), 'ours');
      const theirs = await synthesised(path.join(project, 'stacks', 'main.ts'), 'theirs');
      expect(Object.keys(ours)).toEqual(['dev', 'prod', 'test']);
      // That of the azurerm provider shows which library has been at work.
      expect(theirs['dev']).toContain('"4.73.0"');
      expect(mapValues(theirs, withoutVersions)).toEqual(mapValues(ours, withoutVersions));
    });
  },
);

/** The stacks of the repository's environment.yaml, by name. */
async function synthesised(app: string, name: string): Promise<Readonly<Record<string, string>>> {
  const cwd = path.join(folder, name);
  await cp(path.join(root, 'environment.yaml'), path.join(cwd, 'environment.yaml'));
  execFileSync(process.execPath, [app], { cwd, stdio: 'pipe' });
  const stacks = path.join(cwd, 'cdktf.out', 'stacks');
  const names = (await readdir(stacks)).toSorted();
  const texts = await Promise.all(
    names.map(async (stack) => await readFile(path.join(stacks, stack, 'cdk.tf.json'), 'utf8')),
  );
  return Object.fromEntries(names.map((stack, index) => [stack, texts[index] ?? '']));
}

function mapValues<T>(texts: Readonly<Record<string, string>>, map: (text: string) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, map(text)]));
}

/** The versions of the library and of the azurerm provider to which its classes belong. */
function withoutVersions(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) => (key === 'version' ? 'any' : value));
}

async function copyRenamed(project: string, packages: string): Promise<void> {
  for (const part of ['stacks', 'workflows', 'schemas', 'package.json'])
    await cp(path.join(root, part), path.join(project, part), { recursive: true });
  const names = await readdir(path.join(project, 'stacks'), { recursive: true });
  for (const name of names.filter((other) => other.endsWith('.ts'))) {
    const file = path.join(project, 'stacks', name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll(/from '(@?)cdktf(['/])/g, "from '$1cdktn$2"));
  }
  const modules = path.join(project, 'node_modules');
  await mkdir(modules);
  const theirs = ['cdktn', '@cdktn', 'constructs'];
  for (const name of await readdir(path.join(root, 'node_modules'))) {
    if (![...theirs, 'cdktf', '@cdktf'].includes(name))
      await symlink(path.join(root, 'node_modules', name), path.join(modules, name));
  }
  for (const name of theirs) await symlink(path.join(packages, 'node_modules', name), path.join(modules, name));
}

/** The folder of packages with cdktn, installed once for all runs: it takes 270 MB. Undefined when npm cannot. */
function installedSuccessor(): { readonly folder: string } | { readonly trouble: string } {
  const cache = path.join(homedir(), '.cache', 'speechops-tests', 'cdktn-0.24.0');
  if (existsSync(path.join(cache, 'node_modules', '.package-lock.json'))) return { folder: cache };
  const dependencies = { cdktn: '0.24.0', '@cdktn/provider-azurerm': '16.1.0', constructs: '10.7.2' };
  // The classes of azurerm ask for cdktn 0.23, and work with 0.24.
  const overrides = { '@cdktn/provider-azurerm': { cdktn: '$cdktn' } };
  try {
    const options = { cwd: cache, stdio: 'pipe', timeout: 300_000 } as const;
    mkdirSync(cache, { recursive: true });
    writeFileSync(path.join(cache, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }));
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], options);
    return { folder: cache };
  } catch (error) {
    const wanted = Object.entries(dependencies).map((entry) => entry.join('@'));
    return { trouble: `${wanted.join(', ')}, which failed: ${String(error)}` };
  }
}
