import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants, readFileSync, realpathSync, statSync } from 'node:fs';
import { access, mkdir, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { ReleaseText } from '../document/release-file.ts';
import { DataError, type ReleasePort } from '../engine/ports.ts';
import { whyNotData } from './data-roots.ts';

/** Release files in the repository of a pipeline. `roots` are absolute folders, links resolved: nothing is written elsewhere. */
export function createReleaseFiles({ roots }: { readonly roots: readonly string[] }): ReleasePort {
  return {
    async read(file) {
      await assertWritable(file, roots);
      const text = releaseTextOf(file, { roots });
      if (typeof text === 'object') throw new DataError(`Move ${file} away: ${text.fault}`);
      return text;
    },
    async readAll(folder) {
      const names = await filesBelow(folder);
      if (names === undefined) return undefined;
      // Nothing is looked at elsewhere, and nothing found is not nothing there.
      if (whyNotData(await realpath(folder), roots) !== undefined)
        throw new DataError(`Let \`release\` name a folder in ${roots.join(' or ')}: ${folder} is not`);
      const texts: Record<string, string> = {};
      for (const name of names.filter((one) => one.endsWith('.yaml'))) {
        const text = releaseTextOf(path.join(folder, name), { roots });
        // What cannot be read may name what is to stay.
        if (typeof text === 'object') throw new DataError(`Move ${path.join(folder, name)} away: ${text.fault}`);
        if (text !== undefined) texts[name] = text;
      }
      return texts;
    },
    async write(file, text) {
      await assertWritable(file, roots);
      // Another step, or another process, may be writing the same release now.
      const part = `${file}.${randomUUID()}.part`;
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await removeLeftParts(file);
        await writeFile(part, text, { flag: 'wx' });
        await rename(part, file);
      } catch (error) {
        await rm(part, { force: true }).catch(() => undefined);
        throw explained(error, file);
      }
    },
    async commitOf(folder) {
      try {
        const { stdout } = await promisify(execFile)('git', ['rev-parse', 'HEAD'], { cwd: folder, timeout: 10_000 });
        return /^[0-9a-f]{40,64}$/.exec(stdout.trim())?.[0];
      } catch {
        // No repository, no commit yet, or no Git on this machine.
        return undefined;
      }
    },
  };
}

/** What a folder of releases has, also in folders for each resource or locale; undefined when it is not there. */
async function filesBelow(folder: string): Promise<readonly string[] | undefined> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw new DataError(`Let \`release\` name a folder that can be read: ${folder} cannot`, { cause: error });
  });
  if (entries === undefined) return undefined;
  const names: string[] = [];
  for (const entry of entries) {
    if (!entry.isDirectory()) names.push(entry.name);
    else if (!entry.name.startsWith('.') && entry.name !== 'node_modules')
      for (const name of (await filesBelow(path.join(folder, entry.name))) ?? []) names.push(`${entry.name}/${name}`);
  }
  return names;
}

/** What is at the path of a release file, which is absolute. In a folder out of the roots nothing is looked at. */
export function releaseTextOf(file: string, { roots }: { readonly roots: readonly string[] }): ReleaseText {
  try {
    if (whyNotData(realpathSync(path.dirname(file)), roots) !== undefined) return undefined;
    const real = realpathSync(file);
    if (whyNotData(real, roots) !== undefined)
      return { fault: `it is a link to ${real}, and releases are read in ${roots.join(' or ')} alone` };
    // A pipe has no end, and opening one waits for a writer.
    const found = statSync(real);
    if (!found.isFile()) return { fault: 'it is no file' };
    if (found.size > longest) return { fault: 'it is no release file, it is too long' };
    return readFileSync(real, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : { fault: `it cannot be read (${code})` };
  }
}

/** In bytes. */
const longest = 1_000_000;

/** Removes the parts of a release that killed processes have left: a living process writes one in seconds, and these are ten minutes old. */
async function removeLeftParts(file: string): Promise<void> {
  const folder = path.dirname(file);
  const name = path.basename(file);
  for (const one of await readdir(folder)) {
    if (!one.startsWith(`${name}.`) || !one.endsWith('.part')) continue;
    const part = path.join(folder, one);
    const written = await stat(part).catch(() => undefined);
    if (written !== undefined && Date.now() - written.mtimeMs > longestWritingMilliseconds)
      await rm(part, { force: true });
  }
}

const longestWritingMilliseconds = 10 * 60_000;

/** Refuses a file that could not be written, before anything is changed for its sake. */
async function assertWritable(file: string, roots: readonly string[]): Promise<void> {
  const { folder, rest } = await existing(path.dirname(file), roots);
  const refused = whyNotData(path.join(folder, rest), roots);
  if (refused !== undefined)
    throw new DataError(
      `Let \`release\` name a folder in ${roots.join(' or ')}, and none of .git and .speechops: ${file} is not`,
    );
  const isFolder = (await stat(folder)).isDirectory();
  if (!isFolder) throw new DataError(`Let \`release\` name a folder: ${folder} is a file`);
  await access(folder, constants.W_OK).catch((error: unknown) => {
    throw explained(error, file);
  });
}

/** The innermost folder of a path that exists, links resolved, and what is missing below it. */
async function existing(
  folder: string,
  roots: readonly string[],
): Promise<{ readonly folder: string; readonly rest: string }> {
  try {
    return { folder: await realpath(folder), rest: '' };
  } catch (error) {
    const parent = path.dirname(folder);
    if (!isMissing(error)) throw explained(error, folder);
    if (parent === folder || roots.includes(folder))
      throw new DataError(
        `Give ${hostname()} a checkout of the repository at the same path, or leave \`release\` out: there is no ${folder} in which a release could be written`,
      );
    const above = await existing(parent, roots);
    return { folder: above.folder, rest: path.join(above.rest, path.basename(folder)) };
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function explained(error: unknown, file: string): Error {
  if (error instanceof DataError) return error;
  const { code = 'an unknown error' } = error as NodeJS.ErrnoException;
  return new DataError(`Cannot write the release ${file}: the system says ${code}`, { cause: error });
}
