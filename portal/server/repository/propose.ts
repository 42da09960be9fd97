import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { proposeChange } from '../../../workflows/hosts/propose-change.ts';
import { PortalProblem } from '../portal-context.ts';
import type { FileChange, RepositorySource } from '../sources.ts';

/** A change that is to be reviewed. */
export interface Proposal {
  readonly title: string;
  readonly body: string;
  /** Whatever is proposed twice under one name is one pull request. */
  readonly name: string;
  readonly files: readonly FileChange[];
}

/**
 * The pull request of a change: a commit on the default branch of the remote `origin`, pushed as a branch of its own. The working tree, its index and
 * its branch stay as they are. Throws a {@link PortalProblem} that says what is missing.
 */
export async function proposeFiles(
  { title, body, name, files }: Proposal,
  repository: Pick<RepositorySource, 'git' | 'reviewHost'>,
): Promise<{ readonly url: string; readonly branch: string; readonly isNew: boolean }> {
  const { git } = repository;
  const failed = (what: string) => (error: unknown) => {
    throw new PortalProblem(`${what}: ${reasonOf(error)}`, { status: 502, cause: error });
  };
  const remote = (
    await git(['remote', 'get-url', 'origin']).catch(failed('Give the repository a remote `origin` first'))
  ).trim();
  const found = await repository.reviewHost(remote);
  if ('fault' in found) throw new PortalProblem(found.fault, { status: 409 });
  await assertIdentity(git);
  const base = await defaultBranch(git);
  await git(['fetch', '--quiet', 'origin', `+refs/heads/${base}:refs/remotes/origin/${base}`]).catch(
    failed(`Cannot fetch ${base} of the remote`),
  );
  await assertSame(files, { git, base });
  const branch = `speechops/${name}`;
  // Its name has the digest of the change: what is there is the same, with what reviewers may have added.
  const there = await git(['ls-remote', '--heads', 'origin', `refs/heads/${branch}`]).catch(
    failed('Cannot ask the remote'),
  );
  if (there.trim() === '')
    await pushCommit({ title, body, files, base, branch }, git).catch(failed(`Cannot push ${branch}`));
  const opened = await proposeChange(found.host, { title, body, headBranch: branch, baseBranch: base }).catch(
    failed(`Open it by hand, the branch ${branch} is pushed`),
  );
  return { url: opened.url, branch, isNew: opened.isNew };
}

type Git = RepositorySource['git'];

async function defaultBranch(git: Git): Promise<string> {
  const head = await git(['symbolic-ref', '--short', 'refs/remotes/origin/HEAD']).catch(() => '');
  if (head.trim() !== '') return head.trim().replace(/^origin\//, '');
  // `git clone` notes it; of a remote that was added later the server is asked.
  const said = await git(['ls-remote', '--symref', 'origin', 'HEAD']).catch(() => '');
  return /^ref: refs\/heads\/(\S+)\s+HEAD$/m.exec(said)?.[1] ?? 'main';
}

/** Git writes the author into a commit. Without a configured one Git would guess an address of the machine, and a reviewer could not ask the author. */
async function assertIdentity(git: Git): Promise<void> {
  for (const who of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT'])
    await git(['-c', 'user.useConfigOnly=true', 'var', who]).catch((error: unknown) => {
      throw new PortalProblem(
        'Say who makes the commit: `git config --global user.name "Your Name"` and `git config --global user.email you@example.com` where the portal runs',
        { status: 409, cause: error },
      );
    });
}

/** A change of a text that others have changed would undo theirs. */
async function assertSame(
  files: readonly FileChange[],
  { git, base }: { readonly git: Git; readonly base: string },
): Promise<void> {
  for (const { file, before } of files) {
    if (!(await isThere({ file, before }, { git, place: `refs/remotes/origin/${base}:${file}` })))
      throw new PortalProblem(
        `Pull, or push what you have: ${file} here is not what ${base} of the remote has, so that a change of it cannot be proposed alone`,
        { status: 409 },
      );
  }
}

/** Whether a commit has this text at a place: as it would be checked out here, or as what is here would be committed, with other line ends. */
async function isThere(
  { file, before }: Pick<FileChange, 'file' | 'before'>,
  { git, place }: { readonly git: Git; readonly place: string },
): Promise<boolean> {
  const blob = await git(['rev-parse', '--verify', '--quiet', '--end-of-options', place]).catch(() => undefined);
  if (blob === undefined || before === undefined) return blob === before;
  if ((await git(['cat-file', '--filters', place]).catch(() => undefined)) === before) return true;
  return (await git(['hash-object', `--path=${file}`, '--', file]).catch(() => '')) === blob;
}

/** In a work tree of its own, in which no other file is. */
async function pushCommit(
  { title, body, files, base, branch }: Omit<Proposal, 'name'> & { readonly base: string; readonly branch: string },
  git: Git,
): Promise<void> {
  const folder = path.join(tmpdir(), `speechops-propose-${randomBytes(8).toString('hex')}`);
  await git(['worktree', 'add', '--quiet', '--no-checkout', '--detach', folder, `refs/remotes/origin/${base}`]);
  try {
    const there = async (...args: string[]): Promise<string> =>
      await git(['-C', folder, '--literal-pathspecs', ...args]);
    await there('reset', '--quiet');
    for (const { file, after } of files) {
      const place = path.join(folder, ...file.split('/'));
      await mkdir(path.dirname(place), { recursive: true });
      await writeFile(place, after);
      // What has other line ends in commits is no fault.
      await there('-c', 'core.safecrlf=false', 'add', '--', file);
    }
    await there('-c', 'core.hooksPath=/dev/null', 'commit', '--quiet', '--no-verify', '-m', title, '-m', body);
    await there('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`);
  } finally {
    await git(['worktree', 'remove', '--force', folder]).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
}

function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  // Git repeats its command first.
  return (
    said
      .replace(/^Command failed:.*\n/, '')
      .trim()
      .split('\n')[0] ?? said
  );
}
