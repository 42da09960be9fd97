import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** A library that is in a file of ours. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As it declares it: an SPDX expression. */
  readonly license: string;
  /** In the repository, with forward slashes: `node_modules/long`. */
  readonly folder: string;
  /** The text of its licence, and of its notice where it has one. */
  readonly notice: string;
}

/**
 * The libraries that files come from, by name and version. Paths are relative to `root`. Throws an error for a library without a text
 * of its licence: it must not be passed on.
 */
export async function bundledPackages(files: readonly string[], root: string): Promise<readonly BundledPackage[]> {
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0] ?? []);
  const packages = await Promise.all([...new Set(folders)].map(async (folder) => await readPackage(folder, root)));
  return packages.toSorted((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

async function readPackage(folder: string, root: string): Promise<BundledPackage> {
  const place = path.join(root, folder);
  const { name, version, license } = JSON.parse(
    await readFile(path.join(place, 'package.json'), 'utf8'),
  ) as BundledPackage;
  const texts = (await readdir(place)).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file)).toSorted();
  if (texts.length === 0) throw new Error(`Leave ${name} out of the file: it brings no text of its licence along`);
  const parts = await Promise.all(texts.map(async (file) => await readFile(path.join(place, file), 'utf8')));
  return { name, version, license, folder, notice: parts.map(plainText).join('\n\n') };
}

function plainText(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .trim();
}

/** What the licences of libraries ask to be passed on with them; `place` says what they are in. */
export function noticesOf(packages: readonly BundledPackage[], place: string): string {
  const alike = Map.groupBy(packages, ({ notice }) => notice);
  const notices = [...alike].map(([notice, group]) => {
    const names = group.map(({ name, version, license }) => `${name} ${version} (${license})`);
    return `${names.join(', ')}\n\n${notice}`;
  });
  return [`Other software in ${place}, and its licences`, ...notices].join(`\n\n${'-'.repeat(80)}\n\n`);
}
