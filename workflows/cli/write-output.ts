import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from './session.ts';
import { reasonOfFile } from './transcripts.ts';

/** Writes a text to a file that a person has named; a {@link UsageError} that says why it cannot be written. */
export async function writeOutput(
  text: string,
  { file, cwd }: { readonly file: string; readonly cwd: string },
): Promise<void> {
  await writeFile(resolve(cwd, file), text).catch((error: unknown) => {
    throw new UsageError(`Cannot write ${file}: ${reasonOfFile(error)}`, { cause: error });
  });
}
