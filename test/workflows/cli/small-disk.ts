import { spawnSync } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { skipWithout } from '../../skip-without.ts';

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

const trouble = await troubleOfMounting();

/** What stands beside the tests that need a disk of their own, where none can be mounted. */
export const withoutDisks = skipWithout({
  isThere: trouble === undefined,
  name: `a disk of its own (${trouble})`,
  install: 'Run the tests as root, and in a container with `--cap-add SYS_ADMIN`',
});

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

async function troubleOfMounting(): Promise<string | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), 'speechops-disk-'));
  try {
    (await mountDisk(folder, 1)).unmount();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
