import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from './session.ts';
import { reasonOfFile } from './reason-of-file.ts';

/**
 * Writes a text to a file that a person has named. Throws a {@link UsageError} that says why it cannot be written, and another
 * error where that is not the name's fault: a disk is full or fails.
 */
export async function writeOutput(
  text: string,
  { file, cwd }: { readonly file: string; readonly cwd: string },
): Promise<void> {
  await writeFile(resolve(cwd, file), text).catch(refuse(file));
}

/** The same as a whole or not at all: until all is written, a file of the name stays as it was. */
export async function replaceOutput(
  text: string,
  { file, cwd }: { readonly file: string; readonly cwd: string },
): Promise<void> {
  const place = resolve(cwd, file);
  const found = await stat(place).catch(() => undefined);
  // A pipe or a device is written to; nothing can take its place.
  if (found !== undefined && !found.isFile()) return await writeOutput(text, { file, cwd });
  const part = `${place}.${process.pid}.part`;
  try {
    await writeFile(part, text, { mode: 0o644, flag: 'wx' });
    await rename(part, place);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    refuse(file)(error);
  }
}

function refuse(file: string): (error: unknown) => never {
  return (error) => {
    const message = `Cannot write ${file}: ${reasonOfFile(error)}`;
    if (ofDisk.has((error as NodeJS.ErrnoException).code ?? '')) throw new Error(message, { cause: error });
    throw new UsageError(message, { cause: error });
  };
}

const ofDisk: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);
