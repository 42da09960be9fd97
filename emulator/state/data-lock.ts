import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Another emulator writes to the data directory. */
export class DataInUseError extends Error {
  override readonly name = 'DataInUseError';

  constructor(directory: string) {
    super(`Cannot use the data in ${directory}: another emulator is using it`);
  }
}

/**
 * Holds a data directory for this process until the answer is called: two emulators that write to one directory would lose
 * each other's objects. Held by a local socket, which the system closes when a process is killed. Throws a {@link DataInUseError}
 * when another emulator holds the directory.
 */
export async function lockData(directory: string): Promise<() => Promise<void>> {
  const address = socketOf(directory);
  const server = (await listen(address)) ?? (await takeOver(address));
  if (!server) throw new DataInUseError(directory);
  server.unref();
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
    });
}

/** Paths of sockets must be short, so that the name is a hash of the directory. */
function socketOf(directory: string): string {
  const name = `speechops-${createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 24)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(tmpdir(), `${name}.sock`);
}

/** A server at the address, undefined when something is there already. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => resolve(server));
  });
}

/** What a killed process left behind is removed; undefined when somebody answers. */
async function takeOver(address: string): Promise<Server | undefined> {
  if (await answers(address)) return undefined;
  await rm(address, { force: true });
  return listen(address);
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
