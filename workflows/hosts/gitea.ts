import { gitHubLike } from './_github-like.ts';
import { createHostHttp } from './host-http.ts';
import type { HostPlace } from './host-place.ts';
import type { ReviewHost } from './review-host.ts';

/**
 * Gitea and Forgejo by their REST API v1, which is close to GitHub's. Comments of one issue come in one page.
 *
 * @see https://docs.gitea.com/api/ (`issueGetComments`, `issueCreateComment`, `issueEditComment`, `repoListPullRequests`)
 * @see https://codeberg.org/api/swagger
 */
export function gitea(
  { apiUrl, repository, token }: HostPlace,
  options: { readonly signal?: AbortSignal | undefined; readonly retryDelayMilliseconds?: number | undefined },
): ReviewHost {
  const http = createHostHttp({
    ...options,
    name: 'Gitea',
    apiUrl,
    authorization: { header: 'Authorization', value: `token ${token}` },
    permissions: {
      comments: 'the scope `write:issue`, and its user write access to the repository',
      issues: 'the scope `write:issue`, and its user write access to the repository',
    },
  });
  return gitHubLike(http, {
    kind: 'gitea',
    name: 'Gitea',
    repository,
    // It names no limit; a longer comment than GitHub's is no better.
    longestText: 65_536,
    pageSize: 'limit',
    openPulls: 'sort=recentupdate',
    issues: 'type=issues',
  });
}
