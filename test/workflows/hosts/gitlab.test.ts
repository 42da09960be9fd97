import { describe, expect, it } from 'vitest';
import { openHost } from '../../../workflows/hosts/host-of.ts';
import { type Answer, page, type Received, startStandIn } from './stand-in.ts';

const token = 'glpat-0123456789abcdef';

describe('GitLab', () => {
  it('reads the notes that people and tokens wrote on the merge request itself, over all pages', async () => {
    const { host, notes } = await startGitLab();
    notes.push(
      { id: 1, body: 'assigned', system: true, type: null, author: { username: 'project_7_bot' } },
      { id: 2, body: 'on a line', system: false, type: 'DiffNote', author: { username: 'ann' } },
      { id: 3, body: 'a question', system: false, type: null, author: { username: 'ann' } },
      { id: 4, body: 'ours', system: false, type: null, author: { username: 'project_7_bot' } },
    );
    expect(await host.comments(3)).toEqual([
      { id: '3', body: 'a question', isOwn: false },
      { id: '4', body: 'ours', isOwn: true },
    ]);
  });

  it('creates and updates a note, and says when it has gone', async () => {
    const { host, notes } = await startGitLab();
    const { id } = await host.createComment(3, 'one');
    expect(await host.updateComment(3, { id, body: 'two' })).toBe(true);
    expect(notes.map(({ body }) => body)).toEqual(['two']);
    notes.length = 0;
    expect(await host.updateComment(3, { id, body: 'three' })).toBe(false);
  });

  it('lists open merge requests', async () => {
    const { host } = await startGitLab();
    expect(await host.openPullRequests({ most: 1 })).toEqual({
      pullRequests: [{ number: 3, title: 'Change', url: 'https://gitlab.example.com/3', headBranch: 'branch' }],
      hasMore: true,
    });
  });

  it('keeps an issue', async () => {
    const { host } = await startGitLab();
    const issue = await host.issues.create({ marker: 'speechops-drift', title: 'Drift', body: 'ward' });
    await host.issues.update(issue, { marker: 'speechops-drift', title: 'Drift', body: 'two' });
    await host.issues.close(issue);
    expect(await host.issues.find('speechops-drift')).toMatchObject({ id: issue.id, body: 'two', state: 'closed' });
    await host.issues.reopen(issue);
    expect(await host.issues.find('speechops-drift')).toMatchObject({ state: 'open' });
    expect(await host.issues.find('speechops-other')).toBeUndefined();
  });

  it('says which scope and role the token needs', async () => {
    const { host, server } = await startGitLab();
    server.faults.push({ status: 403, body: { message: '403 Forbidden' } });
    await expect(host.createComment(3, 'x')).rejects.toThrow(
      'GitLab answers 403 "403 Forbidden" to POST /api/v4/projects/acme%2Fwards/merge_requests/3/notes; the token needs the scope `api`',
    );
    server.faults.push({ status: 401, body: { message: '401 Unauthorized' } });
    await expect(host.comments(3)).rejects.toThrow('the token is wrong or has ended');
    await expect(host.comments(4)).rejects.toThrow('check the repository and the number');
    server.faults.push({ status: 429, headers: { 'Retry-After': '0' } });
    expect(await host.comments(3)).toEqual([]);
  });
});

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
async function startGitLab() {
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
  return { server, notes, host: openHost(place, { retryDelayMilliseconds: 1 }) };
}
