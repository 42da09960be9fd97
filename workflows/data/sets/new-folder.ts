import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { DataError } from '../../engine/ports.ts';

/** Makes a folder for what a command writes, and answers its absolute path. One that has something in it already is refused. */
export async function newFolder(given: string, { cwd }: { readonly cwd: string }): Promise<string> {
  const folder = path.resolve(cwd, given);
  const found = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new DataError(`Name a new folder with --out: ${given} is a file`);
    throw error;
  });
  const [first] = found.toSorted();
  if (first !== undefined)
    throw new DataError(`Name a new or empty folder with --out: ${given} has ${JSON.stringify(first)} in it`);
  await mkdir(folder, { recursive: true });
  return folder;
}
