import { allPages, type HostHttp } from './host-http.ts';
import { withMarker, withoutMarker } from './hidden-marker.ts';
import {
  type HostComment,
  HostError,
  type HostIssue,
  type HostKind,
  type PullRequest,
  type ReviewHost,
} from './review-host.ts';

interface Dialect {
  readonly kind: HostKind;
  readonly name: string;
  readonly repository: string;
  readonly longestText: number;
  /** The parameter that says how many a page has. */
  readonly pageSize: 'per_page' | 'limit';
  /** What lists pull requests, and issues, with those first that changed last. */
  readonly openPulls: string;
  readonly issues: string;
}

/** GitHub, and Gitea, whose API has the same paths and almost the same answers. */
export function gitHubLike(http: HostHttp, dialect: Dialect): ReviewHost {
  const { kind, name, longestText, pageSize } = dialect;
  const repository = `repos/${dialect.repository.split('/').map(encodeURIComponent).join('/')}`;
  let asked: Promise<string | undefined> | undefined;
  const me = (): Promise<string | undefined> => (asked ??= loginOf(http, name));

  const findIssue = async (marker: string): Promise<HostIssue | undefined> => {
    // A search would find an issue only some time after it was made.
    for (const [state, mostPages] of [['open', 50] as const, ['closed', 5] as const]) {
      const { items, hasMore } = await allPages<IssueAnswer>(http, {
        path: `${repository}/issues?state=${state}&${dialect.issues}&${pageSize}=100`,
        purpose: 'look for the issue',
        part: 'issues',
        mostPages,
      });
      const login = await me();
      const own = items.filter((issue) => !issue.pull_request && isOf(issue, login));
      const [found] = own.flatMap((issue) => {
        const body = withoutMarker(issue.body ?? '', marker);
        return body === undefined ? [] : [issueOf(issue, body)];
      });
      if (found !== undefined) return found;
      if (state === 'open' && hasMore)
        throw new HostError(
          `Cannot look for the issue: ${dialect.repository} has too many open issues to look through`,
        );
    }
    return undefined;
  };

  const changeIssue = async ({ id }: HostIssue, body: object): Promise<void> => {
    await http({
      method: 'PATCH',
      path: `${repository}/issues/${id}`,
      purpose: `change issue #${id}`,
      part: 'issues',
      body,
    });
  };

  return {
    kind,
    name,
    markup: { longestText, html: true, mermaid: true, numberSign: '#' },
    async comments(pullRequest) {
      const { items } = await allPages<CommentAnswer>(http, {
        path: `${repository}/issues/${pullRequest}/comments?${pageSize}=100`,
        purpose: `read the comments of pull request #${pullRequest}`,
      });
      const login = await me();
      return items.map((comment) => commentOf(comment, login));
    },
    async createComment(pullRequest, body) {
      const { json } = await http({
        method: 'POST',
        path: `${repository}/issues/${pullRequest}/comments`,
        purpose: `comment on pull request #${pullRequest}`,
        body: { body },
      });
      return { ...commentOf(json as CommentAnswer, undefined), isOwn: true };
    },
    async updateComment(pullRequest, { id, body }) {
      const { status } = await http({
        method: 'PATCH',
        path: `${repository}/issues/comments/${id}`,
        purpose: `update the comment on pull request #${pullRequest}`,
        body: { body },
        expected: [404],
      });
      return status !== 404;
    },
    async openPullRequests({ most }) {
      const { items, hasMore } = await allPages<PullAnswer>(http, {
        path: `${repository}/pulls?state=open&${dialect.openPulls}&${pageSize}=${Math.min(most, 50)}`,
        purpose: 'list the open pull requests',
        mostPages: Math.ceil(most / 50),
      });
      return {
        pullRequests: items.slice(0, most).map(pullOf),
        hasMore: hasMore || items.length > most,
      };
    },
    async createPullRequest({ title, body, headBranch, baseBranch }) {
      const { json } = await http({
        method: 'POST',
        path: `${repository}/pulls`,
        purpose: `open a pull request of ${headBranch}`,
        body: { title, body, head: headBranch, base: baseBranch },
      });
      return pullOf(json as PullAnswer);
    },
    issues: {
      find: findIssue,
      async create({ marker, title, body }) {
        const { json } = await http({
          method: 'POST',
          path: `${repository}/issues`,
          purpose: 'open an issue',
          part: 'issues',
          body: { title, body: withMarker(body, marker) },
        });
        return issueOf(json as IssueAnswer, body);
      },
      async update(issue, { marker, title, body }) {
        await changeIssue(issue, { title, body: withMarker(body, marker) });
      },
      async comment({ id }, body) {
        await http({
          method: 'POST',
          path: `${repository}/issues/${id}/comments`,
          purpose: `comment on issue #${id}`,
          part: 'issues',
          body: { body },
        });
      },
      close: async (issue) => await changeIssue(issue, { state: 'closed' }),
      reopen: async (issue) => await changeIssue(issue, { state: 'open' }),
    },
  };
}

interface Author {
  readonly login?: string;
  /** GitHub alone: `Bot` of an app, as the token of a job is. */
  readonly type?: string;
}

interface CommentAnswer {
  readonly id: number;
  readonly body?: string | null;
  readonly html_url?: string;
  readonly user?: Author | null;
}

interface PullAnswer {
  readonly number: number;
  readonly title: string;
  readonly html_url: string;
  readonly head?: { readonly ref?: string; readonly repo?: { readonly full_name?: string } | null } | null;
  readonly base?: { readonly repo?: { readonly full_name?: string } | null } | null;
}

interface IssueAnswer {
  readonly number: number;
  readonly title: string;
  readonly body?: string | null;
  readonly state: string;
  readonly html_url: string;
  readonly user?: Author | null;
  readonly pull_request?: unknown;
}

/** Who the token is of; undefined for the token of a job on GitHub, which is of no user and may not ask. */
async function loginOf(http: HostHttp, name: string): Promise<string | undefined> {
  const { json } = await http({ path: 'user', purpose: `ask ${name} who the token is of`, expected: [401, 403, 404] });
  return (json as Author | undefined)?.login;
}

/** Somebody else's text with our marker in it is not ours, or it would be shown as his. */
function isOf({ user }: { readonly user?: Author | null }, login: string | undefined): boolean {
  return login === undefined ? user?.type === undefined || user.type === 'Bot' : user?.login === login;
}

function commentOf(comment: CommentAnswer, login: string | undefined): HostComment {
  const { id, body, html_url: url } = comment;
  return { id: String(id), body: body ?? '', isOwn: isOf(comment, login), url };
}

/** A fork may have a branch of any name. */
function pullOf({ number, title, html_url: url, head, base }: PullAnswer): PullRequest {
  const isOfFork = head?.repo !== undefined && head.repo?.full_name !== base?.repo?.full_name;
  return { number, title, url, headBranch: head?.ref ?? '', ...(isOfFork && { isOfFork }) };
}

function issueOf({ number, title, state, html_url: url }: IssueAnswer, body: string): HostIssue {
  return { id: String(number), title, body, state: state === 'closed' ? 'closed' : 'open', url };
}
