import type { NewPullRequest, PullRequest, ReviewHost } from './review-host.ts';

/** The open pull request of a branch, opened when there is none yet; never a second one. */
export async function proposeChange(
  host: ReviewHost,
  request: NewPullRequest,
): Promise<PullRequest & { readonly isNew: boolean }> {
  const { pullRequests } = await host.openPullRequests({ most: mostLookedAt });
  const open = pullRequests.find(({ headBranch, isOfFork }) => headBranch === request.headBranch && isOfFork !== true);
  return open === undefined ? { ...(await host.createPullRequest(request)), isNew: true } : { ...open, isNew: false };
}

/** A branch that was pushed just now is among those that changed last. */
const mostLookedAt = 100;
