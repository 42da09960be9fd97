import { withMarker, withoutMarker } from './hidden-marker.ts';
import { allPages, createHostHttp } from './host-http.ts';
import type { HostPlace } from './host-place.ts';
import type { HostComment, HostIssue, PullRequest, ReviewHost } from './review-host.ts';

/**
 * Bitbucket Cloud by its REST API 2.0. Its Markdown shows tags as they are written. Issues are those of the repository's own tracker, which
 * has to be switched on.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-issue-tracker/
 */
export function bitbucket(
  { apiUrl, repository, token }: HostPlace,
  options: { readonly signal?: AbortSignal | undefined; readonly retryDelayMilliseconds?: number | undefined },
): ReviewHost {
  const http = createHostHttp({
    ...options,
    name: 'Bitbucket',
    apiUrl,
    authorization: { header: 'Authorization', value: `Bearer ${token}` },
    permissions: {
      comments: 'the scope `pullrequest:write`',
      issues: 'the scope `issue:write`, and the repository an issue tracker',
    },
  });
  const place = `repositories/${repository.split('/').map(encodeURIComponent).join('/')}`;
  let asked: Promise<string | undefined> | undefined;
  const me = (): Promise<string | undefined> =>
    // The token of a repository is of no user that may ask.
    (asked ??= http({ path: 'user', purpose: 'ask Bitbucket who the token is of', expected: [401, 403, 404] }).then(
      ({ json }) => (json as User | undefined)?.uuid,
    ));
  const isOf = (user: User | null | undefined, uuid: string | undefined): boolean =>
    uuid === undefined || user?.uuid === uuid;

  const changeIssue = async ({ id }: HostIssue, body: object): Promise<void> => {
    await http({ method: 'PUT', path: `${place}/issues/${id}`, purpose: `change issue #${id}`, part: 'issues', body });
  };

  return {
    kind: 'bitbucket',
    name: 'Bitbucket',
    markup: { longestText: 32_768, html: false, mermaid: false, numberSign: '#' },
    async comments(pullRequest) {
      const { items } = await allPages<Comment>(http, {
        path: `${place}/pullrequests/${pullRequest}/comments?sort=created_on&pagelen=100`,
        purpose: `read the comments of pull request #${pullRequest}`,
      });
      const uuid = await me();
      return items
        .filter(({ deleted, inline }) => deleted !== true && !inline)
        .map((comment) => commentOf(comment, isOf(comment.user, uuid)));
    },
    async createComment(pullRequest, body) {
      const { json } = await http({
        method: 'POST',
        path: `${place}/pullrequests/${pullRequest}/comments`,
        purpose: `comment on pull request #${pullRequest}`,
        body: { content: { raw: body } },
      });
      return commentOf(json as Comment, true);
    },
    async updateComment(pullRequest, { id, body }) {
      const { status } = await http({
        method: 'PUT',
        path: `${place}/pullrequests/${pullRequest}/comments/${id}`,
        purpose: `update the comment on pull request #${pullRequest}`,
        body: { content: { raw: body } },
        // Only its author may change a comment, whom Bitbucket does not always tell.
        expected: (await me()) === undefined ? [403, 404, 410] : [404, 410],
      });
      return status < 400;
    },
    async openPullRequests({ most }) {
      const { items, hasMore } = await allPages<PullRequestAnswer>(http, {
        path: `${place}/pullrequests?state=OPEN&sort=-updated_on&pagelen=${Math.min(most, 50)}`,
        purpose: 'list the open pull requests',
        mostPages: Math.ceil(most / 50),
      });
      return {
        pullRequests: items.slice(0, most).map(pullRequestOf),
        hasMore: hasMore || items.length > most,
      };
    },
    async createPullRequest({ title, body, headBranch, baseBranch }) {
      const { json } = await http({
        method: 'POST',
        path: `${place}/pullrequests`,
        purpose: `open a pull request of ${headBranch}`,
        body: {
          title,
          description: body,
          source: { branch: { name: headBranch } },
          destination: { branch: { name: baseBranch } },
        },
      });
      return pullRequestOf(json as PullRequestAnswer);
    },
    issues: {
      async find(marker) {
        const query = encodeURIComponent(`content.raw ~ "${marker}"`);
        const { items } = await allPages<Issue>(http, {
          path: `${place}/issues?q=${query}&sort=-updated_on&pagelen=100`,
          purpose: 'look for the issue',
          part: 'issues',
        });
        const uuid = await me();
        const found = items
          .filter(({ reporter }) => isOf(reporter, uuid))
          .flatMap((issue) => {
            const body = withoutMarker(issue.content?.raw ?? '', marker, 'definition');
            return body === undefined ? [] : [issueOf(issue, body)];
          });
        return found.find(({ state }) => state === 'open') ?? found[0];
      },
      async create({ marker, title, body }) {
        const { json } = await http({
          method: 'POST',
          path: `${place}/issues`,
          purpose: 'open an issue',
          part: 'issues',
          body: { title, content: { raw: withMarker(body, marker, 'definition') } },
        });
        return issueOf(json as Issue, body);
      },
      async update(issue, { marker, title, body }) {
        await changeIssue(issue, { title, content: { raw: withMarker(body, marker, 'definition') } });
      },
      async comment({ id }, body) {
        await http({
          method: 'POST',
          path: `${place}/issues/${id}/comments`,
          purpose: `comment on issue #${id}`,
          part: 'issues',
          body: { content: { raw: body } },
        });
      },
      close: async (issue) => await changeIssue(issue, { state: 'resolved' }),
      reopen: async (issue) => await changeIssue(issue, { state: 'open' }),
    },
  };
}

interface User {
  readonly uuid?: string;
}

interface Linked {
  readonly links?: { readonly html?: { readonly href?: string } };
}

interface Comment extends Linked {
  readonly id: number;
  readonly content?: { readonly raw?: string };
  readonly user?: User | null;
  readonly deleted?: boolean;
  /** The line of a file that it is about. */
  readonly inline?: object;
}

interface PullRequestAnswer extends Linked {
  readonly id: number;
  readonly title: string;
  readonly source?: { readonly branch?: { readonly name?: string } };
}

interface Issue extends Linked {
  readonly id: number;
  readonly title: string;
  readonly content?: { readonly raw?: string };
  readonly state: string;
  readonly reporter?: User | null;
}

function pullRequestOf({ id, title, links, source }: PullRequestAnswer): PullRequest {
  return { number: id, title, url: links?.html?.href ?? '', headBranch: source?.branch?.name ?? '' };
}

function commentOf({ id, content, links }: Comment, isOwn: boolean): HostComment {
  return { id: String(id), body: content?.raw ?? '', isOwn, url: links?.html?.href };
}

function issueOf({ id, title, state, links }: Issue, body: string): HostIssue {
  const isOpen = state === 'new' || state === 'open' || state === 'on hold';
  return { id: String(id), title, body, state: isOpen ? 'open' : 'closed', url: links?.html?.href ?? '' };
}
