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
  'stacks/index',
  'stacks/main',
  'workflows/language/index',
  'workflows/scoring/index',
];

/** What every command starts with: one file each. */
const starts = ['workflows/cli/speechops', 'workflows/cli/main'];

/** What exactly the same of these commands need is one file, which others share; the rest is split as it is imported. */
const commands = ['lint', 'plan', 'score'];

/** It shares much with those before, and what it alone needs is too much for the others that need a little of that. */
const apart = 'score';

/** The libraries that every plan needs; what they bring along goes in with them. */
const libraries = ['@actions/expressions', '@azure/core-rest-pipeline', 'commander', 'croner', 'js-yaml'];

/** Modules of Node of which an import loads more than is used. */
const required = ['crypto', 'fs', 'http', 'util'];

const compiled = new Map<string, readonly string[]>();
const partOf = new Map<string, string>();
const bundle = await rolldown({
  cwd: root,
  input: inputOf(entries),
  platform: 'node',
  // A part exports to other files what its command does not.
  preserveEntrySignatures: 'allow-extension',
  external: (id, importer) => !isInside(id, importer),
  plugins: [requireBuiltins(), keepPlaces(), readGraph(compiled), { name: 'parts', buildEnd: assignParts }],
  onLog: refuse,
});
const { output } = await bundle.generate({
  format: 'esm',
  chunkFileNames: 'program/[name]-[hash].js',
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ debugName: 'parts', name: (id) => partOf.get(id) ?? null }],
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
  await writeFile(path.join(dist, file.fileName), file.type === 'chunk' ? inAscii(file.code) : file.source);
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
  if (isBuiltin(id)) return isRequired(id);
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

/**
 * Code with other characters than ASCII as escapes. One such character makes V8 keep the whole file in two bytes a character, and Node
 * decode it the slow way: 12 MB and 0.04 s of CPU of a large plan.
 */
function inAscii(code: string): string {
  // In a raw template an escape is no character: such a file, as for scoring, stays as it is.
  if (/\braw`[^`]*[^\0-\x7F]/.test(code)) return code;
  return code.replaceAll(/[^\0-\x7F]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Takes modules of Node as what `require` gives. Node reads each export of one that is imported, and these have some that load
 * much: `http` a whole client, which no command needs. That was a fifth of the CPU that a plan of one step takes. What is read only then cannot
 * be imported by its name.
 */
function requireBuiltins(): Plugin {
  const mark = '\0required:';
  return {
    name: 'require-builtins',
    resolveId: (id) => (isRequired(id) ? `${mark}${nameOf(id)}` : undefined),
    load(id) {
      if (!id.startsWith(mark)) return undefined;
      const name = id.slice(mark.length);
      const exports = Object.entries(Object.getOwnPropertyDescriptors(process.getBuiltinModule(name) ?? {}));
      const ready = exports.filter(([, { value }]) => value !== undefined).map(([each]) => each);
      return `const required = process.getBuiltinModule('node:${name}');
export default required;
export const { ${ready.join(', ')} } = required;`;
    },
  };
}

function isRequired(id: string): boolean {
  return required.includes(nameOf(id));
}

function nameOf(id: string): string {
  return id.replace(/^node:/, '');
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

function assignParts(): void {
  for (const start of starts)
    for (const id of importedFrom(start)) if (!partOf.has(id)) partOf.set(id, path.basename(start));
  const needs = commands.map((name) => ({ name, modules: importedFrom(`workflows/cli/commands/${name}`) }));
  for (const id of compiled.keys()) {
    const needing = needs.filter(({ modules }) => modules.has(id)).map(({ name }) => name);
    if (needing.some((name) => name !== apart) && !partOf.has(id)) partOf.set(id, needing.join('-'));
  }
}

/** A module with all that it imports at once. */
function importedFrom(name: string): ReadonlySet<string> {
  const found = new Set([fileOf(name)]);
  for (const id of found)
    for (const imported of compiled.get(id) ?? []) if (compiled.has(imported)) found.add(imported);
  return found;
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
