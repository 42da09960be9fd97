import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of the Git repository that an absolute folder belongs to; undefined when it belongs to none. */
export function repositoryOf(folder: string): string | undefined {
  if (folder === '') return undefined;
  if (existsSync(path.join(folder, '.git'))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}
