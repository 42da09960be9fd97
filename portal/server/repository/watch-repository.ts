import type { Changes } from '../changes.ts';
import type { RepositorySource } from '../sources.ts';

/**
 * Tells open pages when files of the working tree, or its commit, are others; without Git, when pipelines are. While no page is open it looks
 * at nothing. The returned function ends it.
 */
export function watchRepository(
  repository: Pick<RepositorySource, 'git' | 'pipelines'>,
  { changes, everyMilliseconds }: { readonly changes: Changes; readonly everyMilliseconds: number },
): () => void {
  let before: string | undefined;
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (!changes.hasListeners) before = undefined;
    if (isLooking || !changes.hasListeners) return;
    isLooking = true;
    try {
      const now = await versionOf(repository);
      // A page may have read before the first look, and the files may have changed in between.
      if (now !== before) changes.tell('repository');
      before = now;
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look().catch(() => undefined), everyMilliseconds);
  return () => clearInterval(timer);
}

/** What is another text when a file that Git follows, or a pipeline, is another one. */
async function versionOf({ git, pipelines }: Pick<RepositorySource, 'git' | 'pipelines'>): Promise<string> {
  const [status, found] = await Promise.all([
    git(['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=normal']).catch(() => ''),
    pipelines(),
  ]);
  // Git says that a file is changed, and not that it is changed again: the texts of pipelines are compared.
  return JSON.stringify([status, found.map(({ file, text, diagnostics }) => [file, text, diagnostics])]);
}
