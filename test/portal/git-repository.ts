import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import type { RepositorySource } from '../../portal/server/sources.ts';
import { noRepository } from './portal-on.ts';

/** A Git repository for a portal, which ends with the test. */
export interface GitRepository {
  readonly source: RepositorySource;
  /** Writes files by their paths from the root. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Commits everything, and answers the id of the commit. */
  commit(subject: string): Promise<string>;
}

export async function gitRepository(change: Partial<RepositorySource> = {}): Promise<GitRepository> {
  const root = await realpath(await mkdtemp(path.join(tmpdir(), 'speechops-portal-git-')));
  onTestFinished(async () => await rm(root, { recursive: true, force: true }));
  const git = async (args: readonly string[]): Promise<string> => {
    const own = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false'];
    return (await promisify(execFile)('git', [...own, ...args], { cwd: root })).stdout;
  };
  await git(['init', '--quiet', '--initial-branch=main']);
  return {
    source: { ...noRepository, root, runsFolder: path.join(root, '.speechops', 'runs'), git, ...change },
    async write(files) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(root, name)), { recursive: true });
        await writeFile(path.join(root, name), text);
      }
    },
    async commit(subject) {
      await git(['add', '--all']);
      await git(['commit', '--quiet', '--message', subject]);
      return (await git(['rev-parse', 'HEAD'])).trim();
    },
  };
}
