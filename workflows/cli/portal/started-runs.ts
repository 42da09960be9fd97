import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Io } from '../session.ts';

/**
 * Starts the program once more with these arguments, as a process of its own that outlives this one: what it says is in the log of its
 * run. Rejects when it cannot be started.
 */
export async function startProgram(
  args: readonly string[],
  { io, program }: { readonly io: Io; readonly program: string },
): Promise<void> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: io.cwd,
    env: { ...io.env },
    detached: true,
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  child.unref();
}
