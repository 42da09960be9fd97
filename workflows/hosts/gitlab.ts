import { withMarker, withoutMarker } from './hidden-marker.ts';
import { allPages, createHostHttp } from './host-http.ts';
import type { HostPlace } from './host-place.ts';
import type { HostIssue, PullRequest, ReviewHost } from './review-host.ts';

/**
 * GitLab by its REST API v4, in the cloud and self-managed. Comments are notes of a merge request; those of the system and those on lines are
 * left out. A line that begins with `/` would be a command to GitLab: no text that is given here may have one outside of code.
 *
 * @see https://docs.gitlab.com/api/notes/
 * @see https://docs.gitlab.com/api/merge_requests/
 * @see https://docs.gitlab.com/api/issues/
 */
export function gitLab(
  { apiUrl, repository, token }: HostPlace,
  options: { readonly signal?: AbortSignal | undefined; readonly retryDelayMilliseconds?: number | undefined },
): ReviewHost {
  const http = createHostHttp({
    ...options,
    name: 'GitLab',
    apiUrl,
    authorization: { header: 'PRIVATE-TOKEN', value: token },
    permissions: {
      comments: 'the scope `api` and the role Reporter or higher in the project',
      issues: 'the scope `api` and the role Reporter or higher in the project',
    },
  });
  const project = `projects/${encodeURIComponent(repository)}`;
  let asked: Promise<string | undefined> | undefined;
  const me = (): Promise<string | undefined> =>
    (asked ??= http({ path: 'user', purpose: 'ask GitLab who the token is of', expected: [401, 403, 404] }).then(
      ({ json }) => (json as Author | undefined)?.username,
    ));
  const isOf = ({ author }: { readonly author?: Author }, name: string | undefined): boolean =>
    name === undefined || author?.username === name;

  const changeIssue = async ({ id }: HostIssue, body: object): Promise<void> => {
    await http({
      method: 'PUT',
      path: `${project}/issues/${id}`,
      purpose: `change issue #${id}`,
      part: 'issues',
      body,
    });
  };

  return {
    kind: 'gitlab',
    name: 'GitLab',
    markup: { longestText: 1_000_000, html: true, mermaid: true, numberSign: '!' },
    async comments(pullRequest) {
      const { items } = await allPages<Note>(http, {
        path: `${project}/merge_requests/${pullRequest}/notes?sort=asc&order_by=created_at&per_page=100`,
        purpose: `read the comments of merge request !${pullRequest}`,
      });
      const name = await me();
      return items
        .filter(({ system, type }) => system !== true && type !== 'DiffNote')
        .map((note) => ({ id: String(note.id), body: note.body, isOwn: isOf(note, name) }));
    },
    async createComment(pullRequest, body) {
      const { json } = await http({
        method: 'POST',
        path: `${project}/merge_requests/${pullRequest}/notes`,
        purpose: `comment on merge request !${pullRequest}`,
        body: { body },
      });
      const { id } = json as Note;
      return { id: String(id), body, isOwn: true };
    },
    async updateComment(pullRequest, { id, body }) {
      const { status } = await http({
        method: 'PUT',
        path: `${project}/merge_requests/${pullRequest}/notes/${id}`,
        purpose: `update the comment on merge request !${pullRequest}`,
        body: { body },
        expected: [404],
      });
      return status !== 404;
    },
    async openPullRequests({ most }) {
      const { items, hasMore } = await allPages<MergeRequest>(http, {
        path: `${project}/merge_requests?state=opened&order_by=updated_at&sort=desc&per_page=${Math.min(most, 50)}`,
        purpose: 'list the open merge requests',
        mostPages: Math.ceil(most / 50),
      });
      return {
        pullRequests: items.slice(0, most).map(requestOf),
        hasMore: hasMore || items.length > most,
      };
    },
    async createPullRequest({ title, body, headBranch, baseBranch }) {
      const { json } = await http({
        method: 'POST',
        path: `${project}/merge_requests`,
        purpose: `open a merge request of ${headBranch}`,
        body: { title, description: body, source_branch: headBranch, target_branch: baseBranch },
      });
      return requestOf(json as MergeRequest);
    },
    issues: {
      async find(marker) {
        const { items } = await allPages<Issue>(http, {
          path: `${project}/issues?search=${marker}&in=description&order_by=updated_at&sort=desc&per_page=100`,
          purpose: 'look for the issue',
          part: 'issues',
        });
        const name = await me();
        const found = items
          .filter((issue) => isOf(issue, name))
          .flatMap((issue) => {
            const body = withoutMarker(issue.description ?? '', marker);
            return body === undefined ? [] : [issueOf(issue, body)];
          });
        return found.find(({ state }) => state === 'open') ?? found[0];
      },
      async create({ marker, title, body }) {
        const { json } = await http({
          method: 'POST',
          path: `${project}/issues`,
          purpose: 'open an issue',
          part: 'issues',
          body: { title, description: withMarker(body, marker) },
        });
        return issueOf(json as Issue, body);
      },
      async update(issue, { marker, title, body }) {
        await changeIssue(issue, { title, description: withMarker(body, marker) });
      },
      async comment({ id }, body) {
        await http({
          method: 'POST',
          path: `${project}/issues/${id}/notes`,
          purpose: `comment on issue #${id}`,
          part: 'issues',
          body: { body },
        });
      },
      close: async (issue) => await changeIssue(issue, { state_event: 'close' }),
      reopen: async (issue) => await changeIssue(issue, { state_event: 'reopen' }),
    },
  };
}

interface Author {
  readonly username?: string;
}

interface Note {
  readonly id: number;
  readonly body: string;
  readonly author?: Author;
  readonly system?: boolean;
  readonly type?: string | null;
}

interface MergeRequest {
  readonly iid: number;
  readonly title: string;
  readonly web_url: string;
  readonly source_branch: string;
  readonly source_project_id?: number;
  readonly target_project_id?: number;
}

interface Issue {
  readonly iid: number;
  readonly title: string;
  readonly description?: string | null;
  readonly state: string;
  readonly web_url: string;
  readonly author?: Author;
}

function requestOf(request: MergeRequest): PullRequest {
  const { iid, title, web_url: url, source_branch: headBranch } = request;
  const isOfFork = request.source_project_id !== request.target_project_id;
  return { number: iid, title, url, headBranch, ...(isOfFork && { isOfFork }) };
}

function issueOf({ iid, title, state, web_url: url }: Issue, body: string): HostIssue {
  return { id: String(iid), title, body, state: state === 'closed' ? 'closed' : 'open', url };
}
