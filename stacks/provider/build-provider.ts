import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BundledPackage, bundledPackages, noticesOf } from './bundled-packages.ts';
import { providerFile } from './provider-address.ts';

/**
 * The path of the provider's one file. In a clone of the repository it is made when it is missing or older than its sources;
 * an npm package brings it along.
 */
export async function builtProvider(): Promise<string> {
  const sources = sourceFiles();
  if (sources.length === 0) {
    const packed = path.join(packageFolder(), 'dist', 'provider', providerFile);
    if (existsSync(packed)) return packed;
    throw new Error(`Install the package again: ${packed} is missing`);
  }
  // Not in dist/, which a packing of the package empties.
  const file = path.join(packageFolder(), '.cache', 'provider', providerFile);
  const built = statSync(file, { throwIfNoEntry: false });
  if (built === undefined || sources.some((source) => statSync(source).mtimeMs > built.mtimeMs)) await build(file);
  return file;
}

/** The text of that one file, which has the licences of its libraries at its end, and these libraries. */
export async function bundleProvider(): Promise<{
  readonly text: string;
  readonly packages: readonly BundledPackage[];
}> {
  const { build: bundle } = await import('esbuild');
  const folder = packageFolder();
  const { outputFiles, metafile } = await bundle({
    absWorkingDir: folder,
    entryPoints: [path.join(folder, 'stacks', 'provider', 'main.ts')],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    // The provider recognises nothing, and this is loaded for that alone.
    external: ['microsoft-cognitiveservices-speech-sdk', 'microsoft-cognitiveservices-speech-sdk/*'],
    // Errors in Terraform's log name functions.
    keepNames: true,
    legalComments: 'eof',
    // Terraform starts the file by itself. An absolute path would give every machine another checksum.
    banner: { js: start },
    logLevel: 'error',
  });
  const packages = await bundledPackages(Object.keys(metafile.inputs), folder);
  const notices = noticesOf(packages, 'this file').replaceAll('*/', '* /');
  return { text: `${outputFiles[0]?.text ?? ''}/*!\n${notices}\n*/\n`, packages };
}

/**
 * The first lines of the file, which are shell and JavaScript at once. Terraform shows a person the first line that a provider
 * prints, and nothing of what Node says of a language that it is too old for.
 */
const start = String.raw`#!/bin/sh
':' //; case "$(node --version 2>/dev/null)" in v2[4-9].*|v[3-9][0-9].*) exec node "$0" "$@";; esac
':' //; echo "The customspeech provider needs Node 24 or newer on PATH, and found $(node --version 2>/dev/null || echo none): npm install --save-dev node@24 brings it along for npm scripts and npx"; exit 1`;

async function build(file: string): Promise<void> {
  const { text } = await bundleProvider();
  await mkdir(path.dirname(file), { recursive: true });
  // Two builds at a time must not see each other's half.
  const part = `${file}.${process.pid}`;
  try {
    await writeFile(part, text);
    await chmod(part, 0o755);
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}

/** What the file is made of, apart from libraries; empty in an npm package. */
function sourceFiles(): readonly string[] {
  const folder = packageFolder();
  const inFolder = (name: string): readonly string[] => {
    const top = path.join(folder, name);
    if (!existsSync(top)) return [];
    const names = readdirSync(top, { recursive: true, encoding: 'utf8' });
    return names.filter((file) => file.endsWith('.ts')).map((file) => path.join(top, file));
  };
  const own = inFolder('stacks/provider');
  return own.length === 0 ? [] : [...own, ...inFolder('workflows'), path.join(folder, 'package.json')];
}

/** That of this package, from its sources and from what is compiled of them. */
function packageFolder(): string {
  let folder = import.meta.dirname;
  while (!isPackage(folder)) folder = path.dirname(folder);
  return folder;
}

function isPackage(folder: string): boolean {
  const file = path.join(folder, 'package.json');
  // The compiled files have a copy of package.json among them.
  if (path.basename(folder) === 'dist') return false;
  if (folder !== path.dirname(folder))
    return existsSync(file) && /"name": "speechops"/.test(readFileSync(file, 'utf8'));
  throw new Error('Run this inside the speechops package: no package.json of it was found');
}

/** `npm run build:provider`: makes it for the npm package. */
if (import.meta.main) await build(path.join(packageFolder(), 'dist', 'provider', providerFile));
