import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { MAX_CHARACTERS } from '../../document/yaml/read-document.ts';
import { git } from '../git.ts';

/** The files of a repository that may be pipelines or environments. */
export interface FoundFiles {
  /** By absolute paths, in their order. */
  readonly pipelines: readonly string[];
  readonly environments: readonly string[];
}

/**
 * The YAML files below a folder that have `steps:`, or that are called `environment.yaml`; those below folders of tests and those that Git
 * ignores are left out, and without Git folders that begin with a dot, and `node_modules`.
 */
export async function findPipelines(folder: string): Promise<FoundFiles> {
  const all = await listed(folder).catch(async () => await walked(folder));
  const files = all.filter((file) => !isOfTests(path.relative(folder, file))).toSorted();
  const pipelines: string[] = [];
  for (const file of files) {
    const text = await textOf(file);
    if (/^steps[ \t]*:/m.test(text) && /^name[ \t]*:/m.test(text) && !/^[ \t]*(?:runs-on|using)[ \t]*:/m.test(text))
      pipelines.push(file);
  }
  return { pipelines, environments: files.filter((file) => path.basename(file) === 'environment.yaml') };
}

/** Whether a file is below a folder of tests: a team writes pipelines there to be faulty, and does not run them. */
function isOfTests(file: string): boolean {
  const folders = file.split(path.sep).slice(0, -1);
  return folders.some((name) => ['test', 'tests', 'fixtures', 'golden'].includes(name));
}

/** A link may lead to a device, which gives no end of text or none at all. */
async function textOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true && found.size <= mostBytes ? await readFile(file, 'utf8').catch(() => '') : '';
}

/** No pipeline that is read has more. */
const mostBytes = 4 * MAX_CHARACTERS;

async function listed(folder: string): Promise<readonly string[]> {
  const printed = await git(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '*.yaml', '*.yml'], {
    cwd: folder,
  });
  const names = printed.toString('utf8').split('\0');
  return names.filter((name) => name !== '').map((name) => path.join(folder, name));
}

async function walked(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory())
        return entry.name.startsWith('.') || entry.name === 'node_modules' ? [] : await walked(file);
      return /\.ya?ml$/.test(entry.name) ? [file] : [];
    }),
  );
  return found.flat();
}
