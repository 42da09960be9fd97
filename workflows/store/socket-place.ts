import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';

/**
 * Where the sockets of what is in `folder` lie, without an extension: always the same path for the same folder, so that whatever
 * a killed process has left there is found again; short enough for a socket; in a folder that only this user can enter. Throws an
 * error that says what to do when others can.
 */
export async function socketPlace(folder: string): Promise<string> {
  const { uid } = userInfo();
  const own = path.join(tmpdir(), `speechops-${uid}`);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const found = await stat(own);
  const isOpen = process.platform !== 'win32' && (found.uid !== uid || (found.mode & 0o077) !== 0);
  if (isOpen)
    throw new Error(`Remove ${own} or make it yours alone (chmod 700): others can enter it, and sockets lie there`);
  const name = createHash('sha256').update(path.resolve(folder)).digest('hex').slice(0, 24);
  return path.join(own, name);
}
