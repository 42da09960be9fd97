import type { components } from '@octokit/openapi-types';
import { type Answer, page, type Received, type StandIn, startStandIn } from './stand-in.ts';

interface Author {
  readonly login: string;
  readonly type?: 'Bot' | 'User';
}

export interface StandInComment {
  readonly id: number;
  readonly pullRequest: number;
  body: string;
  readonly user: Author;
}

export interface StandInIssue {
  readonly number: number;
  title: string;
  body: string;
  state: 'open' | 'closed';
  readonly user: Author;
  readonly pull_request?: object;
}

export interface StandInGitHub extends StandIn {
  readonly comments: StandInComment[];
  readonly issues: StandInIssue[];
  readonly pulls: StandInPull[];
}

interface StandInPull {
  readonly number: number;
  readonly title: string;
  readonly head: { readonly ref: string; readonly repo?: { readonly full_name: string } };
  readonly base?: { readonly repo: { readonly full_name: string } };
}

export const token = 'ghs_0123456789abcdefghij';

/**
 * As much of GitHub as comments need, with the paths and statuses of its published description, and members that its types have
 * (https://github.com/github/rest-api-description: issues/list-comments, issues/create-comment, issues/update-comment, pulls/list, pulls/create,
 * issues/list-for-repo, issues/create, issues/update, users/get-authenticated). Pages are small, so that there are several. `gitea`: as Gitea
 * answers (https://docs.gitea.com/api/), which has no pages of comments, no types of users, and another name for the size of a page.
 */
export async function startGitHub(
  options: { readonly as?: Author; readonly gitea?: boolean; readonly mostPerPage?: number } = {},
): Promise<StandInGitHub> {
  const { gitea = false, mostPerPage = 2, as = { login: 'github-actions[bot]', type: 'Bot' } as const } = options;
  const comments: StandInComment[] = [];
  const issues: StandInIssue[] = [];
  const pulls: StandInPull[] = [];
  const root = gitea ? '/api/v1/repos/acme/wards' : '/repos/acme/wards';
  let last = 100;

  const answer = (request: Received, origin: string): Answer => {
    const { method, path, query, headers } = request;
    const body = request.body as { readonly body: string; readonly title: string };
    if (headers.authorization !== `${gitea ? 'token' : 'Bearer'} ${token}`)
      return { status: 401, body: { message: 'Bad credentials', documentation_url: 'https://docs.github.com/rest' } };
    const paged = { request, origin, size: gitea ? 'limit' : 'per_page', most: mostPerPage };
    if (path.endsWith('/user'))
      return as.type === 'Bot'
        ? { status: 403, body: { message: 'Resource not accessible by integration' } }
        : { body: as };
    const [, number] = new RegExp(`^${root}/issues/(\\d+)/comments$`).exec(path) ?? [];
    if (number !== undefined && method === 'GET') {
      const all = comments.filter(({ pullRequest }) => pullRequest === Number(number)).map(shownComment);
      return gitea ? { body: all } : page(all, paged);
    }
    if (number !== undefined && method === 'POST') {
      if (body.body.length > 65_536)
        return { status: 422, body: { message: 'Body is too long (maximum is 65536 characters)' } };
      const comment = { id: (last += 1), pullRequest: Number(number), body: body.body, user: as };
      comments.push(comment);
      return { status: 201, body: shownComment(comment) };
    }
    const [, commentId] = new RegExp(`^${root}/issues/comments/(\\d+)$`).exec(path) ?? [];
    const comment = comments.find(({ id }) => id === Number(commentId));
    if (comment !== undefined && method === 'PATCH') {
      comment.body = body.body;
      return { body: shownComment(comment) };
    }
    if (path === `${root}/pulls` && method === 'POST') {
      const { title, head, base } = request.body as { readonly [K in 'title' | 'head' | 'base']: string };
      if (base !== 'main') return { status: 422, body: { message: 'Validation Failed' } };
      const pull = { number: (last += 1), title, head: { ref: head } };
      pulls.unshift(pull);
      return { status: 201, body: shownPull(pull) };
    }
    if (path === `${root}/pulls` && query.get('state') === 'open') return page(pulls.map(shownPull), paged);
    if (path === `${root}/issues` && method === 'GET')
      return page(issues.filter(({ state }) => state === query.get('state')).map(shownIssue), paged);
    if (path === `${root}/issues` && method === 'POST') {
      const issue: StandInIssue = { number: (last += 1), state: 'open', user: as, ...body };
      issues.unshift(issue);
      return { status: 201, body: shownIssue(issue) };
    }
    const [, issueNumber] = new RegExp(`^${root}/issues/(\\d+)$`).exec(path) ?? [];
    const issue = issues.find(({ number: own }) => own === Number(issueNumber));
    if (issue !== undefined && method === 'PATCH') return { body: shownIssue(Object.assign(issue, body)) };
    return { status: 404, body: { message: 'Not Found' } };
  };
  return { ...(await startStandIn(answer)), comments, issues, pulls };
}

type Schemas = components['schemas'];
/** Some of the members of an object, and none that GitHub does not describe. */
type PartOf<T> = T extends object ? { readonly [K in keyof T]?: PartOf<T[K]> } : T;

const place = 'https://example.com/acme/wards';

function shownComment({ id, body, user }: StandInComment): PartOf<Schemas['issue-comment']> {
  return { id, body, user, html_url: `${place}/comments/${id}` };
}

function shownIssue({ number, title, body, state, user, pull_request }: StandInIssue): PartOf<Schemas['issue']> {
  const of = pull_request === undefined ? {} : { pull_request };
  return { number, title, body, state, user, html_url: `${place}/${number}`, ...of };
}

function shownPull({ number, title, head, base }: StandInPull): PartOf<Schemas['pull-request-simple']> {
  return { number, title, head, ...(base && { base }), html_url: `${place}/${number}` };
}
