import { describe, expect, it } from 'vitest';
import { openHost } from '../../../workflows/hosts/host-of.ts';
import { comment, startAzureDevOps } from './stand-in-azure-devops.ts';

describe('Azure DevOps', () => {
  it('reads the first comments of threads on the pull request itself, without deleted ones', async () => {
    const { host, threads } = await startAzureDevOps();
    threads.push(
      { id: 1, isDeleted: true, threadContext: null, comments: [] },
      { id: 2, threadContext: { filePath: '/a' }, comments: [comment(1, 'on a line', 'ann')] },
      { id: 3, threadContext: null, comments: [{ ...comment(1, 'voted', 'ann'), commentType: 'system' }] },
      { id: 4, threadContext: null, comments: [comment(1, 'a question', 'ann'), comment(2, 'an answer', 'me')] },
      { id: 5, threadContext: null, comments: [{ ...comment(1, '', 'me'), isDeleted: true }] },
      { id: 6, threadContext: null, comments: [comment(1, 'ours', 'me')] },
    );
    expect(await host.comments(22)).toEqual([
      { id: '4/1', body: 'a question', isOwn: false },
      { id: '6/1', body: 'ours', isOwn: true },
    ]);
  });

  it('creates a comment in a closed thread and updates it, and says when it has gone', async () => {
    const { host, threads } = await startAzureDevOps();
    const { id } = await host.createComment(22, 'one');
    expect(await host.updateComment(22, { id, body: 'two' })).toBe(true);
    expect(threads).toMatchObject([{ status: 'closed', comments: [{ content: 'two' }] }]);
    threads.length = 0;
    expect(await host.updateComment(22, { id, body: 'three' })).toBe(false);
  });

  it('lists open pull requests', async () => {
    const { host, server } = await startAzureDevOps();
    expect(await host.openPullRequests({ most: 1 })).toEqual({
      pullRequests: [
        {
          number: 22,
          title: 'Change',
          url: `${server.origin}/acme/Call%20Center/_git/wards/pullrequest/22`,
          headBranch: 'branch',
        },
      ],
      hasMore: true,
    });
  });

  it('keeps a task with a tag, whatever its process calls its states', async () => {
    const { host, items } = await startAzureDevOps();
    expect(await host.issues.find('speechops-drift')).toBeUndefined();
    const issue = await host.issues.create({ marker: 'speechops-drift', title: 'Drift', body: 'ward' });
    await host.issues.update(issue, { marker: 'speechops-drift', title: 'x'.repeat(300), body: 'two' });
    expect(items[0]?.fields['System.Title']).toHaveLength(255);
    await host.issues.close(issue);
    expect(items[0]?.fields['System.State']).toBe('Done');
    expect(await host.issues.find('speechops-drift')).toMatchObject({ id: issue.id, body: 'two', state: 'closed' });
    await host.issues.reopen(issue);
    expect(await host.issues.find('speechops-drift')).toMatchObject({ state: 'open' });
    await host.issues.comment(issue, 'gone');
  });

  it('says which right the identity needs, and takes a page to sign in for a wrong token', async () => {
    const { host, server } = await startAzureDevOps();
    server.faults.push({ status: 403, body: { message: 'TF401027: You need the Git permission' } });
    await expect(host.createComment(22, 'x')).rejects.toThrow(
      '"TF401027: You need the Git permission" to POST /acme/Call%20Center/_apis/git/repositories/wards/pullRequests/22/threads; ' +
        'the token needs its identity the right "Contribute to pull requests" of the repository',
    );
    server.faults.push({ status: 203, headers: { 'Content-Type': 'text/html' }, body: '<html>Sign in</html>' });
    await expect(host.comments(22)).rejects.toThrow('the token is wrong or has ended');
    server.faults.push({ status: 429, headers: { 'Retry-After': '0' } });
    expect(await host.comments(22)).toEqual([]);
    await expect(host.comments(23)).rejects.toThrow('check the repository and the number');
  });

  it('sends the token of a job as a bearer’s', async () => {
    const { server } = await startAzureDevOps();
    const job = 'eyJ0eXAiOiJKV1Qi.eyJuYW1laWQi.c2lnbmF0dXJl';
    const place = { kind: 'azure-devops', apiUrl: server.origin, repository: 'a/b', token: job } as const;
    await expect(openHost(place).comments(1)).rejects.toThrow('401');
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${job}`);
  });
});
