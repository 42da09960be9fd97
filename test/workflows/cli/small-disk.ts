import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A disk of its own that is in memory, mounted at a folder. */
export interface SmallDisk {
  /** Leaves no byte free. */
  fill(): Promise<void>;
  /** Gives back what the filling took. */
  free(): Promise<void>;
  /** Nothing can be written to it any more. */
  makeReadOnly(): void;
  unmount(): void;
}

/** Why no disk can be mounted here, where tests that need one are skipped; undefined where one can be. On CI it has to be. */
export const withoutDisks = await whyNot();

/** Mounts a disk at a folder, which is made. */
export async function mountDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  await mkdir(folder, { recursive: true });
  mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder);
  const filling = path.join(folder, 'filling');
  return {
    async fill() {
      const { bavail, bsize } = statfsSync(folder);
      // What somebody else writes meanwhile fills it as well.
      await writeFile(filling, Buffer.alloc(bavail * bsize, 'x')).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOSPC') throw error;
      });
    },
    free: async () => await rm(filling),
    makeReadOnly: () => mount('-o', 'remount,ro', folder),
    unmount: () => run('umount', '--lazy', folder),
  };
}

function mount(...args: readonly string[]): void {
  run('mount', ...args);
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr || error?.message}`);
}

async function whyNot(): Promise<string | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-disk-'));
  try {
    (await mountDisk(folder, 1)).unmount();
    return undefined;
  } catch (error) {
    // What is not proved on CI is proved nowhere.
    if (process.env['CI'] === 'true') throw error;
    return `no disk can be mounted: ${error instanceof Error ? error.message.trim() : String(error)}`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
