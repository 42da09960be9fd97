import { openHost } from '../../../workflows/hosts/host-of.ts';
import { type Answer, page, type Received, startStandIn } from './stand-in.ts';

export const token = 'glpat-0123456789abcdef';

interface Note {
  readonly id: number;
  body: string;
  readonly system: boolean;
  readonly type: string | null;
  readonly author: { readonly username: string };
}

/**
 * As much of GitLab as comments need, by https://docs.gitlab.com/api/notes/, https://docs.gitlab.com/api/merge_requests/ and
 * https://docs.gitlab.com/api/issues/.
 */
export async function startGitLab() {
  const notes: Note[] = [];
  const issues: { iid: number; description: string; state: string; readonly title: string }[] = [];
  const me = { username: 'project_7_bot' };
  const requests = [3, 5].map((iid) => {
    return { iid, title: 'Change', web_url: `https://gitlab.example.com/${iid}`, source_branch: 'branch' };
  });
  const root = '/api/v4/projects/acme%2Fwards';
  let last = 100;
  const answer = (request: Received, origin: string): Answer => {
    const { method, path, query, headers } = request;
    const body = request.body as {
      readonly body: string;
      readonly description?: string;
      readonly state_event?: string;
    };
    if (headers['private-token'] !== token) return { status: 401, body: { message: '401 Unauthorized' } };
    const paged = { request, origin, size: 'per_page', most: 2 };
    if (path === '/api/v4/user') return { body: me };
    if (path === `${root}/merge_requests/3/notes` && method === 'GET') return page(notes, paged);
    if (path === `${root}/merge_requests/3/notes` && method === 'POST') {
      notes.push({ id: (last += 1), body: body.body, system: false, type: null, author: me });
      return { status: 201, body: notes.at(-1) };
    }
    const note = notes.find(({ id }) => path === `${root}/merge_requests/3/notes/${id}`);
    if (note !== undefined && method === 'PUT') return { body: Object.assign(note, { body: body.body }) };
    if (path === `${root}/merge_requests` && method === 'POST') {
      const { title, source_branch, target_branch } = request.body as Readonly<Record<string, string>>;
      if (target_branch !== 'main') return { status: 400, body: { error: 'target_branch is missing' } };
      requests.unshift({
        iid: (last += 1),
        title: title ?? '',
        web_url: 'https://gitlab.example.com/new',
        source_branch: source_branch ?? '',
      });
      return { status: 201, body: requests[0] };
    }
    if (path === `${root}/merge_requests` && query.get('state') === 'opened') return page(requests, paged);
    if (path === `${root}/issues` && method === 'GET')
      return page(
        issues.filter(({ description }) => description.includes(query.get('search') ?? '')),
        paged,
      );
    if (path === `${root}/issues` && method === 'POST') {
      const issue = { iid: (last += 1), state: 'opened', author: me, web_url: 'https://gitlab.example.com/i', ...body };
      issues.push(issue as unknown as (typeof issues)[number]);
      return { status: 201, body: issue };
    }
    if (issues.some(({ iid }) => path === `${root}/issues/${iid}/notes`) && method === 'POST')
      return { status: 201, body: { id: (last += 1), body: body.body, system: false, author: me } };
    const issue = issues.find(({ iid }) => path === `${root}/issues/${iid}`);
    if (issue !== undefined && method === 'PUT') {
      if (body.description !== undefined) issue.description = body.description;
      if (body.state_event !== undefined) issue.state = body.state_event === 'close' ? 'closed' : 'opened';
      return { body: issue };
    }
    return { status: 404, body: { message: '404 Project Not Found' } };
  };
  const server = await startStandIn(answer);
  const place = { kind: 'gitlab', apiUrl: `${server.origin}/api/v4`, repository: 'acme/wards', token } as const;
  return { server, notes, issues, host: openHost(place, { retryDelayMilliseconds: 1 }) };
}
