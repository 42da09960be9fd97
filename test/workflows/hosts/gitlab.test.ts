import { describe, expect, it } from 'vitest';
import { startGitLab } from './stand-in-gitlab.ts';

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
