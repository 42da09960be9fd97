import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LockDocument } from '../../../schemas/types.gen.ts';
import type { LockedFile, WriteLocks } from '../locked-file.ts';
import { lockText, readLock, renewLock } from './datasets-lock.ts';
import { lockFileName } from './lock-file-name.ts';
import { openPipeline } from './open-pipeline.ts';

/** Writes the lock file beside each pipeline, of which several may have one, or says what would change in it. */
export const writeLocks: WriteLocks = async (files, { io, check = false, ...options }) => {
  const locks = new Map<string, { document: LockDocument | undefined; readonly changes: string[] }>();
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
      const lock = locks.get(folder) ?? { document: await readLock(folder), changes: [] };
      locks.set(folder, lock);
      const renewed = renewLock(lock.document, { ...(await opened.observe()), connection });
      lock.document = renewed.document;
      lock.changes.push(...renewed.changes);
    } finally {
      await connection.close();
    }
  }
  if (!areAllRead) return undefined;
  const written: LockedFile[] = [];
  for (const [folder, { document, changes }] of locks) {
    const file = path.join(folder, lockFileName);
    const uploads = document?.data.length ?? 0;
    if (document !== undefined && changes.length > 0 && !check) await writeFile(file, lockText(document));
    written.push({ path: path.relative(io.cwd, file), uploads, changes });
  }
  return written;
};
