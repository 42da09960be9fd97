import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PortalProblem } from '../portal-context.ts';
import type { FileChange } from '../sources.ts';

/** The files of a repository, which the portal changes one at a time: it reads what one page has written before it writes what another page asks for. */
export class WorkingTree {
  readonly #root: string;
  #before: Promise<void> = Promise.resolve();

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Writes files, each as a whole, when all of them still are as they were seen. Throws a {@link PortalProblem}, and has written nothing, when one is
   * another by now, or would lie outside of the repository.
   */
  async write(changes: readonly FileChange[]): Promise<void> {
    const writing = this.#before.then(async () => await writeFiles(this.#root, changes));
    this.#before = writing.catch(() => undefined);
    await writing;
  }
}

async function writeFiles(root: string, changes: readonly FileChange[]): Promise<void> {
  const places = await Promise.all(changes.map(async (change) => await placeOf(change, root)));
  for (const [index, change] of changes.entries()) {
    const place = places[index] ?? '';
    const now = await readFile(place, 'utf8').catch(() => undefined);
    if (now !== change.before)
      throw new PortalProblem(`Look again: ${change.file} has been changed meanwhile, and nothing is written`, {
        status: 409,
      });
  }
  for (const [index, { after }] of changes.entries()) await replaceFile(places[index] ?? '', after);
}

/**
 * The text of a file of the repository; undefined where there is none. Throws a {@link PortalProblem} when it lies elsewhere, or is no text that people
 * write.
 */
export async function readFileIn(root: string, file: string): Promise<string | undefined> {
  const place = await placeOf({ file }, root);
  const found = await lstat(place).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.size > mostBytes) throw new PortalProblem(`Make ${file} shorter: it has more than 4 MB`, { status: 409 });
  return await readFile(place, 'utf8');
}

const mostBytes = 4_000_000;

/** Readers see the file of before or that of after. */
async function replaceFile(place: string, text: string): Promise<void> {
  await mkdir(path.dirname(place), { recursive: true });
  const unfinished = `${place}.${randomBytes(4).toString('hex')}.part`;
  try {
    await writeFile(unfinished, text, { flag: 'wx' });
    await rename(unfinished, place);
  } finally {
    await rm(unfinished, { force: true });
  }
}

/** The absolute path of a file in the repository, whose folders lead nowhere else. */
async function placeOf({ file }: Pick<FileChange, 'file'>, root: string): Promise<string> {
  const outside = new PortalProblem(`Look at ${file} by hand: it is not in the repository, or leads out of it`, {
    status: 403,
  });
  const parts = file.split('/');
  if (
    path.isAbsolute(file) ||
    parts.some((part) => part === '' || part === '..' || part === '.' || part.toLowerCase() === '.git')
  )
    throw outside;
  const own = await realpath(root);
  let folder = own;
  for (const part of parts.slice(0, -1)) {
    folder = path.join(folder, part);
    const found = await realpath(folder).catch(() => folder);
    if (found !== own && !found.startsWith(own + path.sep)) throw outside;
  }
  const place = path.join(folder, parts.at(-1) ?? '');
  const link = await lstat(place).catch(() => undefined);
  if (link !== undefined && !link.isFile()) throw outside;
  return place;
}
