import { describe, expect, it } from 'vitest';
import { openHost } from '../../../workflows/hosts/host-of.ts';
import { type Answer, type Received, startStandIn } from './stand-in.ts';

const token = 'pat0123456789abcdefghij';

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

function comment(id: number, content: string, author: string) {
  return { id, content, commentType: 'text', author: { id: author } };
}

interface Thread {
  readonly id: number;
  readonly isDeleted?: boolean;
  readonly threadContext: object | null;
  readonly comments: readonly object[];
}

interface Item {
  readonly id: number;
  readonly fields: Record<string, unknown>;
}

interface Body {
  readonly content: string;
  readonly comments: readonly { readonly content: string }[];
  readonly query: string;
}

/**
 * As much of Azure DevOps as comments need, by https://learn.microsoft.com/rest/api/azure/devops/git/pull-request-threads and
 * https://learn.microsoft.com/rest/api/azure/devops/wit/, with the states of the process Basic.
 */
async function startAzureDevOps() {
  const threads: Thread[] = [];
  const items: Item[] = [];
  const git = '/acme/Call%20Center/_apis/git/repositories/wards';
  const work = '/acme/Call%20Center/_apis/wit';
  const values = (value: readonly object[]): Answer => ({ body: { count: value.length, value } });
  const answer = (request: Received): Answer => {
    const { method, path, query, headers } = request;
    const body = request.body as Body;
    if (headers.authorization !== `Basic ${Buffer.from(`:${token}`).toString('base64')}`) return { status: 401 };
    if (!query.has('api-version')) return { status: 400, body: { message: 'No api-version was supplied' } };
    if (path === '/acme/_apis/connectionData') return { body: { authenticatedUser: { id: 'me' } } };
    if (path === `${git}/pullRequests/22/threads` && method === 'GET') return values(threads);
    if (path === `${git}/pullRequests/22/threads` && method === 'POST') {
      const thread = {
        threadContext: null,
        ...body,
        id: 9,
        comments: [comment(1, body.comments[0]?.content ?? '', 'me')],
      };
      threads.push(thread);
      return { body: thread };
    }
    if (path === `${git}/pullRequests/22/threads/9/comments/1` && method === 'PATCH' && threads.length > 0)
      return { body: Object.assign(threads[0]?.comments[0] ?? {}, body) };
    if (path === `${git}/pullrequests`)
      return values(
        [22, 21, 20].slice(0, Number(query.get('$top'))).map((pullRequestId) => {
          return { pullRequestId, title: 'Change', sourceRefName: 'refs/heads/branch' };
        }),
      );
    if (path === `${work}/wiql`) {
      const [, tag = ''] = /\[System\.Tags\] CONTAINS '([^']+)'/.exec(body.query) ?? [];
      return { body: { workItems: items.filter(({ fields }) => String(fields['System.Tags']).includes(tag)) } };
    }
    if (path === `${work}/workitems`) return values(items);
    if (path === `${work}/workitemtypes/Task/states`)
      return values([
        { name: 'To Do', category: 'Proposed' },
        { name: 'Done', category: 'Completed' },
      ]);
    const isPatch = headers['content-type'] === 'application/json-patch+json';
    if (path === `${work}/workitems/$Task` && isPatch) {
      items.push({ id: 5, fields: { 'System.State': 'To Do', 'System.CreatedBy': { id: 'me' } } });
      return { body: patched(items[0], request.body) };
    }
    if (path === `${work}/workitems/5` && isPatch) return { body: patched(items[0], request.body) };
    if (path === `${work}/workItems/5/comments`) return { status: 201, body: { id: 1 } };
    return { status: 404, body: { message: 'TF401180: The requested pull request was not found.' } };
  };
  const server = await startStandIn(answer);
  const place = {
    kind: 'azure-devops',
    apiUrl: `${server.origin}/acme`,
    repository: 'Call Center/wards',
    token,
  } as const;
  return { server, threads, items, host: openHost(place, { retryDelayMilliseconds: 1 }) };
}

function patched(item: Item | undefined, changes: unknown): object {
  for (const { path, value } of changes as readonly { readonly path: string; readonly value: unknown }[])
    if (path.startsWith('/fields/')) Object.assign(item?.fields ?? {}, { [path.slice('/fields/'.length)]: value });
  return { ...item };
}
