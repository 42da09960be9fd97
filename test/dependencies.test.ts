import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { dependencyFaults, isAllowed, type LockedPackage } from '../scripts/dependency-faults.ts';
import {
  dependenciesFile,
  dependenciesPage,
  type LockFile,
  type Manifest,
  nameOf,
  productionPackages,
} from '../scripts/generate-dependencies.ts';
import { bundleProvider } from '../stacks/provider/build-provider.ts';

const root = path.join(import.meta.dirname, '..');
const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as T;
const lock = read<LockFile>('package-lock.json');
const manifest = read<Manifest & { readonly allowScripts: Readonly<Record<string, boolean>> }>('package.json');
const production = productionPackages(lock);

let bundle: Awaited<ReturnType<typeof bundleProvider>>;
beforeAll(async () => void (bundle = await bundleProvider()));

describe('the packages that users get', () => {
  it('are listed in docs/dependencies.md', () => {
    const page = dependenciesPage(manifest, { lock, bundled: bundle.packages });
    expect(readFileSync(dependenciesFile, 'utf8'), 'run npm run licences').toBe(page);
  });

  it('have a licence that permits everything, a checksum, come from the registry, and run nothing when they are installed', () => {
    expect(production.length).toBeGreaterThan(100);
    expect(production.flatMap(([folder, entry]) => dependencyFaults(nameOf(folder), entry))).toEqual([]);
  });

  it('are what package-lock.json says, where they are installed', () => {
    const told = (folder: string): Partial<Told> => read<Told>(`${folder}/package.json`);
    const wrong = production
      .filter(([folder]) => existsSync(path.join(root, folder, 'package.json')))
      .filter(([folder, { version, license }]) => {
        const found = told(folder);
        return found.name !== nameOf(folder) || found.version !== version || found.license !== license;
      });
    expect(wrong.map(([folder]) => folder)).toEqual([]);
  });

  it("hold the same in the Terraform provider's file, where only scripts that npm is told not to run may be", () => {
    const faults = bundle.packages.flatMap(({ name, folder, license, version }) => {
      const { hasInstallScript, ...entry } = lock.packages[folder] ?? {};
      const runs = hasInstallScript === true && manifest.allowScripts[name] !== false;
      const isSame = entry.license === license && entry.version === version;
      return [
        ...dependencyFaults(name, { ...entry, hasInstallScript: runs }),
        ...(isSame ? [] : [`${name}: not locked`]),
      ];
    });
    expect(bundle.packages.length).toBeGreaterThan(50);
    expect(faults).toEqual([]);
  });

  it("have their licences at the end of the Terraform provider's file, which is the same every time", async () => {
    const missing = bundle.packages.filter(({ name, version, license, notice }) => {
      const named = bundle.text.includes(`${name} ${version} (${license})`);
      return !named || notice === '' || !bundle.text.includes(notice.replaceAll('*/', '* /'));
    });
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect((await bundleProvider()).text).toBe(bundle.text);
  });
});

interface Told {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

describe('dependencyFaults', () => {
  const sound: LockedPackage = { version: '1.0.0', license: 'MIT', integrity: 'sha512-x' };

  it('finds nothing wrong with a package of the registry', () => {
    expect(dependencyFaults('a', sound)).toEqual([]);
  });

  it.each<[string, Partial<Record<keyof LockedPackage, unknown>>]>([
    ['a: the licence GPL-3.0-only', { license: 'GPL-3.0-only' }],
    ['a: the licence is not told', { license: undefined }],
    ['a: no SHA-512 in package-lock.json', { integrity: undefined }],
    ['a: no SHA-512 in package-lock.json', { integrity: 'sha1-x' }],
    ['a: comes from git+ssh://git@github.com/a/a.git#1', { resolved: 'git+ssh://git@github.com/a/a.git#1' }],
    ['a: comes from https://a.example/a.tgz', { resolved: 'https://a.example/a.tgz' }],
    ['a: comes from a folder', { link: true }],
    ['a: runs a script when it is installed', { hasInstallScript: true }],
  ])('says what is wrong: %s', (fault, change) => {
    expect(dependencyFaults('a', { ...sound, ...change } as LockedPackage)).toEqual([fault]);
  });

  it.each([
    ['MIT', true],
    ['(MIT OR CC0-1.0)', true],
    ['MIT OR GPL-2.0-only', true],
    ['GPL-2.0-only OR MIT', true],
    ['MIT AND Apache-2.0', true],
    ['MIT AND GPL-2.0-only', false],
    ['GPL-2.0-only OR (MIT AND ISC)', true],
    ['MIT OR GPL-2.0-only AND ISC', true],
    ['(MIT OR GPL-2.0-only) AND LGPL-3.0-only', false],
    ['GPL-2.0-only WITH Classpath-exception-2.0', false],
    ['MIT WITH something', false],
    ['(MIT', false],
    ['MIT)', false],
    ['MIT OR', false],
    ['SEE LICENSE IN LICENSE', false],
    ['UNLICENSED', false],
    ['', false],
  ])('reads the expression %s', (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });
});
