import { createHash } from 'node:crypto';
import { mkdir, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';

/**
 * The path, without an extension, for the sockets of what is in `folder`. It is the same each time, so that a socket left by a
 * killed process is found again, and short enough for a socket. It lies in a folder that only this user can enter. Throws an
 * error that says what to do when other users can.
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
