import { createHash } from 'node:crypto';
import { createHostHttp, type HostRequest } from './host-http.ts';
import type { HostPlace } from './host-place.ts';
import { HostError, type HostIssue, type PullRequest, type ReviewHost } from './review-host.ts';

/**
 * Azure DevOps Services by its REST API 7.1. A comment is the first of a thread, which is closed, so that nobody has to resolve it. Issues are
 * tasks, which every process has; their marker is a tag.
 *
 * @see https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads
 * @see https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-thread-comments
 * @see https://learn.microsoft.com/rest/api/azure/devops/wit/work-items
 */
export function azureDevOps(
  { apiUrl, repository, token }: HostPlace,
  options: { readonly signal?: AbortSignal | undefined; readonly retryDelayMilliseconds?: number | undefined },
): ReviewHost {
  const http = createHostHttp({
    ...options,
    name: 'Azure DevOps',
    apiUrl,
    authorization: { header: 'Authorization', value: authorizationOf(token) },
    permissions: {
      comments: 'its identity the right "Contribute to pull requests" of the repository (the build service, for a job)',
      issues: 'its identity the right "Edit work items in this node" (the build service, for a job)',
    },
  });
  const [project = '', name = ''] = repository.split('/').map(encodeURIComponent);
  const git = `${project}/_apis/git/repositories/${name}`;
  const work = `${project}/_apis/wit`;
  let asked: Promise<string | undefined> | undefined;
  const me = (): Promise<string | undefined> =>
    (asked ??= http({
      path: `_apis/connectionData?${preview}`,
      purpose: 'ask Azure DevOps who the token is of',
      expected: [400, 401, 403, 404],
    }).then(({ json }) => (json as Connection | undefined)?.authenticatedUser?.id));
  const isOf = (author: Identity | undefined, id: string | undefined): boolean => id === undefined || author?.id === id;
  const tagOf = (marker: string): string =>
    // The repositories of a project share its tasks.
    `${marker}-${createHash('sha256').update(repository).digest('hex').slice(0, 8)}`;

  const list = async <T>(request: HostRequest): Promise<readonly T[]> =>
    ((await http(request)).json as { readonly value?: readonly T[] } | undefined)?.value ?? [];
  const patchIssue = async (id: string, changes: readonly object[]): Promise<void> => {
    await http({
      method: 'PATCH',
      path: `${work}/workitems/${id}?${version}`,
      purpose: `change task ${id}`,
      part: 'issues',
      contentType: 'application/json-patch+json',
      body: changes,
    });
  };
  const states = async (): Promise<readonly State[]> =>
    await list<State>({
      path: `${work}/workitemtypes/Task/states?${version}`,
      purpose: 'read the states of tasks',
      part: 'issues',
    });
  const moveTo = async ({ id }: HostIssue, category: string): Promise<void> => {
    const state = (await states()).find((one) => one.category === category);
    if (state === undefined) throw new HostError(`Cannot change task ${id}: tasks have no state of ${category}`);
    await patchIssue(id, [field('System.State', state.name)]);
  };

  const pullRequestOf = ({ pullRequestId: number, title, sourceRefName = '' }: PullRequestAnswer): PullRequest => {
    const url = `${apiUrl}/${project}/_git/${name}/pullrequest/${number}`;
    return { number, title, url, headBranch: sourceRefName.replace(/^refs\/heads\//, '') };
  };

  return {
    kind: 'azure-devops',
    name: 'Azure DevOps',
    markup: { longestText: 150_000, html: true, mermaid: false, numberSign: '#' },
    async comments(pullRequest) {
      const threads = await list<Thread>({
        path: `${git}/pullRequests/${pullRequest}/threads?${version}`,
        purpose: `read the comments of pull request ${pullRequest}`,
      });
      const id = await me();
      return threads
        .filter(({ isDeleted, threadContext }) => isDeleted !== true && !threadContext)
        .flatMap((thread) => {
          const [first] = thread.comments ?? [];
          if (first === undefined || first.isDeleted === true || first.commentType === 'system') return [];
          const own = { id: `${thread.id}/${first.id}`, body: first.content ?? '', isOwn: isOf(first.author, id) };
          return [own];
        });
    },
    async createComment(pullRequest, body) {
      const { json } = await http({
        method: 'POST',
        path: `${git}/pullRequests/${pullRequest}/threads?${version}`,
        purpose: `comment on pull request ${pullRequest}`,
        body: { comments: [{ parentCommentId: 0, content: body, commentType: 'text' }], status: 'closed' },
      });
      const thread = json as Thread;
      return { id: `${thread.id}/${thread.comments?.[0]?.id ?? 1}`, body, isOwn: true };
    },
    async updateComment(pullRequest, { id, body }) {
      const [thread, comment] = id.split('/');
      const { status } = await http({
        method: 'PATCH',
        path: `${git}/pullRequests/${pullRequest}/threads/${thread}/comments/${comment}?${version}`,
        purpose: `update the comment on pull request ${pullRequest}`,
        body: { content: body },
        expected: [404],
      });
      return status !== 404;
    },
    async openPullRequests({ most }) {
      const found = await list<PullRequestAnswer>({
        path: `${git}/pullrequests?searchCriteria.status=active&$top=${most + 1}&${version}`,
        purpose: 'list the open pull requests',
      });
      return {
        pullRequests: found.slice(0, most).map(pullRequestOf),
        hasMore: found.length > most,
      };
    },
    async createPullRequest({ title, body, headBranch, baseBranch }) {
      const { json } = await http({
        method: 'POST',
        path: `${git}/pullrequests?${version}`,
        purpose: `open a pull request of ${headBranch}`,
        body: {
          title,
          // Longer descriptions are refused.
          description: body.slice(0, 4000),
          sourceRefName: `refs/heads/${headBranch}`,
          targetRefName: `refs/heads/${baseBranch}`,
        },
      });
      return pullRequestOf(json as PullRequestAnswer);
    },
    issues: {
      async find(marker) {
        const tag = tagOf(marker);
        const { json } = await http({
          method: 'POST',
          path: `${work}/wiql?$top=50&${version}`,
          purpose: 'look for the task',
          part: 'issues',
          body: {
            query: `SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.Tags] CONTAINS '${tag}' ORDER BY [System.ChangedDate] DESC`,
          },
        });
        const ids = ((json as { readonly workItems?: readonly { readonly id: number }[] }).workItems ?? []).map(
          ({ id }) => id,
        );
        if (ids.length === 0) return undefined;
        const fields = ['Title', 'Description', 'State', 'Tags', 'CreatedBy'].map((one) => `System.${one}`).join(',');
        const [items, id, known] = await Promise.all([
          list<WorkItem>({
            path: `${work}/workitems?ids=${ids.join(',')}&fields=${fields}&${version}`,
            purpose: 'read the task',
            part: 'issues',
          }),
          me(),
          states(),
        ]);
        const found = ids
          .flatMap((one) => items.find((item) => item.id === one) ?? [])
          .filter((item) => (item.fields['System.Tags'] ?? '').split(/; */).includes(tag))
          .filter((item) => isOf(item.fields['System.CreatedBy'], id))
          .map((item) => issueOf(item, { known, url: `${apiUrl}/${project}/_workitems/edit/${item.id}` }));
        return found.find(({ state }) => state === 'open') ?? found[0];
      },
      async create({ marker, title, body }) {
        const { json } = await http({
          method: 'POST',
          path: `${work}/workitems/$Task?${version}`,
          purpose: 'open a task',
          part: 'issues',
          contentType: 'application/json-patch+json',
          body: [...textOf(title, body), field('System.Tags', tagOf(marker))],
        });
        const { id } = json as WorkItem;
        return { id: String(id), title, body, state: 'open', url: `${apiUrl}/${project}/_workitems/edit/${id}` };
      },
      update: async ({ id }, { title, body }) => await patchIssue(id, textOf(title, body)),
      async comment({ id }, body) {
        await http({
          method: 'POST',
          path: `${work}/workItems/${id}/comments?format=markdown&${preview}.4`,
          purpose: `comment on task ${id}`,
          part: 'issues',
          body: { text: body },
        });
      },
      close: async (issue) => await moveTo(issue, 'Completed'),
      reopen: async (issue) => await moveTo(issue, 'Proposed'),
    },
  };
}

const version = 'api-version=7.1';
const preview = 'api-version=7.1-preview';

/** The token of a job is a JSON Web Token; a personal access token is a password without a user. */
function authorizationOf(token: string): string {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(token)
    ? `Bearer ${token}`
    : `Basic ${Buffer.from(`:${token}`).toString('base64')}`;
}

function field(name: string, value: string): object {
  return { op: 'add', path: `/fields/${name}`, value };
}

function textOf(title: string, body: string): readonly object[] {
  return [
    field('System.Title', title.slice(0, longestTitle)),
    field('System.Description', body),
    { op: 'add', path: '/multilineFieldsFormat/System.Description', value: 'Markdown' },
  ];
}

const longestTitle = 255;

interface Identity {
  readonly id?: string;
}

interface Connection {
  readonly authenticatedUser?: Identity;
}

interface Thread {
  readonly id: number;
  readonly isDeleted?: boolean;
  /** The line of a file that it is about. */
  readonly threadContext?: object | null;
  readonly comments?: readonly {
    readonly id: number;
    readonly content?: string;
    readonly commentType?: string;
    readonly isDeleted?: boolean;
    readonly author?: Identity;
  }[];
}

interface PullRequestAnswer {
  readonly pullRequestId: number;
  readonly title: string;
  readonly sourceRefName?: string;
}

interface State {
  readonly name: string;
  readonly category: string;
}

interface WorkItem {
  readonly id: number;
  readonly fields: {
    readonly 'System.Title'?: string;
    readonly 'System.Description'?: string;
    readonly 'System.State'?: string;
    readonly 'System.Tags'?: string;
    readonly 'System.CreatedBy'?: Identity;
  };
}

function issueOf(
  { id, fields }: WorkItem,
  { known, url }: { readonly known: readonly State[]; readonly url: string },
): HostIssue {
  const category = known.find(({ name }) => name === fields['System.State'])?.category;
  return {
    id: String(id),
    title: fields['System.Title'] ?? '',
    body: fields['System.Description'] ?? '',
    state: category === 'Completed' || category === 'Removed' ? 'closed' : 'open',
    url,
  };
}
