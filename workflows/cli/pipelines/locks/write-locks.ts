import path from 'node:path';
import type { LockedFile, WriteLocks } from '../../locked-file.ts';
import { type LockSource, lockText, readLock, renewLock, type RenewedLock } from './datasets-lock.ts';
import { lockFileName } from './lock-file-name.ts';
import { openPipeline } from '../open-pipeline.ts';
import { replaceAlone } from './replace-alone.ts';

/** Writes the lock file beside each pipeline, of which several may have one, or says what would change in it. */
export const writeLocks: WriteLocks = async (files, { io, check = false, ...options }) => {
  const observed = new Map<string, LockSource[]>();
  let areAllRead = true;
  for (const file of files) {
    const opened = await openPipeline(file, { io, ...options });
    if (opened === undefined) {
      areAllRead = false;
      continue;
    }
    const { connection } = opened;
    try {
      const folder = path.dirname(path.resolve(io.cwd, file));
      // Before the resource is asked, so that a file with faults is told at once.
      if (!observed.has(folder)) await readLock(folder);
      const source = { ...(await opened.observe()), connection };
      observed.set(folder, [...(observed.get(folder) ?? []), source]);
    } finally {
      await connection.close();
    }
  }
  if (!areAllRead) return undefined;
  const written: LockedFile[] = [];
  for (const [folder, sources] of observed) {
    const file = path.join(folder, lockFileName);
    let renewed: RenewedLock | undefined;
    // What another command has written in the meantime stays in it.
    const renew = async (): Promise<string | undefined> => {
      renewed = await renewAll(folder, sources);
      return renewed.changes.length > 0 ? lockText(renewed.document) : undefined;
    };
    await (check ? renew() : replaceAlone(file, renew));
    const { document, changes = [] } = renewed ?? {};
    written.push({ path: path.relative(io.cwd, file), uploads: document?.data.length ?? 0, changes });
  }
  return written;
};

/** The lock file in a folder with the uploads of several pipelines as they are now. */
async function renewAll(folder: string, sources: readonly LockSource[]): Promise<RenewedLock> {
  const before = await readLock(folder);
  let renewed: RenewedLock = { document: before ?? { version: 1, data: [] }, changes: [] };
  for (const [index, source] of sources.entries()) {
    const { document, changes } = renewLock(index === 0 ? before : renewed.document, source);
    renewed = { document, changes: [...renewed.changes, ...changes] };
  }
  return renewed;
}
