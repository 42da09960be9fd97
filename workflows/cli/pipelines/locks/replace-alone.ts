import { statSync } from 'node:fs';
import { type FileHandle, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { reasonOfFile } from '../../reason-of-file.ts';
import { UsageError } from '../../session.ts';

/**
 * Replaces a file as a whole by what `renew` answers, which reads it; undefined leaves it as it is. Of several commands one does so at a
 * time: the new text is written into a file beside it that only one of them can make, as Git does with `index.lock`. One that a
 * killed command has left is taken over.
 */
export async function replaceAlone(file: string, renew: () => Promise<string | undefined>): Promise<void> {
  // A link stays one.
  const place = await realpath(file).catch(async () => await targetOf(file));
  const unfinished = `${place}.part`;
  const handle = await make(unfinished, { shown: file });
  let isWritten = false;
  try {
    const text = await renew();
    if (text !== undefined) {
      await handle.writeFile(text);
      await handle.sync();
      // A process that was held up for long is taken for one that was killed.
      if (!(await isOwn(handle, unfinished)))
        throw new UsageError(`Try again: another command is writing ${file}, because this one took too long`);
      await rename(unfinished, place);
      isWritten = true;
    }
  } finally {
    if (!isWritten && (await isOwn(handle, unfinished))) await rm(unfinished, { force: true });
    await handle.close();
  }
}

/** Whether the file of this name is still the one that was opened. */
async function isOwn(handle: FileHandle, name: string): Promise<boolean> {
  const [own, there] = await Promise.all([handle.stat(), stat(name).catch(() => undefined)]);
  return there?.ino === own.ino && there.dev === own.dev;
}

/** Where a link leads that leads to nothing yet; the file itself where it is none. */
async function targetOf(file: string): Promise<string> {
  const target = await readlink(file).catch(() => undefined);
  return target === undefined ? file : path.resolve(path.dirname(file), target);
}

/** More than a command takes from making the file to its new name. */
const longestMilliseconds = 10_000;

async function make(unfinished: string, { shown }: { readonly shown: string }): ReturnType<typeof open> {
  for (const begin = Date.now(); ;) {
    try {
      return await open(unfinished, 'wx');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new UsageError(`Cannot write ${shown}: ${reasonOfFile(error)}`, { cause: error });
    }
    if (Date.now() - begin > 3 * longestMilliseconds)
      throw new UsageError(`Delete ${unfinished}, if no other command is writing ${shown}`);
    await (isLeft(unfinished) ? takeAway(unfinished) : setTimeout(20));
  }
}

/** Whether a killed command has left a file. */
function isLeft(unfinished: string): boolean {
  const found = statSync(unfinished, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > longestMilliseconds;
}

/** Of several commands one looks again and removes it, so that none removes the file of another. */
async function takeAway(unfinished: string): Promise<void> {
  const claim = `${unfinished}.left`;
  const claimed = await open(claim, 'wx').catch(() => undefined);
  if (claimed === undefined) return await setTimeout(20);
  try {
    if (isLeft(unfinished)) await rm(unfinished, { force: true });
  } finally {
    await claimed.close();
    await rm(claim, { force: true });
  }
}
