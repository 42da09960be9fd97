import { existsSync, lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** The folder of the Git repository that an absolute folder belongs to; undefined when it belongs to none. */
export function repositoryOf(folder: string): string | undefined {
  if (existsSync(path.join(folder, '.git'))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}

/**
 * A path as tools around a pull request know it: from the root of the Git repository that the folder belongs to, which `file` is
 * relative to, with `/`. As it is where it is outside, or there is no repository.
 */
export function pathInRepository(file: string, folder: string): string {
  const root = repositoryOf(folder) ?? folder;
  const below = path.relative(root, path.resolve(folder, file)).split(path.sep).join('/');
  return below === '' || below === '..' || below.startsWith('../') ? file : below;
}

/**
 * The folder of the checkout that decides what lies in an absolute folder: for a submodule, whose `.git` is a file, it is the
 * one around it, since a commit there says which commit of the submodule is taken. Undefined when there is none.
 */
export function checkoutOf(folder: string): string | undefined {
  if (lstatSync(path.join(folder, '.git'), { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : checkoutOf(parent);
}

/**
 * Where the data of a pipeline in an absolute folder may lie, links resolved: in its repository, or without one in its folder,
 * and below the current folder.
 */
export function dataRootsOf(folder: string, cwd: string): readonly string[] {
  // A worker may not have the folder: then the data port says what is missing.
  const start = existsSync(folder) ? realpathSync(folder) : folder;
  const current = realpathSync(cwd);
  return [...new Set([repositoryOf(start) ?? start, ...(start.startsWith(current + path.sep) ? [current] : [])])];
}
