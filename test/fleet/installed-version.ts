import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { journalFormat } from '../../workflows/durable/journal-format.ts';

const repository = path.join(import.meta.dirname, '../..');

/**
 * The program as another version of it, installed in this folder: with its own number and, when asked, with another journal
 * format. Answers the path of its executable file.
 */
export async function installVersion(
  folder: string,
  as: { readonly version: string; readonly format?: string },
): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const part of ['bin', 'emulator', 'schemas', 'workflows'])
    await cp(path.join(repository, part), path.join(folder, part), { recursive: true });
  await symlink(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'));
  const described = JSON.parse(await readFile(path.join(repository, 'package.json'), 'utf8')) as object;
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ ...described, version: as.version }));
  if (as.format !== undefined) await nameFormat(path.join(folder, 'workflows/durable/journal-format.ts'), as.format);
  return path.join(folder, 'bin/speechops.js');
}

async function nameFormat(file: string, format: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const changed = text.replace(`'${journalFormat}'`, `'${format}'`);
  if (changed === text) throw new Error(`${file} names no ${journalFormat}`);
  await writeFile(file, changed);
}
