import { gitHubLike } from './_github-like.ts';
import { createHostHttp } from './host-http.ts';
import type { HostPlace } from './host-place.ts';
import type { ReviewHost } from './review-host.ts';

/**
 * GitHub by its REST API of 2022-11-28, in the cloud and on a GitHub Enterprise Server.
 *
 * @see https://docs.github.com/rest/issues/comments
 * @see https://docs.github.com/rest/pulls/pulls
 * @see https://docs.github.com/rest/issues/issues
 */
export function gitHub(
  { apiUrl, repository, token }: HostPlace,
  options: { readonly signal?: AbortSignal | undefined; readonly retryDelayMilliseconds?: number | undefined },
): ReviewHost {
  const http = createHostHttp({
    ...options,
    name: 'GitHub',
    apiUrl,
    authorization: { header: 'Authorization', value: `Bearer ${token}` },
    headers: { Accept: 'application/vnd.github+json', 'X-GitHub-Api-Version': '2022-11-28' },
    permissions: {
      comments: 'the permission `pull-requests: write` (under `permissions:` of the job)',
      issues: 'the permission `issues: write` (under `permissions:` of the job)',
    },
  });
  return gitHubLike(http, {
    kind: 'github',
    name: 'GitHub',
    repository,
    // A body is at most 65,536 characters; the API refuses more with 422.
    longestText: 65_536,
    pageSize: 'per_page',
    openPulls: 'sort=updated&direction=desc',
    issues: 'sort=updated&direction=desc',
  });
}
