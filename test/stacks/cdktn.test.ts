import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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
      await copyStacks(project, { isRenamed: true });
      await sameStacks(project);
    });

    it('is npm’s aliases as the documentation has them, with nothing changed', async () => {
      const project = path.join(folder, 'aliased');
      await copyStacks(project, { isRenamed: false });
      await sameStacks(project);
    });
  },
);

async function sameStacks(project: string): Promise<void> {
  const name = path.basename(project);
  const ours = await synthesised(path.join(root, 'stacks', 'main.ts'), `ours-${name}`);
  const theirs = await synthesised(path.join(project, 'stacks', 'main.ts'), `theirs-${name}`);
  expect(Object.keys(ours)).toEqual(['dev', 'prod', 'test']);
  // That of the azurerm provider shows which library has been at work.
  expect(theirs['dev']).toContain('"4.73.0"');
  expect(mapValues(theirs, withoutVersions)).toEqual(mapValues(ours, withoutVersions));
}

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

/** Copies the sources that make stacks, and gives them packages: cdktn under its own name, where they are renamed, else under that of cdktf. */
async function copyStacks(project: string, { isRenamed }: { readonly isRenamed: boolean }): Promise<void> {
  for (const part of ['stacks', 'workflows', 'schemas', 'package.json'])
    await cp(path.join(root, part), path.join(project, part), { recursive: true });
  if (isRenamed) await renameImports(path.join(project, 'stacks'));
  const modules = path.join(project, 'node_modules');
  await mkdir(modules);
  const theirs = ['cdktn', '@cdktn', 'cdktf', '@cdktf', 'constructs'];
  for (const name of await readdir(path.join(root, 'node_modules')))
    if (!theirs.includes(name)) await symlink(path.join(root, 'node_modules', name), path.join(modules, name));
  const packages = path.join('folder' in successor ? successor.folder : '', 'node_modules');
  for (const name of ['cdktn', 'constructs']) await symlink(path.join(packages, name), path.join(modules, name));
  if (!isRenamed) await symlink(path.join(packages, 'cdktf'), path.join(modules, 'cdktf'));
  await symlink(path.join(packages, '@cdktf'), path.join(modules, isRenamed ? '@cdktn' : '@cdktf'));
}

async function renameImports(stacks: string): Promise<void> {
  const names = await readdir(stacks, { recursive: true });
  for (const name of names.filter((other) => other.endsWith('.ts'))) {
    const file = path.join(stacks, name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll(/from '(@?)cdktf(['/])/g, "from '$1cdktn$2"));
  }
}

/**
 * The folder of packages that npm installs for who writes what the documentation says beside SpeechOps, whose peers are looked at, too. It
 * is installed once for all runs, because it takes 270 MB.
 */
function installedSuccessor(): { readonly folder: string } | { readonly trouble: string } {
  const page = readFileSync(path.join(root, 'docs', 'environment.md'), 'utf8');
  const [, documented = '{}'] = /```json\n(\{[^`]*"npm:cdktn@[^`]*)```/.exec(page) ?? [];
  const { name, version, peerDependencies } = JSON.parse(
    readFileSync(path.join(root, 'package.json'), 'utf8'),
  ) as Readonly<Record<string, unknown>>;
  const wanted = {
    private: true,
    ...(JSON.parse(documented) as object),
    dependencies: { speechops: 'file:speechops' },
  };
  const peers = JSON.stringify({ name, version, peerDependencies });
  const digest = createHash('sha256')
    .update(JSON.stringify([wanted, peers]))
    .digest('hex')
    .slice(0, 8);
  const cache = path.join(homedir(), '.cache', 'speechops-tests', `cdktn-${digest}`);
  if (existsSync(path.join(cache, 'node_modules', '.package-lock.json'))) return { folder: cache };
  try {
    const options = { cwd: cache, stdio: 'pipe', timeout: 300_000 } as const;
    mkdirSync(path.join(cache, 'speechops'), { recursive: true });
    writeFileSync(path.join(cache, 'speechops', 'package.json'), peers);
    writeFileSync(path.join(cache, 'package.json'), JSON.stringify(wanted));
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts'], options);
    return { folder: cache };
  } catch (error) {
    return { trouble: `what docs/environment.md has, which failed: ${String(error)}` };
  }
}
