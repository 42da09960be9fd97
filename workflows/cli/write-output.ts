import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from './session.ts';
import { reasonOfFile } from './transcripts.ts';

/**
 * Writes a text to a file that a person has named. Throws a {@link UsageError} that says why it cannot be written, and another
 * error where that is not the name's fault: a disk is full or fails.
 */
export async function writeOutput(
  text: string,
  { file, cwd }: { readonly file: string; readonly cwd: string },
): Promise<void> {
  await writeFile(resolve(cwd, file), text).catch((error: unknown) => {
    const message = `Cannot write ${file}: ${reasonOfFile(error)}`;
    if (ofDisk.has((error as NodeJS.ErrnoException).code ?? '')) throw new Error(message, { cause: error });
    throw new UsageError(message, { cause: error });
  });
}

const ofDisk: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO']);
