import { createReadStream } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { whyNotData } from '../../data-roots.ts';
import type { DataFindings } from '../data-findings.ts';
import type { DataFile, DataSource } from './data-file.ts';
import { openZip } from './open-zip.ts';

/**
 * Opens a folder, an archive, a single file, or files that are together a folder. What keeps it from being read is a finding, and then there are no files. Links are
 * followed as far as the roots, absolute folders with links resolved; undefined follows all of them.
 */
export async function openSource(
  given: string | readonly string[],
  options: { readonly cwd: string; readonly roots?: readonly string[] | undefined; readonly findings: DataFindings },
): Promise<DataSource> {
  if (typeof given !== 'string') return await openFiles(given, options);
  const absolute = path.resolve(options.cwd, given);
  const found = await stat(absolute);
  if (found.isDirectory()) {
    const files = await filesIn(absolute, { ...options, shown: given, prefix: '' });
    return { kind: 'folder', path: given, files, close: () => undefined };
  }
  if (await isZip(absolute)) return await openZip(absolute, { shown: given, findings: options.findings });
  const file = fileAt(absolute, { name: path.basename(absolute), shown: given, bytes: found.size });
  return { kind: 'file', path: given, files: [file], close: () => undefined };
}

async function openFiles(given: readonly string[], { cwd }: { readonly cwd: string }): Promise<DataSource> {
  const files: DataFile[] = [];
  for (const shown of given)
    files.push(await openFile(path.resolve(cwd, shown), { name: path.basename(shown), shown }));
  return { kind: 'folder', path: path.dirname(given[0] ?? '.'), files, close: () => undefined };
}

/** By its first bytes: a zip that is called something else is one, too. */
async function isZip(absolute: string): Promise<boolean> {
  if (/\.zip$/i.test(absolute)) return true;
  const stream = createReadStream(absolute, { end: 3 });
  const head = Buffer.concat((await stream.toArray()) as Buffer[]);
  return head.equals(Buffer.from('PK\u0003\u0004')) || head.equals(Buffer.from('PK\u0005\u0006'));
}

interface Listing {
  readonly shown: string;
  /** The names of the folders on the way, each with its `/`. */
  readonly prefix: string;
  readonly roots?: readonly string[] | undefined;
  readonly findings: DataFindings;
}

/** All files in a folder and below it, in the order of their names. */
async function filesIn(folder: string, listing: Listing): Promise<readonly DataFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files: DataFile[] = [];
  for (const { name } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const absolute = path.join(folder, name);
    const shown = path.join(listing.shown, name);
    const leave = (why: string, hint: string): void =>
      listing.findings.report('left-out', { path: shown }, { name: listing.prefix + name, why, hint });
    const found = await stat(absolute).catch(() => undefined);
    if (found === undefined) {
      leave('it is a link to nothing, or cannot be read', 'Remove it, or mend the link');
      continue;
    }
    // A link to a folder may lead round in a circle.
    if (found.isDirectory() && !(await lstat(absolute)).isSymbolicLink()) {
      if (/^\.(?:git|speechops)$/i.test(name)) continue;
      files.push(...(await filesIn(absolute, { ...listing, shown, prefix: `${listing.prefix}${name}/` })));
    } else if (!found.isFile()) leave('it is no plain file', 'Put a file in its place');
    else if (listing.roots !== undefined && whyNotData(await realpath(absolute), listing.roots) !== undefined)
      leave('it is a link out of the repository', 'Put the file itself there');
    else files.push(fileAt(absolute, { name: listing.prefix + name, shown, bytes: found.size }));
  }
  return files;
}

/** A file of the disk, of which people are told by another name. */
export async function openFile(
  absolute: string,
  { name, shown }: { readonly name: string; readonly shown: string },
): Promise<DataFile> {
  return fileAt(absolute, { name, shown, bytes: (await stat(absolute)).size });
}

function fileAt(
  absolute: string,
  { name, shown, bytes }: { readonly name: string; readonly shown: string; readonly bytes: number },
): DataFile {
  return { name, path: shown, bytes, read: () => createReadStream(absolute, { highWaterMark: 1 << 16 }) };
}
