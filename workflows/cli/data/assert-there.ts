import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type Io, UsageError } from '../session.ts';

/** Refuses paths of data where there is nothing. */
export async function assertThere(paths: readonly string[], { cwd }: Io): Promise<void> {
  for (const given of paths) {
    const found = await stat(path.resolve(cwd, given)).catch(() => undefined);
    if (found === undefined) throw new UsageError(`Give the path of data: there is no ${given}`);
  }
}
