import { mkdir, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LogLevel, type Plugin, rolldown } from 'rolldown';
import { bundledPackages, noticesOf } from '../stacks/provider/bundled-packages.ts';

/**
 * Makes few files of the compiled command line in `dist/`, because a command starts sooner the fewer modules Node has to find, read and
 * link: a plan needs 400 of them as tsc leaves them. Libraries that a plan always needs go into these files, and the texts of their
 * licences into `THIRD-PARTY-NOTICES.txt`. What the package exports, and what makes stacks, stays as tsc made it; a compiled file that is
 * needed by neither is removed.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const dist = path.join(root, 'dist');

/** What is started by its path: the program, what `bin/speechops.js` loads beside it, a process and a thread. Each keeps its place. */
const entries = [
  'workflows/cli/speechops',
  'workflows/cli/worker/executor',
  'workflows/store/store-worker',
  'stacks/check-environments',
  'stacks/environment-objects',
];

/** What is imported from outside, and stays as it is. */
const doors = [
  'emulator/index',
  'stacks/cdktf/main',
  'stacks/constructs/index',
  'stacks/main',
  'workflows/language/index',
  'workflows/scoring/index',
];

/** From the start on, each with all that it imports is one file, apart from what is in a file before. Other commands share these files. */
const layers = [
  'workflows/cli/speechops',
  'workflows/cli/main',
  'workflows/cli/commands/lint',
  'workflows/cli/commands/plan',
];

/** The libraries that every plan needs; what they bring along goes in with them. */
const libraries = ['@actions/expressions', '@azure/core-rest-pipeline', 'commander', 'croner', 'js-yaml'];

const compiled = new Map<string, readonly string[]>();
const layerOf = new Map<string, string>();
const bundle = await rolldown({
  cwd: root,
  input: inputOf(entries),
  platform: 'node',
  // A layer exports to other files what its command does not.
  preserveEntrySignatures: 'allow-extension',
  external: (id, importer) => !isInside(id, importer),
  plugins: [keepPlaces(), readGraph(compiled), { name: 'layers', buildEnd: assignLayers }],
  onLog: refuse,
});
const { output } = await bundle.generate({
  format: 'esm',
  chunkFileNames: 'program/[name]-[hash].js',
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ debugName: 'layers', name: (id) => layerOf.get(id) ?? null }],
  },
  comments: { legal: true, annotation: false, jsdoc: false },
  // Messages, and errors in a journal, name classes.
  keepNames: true,
});
await bundle.close();
const exported = await modulesOf(doors);
const files = [...compiled.keys()].filter((file) => path.isAbsolute(file));
await Promise.all(files.filter((file) => isOwn(file) && !exported.has(file)).map(async (file) => await rm(file)));
await mkdir(path.join(dist, 'program'));
for (const file of output)
  await writeFile(path.join(dist, file.fileName), file.type === 'chunk' ? file.code : file.source);
const libraryFiles = files.filter((file) => !isOwn(file)).map((file) => slashed(path.relative(root, file)));
const notices = noticesOf(await bundledPackages(libraryFiles, root), 'the files of program/');
await writeFile(path.join(dist, 'THIRD-PARTY-NOTICES.txt'), `${notices}\n`);

function fileOf(name: string): string {
  return path.join(dist, `${name}.js`);
}

function inputOf(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, fileOf(name)]));
}

/** Whether a module is compiled of our sources, and not a library. */
function isOwn(file: string): boolean {
  return file.startsWith(dist + path.sep);
}

function slashed(file: string): string {
  return file.replaceAll(path.sep, '/');
}

function isInside(id: string, importer: string | undefined): boolean {
  const isLibrary = !id.startsWith('.') && !path.isAbsolute(id);
  if (!isLibrary) return true;
  if (isBuiltin(id)) return false;
  return (
    (importer !== undefined && path.isAbsolute(importer) && !isOwn(importer)) ||
    libraries.some((name) => id === name || id.startsWith(`${name}/`))
  );
}

/**
 * Lets a module find files by the place that it was compiled to, wherever its code goes: the worker of the store beside it, the examples of
 * the package.
 */
function keepPlaces(): Plugin {
  const mark = '__place-in-dist__/';
  return {
    name: 'places',
    transform(code, id) {
      if (!isOwn(id) || !code.includes('import.meta')) return undefined;
      const file = slashed(path.relative(dist, id));
      const placed = code.replaceAll('import.meta.url', `new URL('${mark}${file}', import.meta.url).href`);
      const [other] = /import\.meta\.(?!url\b)\w+/.exec(placed) ?? [];
      if (other !== undefined) throw new Error(`Write import.meta.url in place of ${other} in ${file}: its code moves`);
      return placed;
    },
    renderChunk(code, { fileName }) {
      return code.replaceAll(mark, '../'.repeat(fileName.split('/').length - 1) || './');
    },
  };
}

/** Fills a map with what each module imports at once. */
function readGraph(graph: Map<string, readonly string[]>): Plugin {
  return {
    name: 'graph',
    buildEnd() {
      for (const id of this.getModuleIds()) graph.set(id, this.getModuleInfo(id)?.importedIds ?? []);
    },
  };
}

function assignLayers(): void {
  for (const layer of layers) {
    const found = [fileOf(layer)];
    for (const id of found) {
      if (layerOf.has(id) || !compiled.has(id)) continue;
      layerOf.set(id, path.basename(layer));
      found.push(...(compiled.get(id) ?? []));
    }
  }
}

/** Our modules that these need, then or later. */
async function modulesOf(names: readonly string[]): Promise<ReadonlySet<string>> {
  const graph = new Map<string, readonly string[]>();
  const all = await rolldown({
    cwd: root,
    input: inputOf(names),
    platform: 'node',
    external: (id) => !id.startsWith('.') && !path.isAbsolute(id),
    plugins: [readGraph(graph)],
  });
  await all.generate();
  await all.close();
  return new Set(graph.keys());
}

function refuse(_level: LogLevel, { message }: { readonly message: string }): void {
  throw new Error(`Mend what rolldown says of the program: ${message}`);
}
