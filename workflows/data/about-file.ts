import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

/** How the file in a folder is called that says what is known of its data; beside an archive or a text its name is before that. */
export const aboutFileName = 'data.yaml';

/** Larger than any such file. */
const mostBytes = 4 * 1024 ** 2;

/** Reads the file about a set, if there is one: in its folder, or beside its archive or text. A path is as people are told it. */
export async function readAboutFile(
  { kind, path: shown }: { readonly kind: 'folder' | 'zip' | 'file'; readonly path: string },
  { cwd }: { readonly cwd: string },
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  const place = kind === 'folder' ? path.join(shown, aboutFileName) : `${shown.replace(/\.\w+$/, '')}.${aboutFileName}`;
  const absolute = path.resolve(cwd, place);
  const found = await stat(absolute).catch(() => undefined);
  if (found?.isFile() !== true || found.size > mostBytes) return undefined;
  return { path: place, text: await readFile(absolute, 'utf8') };
}
